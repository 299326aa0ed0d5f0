/**
 * A page of records in the actor’s reach. Row-level security alone would be right but slow: the planner must be told by which
 * holder to walk. So every list names its holders (an owner, departments, a company) and takes the first rows of each in
 * index order; security then has nothing left to remove.
 */
import type { Reach, Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { LubartError } from '#kernel';
import { orderKey } from '#ukraine';
import type { RecordKind } from './kind.ts';
import type { OpenedRecord, RecordRow } from './record-row.ts';
import { openRow } from './record-row.ts';
import { columnsOf } from './record-store.ts';
import { Statement } from './statement.ts';

export type Filters = {
  stage?: string;
  ownerId?: string;
  departmentId?: string;
  companyId?: string;
  tag?: string;
  createdFrom?: string;
  createdTo?: string;
  withoutNextStep?: boolean;
  archived?: boolean;
};
export type Sort = '-created' | 'created' | '-updated' | 'updated' | 'name' | '-name';
export type PageQuery = { filters: Filters; sort: Sort; cursor: string | undefined; limit: number };
export type Page = { records: OpenedRecord[]; next: string | null };

/** Counting stops here: “1 000+”. */
export const countCap = 1000;

/** Rows that hang on the same holder lie together in an index. */
type Walk = { column: 'owner_id' | 'department_id' | 'company_id'; ids: readonly string[] | 'all departments'; but?: readonly string[] };

function walksOf(reach: Reach, filters: Filters): Walk[] {
  const own = reach.personId === null ? [] : [reach.personId];
  if (filters.companyId !== undefined) return [{ column: 'company_id', ids: [filters.companyId] }];
  if (reach.scope === 'own') {
    const excluded = filters.ownerId !== undefined && filters.ownerId !== reach.personId;
    return [{ column: 'owner_id', ids: excluded ? [] : own }];
  }
  if (filters.ownerId !== undefined) return [{ column: 'owner_id', ids: [filters.ownerId] }];
  if (filters.departmentId !== undefined) return [{ column: 'department_id', ids: [filters.departmentId] }];
  if (reach.scope === 'all') return [{ column: 'department_id', ids: 'all departments' }];
  return [
    { column: 'department_id', ids: reach.departmentIds },
    { column: 'owner_id', ids: own, but: reach.departmentIds },
  ];
}

/** Conditions of the filters, of the trash, and `more`; the organization is the first parameter of every list statement. */
function conditions(query: Statement, filters: Filters, more: string): string {
  const all = ['organization_id = $1'];
  all.push(filters.archived === true ? 'archived_at IS NOT NULL' : 'archived_at IS NULL');
  const equal = { stage: filters.stage, owner_id: filters.ownerId, department_id: filters.departmentId, company_id: filters.companyId };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) all.push(`${column} = ${query.value(value)}`);
  }
  if (filters.tag !== undefined) all.push(`${query.value(filters.tag)} = ANY (tags)`);
  if (filters.createdFrom !== undefined) all.push(`created_at >= ${query.value(dayStart(filters.createdFrom, 'createdFrom', 0))}`);
  if (filters.createdTo !== undefined) all.push(`created_at < ${query.value(dayStart(filters.createdTo, 'createdTo', 1))}`);
  if (filters.withoutNextStep === true) all.push('next_step_on IS NULL');
  if (more !== '') all.push(more);
  return all.join(' AND ');
}

function statementOf(reach: Reach): Statement {
  const query = new Statement();
  query.value(reach.organizationId);
  return query;
}

/** Midnight in Kyiv at which a day begins; `plusDays` 1 for its end. */
function dayStart(day: string, field: string, plusDays: number): Date {
  const noon = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) throw new LubartError('field.date_invalid', { field });
  noon.setUTCDate(noon.getUTCDate() + plusDays);
  const kyivHour = Number(noon.toLocaleString('en-GB', { timeZone: 'Europe/Kyiv', hour: '2-digit', hourCycle: 'h23' }));
  return new Date(noon.getTime() - kyivHour * 3_600_000);
}

/** A SELECT over all walks: `columns` of the rows that meet `where`, in `order`, at most `limit`. */
function overWalks(query: Statement, kind: RecordKind, walks: Walk[], columns: string, where: string, order: string, limit: string): string {
  const parts = walks.map(({ column, ids, but }) => {
    const also = but === undefined ? '' : ` AND department_id <> ALL (${query.value(but)}::uuid[])`;
    if (ids !== 'all departments' && ids.length === 1) {
      return `SELECT ${columns} FROM ${kind.table} WHERE ${where}${also} AND ${column} = ${query.value(ids[0])} ${order} ${limit}`;
    }
    const holders =
      ids === 'all departments'
        ? `(SELECT id AS holder_id FROM departments WHERE organization_id = $1)`
        : `unnest(${query.value(ids)}::uuid[])`;
    return `SELECT walk.* FROM ${holders} AS holder (holder_id) CROSS JOIN LATERAL
      (SELECT ${columns} FROM ${kind.table} WHERE ${where}${also} AND ${column} = holder.holder_id ${order} ${limit}) AS walk`;
  });
  const alone = walks.length === 1 && walks[0]!.ids.length === 1;
  return alone ? parts[0]! : `SELECT * FROM (${parts.map((part) => `(${part})`).join(' UNION ALL ')}) AS walked ${order} ${limit}`;
}

type Cursor = { sort: Sort; id: string; at?: string; bucket?: number; key?: string };
const cursorPlace = (kind: RecordKind) => `cursor/${kind.table}`;

function readCursor(kind: RecordKind, seals: OrganizationSeals, query: PageQuery): Cursor | null {
  if (query.cursor === undefined) return null;
  try {
    const cursor = seals.open<Cursor>(cursorPlace(kind), Buffer.from(query.cursor, 'base64url'));
    if (cursor.sort === query.sort) return cursor;
  } catch {
    // falls through: a cursor that does not open is as good as one of another list
  }
  throw new LubartError('list.cursor_invalid', { field: 'cursor' });
}

const writeCursor = (kind: RecordKind, seals: OrganizationSeals, cursor: Cursor) =>
  seals.seal(cursorPlace(kind), cursor).toString('base64url');

/** Reads one page. @throws list.cursor_invalid */
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
  const most = `LIMIT ${query.value(limit + 1)}`;
  const walks = walksOf(reach, filters);
  query.add(overWalks(query, kind, walks, columnsOf(kind), where, order, most));
  const rows = await query.rows(tx);
  const records = rows.slice(0, limit).map((row) => openRow(kind, seals, row));
  const last = records.at(-1)?.row;
  const next =
    rows.length <= limit || last === undefined
      ? null
      : writeCursor(kind, seals, { sort, id: last.id, ...(column === null ? {} : { at: last.updated_at.toISOString() }) });
  return { records, next };
}

function afterCursor(query: Statement, cursor: Cursor | null, column: string | null, than: '<' | '>'): string {
  if (cursor === null) return '';
  if (column === null) return `id ${than} ${query.value(cursor.id)}`;
  return `(${column}, id) ${than} (${query.value(new Date(cursor.at ?? 0))}, ${query.value(cursor.id)})`;
}

/** Whole buckets, opened and sorted inside: first the rest of the cursor’s bucket, then as many more as the page needs. */
async function pageByName(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  reach: Reach,
  { filters, sort, limit }: PageQuery,
  cursor: Cursor | null,
): Promise<Page> {
  const falling = sort === '-name';
  const walks = walksOf(reach, filters);
  const read = async (condition: (query: Statement) => string): Promise<Keyed[]> => {
    const query = statementOf(reach);
    const where = conditions(query, filters, condition(query));
    query.add(overWalks(query, kind, walks, columnsOf(kind), where, '', ''));
    return (await query.rows(tx)).map((row) => keyed(kind, seals, row)).toSorted(falling ? (a, b) => byKey(b, a) : byKey);
  };
  const found: Keyed[] = [];
  if (cursor?.bucket !== undefined) {
    const rest = await read((query) => `name_bucket = ${query.value(cursor.bucket)}`);
    found.push(...rest.filter((one) => isAfter(one, cursor, falling)));
  }
  const missing = limit + 1 - found.length;
  if (missing > 0) {
    const than = falling ? '<' : '>';
    const beyond = (query: Statement) => (cursor?.bucket === undefined ? '' : `name_bucket ${than} ${query.value(cursor.bucket)}`);
    const last = await lastBucket(tx, kind, reach, filters, walks, beyond, falling, missing);
    const upTo = (query: Statement) => (last === null ? '' : `name_bucket ${falling ? '>=' : '<='} ${query.value(last)}`);
    found.push(...(await read((query) => [beyond(query), upTo(query)].filter((part) => part !== '').join(' AND '))));
  }
  const page = found.slice(0, limit);
  const lastShown = page.at(-1);
  const next =
    found.length <= limit || lastShown === undefined
      ? null
      : writeCursor(kind, seals, { sort, id: lastShown.record.row.id, bucket: lastShown.record.row.name_bucket, key: lastShown.key });
  return { records: page.map((one) => one.record), next };
}

type Keyed = { record: OpenedRecord; key: string };

function keyed(kind: RecordKind, seals: OrganizationSeals, row: RecordRow): Keyed {
  const record = openRow(kind, seals, row);
  return { record, key: orderKey(kind.nameOf(record.fields)) };
}

/** Bucket first: two clients of one bucket never stand apart, whatever order the cuts were made in. */
function byKey(a: Keyed, b: Keyed): number {
  const buckets = a.record.row.name_bucket - b.record.row.name_bucket;
  if (buckets !== 0) return buckets;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.record.row.id < b.record.row.id ? -1 : 1;
}

function isAfter(one: Keyed, cursor: Cursor, falling: boolean): boolean {
  const key = cursor.key ?? '';
  const order = one.key === key ? (one.record.row.id < cursor.id ? -1 : one.record.row.id > cursor.id ? 1 : 0) : one.key < key ? -1 : 1;
  return falling ? order < 0 : order > 0;
}

/** The bucket in which the `wanted`-th row lies; null when there are fewer rows. */
async function lastBucket(
  tx: Transaction,
  kind: RecordKind,
  reach: Reach,
  filters: Filters,
  walks: Walk[],
  beyond: (query: Statement) => string,
  falling: boolean,
  wanted: number,
): Promise<number | null> {
  const query = statementOf(reach);
  const where = conditions(query, filters, beyond(query));
  const order = `ORDER BY name_bucket ${falling ? 'DESC' : 'ASC'}`;
  const most = query.value(wanted);
  query.add(`SELECT name_bucket FROM (${overWalks(query, kind, walks, 'name_bucket', where, order, `LIMIT ${most}`)}) AS first_rows`);
  query.add(` ${order} OFFSET ${most} - 1 LIMIT 1`);
  return (await query.rows<{ name_bucket: number }>(tx))[0]?.name_bucket ?? null;
}

/** How many records there are, counted up to `countCap`. */
export async function countRecords(tx: Transaction, kind: RecordKind, reach: Reach, filters: Filters): Promise<number> {
  const query = statementOf(reach);
  const where = conditions(query, filters, '');
  const most = query.value(countCap);
  query.add(`SELECT count(*)::int AS count FROM (${overWalks(query, kind, walksOf(reach, filters), 'id', where, '', `LIMIT ${most}`)}) AS capped`);
  return (await query.rows<{ count: number }>(tx))[0]!.count;
}
