/** What a session saw: its distinct clients, how and when; names as far as the reader may see them. */
import { Button, Modal, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { AnchorLink } from '../app/links.tsx';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { Failed, LoadingLines } from '../ui/states.tsx';
import { pathOf } from './sentence.ts';

type SeenProps = { sessionId: string; byKey: boolean; onClose: () => void };

/** Of a program: its API key stands for the session. */
export default function SeenDialog({ sessionId, byKey, onClose }: SeenProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const query = useInfiniteQuery({
    queryKey: ['audit', 'seen', sessionId],
    queryFn: ({ pageParam }) =>
      call('GET /api/v1/audit-log/sessions/:id/seen', {
        params: { id: sessionId },
        query: pageParam === '' ? {} : { cursor: pageParam },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const body = () => {
    if (query.isPending) return <LoadingLines rows={6} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    const rows = query.data.pages.flatMap((page) => page.rows);
    if (rows.length === 0) return <p className="quiet">{t(byKey ? 'past.seenByKeyNone' : 'past.seenNone')}</p>;
    return (
      <>
        <p className="quiet" style={{ marginTop: 0 }}>
          {t('past.seenIntro')}
        </p>
        <p>
          <strong>{t('past.seenCount', { count: query.data.pages[0]?.count ?? 0 })}</strong>
        </p>
        <ScrollRegion label={t(byKey ? 'past.seenByKey' : 'past.seen')}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('past.seenClient')}</Table.Th>
                <Table.Th>{t('past.seenHow')}</Table.Th>
                <Table.Th>{t('past.seenLast')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ id, kind, name, events, times, lastAt }) => (
                <Table.Tr key={`${kind}/${id}`}>
                  <Table.Td>
                    {name === null ? (
                      <span className="quiet">
                        <span className="mono">{id.slice(-12)}</span> · {t('past.seenClosed')}
                      </span>
                    ) : (
                      <AnchorLink to={pathOf(kind) ?? '/contacts/$id'} params={{ id }}>
                        {name}
                      </AnchorLink>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {events.map((event) => words.events[event as keyof typeof words.events] ?? event).join(', ')}
                    {times > 1 && <span className="quiet"> ×{times}</span>}
                  </Table.Td>
                  <Table.Td>{dates.exact(lastAt)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
        {query.hasNextPage && (
          <Button
            mt="md"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('past.more')}
          </Button>
        )}
      </>
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size={760}
      title={t(byKey ? 'past.seenByKey' : 'past.seen')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {body()}
    </Modal>
  );
}
