/** The entries of an investigation in the order in which they happened, each with its note. */
import { Button, Group } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { AuditEntryView, InvestigationView, MarkView } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { useDates } from '../../ui/dates.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Failed, LoadingLines, State } from '../../ui/states.tsx';
import { tellDone } from '../../ui/tell.ts';
import { EntryDrawer } from '../EntryDrawer.tsx';
import { reasonOf, whatOf, whoOf } from '../sentence.ts';
import classes from './investigations.module.css';
import { investigationsKey } from './queries.ts';

export function Marks({ investigation: { id, marks } }: { investigation: InvestigationView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<AuditEntryView | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...investigationsKey, 'marks', id],
    queryFn: ({ pageParam }) =>
      call('GET /api/v1/investigations/:id/marks', {
        params: { id },
        query: pageParam === '' ? {} : { cursor: pageParam },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  const body = () => {
    if (query.isPending) return <LoadingLines rows={6} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    const rows = query.data.pages.flatMap((page) => page.rows);
    if (rows.length === 0)
      return (
        <State drawing="empty" title={t('investigations.marksEmptyTitle')} text={t('investigations.marksEmptyText')} />
      );
    return (
      <>
        <ol className={classes['marks']}>
          {rows.map((mark) => (
            <Mark key={mark.entryId} of={id} mark={mark} onOpen={setOpened} />
          ))}
        </ol>
        {query.hasNextPage && (
          <Button
            m="md"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('investigations.more')}
          </Button>
        )}
      </>
    );
  };
  return (
    <section className="panel" aria-label={t('investigations.marks')}>
      <h2>
        {t('investigations.marks')}{' '}
        {marks > 0 && <small className="quiet">{t('investigations.marksCount', { count: marks })}</small>}
      </h2>
      {body()}
      {opened !== null && (
        <EntryDrawer
          entry={opened}
          onClose={() => setOpened(null)}
          onChange={(search) => void navigate({ to: '/audit-log', search })}
        />
      )}
    </section>
  );
}

type MarkProps = { of: string; mark: MarkView; onOpen: (entry: AuditEntryView) => void };

function Mark({ of, mark: { entryId, entry, note, markedBy, markedAt, abilities }, onOpen }: MarkProps) {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  const client = useQueryClient();
  const unmark = useMutation({
    mutationFn: () => call('DELETE /api/v1/investigations/:id/marks/:entryId', { params: { id: of, entryId } }),
    onSuccess: async () => {
      tellDone(t('investigations.unmarked'));
      await client.invalidateQueries({ queryKey: investigationsKey });
    },
  });
  return (
    <li>
      {entry === null ? (
        <span className="quiet">{t('investigations.gone')}</span>
      ) : (
        <>
          <span className="quiet">
            {dates.exact(entry.at)} · {whoOf(entry, t)}
          </span>
          <button
            type="button"
            className={classes['what']}
            data-refused={entry.outcome === 'refused' || undefined}
            onClick={() => onOpen(entry)}
          >
            {whatOf(entry, words)}
            {entry.subjectCount > 1 && ` · ${t('audit.records', { count: entry.subjectCount })}`}
            {entry.outcome === 'refused' && ` · ${t('audit.refused')}: ${reasonOf(entry, words)}`}
          </button>
        </>
      )}
      {note !== '' && <div className={classes['note']}>{note}</div>}
      <Group gap="4px 18px">
        <small className="quiet">
          {t('investigations.markedBy', { when: dates.moment(markedAt), name: markedBy.name })}
        </small>
        {abilities.unmark && (
          <Button
            className={classes['quietButton']}
            size="compact-sm"
            variant="subtle"
            loading={unmark.isPending}
            onClick={() => unmark.mutate()}
          >
            {t('investigations.unmark')}
          </Button>
        )}
      </Group>
      <ProblemAlert problem={unmark.error} />
    </li>
  );
}
