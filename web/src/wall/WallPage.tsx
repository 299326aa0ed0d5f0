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
import { AddNumber } from '../profile/security/AddNumber.tsx';
import { AddPasskey } from '../profile/security/AddPasskey.tsx';
import { RecoveryCodes } from '../setup/RecoveryCodes.tsx';
import { Gate } from '../sign-in/Gate.tsx';
import { StepUpHost } from '../step-up/StepUpHost.tsx';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ProveHere } from './ProveHere.tsx';

export default function WallPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { demand, person } = useSession();
  const [codes, setCodes] = useState<string[]>([]);
  const isProving = demand?.wall === 'prove';
  useTitle(t(isProving ? 'wall.proveTitle' : 'wall.title'));
  const again = () => {
    setCodes([]);
    void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const leave = useMutation({
    mutationFn: () => call('POST /api/v1/sign-out', {}),
    onSuccess: () => window.location.assign('/sign-in'),
  });
  if (demand === null || demand.wall === null) return null;
  const { level, roles } = demand;
  // The session is asked anew only when the codes are put away: it lifts the wall, and this page is gone.
  if (codes.length > 0)
    return (
      <Gate>
        <h1>{t('setup.codesTitle')}</h1>
        <p className="quiet">{t('setup.codesText')}</p>
        <RecoveryCodes codes={codes} email={person.email} onDone={again} />
      </Gate>
    );
  return (
    <Gate>
      <h1>{t(isProving ? 'wall.proveTitle' : 'wall.title')}</h1>
      <Stack gap="md">
        <p style={{ margin: 0 }}>
          {t(`wall.level.${level}`, { name: person.name })}{' '}
          {roles.length > 0 ? t('wall.byRoles', { count: roles.length, roles: roles.join(', ') }) : t('wall.byAll')}
        </p>
        {isProving ? (
          <ProveHere level={level} onProved={again} />
        ) : (
          <EnrolHere level={level} onAdded={(given) => (given.length > 0 ? setCodes(given) : again())} />
        )}
        <p className="quiet" style={{ margin: 0 }}>
          {t(isProving ? 'wall.safeProve' : 'wall.safe')}
        </p>
        <ProblemAlert problem={leave.error} />
        <div>
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t('wall.leave')}
          </Button>
        </div>
      </Stack>
      <StepUpHost />
    </Gate>
  );
}

type Level = 'any' | 'key' | 'attested';

function EnrolHere({ level, onAdded }: { level: Level; onAdded: (recoveryCodes: string[]) => void }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState<'app' | 'passkey' | 'number' | null>(null);
  const { data } = useQuery(factorsQuery);
  const keys = data?.passkeys ?? [];
  const close = () => setAdding(null);
  const end = (recoveryCodes: string[]) => {
    close();
    onAdded(recoveryCodes);
  };
  return (
    <>
      {level === 'attested' && keys.length > 0 && !keys.some(({ attested }) => attested) && (
        <Alert color="amber" variant="light" role="status" title={t('wall.unvouchedTitle')}>
          {t('wall.unvouched', { keys: keys.map(({ name }) => name).join(', ') })}
        </Alert>
      )}
      <Group gap="sm">
        {hasPasskeys() && <Button onClick={() => setAdding('passkey')}>{t('factors.addPasskey')}</Button>}
        {level === 'any' && (
          <Button variant="default" onClick={() => setAdding('app')}>
            {t('factors.addApp')}
          </Button>
        )}
        {level === 'any' && data?.sms.available === true && (
          <Button variant="subtle" onClick={() => setAdding('number')}>
            {t('sms.add')}
          </Button>
        )}
      </Group>
      {level !== 'any' && !hasPasskeys() && <Alert color="amber">{t('wall.noKeysHere')}</Alert>}
      {adding === 'app' && <AddApp onClose={close} onAdded={end} />}
      {adding === 'passkey' && <AddPasskey onClose={close} onAdded={end} />}
      {adding === 'number' && <AddNumber onClose={close} onAdded={end} />}
    </>
  );
}
