/** How many entries a filter finds: what is on the screen when that is all, otherwise counted by the server, up to ten thousand. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import type { AuditFilterValue } from '../contract.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import classes from './audit.module.css';

type HowManyProps = { filter: AuditFilterValue; shown: number; hasMore: boolean };

export function HowMany({ filter, shown, hasMore }: HowManyProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const counted = useQuery({
    queryKey: ['audit', 'count', filter],
    queryFn: ({ signal }) => call('GET /api/v1/audit-entries/count', { query: filter, signal }),
    enabled: hasMore,
    staleTime: 60_000,
  });
  const inWords = (): string => {
    if (!hasMore) return t('past.count', { count: shown });
    if (counted.data === undefined) return ' ';
    const { count, more, lookedTo } = counted.data;
    if (!more) return t('past.count', { count });
    if (lookedTo === null) return t('past.countMore', { number: dates.number(count) });
    return t('past.countSoFar', { number: dates.number(count), since: dates.day(lookedTo) });
  };
  return (
    <p className={`quiet ${classes['count']}`} role="status">
      {inWords()}
    </p>
  );
}
