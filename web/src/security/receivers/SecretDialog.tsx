/** What a webhook is signed with, this once. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';

export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('receivers.secretTitle')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Alert color="amber" variant="light">
          {t('receivers.secretOnce')}
        </Alert>
        <TextInput
          label={t('receivers.secret')}
          readOnly
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
          classNames={{ input: 'mono' }}
        />
        <Group justify="space-between">
          <CopyButton text={secret} label={t('receivers.copy')} variant="filled" />
          <Button variant="default" onClick={onClose}>
            {t('receivers.done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
