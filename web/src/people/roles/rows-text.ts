/** How many records, as it is said: counted no further than a thousand. */
import { useTranslation } from '../../i18n/index.ts';

export function useRowsText(): (rows: { count: number; more: boolean }) => string {
  const { t } = useTranslation();
  return ({ count, more }) => (more ? t('roles.moreThan') : String(count));
}
