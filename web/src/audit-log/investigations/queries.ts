import { call } from '../../api/call.ts';

export const investigationsKey = ['investigations'];

export const oneQuery = (id: string) => ({
  queryKey: [...investigationsKey, 'one', id],
  queryFn: () => call('GET /api/v1/investigations/:id', { params: { id } }),
  staleTime: 0,
});

/** The open ones, for a choice. */
export const openOnesQuery = {
  queryKey: [...investigationsKey, 'open'],
  queryFn: () => call('GET /api/v1/investigations', { query: { state: 'open' as const } }),
  staleTime: 0,
};
