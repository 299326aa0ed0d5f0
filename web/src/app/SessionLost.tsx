/** When the session ends in the middle of work, sign-in comes to the person: what was typed stays on the page below. */
import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import type { SessionView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { SignInForm } from '../sign-in/SignInForm.tsx';
import { useSession } from './session.tsx';

export default function SessionLost({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const client = useQueryClient();
  const back = (again: SessionView) => {
    // Another person must not inherit what is on the screen.
    if (again.person.id !== session.person.id) return location.reload();
    client.setQueryData(sessionQuery.queryKey, again);
    onBack();
    void client.refetchQueries({ predicate: (query) => query.state.status === 'error' });
  };
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('signIn.lostTitle')}
      overlayProps={{ backgroundOpacity: 0.6, blur: 14 }}
    >
      <p className="quiet" style={{ marginTop: 0 }}>
        {t('signIn.lostText')}
      </p>
      <SignInForm onSignedIn={back} email={session.person.email} />
    </Modal>
  );
}
