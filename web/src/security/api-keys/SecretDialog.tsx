/** The secret of a key, this once. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';

type SecretDialogProps = { secret: string; rotated: boolean; onClose: () => void };

export function SecretDialog({ secret, rotated, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={t('apiKeys.secretTitle')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Alert color="amber" variant="light">
          {t('apiKeys.secretOnce')} {rotated && t('apiKeys.secretOverlap')}
        </Alert>
        <TextInput
          label={t('apiKeys.secret')}
          readOnly
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
          classNames={{ input: 'mono' }}
        />
        <div>
          <CopyButton text={secret} label={t('apiKeys.copy')} variant="filled" />
        </div>
        <span className="quiet">
          {t('apiKeys.howTo')} <code>Authorization: Bearer lubart_…</code>
        </span>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('apiKeys.done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
