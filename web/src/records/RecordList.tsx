/** The list of contacts or companies: find as you type, filter, order, choose columns, go through by keyboard. */
import { ActionIcon, Button, CloseButton, Kbd, TextInput } from '@mantine/core';
import { useDebouncedValue, useHotkeys, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconColumns3,
  IconDownload,
  IconListCheck,
  IconPlus,
  IconRefresh,
  IconSearch,
  IconSquare,
  IconSquareCheck,
  IconTrash,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { ButtonLink } from '../app/links.tsx';
import { useCan } from '../app/session.tsx';
import type { ListSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { useTranslation } from '../i18n/index.ts';
import { useDates } from '../ui/dates.ts';
import { LazyMenu } from '../ui/LazyMenu.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Failed, LoadingLines, NoRight, State } from '../ui/states.tsx';
import { VirtualTable } from '../ui/VirtualTable.tsx';
import { isDrawn, mayOrderByName } from './closed.ts';
import { useClosed } from './use-closed.ts';
import { columnSort, useTableColumns } from './columns.tsx';
import type { RecordKind, Row } from './kind.ts';
import { countFilters } from './filters.ts';
import { useLookups } from './lookups.tsx';
import classes from './records.module.css';
import { SortSelect } from './SortSelect.tsx';
import { StageBadge } from './StageBadge.tsx';
import { useFoundRows, useListRows } from './use-rows.ts';

/** Where each list was left, so that coming back from a record goes on from there. Forgotten on reload. */
const places = new Map<string, { offset: number; active: number }>();
const placeOf = (key: string) => {
  const place = places.get(key) ?? { offset: 0, active: 0 };
  places.set(key, place);
  return place;
};

const BulkBar = lazy(() => import('./BulkBar.tsx'));
const ListFilters = lazy(() => import('./ListFilters.tsx'));
const loadColumns = () => import('./ColumnsMenu.tsx');
const ExportDialog = lazy(() => import('../exports/ExportDialog.tsx'));

type RecordListProps = { kind: RecordKind; search: ListSearch };

export function RecordList({ kind, search }: RecordListProps) {
  const { t } = useTranslation();
  const can = useCan();
  const trash = search.trash === true;
  useTitle(t(trash ? `${kind.plural}.trashTitle` : `${kind.plural}.title`));
  if (!can(kind.permission('read'))) return <NoRight permission={kind.permission('read')} />;
  return <OpenList key={trash ? 'trash' : 'list'} kind={kind} search={search} />;
}

/** The row itself is what is chosen; this only shows it. */
const ChooseMark = ({ on }: { on: boolean }) =>
  on ? <IconSquareCheck size={19} aria-hidden /> : <IconSquare size={19} aria-hidden />;

function OpenList({ kind, search }: RecordListProps) {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const dates = useDates();
  const client = useQueryClient();
  const narrow = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches) ?? false;
  const lookups = useLookups();
  const closed = useClosed(kind);
  const trash = search.trash === true;
  const [text, setText] = useState('');
  const [exporting, setExporting] = useState(false);
  const [settled] = useDebouncedValue(text.trim(), 140);
  const asked = text.trim() === '' ? '' : settled;
  const input = useRef<HTMLInputElement>(null);
  const [filtersOpen, setFiltersOpen] = useLocalStorage({
    key: `lubart.filters-open.${kind.plural}`,
    defaultValue: false,
  });
  const filterCount = countFilters(search);
  useHotkeys([['/', () => input.current?.focus()]]);

  const change = (part: { [K in keyof ListSearch]?: ListSearch[K] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined));
    void navigate({ to: kind.path, search: next as ListSearch, replace: true });
  };
  const open = (row: Row) => void navigate({ to: `${kind.path}/$id`, params: { id: row.id } });

  const list = useListRows(kind, search, asked === '');
  const found = useFoundRows(kind, asked, trash);
  const finding = asked !== '';
  const rows = finding ? (found.data?.rows ?? []) : list.rows;
  const { columns: plain, shown, setShown, labelOf } = useTableColumns(kind, lookups);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row> | null>(null);
  const chooseOnly = (some: readonly Row[]) => setChosen(new Map(some.map((row) => [row.id, row])));
  const toggle = (row: Row) => {
    const next = new Map(chosen);
    if (!next.delete(row.id)) next.set(row.id, row);
    setChosen(next);
  };
  const columns = useMemo(
    () =>
      chosen === null
        ? plain
        : [
            {
              id: 'choose',
              label: '',
              width: 44,
              grow: 0.001,
              render: (row: Row) => <ChooseMark on={chosen.has(row.id)} />,
            },
            ...plain,
          ],
    [plain, chosen],
  );
  const key = `${kind.plural}${JSON.stringify(search)}${asked}`;
  const place = useMemo(() => (finding ? { offset: 0, active: 0 } : placeOf(key)), [finding, key]);

  const state = finding ? found : list.query;
  const body = () => {
    if (state.isError) return <Failed problem={state.error} retry={() => void state.refetch()} />;
    if (state.isPending) return <LoadingLines rows={12} height={18} />;
    if (rows.length > 0) {
      return (
        <VirtualTable
          key={key}
          label={t(`${kind.plural}.table`)}
          hint={t('records.rowsKeys')}
          columns={columns}
          {...(!finding && { sortOf: columnSort(search, closed, (sort) => change({ sort })) })}
          rows={rows}
          keyOf={(row) => row.id}
          onOpen={chosen === null ? open : toggle}
          isMarked={chosen === null ? undefined : (row) => chosen.has(row.id)}
          total={finding ? undefined : list.total}
          hasMore={!finding && list.hasMore}
          onMore={list.more}
          moreLabel={t('records.loadingMore')}
          endLabel={
            finding && found.data?.more === true ? t('records.foundMore', { count: rows.length }) : t('records.listEnd')
          }
          narrow={narrow}
          place={place}
          renderNarrow={(row) => (
            <div className={classes['narrow']}>
              <span>
                {chosen !== null && <ChooseMark on={chosen.has(row.id)} />} {plain[0]?.render(row)}
              </span>
              {isDrawn(closed, 'stage') ? <StageBadge stage={String(row['stage'])} /> : <span />}
              <span className="quiet">
                {row.shared === undefined
                  ? kind.hintOf(row)
                  : t('sharing.mark', { name: lookups.personName(row.shared.byId) })}
              </span>
              <span className="quiet">{dates.day(row.createdAt)}</span>
            </div>
          )}
        />
      );
    }
    if (finding) {
      return (
        <State
          drawing="nothing"
          title={t('records.nothingFound', { text: asked })}
          text={t('records.nothingFoundHint')}
        />
      );
    }
    if (filterCount > 0) {
      return (
        <State drawing="nothing" title={t('records.nothingFiltered')} text={t('records.nothingFilteredHint')}>
          <Button variant="default" onClick={() => void navigate({ to: kind.path, search: trash ? { trash } : {} })}>
            {t('records.clearFilters')}
          </Button>
        </State>
      );
    }
    if (trash) return <State drawing="trash" title={t('records.trashEmpty')} text={t('records.trashEmptyHint')} />;
    return (
      <State drawing="empty" title={t(`${kind.plural}.emptyTitle`)} text={t(`${kind.plural}.emptyText`)}>
        {can(kind.permission('create')) && (
          <ButtonLink to={`${kind.path}/new`}>{t(`${kind.plural}.create`)}</ButtonLink>
        )}
        {can('contact.import') && (
          <ButtonLink to="/imports/new" variant="default">
            {t(`${kind.plural}.import`)}
          </ButtonLink>
        )}
      </State>
    );
  };

  return (
    <div className={classes['listPage']}>
      {exporting && (
        <Suspense fallback={null}>
          <ExportDialog kind={kind} search={search} onClose={() => setExporting(false)} />
        </Suspense>
      )}
      <PageHeader title={t(trash ? `${kind.plural}.trashTitle` : `${kind.plural}.title`)}>
        {can(kind.permission('export')) && !trash && !narrow && search.shared !== true && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            aria-haspopup="dialog"
            onClick={() => setExporting(true)}
          >
            {t('records.exportAs')}
          </Button>
        )}
        {can(kind.permission('bulk')) && chosen === null && search.shared !== true && (
          <Button
            variant="default"
            leftSection={<IconListCheck size={16} aria-hidden />}
            onClick={() => setChosen(new Map())}
          >
            {t('bulk.select')}
          </Button>
        )}
        <ButtonLink
          to={kind.path}
          search={trash ? {} : { trash: true }}
          variant="default"
          leftSection={trash ? undefined : <IconTrash size={16} aria-hidden />}
        >
          {t(trash ? 'records.outOfTrash' : 'records.trash')}
        </ButtonLink>
        {can(kind.permission('create')) && !trash && (
          <ButtonLink to={`${kind.path}/new`} leftSection={<IconPlus size={16} aria-hidden />}>
            {t(`${kind.plural}.create`)}
          </ButtonLink>
        )}
      </PageHeader>
      <div className={classes['toolbar']} role="search">
        <TextInput
          ref={input}
          className={classes['search'] ?? ''}
          type="search"
          aria-label={t('records.search')}
          title={t('records.searchKey')}
          placeholder={t(kind.name === 'contact' ? 'records.searchHint' : 'records.searchHintCompanies')}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            text === '' ? (
              <Kbd size="xs">/</Kbd>
            ) : (
              <CloseButton aria-label={t('common.clear')} onClick={() => setText('')} />
            )
          }
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText('');
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              document.querySelector<HTMLElement>('[role="grid"] [role="row"][tabindex="0"]')?.focus();
            }
          }}
        />
        <Button
          variant={filterCount > 0 ? 'light' : 'default'}
          aria-expanded={filtersOpen}
          disabled={finding}
          leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
          onClick={() => setFiltersOpen(!filtersOpen)}
        >
          {filterCount > 0 ? t('records.filtersOn', { count: filterCount }) : t('records.filters')}
        </Button>
        <SortSelect
          byName={mayOrderByName(closed)}
          sort={search.sort ?? '-created'}
          onSort={(sort) => change({ sort })}
        />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('records.refresh')}
          title={t('records.refresh')}
          loading={state.isRefetching}
          onClick={() => {
            places.delete(key);
            void client.resetQueries({ queryKey: [kind.plural] });
          }}
        >
          <IconRefresh size={17} aria-hidden />
        </ActionIcon>
        {!narrow && (
          <LazyMenu
            load={loadColumns}
            props={{ kind, shown, onShown: setShown, labelOf }}
            renderButton={(props) => (
              <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />} {...props}>
                {t('records.columns')}
              </Button>
            )}
          />
        )}
      </div>
      {chosen !== null && (
        <Suspense fallback={null}>
          <BulkBar
            kind={kind}
            trash={trash}
            chosen={chosen}
            loaded={rows}
            lookups={lookups}
            onChoose={chooseOnly}
            onEnd={() => setChosen(null)}
          />
        </Suspense>
      )}
      {filtersOpen && !finding && (
        <Suspense fallback={null}>
          <ListFilters kind={kind} search={search} lookups={lookups} onChange={change} />
        </Suspense>
      )}
      <div className={`panel ${classes['tableBox']}`}>{body()}</div>
      <div className={classes['status']} role="status">
        {finding
          ? found.data !== undefined && t('records.found', { count: found.data.rows.length })
          : list.total !== undefined &&
            list.total > 0 &&
            t('records.total', {
              count: list.total,
              shown: `${dates.number(list.total)}${list.total === list.totalCap ? '+' : ''}`,
            })}
      </div>
    </div>
  );
}
