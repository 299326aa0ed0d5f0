/** Reads about temporary roles that pages and the banner share. */
import { queryOptions } from '@tanstack/react-query';
import { useTranslation } from '../../i18n/index.ts';
import { call } from '../../api/call.ts';

export const elevationsQuery = queryOptions({
  queryKey: ['elevations'],
  queryFn: async () => (await call('GET /api/v1/elevations', {})).elevations,
  refetchInterval: 60_000,
});
export const ownElevationsQuery = queryOptions({
  queryKey: ['elevations-own'],
  queryFn: () => call('GET /api/v1/profile/elevations', {}),
  refetchInterval: 60_000,
});

/** “8 hours”, “3 days” */
export function useHours(): (hours: number) => string {
  const { t } = useTranslation();
  return (hours) =>
    hours % 24 === 0 ? t('elevations.days', { count: hours / 24 }) : t('elevations.hours', { count: hours });
}
