/** Above every page, for a week or until one says that one saw it: somebody came in by the emergency sheet. */
import { Alert, Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { addressText } from '../ui/address-text.ts';
import { useDates } from '../ui/dates.ts';
import { ProblemText } from '../ui/ProblemAlert.tsx';

const queryKey = ['emergency'];

export default function EmergencyBanner() {
  const { t } = useTranslation();
  const dates = useDates();
  const can = useCan();
  const client = useQueryClient();
  const query = useQuery({
    queryKey,
    queryFn: () => call('GET /api/v1/security/emergency', {}),
    enabled: can('security.read'),
    refetchInterval: 60_000,
  });
  const seen = useMutation({
    mutationFn: () => call('POST /api/v1/security/emergency/acknowledge', {}),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const alarm = query.data?.alarm ?? null;
  if (alarm === null) return null;
  const { ownerName: name, at, device, address } = alarm;
  return (
    <Alert color="red" radius={0} role="alert">
      <Group gap="sm" justify="space-between">
        <span>
          {t('emergency.alarm', { when: dates.moment(at), name, device, address: addressText(address, t) })}{' '}
          {seen.error !== null && <ProblemText problem={seen.error} />}
        </span>
        <Button size="compact-sm" color="red" loading={seen.isPending} onClick={() => seen.mutate()}>
          {t('emergency.seen')}
        </Button>
      </Group>
    </Alert>
  );
}
