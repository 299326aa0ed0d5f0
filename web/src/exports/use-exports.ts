/** One’s own prepared files: listed, fetched once, given up. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, download } from '../api/call.ts';
import type { ExportViewValue } from '../contract.ts';

export const exportsQuery = { queryKey: ['exports'], queryFn: () => call('GET /api/v1/exports', {}) };

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: exportsQuery.queryKey });
}

export function useFetchFile() {
  return useMutation({
    mutationFn: ({ id, fileName }: Pick<ExportViewValue, 'id' | 'fileName'>) =>
      download('GET /api/v1/exports/:id/file', { params: { id } }, fileName),
    onSettled: useRefresh(),
  });
}

export function useGiveUp() {
  return useMutation({
    mutationFn: (id: string) => call('DELETE /api/v1/exports/:id', { params: { id } }),
    onSettled: useRefresh(),
  });
}
