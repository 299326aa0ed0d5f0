/** Reads about browsers, shared by the profile, the banner and the page of security. */
import { queryOptions } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { call } from '../api/call.ts';
import { addressText } from '../ui/address-text.ts';

/** Whoever waits looks at a screen: soon enough to answer while they do. */
export const myDevicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: () => call('GET /api/v1/devices', {}),
  refetchInterval: 15_000,
});
export const peoplesDevicesQuery = queryOptions({
  queryKey: ['devices-of-people'],
  queryFn: () => call('GET /api/v1/security/devices', {}),
  refetchInterval: 15_000,
});

/** A named network says more than an address. */
export const whereOf = ({ place, address }: { place: string | null; address: string }, t: TFunction): string =>
  place ?? addressText(address, t);
