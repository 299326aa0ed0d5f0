/** Before the password is closed for a domain: whom it touches, and who never came in by the provider. */
import { Alert, Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { SsoProviderView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { LoadingLines } from '../../ui/states.tsx';
import classes from './sso.module.css';
import { useProviderChange } from './use-change.ts';

export function CloseDialog({ provider, onClose }: { provider: SsoProviderView; onClose: () => void }) {
  const { t } = useTranslation();
  const { id, domains } = provider;
  const affected = useQuery({
    queryKey: ['security', 'sso', id, 'affected'],
    queryFn: () => call('GET /api/v1/sso/providers/:id/affected', { params: { id } }),
    staleTime: 0,
    gcTime: 0,
  });
  const change = useProviderChange(id, onClose);
  const strangers = affected.data?.people.filter(({ linked }) => !linked) ?? [];
  const never = t('sso.neverCame', { count: strangers.length });
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('sso.closeTitle', { domains: domains.join(', ') })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {affected.isPending && <LoadingLines rows={3} />}
      {affected.isSuccess && (
        <>
          <p style={{ marginTop: 0 }}>
            {t('sso.closeText', { count: affected.data.people.length })} {t('sso.ownersKeep')}
          </p>
          {strangers.length > 0 && (
            <>
              <Alert color="amber" variant="light">
                {never}
              </Alert>
              {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls is reached by the keyboard */}
              <ul className={classes['names']} tabIndex={0} aria-label={never}>
                {strangers.map(({ personId, name }) => (
                  <li key={personId}>{name}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      <ProblemAlert problem={affected.error ?? change.error} />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          color="brick"
          disabled={!affected.isSuccess}
          loading={change.isPending}
          onClick={() => change.mutate({ localClosed: true })}
        >
          {t('sso.ask.close')}
        </Button>
      </Group>
    </Modal>
  );
}
