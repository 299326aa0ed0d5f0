/** The rules of sign-in as the server keeps them. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

export const rulesQuery = queryOptions({
  queryKey: ['security', 'rules'],
  queryFn: () => call('GET /api/v1/security/rules', {}),
});
