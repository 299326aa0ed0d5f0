/** Above every page: somebody asks in one’s own name, or colleagues wait for an answer. */
import { Alert, Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import { useTranslation } from '../i18n/index.ts';
import { addressText } from '../ui/address-text.ts';
import { ownRequestQuery, requestsQuery } from './queries.ts';

export default function RecoveryBanner() {
  const { t } = useTranslation();
  const can = useCan();
  const client = useQueryClient();
  const own = useQuery(ownRequestQuery);
  const requests = useQuery({ ...requestsQuery, enabled: can('person.recover') });
  const cancel = useMutation({
    mutationFn: () => call('POST /api/v1/recovery/cancel', {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ownRequestQuery.queryKey }),
  });
  const waiting = requests.data?.filter(({ mayApprove }) => mayApprove).length ?? 0;
  return (
    <>
      {own.data !== undefined && own.data !== null && (
        <Alert color="red" radius={0} role="alert">
          <Group gap="sm" justify="space-between">
            <span>{t('recovery.own', { device: own.data.device, address: addressText(own.data.address, t) })}</span>
            <Button size="compact-sm" color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('recovery.ownCancel')}
            </Button>
          </Group>
        </Alert>
      )}
      {waiting > 0 && (
        <Alert color="orange" radius={0} role="status">
          <Group gap="sm" justify="space-between">
            <span>{t('recovery.toApprove', { count: waiting })}</span>
            <ButtonLink to="/people/recovery" size="compact-sm" variant="default">
              {t('recovery.look')}
            </ButtonLink>
          </Group>
        </Alert>
      )}
    </>
  );
}
