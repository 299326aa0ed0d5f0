/** Erases a client for good: why, typed confirmation, and then the certificate to keep. */
import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ErasureReason, ErasureView } from '../contract.ts';
import { erasureReasons } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import type { RecordKind } from '../records/kind.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { saveText } from '../ui/save-text.ts';
import { useCertificate } from './certificate.ts';

type EraseDialogProps = { kind: RecordKind; id: string; name: string; onClose: () => void };

export default function EraseDialog({ kind, id, name, onClose }: EraseDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const certificate = useCertificate();
  const [reason, setReason] = useState<ErasureReason>('asked');
  const [typed, setTyped] = useState('');
  const [done, setDone] = useState<ErasureView | null>(null);
  const erase = useMutation({ mutationFn: () => kind.erase(id, reason), onSuccess: setDone });
  const sure = typed.trim().toLocaleLowerCase('uk') === t('erasure.word');
  const leave = async () => {
    await navigate({ to: kind.path, search: { trash: true } });
    client.removeQueries({ queryKey: [kind.plural] });
  };
  if (done !== null) {
    return (
      <Modal opened onClose={() => void leave()} title={t('erasure.doneTitle')} withCloseButton={false}>
        <Stack gap="md">
          <span>{t('erasure.doneText')}</span>
          <Group justify="flex-end" gap="sm">
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => saveText(`erasure-${done.id}.txt`, certificate(done))}
            >
              {t('erasure.save')}
            </Button>
            <Button onClick={() => void leave()}>{t('common.close')}</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('erasure.title', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (sure) erase.mutate();
        }}
      >
        <Stack gap="md">
          <Alert color="brick" variant="light">
            {t('erasure.warning')}
          </Alert>
          <NativeSelect
            label={t('erasure.reason')}
            value={reason}
            data={erasureReasons.map((value) => ({ value, label: t(`erasure.reasons.${value}`) }))}
            onChange={(event) => setReason(event.currentTarget.value as ErasureReason)}
          />
          <TextInput
            label={t('erasure.confirm', { word: t('erasure.word') })}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <ProblemAlert problem={erase.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="brick" disabled={!sure} loading={erase.isPending}>
              {t('erasure.button')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
