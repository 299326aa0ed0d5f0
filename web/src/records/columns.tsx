/** How each column of a list looks, and which ones a person chose to see. */
import { useLocalStorage } from '@mantine/hooks';
import { IconShare } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCallback, useMemo } from 'react';
import { AnchorLink } from '../app/links.tsx';
import type { ListSearch, Sort } from '../app/search.ts';
import type { Email, Phone } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { today, useDates } from '../ui/dates.ts';
import { formatPhone } from '../contract.ts';
import type { ColumnSort, TableColumn } from '../ui/VirtualTable.tsx';
import type { Closed } from './closed.ts';
import { isDrawn, mayOrderByName } from './closed.ts';
import { useClosed } from './use-closed.ts';
import type { RecordKind, Row } from './kind.ts';
import type { Lookups } from './lookups.tsx';
import classes from './records.module.css';
import { StageBadge } from './StageBadge.tsx';

export function useColumnLabels(kind: RecordKind): (id: string) => string {
  const { t } = useTranslation();
  const words = useWords();
  return useCallback(
    (id: string) => {
      if (id === 'name') return t(`${kind.plural}.name`);
      if (id === 'nextStepOn') return t('records.groupNext');
      if (id === 'createdAt') return t('records.created');
      if (id === 'updatedAt') return t('records.updated');
      return kind.labels(words)[id] ?? id;
    },
    [kind, t, words],
  );
}

export function useShownColumns(kind: RecordKind) {
  return useLocalStorage<string[]>({
    key: `lubart.columns.${kind.plural}`,
    defaultValue: kind.columns.filter((column) => column.shown).map((column) => column.id),
  });
}

/** The two orders a column’s head switches between; the first is what a first press means. */
const sortsOf: Readonly<Record<string, readonly [Sort, Sort]>> = {
  name: ['name', '-name'],
  createdAt: ['-created', 'created'],
  updatedAt: ['-updated', 'updated'],
};

/** The columns that are shown; the same array until something about them changes. */
export function useTableColumns(kind: RecordKind, lookups: Lookups) {
  const { t } = useTranslation();
  const { day, money } = useDates();
  const labelOf = useColumnLabels(kind);
  const [shown, setShown] = useShownColumns(kind);
  const closed = useClosed(kind);
  const columns = useMemo<TableColumn<Row>[]>(() => {
    const sharedBy = (id: string) => t('sharing.mark', { name: lookups.personName(id) });
    const tools = { kind, lookups, day, money, sharedBy, noName: t('records.noName') };
    return kind.columns
      .filter((column) => column.id === 'name' || (shown.includes(column.id) && isDrawn(closed, column.id)))
      .map(({ id, width, grow }) => ({
        id,
        label: labelOf(id),
        width,
        ...(grow !== undefined && { grow }),
        render: (row: Row) => cellOf(id, row, tools),
      }));
  }, [kind, lookups, day, money, t, labelOf, shown, closed]);
  return { columns, shown, setShown, labelOf };
}

/** How a column can be ordered by its head, if it can. */
export function columnSort(
  search: ListSearch,
  closed: Closed,
  onSort: (sort: Sort) => void,
): (id: string) => ColumnSort | undefined {
  return (id) => {
    const pair = sortsOf[id];
    if (pair === undefined || (id === 'name' && !mayOrderByName(closed))) return undefined;
    const current = search.sort ?? '-created';
    const direction = current.startsWith('-') ? 'descending' : 'ascending';
    return {
      sorted: pair.includes(current) ? direction : 'none',
      onSort: () => onSort(current === pair[0] ? pair[1] : pair[0]),
    };
  };
}

type CellTools = {
  kind: RecordKind;
  lookups: Lookups;
  day: (value: string) => string;
  money: (value: string) => string;
  sharedBy: (id: string) => string;
  noName: string;
};

function cellOf(id: string, row: Row, { kind, lookups, day, money, sharedBy, noName }: CellTools): ReactNode {
  switch (id) {
    case 'name':
      return (
        <>
          <AnchorLink
            to={`${kind.path}/$id`}
            params={{ id: row.id }}
            className={classes['nameLink'] ?? ''}
            tabIndex={-1}
            preload={false}
          >
            {kind.nameOf(row) || noName}
          </AnchorLink>
          {row.shared !== undefined && (
            <>
              {' '}
              <span title={sharedBy(row.shared.byId)}>
                <IconShare
                  size={15}
                  aria-label={sharedBy(row.shared.byId)}
                  role="img"
                  className={classes['sharedMark']}
                />
              </span>
            </>
          )}
        </>
      );
    case 'phones':
      return withRest((row['phones'] as Phone[]).map((phone) => formatPhone(phone.number)));
    case 'emails':
      return withRest((row['emails'] as Email[]).map((email) => email.address));
    case 'stage':
      return <StageBadge stage={String(row['stage'])} />;
    case 'ownerId':
      return lookups.personName(row['ownerId']);
    case 'departmentId':
      return lookups.departmentName(row['departmentId']);
    case 'tags':
      return (row['tags'] as string[]).map((tag) => (
        <span key={tag} className={classes['tag']} style={{ marginRight: 4 }}>
          {tag}
        </span>
      ));
    case 'nextStepOn': {
      const on = row['nextStepOn'] as string | null;
      if (on === null) return row['nextStepText'] as string;
      return (
        <>
          <span className={on < today() ? classes['overdue'] : undefined}>{day(on)}</span>{' '}
          <span className="quiet">{row['nextStepText'] as string}</span>
        </>
      );
    }
    case 'expectedAmount':
      return row[id] === null ? '' : money(row[id] as string);
    case 'createdAt':
    case 'updatedAt':
      return <span className="quiet">{day(row[id])}</span>;
    default:
      return row[id] as string;
  }
}

function withRest(values: string[]): ReactNode {
  if (values.length < 2) return values[0] ?? '';
  return (
    <>
      {values[0]} <span className="quiet">+{values.length - 1}</span>
    </>
  );
}
