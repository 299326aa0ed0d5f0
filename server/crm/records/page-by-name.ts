/** A page in alphabetical order: whole buckets (see name-order) are read, opened, and sorted inside. */
import type { Reach, Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { orderKey } from '#ukraine';
import type { RecordKind } from './kind.ts';
import type { Page, PageQuery } from './list-page.ts';
import type { Cursor } from './page-cursor.ts';
import { writeCursor } from './page-cursor.ts';
import type { OpenedRecord, RecordRow } from './record-row.ts';
import { openRow } from './record-row.ts';
import { columnsOf } from './record-store.ts';
import type { Statement } from './statement.ts';
import type { Filters, Walk } from './walk-holders.ts';
import { conditions, overWalks, statementOf, walksOf } from './walk-holders.ts';

/** First the rest of the cursor’s bucket, then as many whole buckets as the page needs. */
export async function pageByName(
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
    return (await query.rows(tx))
      .map((row) => keyed(kind, seals, row))
      .toSorted(falling ? (a, b) => byKey(b, a) : byKey);
  };
  const found: Keyed[] = [];
  if (cursor?.bucket !== undefined) {
    const rest = await read((query) => `name_bucket = ${query.value(cursor.bucket)}`);
    found.push(...rest.filter((one) => isAfter(one, cursor, falling)));
  }
  const missing = limit + 1 - found.length;
  if (missing > 0) {
    const than = falling ? '<' : '>';
    const beyond = (query: Statement) =>
      cursor?.bucket === undefined ? '' : `name_bucket ${than} ${query.value(cursor.bucket)}`;
    const last = await lastBucket(tx, kind, reach, filters, walks, beyond, falling, missing);
    const upTo = (query: Statement) =>
      last === null ? '' : `name_bucket ${falling ? '>=' : '<='} ${query.value(last)}`;
    found.push(...(await read((query) => [beyond(query), upTo(query)].filter((part) => part !== '').join(' AND '))));
  }
  const page = found.slice(0, limit);
  const lastShown = page.at(-1);
  const next =
    found.length <= limit || lastShown === undefined
      ? null
      : writeCursor(kind, seals, {
          sort,
          id: lastShown.record.row.id,
          bucket: lastShown.record.row.name_bucket,
          key: lastShown.key,
        });
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
  const { id } = one.record.row;
  if (one.key === key) return falling ? id < cursor.id : id > cursor.id;
  return falling ? one.key < key : one.key > key;
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
  const first = overWalks(query, kind, walks, 'name_bucket', where, order, `LIMIT ${most}`);
  query.add(`SELECT name_bucket FROM (${first}) AS first_rows ${order} OFFSET ${most} - 1 LIMIT 1`);
  return (await query.rows<{ name_bucket: number }>(tx))[0]?.name_bucket ?? null;
}
