/** How many rows went where. */
import type { ImportViewValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import classes from './imports.module.css';

export function ImportNumbers({ view }: { view: ImportViewValue }) {
  const { t } = useTranslation();
  const dates = useDates();
  const numbers = [
    ['read', view.rowsRead],
    ['created', view.rowsCreated],
    ['updated', view.rowsUpdated],
    ['skipped', view.rowsSkipped],
    ['rejected', view.rowsRejected],
  ] as const;
  return (
    <dl className={classes['numbers']}>
      {numbers.map(([name, count]) => (
        <div key={name}>
          <dt>{t(`imports.${name}`)}</dt>
          <dd>{dates.number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
