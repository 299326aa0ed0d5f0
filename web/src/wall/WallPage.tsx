/** Instead of every page: what is demanded of this person before anything else, and the way to meet it right here. */
import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { factorsQuery, sessionQuery } from '../api/queries.ts';
import { useSession } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { hasPasskeys } from '../passkeys/ask-key.ts';
import { AddApp } from '../profile/security/AddApp.tsx';
import { AddPasskey } from '../profile/security/AddPasskey.tsx';
import { Gate } from '../sign-in/Gate.tsx';
import { StepUpHost } from '../step-up/StepUpHost.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

export default function WallPage() {
  const { t } = useTranslation();
  useTitle(t('wall.title'));
  const client = useQueryClient();
  const { demand, person } = useSession();
  const [adding, setAdding] = useState<'app' | 'passkey' | null>(null);
  const again = () => client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  // Asked only to see whether a key is there that this session could have been opened with.
  const factors = useQuery(factorsQuery).data;
  const leave = useMutation({
    mutationFn: () => call('POST /api/v1/sign-out', {}),
    onSuccess: () => window.location.assign('/sign-in'),
  });
  const close = () => {
    setAdding(null);
    void again();
  };
  if (demand === null || demand.wall === null) return null;
  const { level, wall, roles } = demand;
  const mayEnrol = wall !== 'prove';
  return (
    <Gate>
      <h1>{t('wall.title')}</h1>
      <Stack gap="md">
        <p style={{ margin: 0 }}>
          {t(`wall.level.${level}`, { name: person.name })}{' '}
          {roles.length > 0 ? t('wall.byRoles', { count: roles.length, roles: roles.join(', ') }) : t('wall.byAll')}
        </p>
        {wall === 'prove' && (
          <Alert color="amber" variant="light">
            {t('wall.prove', { keys: (factors?.passkeys ?? []).map(({ name }) => name).join(', ') })}
          </Alert>
        )}
        {mayEnrol && (
          <Group gap="sm">
            {hasPasskeys() && <Button onClick={() => setAdding('passkey')}>{t('factors.addPasskey')}</Button>}
            {level === 'any' && (
              <Button variant="default" onClick={() => setAdding('app')}>
                {t('factors.addApp')}
              </Button>
            )}
          </Group>
        )}
        {mayEnrol && level !== 'any' && !hasPasskeys() && <Alert color="amber">{t('wall.noKeysHere')}</Alert>}
        <p className="quiet" style={{ margin: 0 }}>
          {t('wall.safe')}
        </p>
        <ProblemAlert problem={leave.error} />
        <div>
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t('wall.leave')}
          </Button>
        </div>
      </Stack>
      {adding === 'app' && <AddApp onClose={close} />}
      {adding === 'passkey' && <AddPasskey onClose={close} />}
      <StepUpHost />
    </Gate>
  );
}
