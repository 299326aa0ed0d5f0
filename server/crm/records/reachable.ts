/** What an explanation needs to know of records: whose one is, and how many somebody reaches. No record is opened for it. */
import type { Database, Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { RecordKind } from './kind.ts';
import { countCap } from './list-page.ts';
import { Statement } from './statement.ts';

/** Records that this reach sees, without the trash; `more` when they are more than were counted. */
export async function countReachable(
  database: Database,
  kind: RecordKind,
  reach: Reach,
): Promise<{ count: number; more: boolean }> {
  const query = new Statement();
  query.add(`SELECT count(*)::int AS count FROM (SELECT 1 FROM ${kind.table}`);
  query.add(` WHERE organization_id = ${query.value(reach.organizationId)} AND archived_at IS NULL`);
  query.add(` LIMIT ${countCap + 1}) AS reachable`);
  const [row] = await database.read(reach, (tx) => query.rows<{ count: number }>(tx));
  const count = row?.count ?? 0;
  return { count: Math.min(count, countCap), more: count > countCap };
}

/** Whose the record is, as this transaction sees it; undefined when it sees none. */
export async function findHolderIn(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  id: string,
): Promise<{ ownerId: string; departmentId: string; archived: boolean } | undefined> {
  const query = new Statement();
  query.add(`SELECT owner_id AS "ownerId", department_id AS "departmentId", archived_at IS NOT NULL AS archived`);
  query.add(` FROM ${kind.table} WHERE organization_id = ${query.value(organizationId)} AND id = ${query.value(id)}`);
  const [row] = await query.rows<{ ownerId: string; departmentId: string; archived: boolean }>(tx);
  return row;
}

/** Whose the record is. @throws *.not_found when it is not within reach */
export async function findHolder(
  database: Database,
  kind: RecordKind,
  reach: Reach,
  id: string,
): Promise<{ ownerId: string; departmentId: string }> {
  const query = new Statement();
  query.add(`SELECT owner_id AS "ownerId", department_id AS "departmentId" FROM ${kind.table}`);
  query.add(` WHERE organization_id = ${query.value(reach.organizationId)} AND id = ${query.value(id)}`);
  const [row] = await database.read(reach, (tx) => query.rows<{ ownerId: string; departmentId: string }>(tx));
  if (row === undefined) throw new LubartError(kind.error('not_found'));
  return row;
}
