/** A page of records in the actor’s reach, by time or by name, in the order of an index; and how many there are, up to a cap. */
import type { Reach, Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { compareNames } from '#ukraine';
import type { RecordKind } from './kind.ts';
import { pageByName } from './page-by-name.ts';
import type { Cursor, Sort } from './page-cursor.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type { OpenedRecord } from './record-row.ts';
import { openRow } from './record-row.ts';
import { columnsOf } from './record-store.ts';
import type { Statement } from './statement.ts';
import type { Filters } from './walk-holders.ts';
import { conditions, overWalks, statementOf, walksOf } from './walk-holders.ts';

export type PageQuery = { filters: Filters; sort: Sort; cursor: string | undefined; limit: number };
export type Page = { records: OpenedRecord[]; next: string | null };

/** Counting stops here: “1 000+”. */
export const countCap = 1000;

/** Reads one page. @throws list.cursor_invalid, field.date_invalid */
export async function listPage(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  reach: Reach,
  asked: PageQuery,
): Promise<Page> {
  const cursor = readCursor(kind, seals, asked);
  const byName = asked.sort === 'name' || asked.sort === '-name';
  return byName ? pageByName(tx, kind, seals, reach, asked, cursor) : pageByTime(tx, kind, seals, reach, asked, cursor);
}

async function pageByTime(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  reach: Reach,
  { filters, sort, limit }: PageQuery,
  cursor: Cursor | null,
): Promise<Page> {
  const falling = sort.startsWith('-');
  const column = sort.endsWith('updated') ? 'updated_at' : null;
  const direction = falling ? 'DESC' : 'ASC';
  const order = `ORDER BY ${column === null ? '' : `${column} ${direction}, `}id ${direction}`;
  const query = statementOf(reach);
  const after = afterCursor(query, cursor, column, falling ? '<' : '>');
  const where = conditions(query, filters, after);
  // Written out, so that one plan serves every page: an unknown limit would be planned anew each time.
  const most = `LIMIT ${Math.trunc(limit) + 1}`;
  const walks = walksOf(reach, filters);
  query.add(overWalks(query, kind, walks, columnsOf(kind), where, order, most));
  const rows = await query.rows(tx);
  const records = rows.slice(0, limit).map((row) => openRow(kind, seals, row));
  const last = records.at(-1)?.row;
  if (rows.length <= limit || last === undefined) return { records, next: null };
  const at = column === null ? {} : { at: last.updated_at.toISOString() };
  return { records, next: writeCursor(kind, seals, { sort, id: last.id, ...at }) };
}

function afterCursor(query: Statement, cursor: Cursor | null, column: string | null, than: '<' | '>'): string {
  if (cursor === null) return '';
  if (column === null) return `id ${than} ${query.value(cursor.id)}`;
  return `(${column}, id) ${than} (${query.value(new Date(cursor.at ?? 0))}, ${query.value(cursor.id)})`;
}

/** How many records there are, counted up to `countCap`. */
export async function countRecords(tx: Transaction, kind: RecordKind, reach: Reach, filters: Filters): Promise<number> {
  const query = statementOf(reach);
  const where = conditions(query, filters, '');
  const most = query.value(countCap);
  const counted = overWalks(query, kind, walksOf(reach, filters), 'id', where, '', `LIMIT ${most}`);
  query.add(`SELECT count(*)::int AS count FROM (${counted}) AS capped`);
  return (await query.rows<{ count: number }>(tx))[0]!.count;
}

/** The tags in use among the newest `looked` records of the reach, in alphabetical order. */
export async function tagsInUse(tx: Transaction, kind: RecordKind, reach: Reach, looked: number): Promise<string[]> {
  const query = statementOf(reach);
  const where = conditions(query, {}, '');
  const newest = overWalks(
    query,
    kind,
    walksOf(reach, {}),
    'id, tags',
    where,
    'ORDER BY id DESC',
    `LIMIT ${query.value(looked)}`,
  );
  query.add(`SELECT DISTINCT tag FROM (${newest}) AS newest, unnest(newest.tags) AS tag`);
  return (await query.rows<{ tag: string }>(tx)).map(({ tag }) => tag).toSorted(compareNames);
}
