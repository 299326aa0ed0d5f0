/** How the recovery kit stands. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

export const kitQuery = queryOptions({
  queryKey: ['security', 'kit'],
  queryFn: () => call('GET /api/v1/security/kit', {}),
});
