/** Reads that several screens share, with one key each. */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { Problem } from './problem.ts';

const minutes = 60_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      staleTime: 15_000,
      retry: (count, error) => !(error instanceof Problem && error.status >= 400 && error.status !== 503) && count < 2,
    },
    mutations: { retry: false },
  },
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => call('GET /api/v1/session', {}),
  staleTime: Infinity,
});
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async () => (await call('GET /api/v1/people', {})).people,
  staleTime: 2 * minutes,
});
export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: async () => (await call('GET /api/v1/departments', {})).departments,
  staleTime: 2 * minutes,
});
export const deputiesQuery = queryOptions({
  queryKey: ['deputies'],
  queryFn: () => call('GET /api/v1/deputies', {}),
});
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => (await call('GET /api/v1/roles', {})).roles,
  staleTime: 2 * minutes,
});
export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: async () => (await call('GET /api/v1/invitations', {})).invitations,
});
export const tagsQuery = queryOptions({
  queryKey: ['contact-tags'],
  queryFn: async () => (await call('GET /api/v1/contact-tags', {})).tags,
  staleTime: 2 * minutes,
});
export const factorsQuery = queryOptions({
  queryKey: ['factors'],
  queryFn: () => call('GET /api/v1/factors', {}),
});
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => (await call('GET /api/v1/sessions', {})).sessions,
});
export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: async () => (await call('GET /api/v1/imports', {})).imports,
});
