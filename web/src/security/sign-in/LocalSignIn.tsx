/** Where the password is closed: decided beside the provider that takes its place. */
import { AnchorLink } from '../../app/links.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { RuleSection } from './RuleSection.tsx';

export function LocalSignIn() {
  const { t } = useTranslation();
  return (
    <RuleSection title={t('rules.local')} text={t('rules.localText')}>
      <AnchorLink to="/security/sso">{t('rules.localLink')}</AnchorLink>
    </RuleSection>
  );
}
