/** How many records, as it is said: counted no further than a thousand, and about so many for whoever does not see them. */
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';

type Rows = { count: number; more: boolean; about?: true };

export function useRowsText(): (rows: Rows) => string {
  const { t } = useTranslation();
  const dates = useDates();
  return ({ count, more, about }) => (more ? t('roles.moreThan') : `${about ? '≈ ' : ''}${dates.number(count)}`);
}
