/** Witnesses and witnessed logs in the database. */
import type { WitnessProblem } from '#contract';
import type { Transaction } from '#database';

export type WitnessRow = {
  id: string;
  address: string;
  key: string;
  added_at: Date;
  size: string;
  confirmed_at: Date | null;
  note: string | null;
  tried_at: Date | null;
  next_at: Date;
  failures: number;
  problem: WitnessProblem | null;
};

export type WitnessedRow = {
  id: string;
  origin: string;
  key: string;
  removed_at: Date | null;
  size: string;
  root: Buffer | null;
  cosigned_at: Date | null;
};

export const listWitnesses = (tx: Transaction, organizationId: string): Promise<WitnessRow[]> => tx<WitnessRow[]>`
  SELECT id, address, key, added_at, size, confirmed_at, note, tried_at, next_at, failures, problem FROM audit_witnesses
  WHERE organization_id = ${organizationId} ORDER BY added_at, id`;

export async function findWitness(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<WitnessRow | undefined> {
  return (await listWitnesses(tx, organizationId)).find((one) => one.id === id);
}

/** false: this key is a witness already. */
export async function insertWitness(
  tx: Transaction,
  organizationId: string,
  one: { id: string; address: string; key: string; at: Date },
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO audit_witnesses (organization_id, id, address, key, added_at, next_at)
    VALUES (${organizationId}, ${one.id}, ${one.address}, ${one.key}, ${one.at}, ${one.at}::timestamptz + interval '1 minute')
    ON CONFLICT DO NOTHING RETURNING id`;
  return rows.length === 1;
}

/** Of two nodes that asked at once the larger head stays. */
export async function saveConfirmed(
  tx: Transaction,
  organizationId: string,
  id: string,
  got: { size: number; note: string; confirmedAt: Date; now: Date; nextAt: Date },
): Promise<void> {
  await tx`
    UPDATE audit_witnesses SET size = ${got.size}, note = ${got.note}, confirmed_at = ${got.confirmedAt},
      tried_at = ${got.now}, next_at = ${got.nextAt}, failures = 0, problem = NULL
    WHERE organization_id = ${organizationId} AND id = ${id} AND size <= ${got.size}`;
}

/** The cosignature goes under the head that it confirms, unless it was thinned out meanwhile; the newest of each witness stays. */
export async function cosignCheckpoint(
  tx: Transaction,
  organizationId: string,
  size: number,
  note: string,
): Promise<void> {
  await tx`UPDATE audit_checkpoints SET note = ${note} WHERE organization_id = ${organizationId} AND size = ${size}`;
}

export async function noteAt(tx: Transaction, organizationId: string, size: number): Promise<string | undefined> {
  const [row] = await tx<{ note: string }[]>`
    SELECT note FROM audit_checkpoints WHERE organization_id = ${organizationId} AND size = ${size} FOR UPDATE`;
  return row?.note;
}

export const listWitnessed = (tx: Transaction, organizationId: string): Promise<WitnessedRow[]> => tx<WitnessedRow[]>`
  SELECT id, origin, key, removed_at, size, root, cosigned_at FROM witnessed_logs
  WHERE organization_id = ${organizationId} ORDER BY added_at, id`;

export async function saveWitnessed(
  tx: Transaction,
  organizationId: string,
  one: { id: string; origin: string; key: string; at: Date },
): Promise<void> {
  await tx`
    INSERT INTO witnessed_logs (organization_id, id, origin, key, added_at)
    VALUES (${organizationId}, ${one.id}, ${one.origin}, ${one.key}, ${one.at})
    ON CONFLICT (organization_id, origin) DO UPDATE SET key = excluded.key, removed_at = NULL`;
}

export async function endWitnessed(tx: Transaction, organizationId: string, id: string, at: Date): Promise<boolean> {
  const rows = await tx`
    UPDATE witnessed_logs SET removed_at = ${at}
    WHERE organization_id = ${organizationId} AND id = ${id} AND removed_at IS NULL RETURNING id`;
  return rows.length === 1;
}

/** Compare and set: of two requests at one moment one wins, the other is told the size (C2SP tlog-witness). */
export async function advanceWitnessed(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { old: number; size: number; root: Buffer; at: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE witnessed_logs SET size = ${to.size}, root = ${to.root}, cosigned_at = ${to.at}
    WHERE organization_id = ${organizationId} AND id = ${id} AND removed_at IS NULL AND size = ${to.old}
      AND (size < ${to.size} OR size = 0 OR root = ${to.root})
    RETURNING id`;
  return rows.length === 1;
}
