/** Reads about access reviews that pages and the navigation share. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

const minute = 60_000;

export const waitingQuery = queryOptions({
  queryKey: ['reviews', 'waiting'],
  queryFn: () => call('GET /api/v1/reviews/waiting', {}),
  refetchInterval: 5 * minute,
});
export const campaignsQuery = queryOptions({
  queryKey: ['reviews', 'list'],
  queryFn: async () => (await call('GET /api/v1/reviews', {})).campaigns,
});
export const mineQuery = queryOptions({
  queryKey: ['reviews', 'mine'],
  queryFn: async () => (await call('GET /api/v1/reviews/mine', {})).campaigns,
});
export const rulesQuery = queryOptions({
  queryKey: ['reviews', 'rules'],
  queryFn: () => call('GET /api/v1/reviews/rules', {}),
});
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', 'one', id],
    queryFn: () => call('GET /api/v1/reviews/:id', { params: { id } }),
  });
export const resultQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', 'result', id],
    queryFn: () => call('GET /api/v1/reviews/:id/result', { params: { id } }),
  });
