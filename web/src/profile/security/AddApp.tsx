/** One more authenticator app: a name, the QR code, the first code. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useTranslation } from '../../i18n/index.ts';
import { FactorStep } from '../../setup/FactorStep.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { tellDone } from '../../ui/tell.ts';

type AddAppProps = {
  onClose: () => void;
  /** With recovery codes for whoever had none behind the wall; in the profile there are none. */
  onAdded?: (recoveryCodes: string[]) => void;
};

export function AddApp({ onClose, onAdded = onClose }: AddAppProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const begin = useMutation({ mutationFn: () => call('POST /api/v1/authenticators/begin', {}) });
  const add = useMutation({
    mutationFn: (typed: string) =>
      call('POST /api/v1/authenticators', {
        body: { ticket: begin.data?.ticket ?? '', code: typed, name: name.trim() },
      }),
    onSuccess: ({ recoveryCodes }) => {
      tellDone(t('factors.added'));
      onAdded(recoveryCodes);
    },
    onError: () => setCode(''),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('factors.addApp')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {begin.data === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') begin.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('factors.name')}
              placeholder={t('factors.appExample')}
              maxLength={200}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ProblemAlert problem={begin.error} />
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={begin.isPending} disabled={name.trim() === ''}>
                {t('common.next')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <FactorStep
          enrolment={begin.data}
          code={code}
          onCode={setCode}
          onSubmit={(typed) => add.mutate(typed)}
          submitLabel={t('factors.add')}
          busy={add.isPending}
          problem={add.error}
        />
      )}
    </Modal>
  );
}
