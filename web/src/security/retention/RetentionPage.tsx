/** How long the log is kept, level by level, and what may not be deleted while somebody asks about it. */
import { Button, Group, NativeSelect, Table } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { useCan } from '../../app/session.tsx';
import type { RetentionView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import cards from '../../ui/card-table.module.css';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { SecurityPage } from '../SecurityPage.tsx';
import { Holds } from './Holds.tsx';
import { retentionKey } from './retention-key.ts';

export default function RetentionPage() {
  const query = useQuery({ queryKey: retentionKey, queryFn: () => call('GET /api/v1/security/retention', {}) });
  return (
    <SecurityPage page="retention">
      {query.isPending && <LoadingLines rows={8} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && (
        <>
          <Levels levels={query.data.levels} />
          <Holds holds={query.data.holds} />
        </>
      )}
    </SecurityPage>
  );
}

type Level = RetentionView['levels'][number];

function Levels({ levels }: { levels: readonly Level[] }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="quiet">{t('retention.how')}</p>
      <ScrollRegion label={t('retention.levels')}>
        <Table className={cards['cards']} aria-label={t('retention.levels')} verticalSpacing={8} miw={620}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('retention.level')}</Table.Th>
              <Table.Th>{t('retention.kept')}</Table.Th>
              <Table.Th ta="right">{t('retention.entries')}</Table.Th>
              <Table.Th ta="right">{t('retention.due')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {levels.map((level) => (
              <LevelRow key={level.level} of={level} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </>
  );
}

const [halfYear, year] = [180, 365];
const offered = [halfYear, year, 3 * year, 5 * year, 10 * year];
const forEver = 'ever';

function LevelRow({ of: { level, days, counts, ...counted } }: { of: Level }) {
  const { t } = useTranslation();
  const can = useCan();
  const dates = useDates();
  const client = useQueryClient();
  const said = days === null ? forEver : String(days);
  const [chosen, setChosen] = useState(said);
  const save = useMutation({
    mutationFn: () =>
      call('PUT /api/v1/security/retention', { body: { level, days: chosen === forEver ? null : Number(chosen) } }),
    onSuccess: (view) => {
      client.setQueryData(retentionKey, view);
      tellDone(t('retention.saved'));
    },
  });
  const inWords = (one: number | null) => {
    if (one === null) return t('retention.ever');
    if (one === halfYear) return t('retention.halfYear');
    return one % year === 0 ? t('retention.years', { count: one / year }) : t('retention.days', { count: one });
  };
  const count = (number: number, more: boolean) =>
    more ? t('retention.atLeast', { number: dates.number(number) }) : dates.number(number);
  const choices = [...new Set([...offered, ...(days === null ? [] : [days])])].toSorted((a, b) => a - b);
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{t(`audit.levels.${level}`)}</strong>
      </Table.Td>
      <Table.Td data-label={t('retention.kept')}>
        <Group gap="xs" wrap="nowrap">
          <NativeSelect
            aria-label={`${t('retention.kept')}: ${t(`audit.levels.${level}`)}`}
            value={chosen}
            disabled={!can('security.update')}
            data={[
              ...choices.map((one) => ({ value: String(one), label: inWords(one) })),
              { value: forEver, label: t('retention.ever') },
            ]}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          {chosen !== said && (
            <Button size="compact-sm" loading={save.isPending} onClick={() => save.mutate()}>
              {t('common.save')}
            </Button>
          )}
        </Group>
        {counts !== days && <small className="quiet">{t('retention.stillCounts', { days: inWords(counts) })}</small>}
        <ProblemAlert problem={save.error} />
      </Table.Td>
      <Table.Td ta="right" data-number data-label={t('retention.entries')}>
        {count(counted.entries, counted.entriesMore)}
      </Table.Td>
      <Table.Td ta="right" data-number data-label={t('retention.due')}>
        {count(counted.due, counted.dueMore)}
      </Table.Td>
    </Table.Tr>
  );
}
