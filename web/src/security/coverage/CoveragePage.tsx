/** Who has which factor, what is demanded of them, and who lacks it: the list a security officer works off. */
import { NativeSelect, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { CoverageFilter, CoverageRowView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { SecurityPage } from '../SecurityPage.tsx';
import classes from './coverage.module.css';

const filters = [
  'all',
  'lacking',
  'grace',
  'walled',
  'sms-only',
  'few-codes',
] as const satisfies readonly CoverageFilter[];

export default function CoveragePage() {
  const { t } = useTranslation();
  const [show, setShow] = useState<(typeof filters)[number]>('all');
  const query = useQuery({
    queryKey: ['coverage', show],
    queryFn: () => call('GET /api/v1/security/coverage', { query: { show } }),
  });
  return (
    <SecurityPage page="coverage">
      {query.isPending && <LoadingLines rows={6} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <>
          <dl className={classes['counts']}>
            {(['met', 'grace', 'walled', 'smsOnly', 'fewCodes'] as const).map((name) => (
              <div key={name} className="panel">
                <dd>{query.data.counts[name]}</dd>
                <dt>{t(`coverage.counts.${name}`)}</dt>
              </div>
            ))}
          </dl>
          <NativeSelect
            label={t('coverage.show')}
            maw={320}
            mb="md"
            value={show}
            data={filters.map((value) => ({ value, label: t(`coverage.filters.${value}`) }))}
            onChange={({ currentTarget: { value } }) => setShow(filters.find((one) => one === value) ?? 'all')}
          />
          {query.data.people.length === 0 ? (
            <State drawing="empty" title={t('coverage.nobody')} text={t('coverage.nobodyText')} />
          ) : (
            <People rows={query.data.people} />
          )}
        </>
      )}
    </SecurityPage>
  );
}

function People({ rows }: { rows: readonly CoverageRowView[] }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <ScrollRegion label={t('coverage.people')}>
      <Table aria-label={t('coverage.people')} verticalSpacing={8} className={classes['table']}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('people.name')}</Table.Th>
            <Table.Th>{t('coverage.has')}</Table.Th>
            <Table.Th>{t('coverage.demanded')}</Table.Th>
            <Table.Th>{t('coverage.lastSeen')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.personId}>
              <Table.Td>
                {row.name}
                <small className={classes['small']}>{row.roles.map(({ name }) => name).join(', ')}</small>
              </Table.Td>
              <Table.Td>
                {hasInWords(t, row)}
                <small className={classes['small']}>{t('coverage.codes', { count: row.codesLeft })}</small>
              </Table.Td>
              <Table.Td>
                <span data-state={row.state} className={classes['state']}>
                  {row.state === 'grace'
                    ? t('coverage.grace', { until: dates.moment(row.graceUntil) })
                    : t(`coverage.${row.state}`)}
                </span>
                <small className={classes['small']}>
                  {t(`coverage.level.${row.demanded}`)}
                  {row.demandedBy.length > 0 && ` · ${row.demandedBy.join(', ')}`}
                </small>
              </Table.Td>
              <Table.Td data-label={t('coverage.lastSeen')}>
                {row.lastSeenAt === null ? '—' : dates.ago(row.lastSeenAt)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function hasInWords(t: TFunction, { has }: CoverageRowView): string {
  const parts = [
    ...(has.passkeys > 0 ? [t('coverage.passkeys', { count: has.passkeys })] : []),
    ...(has.attestedKeys > 0 ? [t('coverage.attested', { count: has.attestedKeys })] : []),
    ...(has.authenticators > 0 ? [t('coverage.apps', { count: has.authenticators })] : []),
    ...(has.sms ? [t('coverage.sms')] : []),
  ];
  return parts.length === 0 ? t('coverage.nothing') : parts.join(', ');
}
