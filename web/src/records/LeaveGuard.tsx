/** Asks before what was typed would be lost. */
import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from '../i18n/index.ts';

export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: dirty, withResolver: true });
  const blocked = blocker.status === 'blocked';
  return (
    <Modal
      opened={blocked}
      onClose={() => blocker.reset?.()}
      title={t('records.leaveTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p style={{ marginTop: 0 }}>{t('records.leaveText')}</p>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={() => blocker.proceed?.()}>
          {t('records.leave')}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset?.()}>
          {t('records.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
