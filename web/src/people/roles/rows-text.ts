/** How many records, as it is said: counted no further than a thousand, and about so many for whoever does not see them. */
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';

type Rows = { count: number; more: boolean; about?: true };

export function useRowsText(): (rows: Rows) => string {
  const { t } = useTranslation();
  const dates = useDates();
  return ({ count, more, about }) => {
    if (more) return t('roles.moreThan');
    if (about === undefined) return dates.number(count);
    // Nobody says “about none”: what the server rounds to nothing is fewer than half a ten.
    return count === 0 ? t('roles.fewerThan', { count: 5 }) : `≈ ${dates.number(count)}`;
  };
}
