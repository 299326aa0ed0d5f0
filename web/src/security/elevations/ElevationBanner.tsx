/** Above every page: which role one has for a time, and until when. What the screen shows follows when it comes and when it goes. */
import { Alert } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ownElevationsQuery } from './queries.ts';

export default function ElevationBanner() {
  const { t } = useTranslation();
  const dates = useDates();
  const client = useQueryClient();
  const { data, refetch } = useQuery(ownElevationsQuery);
  const active = data?.elevations.filter(({ state }) => state === 'active') ?? [];
  const held = data === undefined ? null : active.map(({ id }) => id).join();
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (held === null) return;
    const known = seen.current;
    seen.current = held;
    // The rights of this session are others now; what is on the screen is read anew.
    if (known !== null && known !== held) void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [held, client, seen]);
  const nearest = active.map(({ until }) => new Date(until ?? 0).getTime()).sort((a, b) => a - b)[0];
  useEffect(() => {
    if (nearest === undefined) return undefined;
    const timer = setTimeout(() => void refetch(), Math.max(nearest - Date.now(), 0) + 1_500);
    return () => clearTimeout(timer);
  }, [nearest, refetch]);
  if (active.length === 0) return null;
  const roles = active
    .map(({ role, until }) => t('elevations.bannerRole', { role: role.name, until: dates.moment(until) }))
    .join(', ');
  return (
    <Alert color="amber" radius={0} role="status">
      {t('elevations.banner', { roles })}
    </Alert>
  );
}
