/** Who has how many clients at which stage. Only for whoever may see those clients. */
import { Table } from '@mantine/core';
import type { StatisticsView } from '../contract.ts';
import { contactStages } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import classes from './statistics.module.css';

type Cells = NonNullable<StatisticsView['stagesByManager']>;

export function ManagerTable({ cells, summed }: { cells: Cells; summed: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const { personName } = useLookups();
  const rows = [...Map.groupBy(cells, ({ manager }) => manager)]
    .map(([manager, own]) => ({
      manager,
      total: own.reduce((sum, { count }) => sum + count, 0),
      expected: own.reduce((sum, { sum: part }) => sum + Number(part ?? 0), 0),
      of: new Map(own.map(({ stage, count }) => [stage, count])),
    }))
    .toSorted((a, b) => b.total - a.total);
  const title = t('statistics.managersAndStages');
  return (
    <section className={`panel ${classes['group'] ?? ''}`} style={{ marginTop: 16 }}>
      <h2>{title}</h2>
      <ScrollRegion label={title}>
        <Table aria-label={title} miw={640} verticalSpacing={6} horizontalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('statistics.manager')}</Table.Th>
              {contactStages.map((stage) => (
                <Table.Th key={stage} ta="right">
                  {words.stages[stage]}
                </Table.Th>
              ))}
              <Table.Th ta="right">{t('statistics.together')}</Table.Th>
              {summed && <Table.Th ta="right">{t('statistics.sum')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ manager, total, expected, of }) => (
              <Table.Tr key={manager}>
                <Table.Td>{personName(manager) || t('common.unknownPerson')}</Table.Td>
                {contactStages.map((stage) => (
                  <Table.Td key={stage} ta="right">
                    {of.has(stage) ? dates.number(of.get(stage) ?? 0) : <span className="quiet">—</span>}
                  </Table.Td>
                ))}
                <Table.Td ta="right">
                  <strong>{dates.number(total)}</strong>
                </Table.Td>
                {summed && <Table.Td ta="right">{dates.money(expected.toFixed(2))}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </section>
  );
}
