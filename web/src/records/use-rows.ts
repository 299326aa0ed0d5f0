/** The rows of a list, page after page by keyset; and the rows that a search finds. */
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { ListSearch } from '../app/search.ts';
import type { Page, RecordKind, Row, View } from './kind.ts';
import { listQueryOf } from './kind.ts';

/** The first page comes quickly, those behind it come far. */
const firstPageRows = 100;
const pageRows = 200;
const foundRowsMax = 100;

/** Pages stay as they were read: a list of a hundred thousand is never asked for again as a whole. */
export function useListRows(kind: RecordKind, search: ListSearch, enabled: boolean) {
  const query = useInfiniteQuery({
    queryKey: [kind.plural, 'list', search],
    queryFn: ({ pageParam, signal }) =>
      kind.list(
        {
          ...listQueryOf(search),
          ...(pageParam === '' ? { limit: firstPageRows, count: true } : { limit: pageRows, cursor: pageParam }),
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next ?? undefined,
    staleTime: Infinity,
    gcTime: 5 * 60_000,
    structuralSharing: false,
    enabled,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = query;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const first = query.data?.pages[0];
  return { query, rows, more, hasMore: hasNextPage, total: first?.total, totalCap: first?.totalCap };
}

export function useFoundRows(kind: RecordKind, text: string, archived: boolean, limit = foundRowsMax, enabled = true) {
  return useQuery({
    // What a person types is kept in memory only, for as long as it is on the screen.
    queryKey: [kind.plural, 'found', text, archived, limit],
    queryFn: ({ signal }) => kind.find(text, limit, archived, signal),
    enabled: enabled && text !== '',
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    staleTime: 10_000,
  });
}

/** After a change: the open record is known, the row in every list is the new one, counts and orders are asked anew. */
export function useKeepRecord(kind: RecordKind) {
  const client = useQueryClient();
  return useCallback(
    (view: View, moved: boolean) => {
      client.setQueryData([kind.plural, 'one', view.id], view);
      client.removeQueries({ queryKey: [kind.plural, 'found'] });
      if (moved) return client.removeQueries({ queryKey: [kind.plural, 'list'] });
      client.setQueriesData<{ pages: Page[]; pageParams: string[] }>({ queryKey: [kind.plural, 'list'] }, (data) =>
        data === undefined ? data : { ...data, pages: data.pages.map((page) => withRow(page, view)) },
      );
    },
    [client, kind],
  );
}

function withRow(page: Page, view: Row): Page {
  const at = page.rows.findIndex((row) => row.id === view.id);
  return at === -1 ? page : { ...page, rows: page.rows.with(at, view) };
}
