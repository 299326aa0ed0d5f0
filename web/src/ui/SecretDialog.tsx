/** A secret that is shown this once. */
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { CopyButton } from './CopyButton.tsx';

type SecretDialogProps = {
  secret: string;
  /** Everything in words; `once` says that it is not shown again. */
  words: { title: string; once: string; label: string; copy: string; done: string };
  /** What one does with it. */
  children?: ReactNode;
  onClose: () => void;
};

export function SecretDialog({ secret, words, children, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={words.title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Alert color="amber" variant="light">
          {words.once}
        </Alert>
        <TextInput
          label={words.label}
          readOnly
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
          classNames={{ input: 'mono' }}
        />
        {children}
        <Group justify="space-between">
          <CopyButton text={secret} label={words.copy} variant="filled" />
          <Button variant="default" onClick={onClose}>
            {words.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
