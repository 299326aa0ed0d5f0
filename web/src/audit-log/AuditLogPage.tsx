/** The audit log: who did what and when, refusals too. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCertificate, IconFolderSearch, IconTimeline } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { call } from '../api/call.ts';
import { ButtonLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import type { AuditSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import type { AuditEntryView } from '../contract.ts';
import { auditLevels, eventLevels } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { useLookups } from '../records/lookups.tsx';
import { useDates } from '../ui/dates.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { VirtualTable } from '../ui/VirtualTable.tsx';
import classes from './audit.module.css';
import { EntryDrawer } from './EntryDrawer.tsx';
import { useEntryColumns } from './columns.tsx';
import { filterOf } from './filter-of-search.ts';
import { HowMany } from './HowMany.tsx';
import { Timeline } from './Timeline.tsx';

const AddDialog = lazy(() => import('./investigations/AddDialog.tsx'));
const ForAuditorDialog = lazy(() => import('./ForAuditorDialog.tsx'));

type Change = (part: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) => void;

export default function AuditLogPage() {
  const { t } = useTranslation();
  const can = useCan();
  useTitle(t('audit.title'));
  if (!can('audit.read')) return <NoRight permission="audit.read" />;
  return <Log />;
}

function Log() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/audit-log' });
  const [opened, setOpened] = useState<AuditEntryView | null>(null);
  const [giving, setGiving] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ['audit', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      call('GET /api/v1/audit-entries', {
        query: { ...filterOf(search), limit: 100, ...(pageParam !== '' && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    structuralSharing: false,
    staleTime: 0,
    gcTime: 0,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const { fetchNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const lastPage = query.data?.pages.at(-1);
  const lookedTo = lastPage?.lookedTo ?? null;
  // Asked for several things at once, an answer looks at a part of the log: what found nothing asks on.
  const foundNothing = lastPage?.rows.length === 0 && query.hasNextPage;
  useEffect(() => {
    if (foundNothing) more();
  }, [foundNothing, more]);
  const change: Change = (part) => {
    const next = Object.fromEntries(Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined));
    setOpened(null);
    void navigate({ to: '/audit-log', search: next as AuditSearch, replace: true });
  };
  /** “Everything …” of an entry is everything, whatever the list was narrowed to; the way back leads there. */
  const follow = (part: AuditSearch) => {
    setOpened(null);
    void navigate({ to: '/audit-log', search: { ...(search.timeline === true && { timeline: true }), ...part } });
  };
  const body = () => {
    if (query.isPending) return <LoadingLines rows={12} height={18} />;
    if (query.isError) return <Failed problem={query.error} retry={() => void query.refetch()} />;
    if (rows.length === 0 && query.hasNextPage) return <LookingBack to={lookedTo} />;
    if (rows.length === 0) return <State drawing="nothing" title={t('audit.emptyTitle')} text={t('audit.emptyText')} />;
    if (search.timeline === true)
      return <Timeline rows={rows} hasMore={query.hasNextPage} onMore={more} onOpen={setOpened} />;
    return (
      <Entries
        rows={rows}
        hasMore={query.hasNextPage}
        onMore={more}
        onOpen={setOpened}
        viewKey={JSON.stringify(search)}
      />
    );
  };
  return (
    <div className={classes['page']}>
      <PageHeader title={t('audit.title')} intro={t('audit.intro')}>
        <Button
          variant="default"
          leftSection={<IconTimeline size={16} aria-hidden />}
          onClick={() => change({ timeline: search.timeline === true ? undefined : true })}
        >
          {t(search.timeline === true ? 'past.table' : 'past.timeline')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCertificate size={16} aria-hidden />}
          aria-haspopup="dialog"
          onClick={() => setGiving(true)}
        >
          {t('evidence.title')}
        </Button>
        <ButtonLink
          variant="default"
          leftSection={<IconFolderSearch size={16} aria-hidden />}
          to="/audit-log/investigations"
        >
          {t('investigations.title')}
        </ButtonLink>
      </PageHeader>
      {giving && (
        <Suspense fallback={null}>
          <ForAuditorDialog onClose={() => setGiving(false)} />
        </Suspense>
      )}
      <Filters search={search} onChange={change} />
      {query.isSuccess && <HowMany filter={filterOf(search)} shown={rows.length} hasMore={query.hasNextPage} />}
      <div className={`panel ${classes['box']}`}>{body()}</div>
      {opened !== null && <EntryDrawer entry={opened} onClose={() => setOpened(null)} onChange={follow} />}
    </div>
  );
}

function LookingBack({ to }: { to: string | null }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <div className={classes['looking']} role="status">
      <LoadingLines rows={3} height={18} />
      <p className="quiet">{to !== null && t('past.lookedTo', { day: dates.day(to) })}</p>
    </div>
  );
}

type EntriesProps = {
  rows: AuditEntryView[];
  hasMore: boolean;
  onMore: () => void;
  onOpen: (entry: AuditEntryView) => void;
  viewKey: string;
};

function Entries({ rows, hasMore, onMore, onOpen, viewKey }: EntriesProps) {
  const { t } = useTranslation();
  const dates = useDates();
  const narrow = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches) ?? false;
  const { columns, what, who } = useEntryColumns(onOpen);
  return (
    <VirtualTable
      key={viewKey}
      label={t('audit.table')}
      hint={t('records.rowsKeys')}
      columns={columns}
      rows={rows}
      keyOf={(entry) => entry.id}
      onOpen={onOpen}
      hasMore={hasMore}
      onMore={onMore}
      moreLabel={t('records.loadingMore')}
      endLabel={t('records.listEnd')}
      narrow={narrow}
      rowClass={(entry) => (entry.outcome === 'refused' ? classes['refused'] : undefined)}
      renderNarrow={(entry) => (
        <div className={classes['narrow']}>
          <button type="button" className={classes['open']} tabIndex={-1} onClick={() => onOpen(entry)}>
            {what(entry)}
          </button>
          <span className="quiet">
            {who(entry)} · {dates.ago(entry.at)}
          </span>
        </div>
      )}
    />
  );
}

function Filters({ search, onChange }: { search: AuditSearch; onChange: Change }) {
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  const all = { value: '', label: t('common.all') };
  const chosen = (text: string) => (text === '' ? undefined : text);
  const events = Object.keys(words.events).filter(
    (event) =>
      search.level === undefined ||
      eventLevels[event as keyof typeof eventLevels] === search.level ||
      event.endsWith('.denied'),
  );
  const narrowed = [
    ['subjectId', 'audit.filteredSubject'],
    ['sessionId', 'audit.filteredSession'],
    ['apiKeyId', 'past.filteredKey'],
    ['requestOf', 'audit.filteredRequest'],
    ['addressOf', 'audit.filteredAddress'],
    ['networkOf', 'audit.filteredNetwork'],
    ['deviceOf', 'audit.filteredDevice'],
  ] as const;
  const any = Object.keys(search).length > 0;
  const filter = filterOf(search);
  const [keeping, setKeeping] = useState(false);
  return (
    <section className={classes['filters']} aria-label={t('records.filters')}>
      <TextInput
        type="date"
        label={t('audit.from')}
        value={search.from ?? ''}
        onChange={(event) => onChange({ from: chosen(event.currentTarget.value) })}
      />
      <TextInput
        type="date"
        label={t('audit.to')}
        value={search.to ?? ''}
        onChange={(event) => onChange({ to: chosen(event.currentTarget.value) })}
      />
      <NativeSelect
        label={t('audit.outcome')}
        value={search.outcome ?? ''}
        onChange={(event) => onChange({ outcome: chosen(event.currentTarget.value) as AuditSearch['outcome'] })}
        data={[all, { value: 'done', label: t('audit.done') }, { value: 'refused', label: t('audit.refused') }]}
      />
      <NativeSelect
        label={t('audit.level')}
        value={search.level ?? ''}
        onChange={(event) =>
          onChange({ level: chosen(event.currentTarget.value) as AuditSearch['level'], event: undefined })
        }
        data={[all, ...auditLevels.map((level) => ({ value: level, label: t(`audit.levels.${level}`) }))]}
      />
      <NativeSelect
        label={t('audit.event')}
        value={search.event ?? ''}
        onChange={(event) => onChange({ event: chosen(event.currentTarget.value) })}
        data={[
          all,
          ...events.map((event) => ({ value: event, label: words.events[event as keyof typeof words.events] })),
        ]}
      />
      {lookups.people.length > 0 && (
        <NativeSelect
          label={t('audit.actor')}
          value={search.actorId ?? ''}
          onChange={(event) => onChange({ actorId: chosen(event.currentTarget.value) })}
          data={[all, ...lookups.people.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      )}
      <div className={classes['chips']}>
        {narrowed.map(
          ([name, label]) =>
            search[name] !== undefined && (
              <Button key={name} variant="light" size="sm" onClick={() => onChange({ [name]: undefined })}>
                {t(label)} ×
              </Button>
            ),
        )}
        {any && (
          <Button
            variant="subtle"
            color="gray"
            onClick={() => onChange(Object.fromEntries(Object.keys(search).map((name) => [name, undefined])))}
          >
            {t('records.clearFilters')}
          </Button>
        )}
        {Object.keys(filter).length > 0 && (
          <Button variant="subtle" color="gray" aria-haspopup="dialog" onClick={() => setKeeping(true)}>
            {t('investigations.keepFilter')}
          </Button>
        )}
      </div>
      {keeping && (
        <Suspense fallback={null}>
          <AddDialog what={{ filter }} onClose={() => setKeeping(false)} />
        </Suspense>
      )}
    </section>
  );
}
