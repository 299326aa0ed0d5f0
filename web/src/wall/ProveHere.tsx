/** Behind the wall with the demanded factor at hand: it is proved right here, by what leads through the wall and nothing else. */
import { Alert, Anchor, Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { call } from '../api/call.ts';
import { factorsQuery } from '../api/queries.ts';
import { useTranslation } from '../i18n/index.ts';
import { hasPasskeys, stepUpByPasskey } from '../passkeys/ask-key.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

const StepUp = lazy(() => import('../step-up/StepUp.tsx'));

type ProveHereProps = { level: 'any' | 'key' | 'attested'; onProved: () => void };

export function ProveHere({ level, onProved }: ProveHereProps) {
  const { t } = useTranslation();
  const [typing, setTyping] = useState(false);
  const keys = useQuery(factorsQuery).data?.passkeys ?? [];
  const ways = useQuery({
    queryKey: ['step-up'],
    queryFn: async () => (await call('GET /api/v1/step-up', {})).ways,
    staleTime: 0,
  });
  const byKey = useMutation({ mutationFn: stepUpByPasskey, onSuccess: onProved });
  const offered = ways.data ?? [];
  const withKey = offered.includes('passkey');
  const withCode = offered.some((way) => way === 'totp' || way === 'sms');
  const named = keys.filter(({ attested }) => level !== 'attested' || attested).map(({ name }) => name);
  return (
    <>
      <Alert color="amber" variant="light">
        {t(`wall.prove.${level}`, { keys: named.join(', ') })}
      </Alert>
      {withKey && !hasPasskeys() && <Alert color="amber">{t('wall.noKeysHere')}</Alert>}
      <ProblemAlert problem={byKey.error ?? ways.error} />
      <Group gap="sm">
        {withKey && hasPasskeys() && (
          <Button loading={byKey.isPending} onClick={() => byKey.mutate()}>
            {t('wall.proveByKey')}
          </Button>
        )}
        {withCode && (
          <Button variant="default" onClick={() => setTyping(true)}>
            {t('wall.proveByCode')}
          </Button>
        )}
      </Group>
      {!withCode && offered.includes('recovery') && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setTyping(true)}>
          {t('wall.proveLost')}
        </Anchor>
      )}
      {typing && (
        <Suspense fallback={null}>
          <StepUp
            text={t(withCode ? 'wall.proveText' : 'wall.lostText')}
            onProved={onProved}
            onCancel={() => setTyping(false)}
          />
        </Suspense>
      )}
    </>
  );
}
