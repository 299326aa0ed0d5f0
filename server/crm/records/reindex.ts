/**
 * Makes the tokens of records anew under the index key that is current: for its rotation. A record is locked as an edit locks it, so
 * that tokens made of what it was never take the place of tokens made of what it became; who is being edited is left for later.
 */
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import type { RecordKind } from './kind.ts';
import { openWith, searchTokens } from './record-row.ts';
import { columnsOf, tokenText } from './record-store.ts';
import { Statement } from './statement.ts';

export type Reindexed = { done: number; last: string | undefined };

/** The next records after `from`, in the order of their ids; `last` is undefined when there are no more. */
export async function reindexBatch(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  from: string,
  limit: number,
): Promise<Reindexed> {
  const { organizationId } = seals;
  const { mark } = seals.searchKey;
  const ids = new Statement();
  ids.add(`SELECT record_id AS id FROM ${kind.name}_search WHERE organization_id = ${ids.value(organizationId)}`);
  ids.add(` AND record_id > ${ids.value(from)} AND index_key <> ${ids.value(mark)}`);
  ids.add(` ORDER BY record_id LIMIT ${ids.value(limit)}`);
  const found = (await ids.rows<{ id: string }>(tx)).map(({ id }) => id);
  if (found.length === 0) return { done: 0, last: undefined };
  const rows = new Statement();
  rows.add(`SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${rows.value(organizationId)}`);
  rows.add(` AND id = ANY (${rows.value(`{${found.join(',')}}`)}::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED`);
  const given: { id: string; tokens: string }[] = [];
  for (const row of await rows.rows(tx)) {
    const { fields } = openWith(kind, seals.record(kind.table, row.id, row.record_key), row);
    given.push({ id: row.id, tokens: tokenText(searchTokens(kind, seals, fields).all) });
  }
  const change = new Statement();
  change.add(
    `UPDATE ${kind.name}_search s SET tokens = given.tokens::int[], index_key = ${change.value(mark)} FROM unnest(`,
  );
  change.add(`${change.value(`{${given.map(({ id }) => id).join(',')}}`)}::uuid[], `);
  change.add(
    `${change.value(`{${given.map(({ tokens }) => `"${tokens}"`).join(',')}}`)}::text[]) AS given (id, tokens)`,
  );
  change.add(
    ` WHERE s.organization_id = ${change.value(organizationId)} AND s.record_id = given.id RETURNING s.record_id`,
  );
  return { done: (await change.rows(tx)).length, last: found.at(-1) };
}

/** Records whose tokens were made by another key than this one. */
export async function countByOtherKeys(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  mark: number,
): Promise<number> {
  const count = new Statement();
  count.add(
    `SELECT count(*)::int AS n FROM ${kind.name}_search WHERE organization_id = ${count.value(organizationId)}`,
  );
  count.add(` AND index_key <> ${count.value(mark)}`);
  return (await count.rows<{ n: number }>(tx))[0]!.n;
}
