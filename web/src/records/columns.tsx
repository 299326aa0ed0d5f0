/** How each column of a list looks, and which ones a person chose to see. */
import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { AnchorLink } from '../app/links.tsx';
import type { ListSearch, Sort } from '../app/search.ts';
import type { Email, Phone } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { today, useDates } from '../ui/dates.ts';
import { formatPhone } from '../contract.ts';
import type { TableColumn } from '../ui/VirtualTable.tsx';
import type { RecordKind, Row } from './kind.ts';
import type { Lookups } from './lookups.tsx';
import classes from './records.module.css';
import { StageBadge } from './StageBadge.tsx';

export function useColumnLabels(kind: RecordKind): (id: string) => string {
  const { t } = useTranslation();
  const words = useWords();
  return (id) => {
    if (id === 'name') return t(`${kind.plural}.name`);
    if (id === 'nextStepOn') return t('records.groupNext');
    if (id === 'createdAt') return t('records.created');
    if (id === 'updatedAt') return t('records.updated');
    return kind.labels(words)[id] ?? id;
  };
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

export function useTableColumns(
  kind: RecordKind,
  lookups: Lookups,
  search: ListSearch,
  sortable: boolean,
  onSort: (sort: Sort) => void,
) {
  const { t } = useTranslation();
  const dates = useDates();
  const labelOf = useColumnLabels(kind);
  const [shown, setShown] = useShownColumns(kind);

  const cell = (id: string) => (row: Row) =>
    cellOf(id, row, { kind, lookups, day: dates.day, noName: t('records.noName') });
  const columns: TableColumn<Row>[] = kind.columns
    .filter((column) => column.id === 'name' || shown.includes(column.id))
    .map(({ id, width, grow }) => {
      const pair = sortsOf[id];
      const current = search.sort ?? '-created';
      return {
        id,
        label: labelOf(id),
        width,
        ...(grow !== undefined && { grow }),
        render: cell(id),
        ...(sortable &&
          pair !== undefined && {
            sorted: !pair.includes(current) ? 'none' : current.startsWith('-') ? 'descending' : 'ascending',
            onSort: () => onSort(current === pair[0] ? pair[1] : pair[0]),
          }),
      } satisfies TableColumn<Row>;
    });
  return { columns, shown, setShown, labelOf };
}

type CellTools = { kind: RecordKind; lookups: Lookups; day: (value: string) => string; noName: string };

function cellOf(id: string, row: Row, { kind, lookups, day, noName }: CellTools): ReactNode {
  switch (id) {
    case 'name':
      return (
        <AnchorLink
          to={`${kind.path}/$id`}
          params={{ id: row.id }}
          className={classes['nameLink'] ?? ''}
          tabIndex={-1}
          preload={false}
        >
          {kind.nameOf(row) || noName}
        </AnchorLink>
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
