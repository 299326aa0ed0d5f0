/** The certificate of an erasure as a text that one keeps or prints: what was done, and where its proof is. */
import { useSession } from '../app/session.tsx';
import type { ErasureView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';

export function useCertificate(): (erasure: ErasureView) => string {
  const { t } = useTranslation();
  const dates = useDates();
  const { organization } = useSession();
  return (erasure) => {
    const { shares, imports, exports } = erasure.counts;
    const facts: [string, string][] = [
      [t('erasure.organization'), organization.name],
      [t('erasure.what'), `${t(erasure.kind === 'contact' ? 'contacts.one' : 'companies.one')} ${erasure.recordId}`],
      [t('erasure.when'), dates.exact(erasure.erasedAt)],
      [t('erasure.who'), erasure.person?.name ?? 'Lubart'],
      [t('erasure.why'), t(`erasure.reasons.${erasure.reason}`)],
      [t('erasure.went'), t('erasure.counts', { shares, imports, exports })],
      [t('erasure.entry'), erasure.entryId],
    ];
    return `${t('erasure.certificate')}\n\n${facts.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${t('erasure.certificateText')}\n`;
  };
}
