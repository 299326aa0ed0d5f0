/** Numbers about clients, without opening one. Says why something is not told, where it is not. */
import { Alert, NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useCan } from '../app/session.tsx';
import { useTitle } from '../app/title.ts';
import type { StatisticsView } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { GroupTable } from './GroupTable.tsx';
import { ManagerTable } from './ManagerTable.tsx';
import { periodsUntil } from './periods.ts';
import classes from './statistics.module.css';

type Kind = 'contacts' | 'companies';

export default function StatisticsPage() {
  const { t } = useTranslation();
  const can = useCan();
  const kinds = (['contacts', 'companies'] as const).filter((kind) =>
    can(kind === 'contacts' ? 'contact.statistics' : 'company.statistics'),
  );
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'contacts');
  const [period, setPeriod] = useState('');
  useTitle(t('statistics.title'));
  const query = useQuery({
    queryKey: ['statistics', kind, period],
    queryFn: () => call(`GET /api/v1/${kind}/statistics`, { query: period === '' ? {} : { period } }),
    placeholderData: (before, of) => (of?.queryKey[1] === kind ? before : undefined),
  });
  if (kinds.length === 0) return <NoRight permission="contact.statistics" />;
  return (
    <div className="page">
      <PageHeader title={t('statistics.title')} intro={t('statistics.intro')} />
      <div className={classes['tools']}>
        {kinds.length > 1 && (
          <SegmentedControl
            aria-label={t('statistics.kind')}
            value={kind}
            onChange={(value) => {
              setKind(value === 'companies' ? 'companies' : 'contacts');
              setPeriod('');
            }}
            data={kinds.map((value) => ({ value, label: t(`shell.${value}`) }))}
          />
        )}
        {query.data?.exact === true && <PeriodSelect value={period} onChange={setPeriod} />}
      </div>
      {query.isPending && <LoadingLines rows={8} />}
      {query.isError && <Failed problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && (
        <div aria-busy={query.isPlaceholderData} className={classes['numbers']}>
          <Numbers view={query.data} filtered={period !== ''} />
        </div>
      )}
    </div>
  );
}

function PeriodSelect({ value, onChange }: { value: string; onChange: (period: string) => void }) {
  const { t } = useTranslation();
  const { locale } = useDates();
  const [{ years, quarters, months }] = useState(() => periodsUntil(new Date()));
  const month = (period: string) =>
    new Date(`${period}-15T12:00:00Z`).toLocaleDateString(locale, { month: 'long', year: 'numeric' });
  return (
    <NativeSelect
      aria-label={t('statistics.period')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t('statistics.always') },
        { group: t('statistics.years'), items: years.map((year) => ({ value: year, label: year })) },
        {
          group: t('statistics.quarters'),
          items: quarters.map((one) => ({ value: one, label: quarterName(one, t('statistics.quarter')) })),
        },
        { group: t('statistics.months'), items: months.map((one) => ({ value: one, label: month(one) })) },
      ]}
    />
  );
}

/** “IV квартал 2026” */
export const quarterName = (quarter: string, word: string) =>
  `${['I', 'II', 'III', 'IV'][Number(quarter[6]) - 1] ?? ''} ${word} ${quarter.slice(0, 4)}`;

function Numbers({ view, filtered }: { view: StatisticsView; filtered: boolean }) {
  const { t } = useTranslation();
  const dates = useDates();
  const hidden = !view.exact && (
    <Alert variant="light" color="gray" title={t('statistics.hiddenTitle')}>
      {t('statistics.hiddenText')}{' '}
      {view.sums.told === 'rounded' && t('statistics.sumsRounded', { to: dates.money(view.sums.roundedTo ?? '0') })}
      {view.sums.told === 'withheld' && t('statistics.sumsWithheld')}
    </Alert>
  );
  const summed = view.totalSum !== null && Number(view.totalSum) > 0;
  if (view.total === null) {
    return (
      <>
        {hidden}
        <State drawing="closed" title={t('statistics.tooFew')} text={t('statistics.tooFewText')} />
      </>
    );
  }
  if (view.total === 0) {
    return (
      <State
        drawing="empty"
        title={t('statistics.empty')}
        text={t(filtered ? 'statistics.emptyPeriod' : 'statistics.emptyText')}
      />
    );
  }
  return (
    <>
      <p className={classes['total']}>
        <strong>{dates.number(view.total)}</strong>
        <span>{t(filtered ? 'statistics.totalMade' : 'statistics.total')}</span>
        {view.totalSum !== null && summed && (
          <>
            <strong>
              {view.sums.told === 'rounded' && '≈ '}
              {dates.money(view.totalSum)}
            </strong>
            <span>{t('statistics.expected')}</span>
          </>
        )}
      </p>
      {hidden}
      <div className={classes['groups']}>
        {view.groups.map((group) => (
          <GroupTable key={group.by} group={group} total={view.total ?? 0} summed={summed} />
        ))}
      </div>
      {view.stagesByManager !== null && <ManagerTable cells={view.stagesByManager} summed={summed} />}
    </>
  );
}
