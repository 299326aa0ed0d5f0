/** The only SQL on erasures, and the deletion of a record with everything that is sealed under its key. */
import type { ErasureReason } from '#contract';
import type { RecordKind } from '#crm/records';
import { Statement } from '#crm/records';
import type { Transaction } from '#database';

export type ErasureCounts = { shares: number; imports: number; exports: number };
export type ErasureRow = {
  id: string;
  kind: 'contact' | 'company';
  record_id: string;
  reason: ErasureReason | 'replayed';
  person_id: string | null;
  entry_id: string;
  counts: ErasureCounts;
  erased_at: Date;
};

export async function insertErasure(
  tx: Transaction,
  organizationId: string,
  row: Omit<ErasureRow, 'erased_at'> & { at: Date },
): Promise<void> {
  await tx`
    INSERT INTO erasures (organization_id, id, kind, record_id, reason, person_id, entry_id, counts, erased_at)
    VALUES (${organizationId}, ${row.id}, ${row.kind}, ${row.record_id}, ${row.reason}, ${row.person_id}, ${row.entry_id},
      ${JSON.stringify(row.counts)}::text::jsonb, ${row.at})`;
}

/** Newest first. */
export async function listErasures(tx: Transaction, organizationId: string): Promise<ErasureRow[]> {
  return tx<ErasureRow[]>`
    SELECT id, kind, record_id, reason, person_id, entry_id, counts, erased_at FROM erasures
    WHERE organization_id = ${organizationId} ORDER BY erased_at DESC, id DESC LIMIT 500`;
}

export async function listErasedIds(
  tx: Transaction,
  organizationId: string,
): Promise<Pick<ErasureRow, 'kind' | 'record_id'>[]> {
  return tx<ErasureRow[]>`SELECT kind, record_id FROM erasures WHERE organization_id = ${organizationId}`;
}

/** Shares of the record that stand, and pre-images that imports kept of it, which go with it. */
export async function countTies(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  id: string,
): Promise<{ shares: number; imports: number; contacts: number }> {
  const query = new Statement();
  const [organization, record] = [query.value(organizationId), query.value(id)];
  query.add(`SELECT
    (SELECT count(*)::int FROM shares WHERE organization_id = ${organization} AND ${kind.name}_id = ${record} AND ended_at IS NULL) AS shares,
    (SELECT count(*)::int FROM import_updates WHERE organization_id = ${organization} AND record_id = ${record}) AS imports,
    (SELECT count(*)::int FROM contacts WHERE organization_id = ${organization} AND company_id = ${record}) AS contacts`);
  const [row] = await query.rows(tx);
  return row as unknown as { shares: number; imports: number; contacts: number };
}

/** The row and its key, its tokens and shares (by cascade), and what imports kept of it. False: there is no such row. */
export async function deleteRecord(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  id: string,
): Promise<boolean> {
  await tx`DELETE FROM import_updates WHERE organization_id = ${organizationId} AND record_id = ${id}`;
  const query = new Statement();
  query.add(
    `DELETE FROM ${kind.table} WHERE organization_id = ${query.value(organizationId)} AND id = ${query.value(id)} RETURNING id`,
  );
  return (await query.rows(tx)).length === 1;
}
