/** A passkey or hardware key is named, then the browser makes it. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { addPasskey } from '../../passkeys/ask-key.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

type AddPasskeyProps = {
  onClose: () => void;
  /** With recovery codes for whoever had none behind the wall; in the profile there are none. */
  onAdded?: (recoveryCodes: string[]) => void;
};

export function AddPasskey({ onClose, onAdded = onClose }: AddPasskeyProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => addPasskey(name.trim()),
    onSuccess: (recoveryCodes) => {
      tellDone(t('factors.added'));
      onAdded(recoveryCodes);
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('factors.addPasskey')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') add.mutate();
        }}
      >
        <Stack gap="sm">
          <p className="quiet" style={{ margin: 0 }}>
            {t('factors.passkeyText')}
          </p>
          <TextInput
            label={t('factors.name')}
            placeholder={t('factors.passkeyExample')}
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ProblemAlert problem={add.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={add.isPending} disabled={name.trim() === ''}>
              {t('common.next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
