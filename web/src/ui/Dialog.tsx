/** Asks before something that matters: says what will happen and whether it can be undone. */
import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from './ProblemAlert.tsx';

type ConfirmProps = {
  title: string;
  text: ReactNode;
  confirm: string;
  danger?: boolean;
  busy: boolean;
  problem: unknown;
  onConfirm: () => void;
  onCancel: () => void;
};

export function Confirm({ title, text, confirm, danger = false, busy, problem, onConfirm, onCancel }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <p style={{ marginTop: 0 }}>{text}</p>
      <ProblemAlert problem={problem} />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onCancel} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button {...(danger && { color: 'brick' })} loading={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
