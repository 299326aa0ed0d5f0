/** Reads about recovery that the page and the banner share. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/call.ts';

export const requestsQuery = queryOptions({
  queryKey: ['recovery-requests'],
  queryFn: async () => (await call('GET /api/v1/recovery-requests', {})).requests,
  refetchInterval: 60_000,
});
export const ownRequestQuery = queryOptions({
  queryKey: ['recovery-own'],
  queryFn: async () => (await call('GET /api/v1/recovery/own', {})).request,
  refetchInterval: 60_000,
});
