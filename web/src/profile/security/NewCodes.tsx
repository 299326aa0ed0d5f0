/** Ten new recovery codes in place of the old ones. */
import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { useSession } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { RecoveryCodes } from '../../setup/RecoveryCodes.tsx';
import { Confirm } from '../../ui/Dialog.tsx';

export function NewCodes({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { person } = useSession();
  const renew = useMutation({ mutationFn: () => call('POST /api/v1/recovery-codes', {}) });
  if (renew.data === undefined) {
    return (
      <Confirm
        title={t('factors.renewTitle')}
        text={t('factors.renewText')}
        confirm={t('factors.renew')}
        busy={renew.isPending}
        problem={renew.error}
        onConfirm={() => renew.mutate()}
        onCancel={onClose}
      />
    );
  }
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('factors.codes')}
    >
      <RecoveryCodes codes={renew.data.recoveryCodes} email={person.email} onDone={onClose} />
    </Modal>
  );
}
