/** One cell of the matrix: how far an action goes, to read or to choose. */
import { NativeSelect } from '@mantine/core';
import { useTranslation } from '../../i18n/index.ts';
import classes from './roles.module.css';

type LevelCellProps<L extends string> = {
  label: string;
  /** Over the box where the column has no head, as on a phone. */
  over?: string;
  levels: readonly L[];
  words: Readonly<Record<L, string>>;
  value: L;
  before: L;
  readOnly: boolean;
  onChange: (level: L) => void;
};

export function LevelCell<L extends string>(props: LevelCellProps<L>) {
  const { label, over, levels, words, value, before, readOnly, onChange } = props;
  const { t } = useTranslation();
  if (readOnly) {
    return (
      <span className={classes['value']} data-level={value}>
        {over !== undefined && <small className={`quiet ${classes['over']}`}>{over}</small>}
        {words[value]}
      </span>
    );
  }
  const offered = levels.includes(value) ? levels : [...levels, value];
  return (
    <div className={classes['cell']} data-level={value} data-changed={value === before ? undefined : true}>
      {over !== undefined && (
        <small className={classes['over']} aria-hidden>
          {over}
        </small>
      )}
      <NativeSelect
        size="xs"
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as L)}
        data={offered.map((level) => ({ value: level, label: words[level] }))}
      />
      {value !== before && <small>{t('roles.was', { level: words[before] })}</small>}
    </div>
  );
}
