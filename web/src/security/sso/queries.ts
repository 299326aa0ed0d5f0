/** Providers of single sign-on as the server keeps them. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

export const providersQuery = queryOptions({
  queryKey: ['security', 'sso'],
  queryFn: () => call('GET /api/v1/sso/providers', {}),
});
