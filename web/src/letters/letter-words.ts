/** Where a letter is, in words. */
import type { LetterState as State } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';

export function useLetterWords(): (state: State) => string {
  const { t } = useTranslation();
  return (state) => {
    switch (state) {
      case 'waiting':
        return t('letters.stateWaiting');
      case 'failing':
        return t('letters.stateFailing');
      case 'sent':
        return t('letters.stateSent');
      case 'given-up':
        return t('letters.stateGivenUp');
      case 'off':
        return t('letters.stateOff');
    }
  };
}
