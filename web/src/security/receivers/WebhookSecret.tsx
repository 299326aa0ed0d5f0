/** What a webhook is signed with, this once. */
import { useTranslation } from '../../i18n/index.ts';
import { SecretDialog } from '../../ui/SecretDialog.tsx';

export function WebhookSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  const words = {
    title: t('receivers.secretTitle'),
    once: t('receivers.secretOnce'),
    label: t('receivers.secret'),
    copy: t('receivers.copy'),
    done: t('receivers.done'),
  };
  return <SecretDialog secret={secret} words={words} onClose={onClose} />;
}
