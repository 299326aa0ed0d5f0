/** One table of numbers with bars. The bar repeats the number for the eye; the number is what is read. */
import { Table } from '@mantine/core';
import type { StatisticsView } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import classes from './statistics.module.css';
import { quarterName } from './StatisticsPage.tsx';

type Group = StatisticsView['groups'][number];

/** `summed`: whether there is a column of sums. */
export function GroupTable({ group, total, summed }: { group: Group; total: number; summed: boolean }) {
  const { t } = useTranslation();
  const nameOf = useCellNames(group.by);
  const most = Math.max(...group.cells.map(({ count }) => count), group.rest ?? 0, 1);
  // Quarters go by time, all others by size.
  const cells = group.by === 'quarter' ? group.cells.toSorted((a, b) => (a.key < b.key ? 1 : -1)) : group.cells;
  const title = t(`statistics.by.${group.by}`);
  return (
    <section className={`panel ${classes['group'] ?? ''}`}>
      <h2>{title}</h2>
      <Table aria-label={title} verticalSpacing={5} horizontalSpacing={8} withRowBorders={false}>
        <Table.Thead className={classes['unseen']}>
          <Table.Tr>
            <Table.Th>{title}</Table.Th>
            <Table.Th>{t('statistics.count')}</Table.Th>
            <Table.Th className={classes['share']}>{t('statistics.share')}</Table.Th>
            {summed && <Table.Th>{t('statistics.sum')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cells.map(({ key, count, sum }) => (
            <Line key={key} name={nameOf(key)} count={count} most={most} total={total} sum={summed ? sum : undefined} />
          ))}
          {group.rest !== null && group.rest > 0 && (
            <Line
              name={t('statistics.rest')}
              hint={t('statistics.restHint')}
              count={group.rest}
              most={most}
              total={total}
              sum={summed ? group.restSum : undefined}
            />
          )}
        </Table.Tbody>
      </Table>
    </section>
  );
}

type LineProps = {
  name: string;
  hint?: string;
  count: number;
  most: number;
  total: number;
  /** null: not told; undefined: no column. */
  sum: string | null | undefined;
};

function Line({ name, hint, count, most, total, sum }: LineProps) {
  const { number, money } = useDates();
  return (
    <Table.Tr>
      <Table.Td className={classes['name']}>
        {name}
        {hint !== undefined && <small>{hint}</small>}
        <svg className={classes['bar']} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden focusable="false">
          <rect className={classes['track']} width="100" height="6" />
          <rect
            className={hint === undefined ? classes['filled'] : classes['rest']}
            width={(count / most) * 100}
            height="6"
          />
        </svg>
      </Table.Td>
      <Table.Td className={classes['number']}>{number(count)}</Table.Td>
      <Table.Td className={`${classes['number'] ?? ''} ${classes['share'] ?? ''} quiet`}>
        {total === 0 ? '' : `${Math.round((count / total) * 100)}%`}
      </Table.Td>
      {sum !== undefined && (
        <Table.Td className={classes['number']}>
          {sum === null ? <span className="quiet">—</span> : money(sum)}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function useCellNames(by: Group['by']): (key: string) => string {
  const { t } = useTranslation();
  const words = useWords();
  const { personName, departmentName } = useLookups();
  switch (by) {
    case 'stage':
      return (key) => words.stages[key as keyof typeof words.stages] ?? key;
    case 'legalBasis':
      return (key) => words.legalBases[key as keyof typeof words.legalBases] ?? key;
    case 'manager':
      return (key) => personName(key) || t('common.unknownPerson');
    case 'department':
      return (key) => departmentName(key) || key;
    case 'quarter':
      return (key) => quarterName(key, t('statistics.quarter'));
    case 'tag':
      return (key) => key;
  }
}
