/** The secret of a key, this once. */
import { useTranslation } from '../../i18n/index.ts';
import { SecretDialog } from '../../ui/SecretDialog.tsx';

type KeySecretProps = { secret: string; rotated: boolean; onClose: () => void };

export function KeySecret({ secret, rotated, onClose }: KeySecretProps) {
  const { t } = useTranslation();
  const words = {
    title: t('apiKeys.secretTitle'),
    once: `${t('apiKeys.secretOnce')}${rotated ? ` ${t('apiKeys.secretOverlap')}` : ''}`,
    label: t('apiKeys.secret'),
    copy: t('apiKeys.copy'),
    done: t('apiKeys.done'),
  };
  return (
    <SecretDialog secret={secret} words={words} onClose={onClose}>
      <span className="quiet">
        {t('apiKeys.howTo')} <code>Authorization: Bearer lubart_…</code>
      </span>
    </SecretDialog>
  );
}
