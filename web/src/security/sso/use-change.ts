/** Changes a provider and shows the list anew. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { BodyOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { tellDone } from '../../ui/tell.ts';
import { providersQuery } from './queries.ts';

export type ProviderChange = BodyOf<Routes['PATCH /api/v1/sso/providers/:id']>;

export function useProviderChange(id: string, onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ProviderChange) => call('PATCH /api/v1/sso/providers/:id', { params: { id }, body }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: providersQuery.queryKey });
      tellDone(t('common.saved'));
      onDone();
    },
  });
}
