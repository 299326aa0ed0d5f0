/**
 * Places outside in the database: several tables keep, in the same columns, how the last attempt went and when the next one is. The
 * tables are owned by the rooms that send.
 */
import type { Transaction } from '#database';

export type PlaceTable = 'audit_witnesses' | 'audit_anchors';

const pauseSecondsMax = 3_600;

/** A minute after the first failure, twice as long after each further one, an hour at most. */
export const nextTryAt = (now: Date, failures: number): Date =>
  new Date(now.getTime() + Math.min(60 * 2 ** Math.min(failures, 10), pauseSecondsMax) * 1000);

export async function saveProblem(
  tx: Transaction,
  table: PlaceTable,
  organizationId: string,
  row: { id: string; failures: number },
  { problem, now }: { problem: string; now: Date },
): Promise<void> {
  await tx`
    UPDATE ${tx(table)} SET problem = ${problem}, failures = failures + 1, tried_at = ${now},
      next_at = ${nextTryAt(now, row.failures)}
    WHERE organization_id = ${organizationId} AND id = ${row.id}`;
}

export async function deletePlace(
  tx: Transaction,
  table: PlaceTable,
  organizationId: string,
  id: string,
): Promise<boolean> {
  const rows = await tx`DELETE FROM ${tx(table)} WHERE organization_id = ${organizationId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}
