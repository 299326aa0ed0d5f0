/** API keys as the server lists them. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

export const apiKeysQuery = queryOptions({
  queryKey: ['security', 'api-keys'],
  queryFn: () => call('GET /api/v1/api-keys', {}),
});
