/** The only SQL on decoys and decoy_watches. */
import type { EventName } from '#contract';
import type { Transaction } from '#database';

export type DecoyRow = {
  record_id: string;
  kind: 'contact' | 'company';
  planted_by: string;
  planted_at: Date;
  touches: number;
  touched_at: Date | null;
};

export async function listDecoys(tx: Transaction, organizationId: string): Promise<DecoyRow[]> {
  return tx<DecoyRow[]>`
    SELECT record_id, kind, planted_by, planted_at, touches, touched_at FROM decoys
    WHERE organization_id = ${organizationId} ORDER BY planted_at DESC, record_id`;
}

/** False: it is one already. The watch begins here, not with the history of the client. */
export async function insertDecoy(
  tx: Transaction,
  organizationId: string,
  given: { recordId: string; kind: DecoyRow['kind']; personId: string; at: Date },
): Promise<boolean> {
  await tx`
    INSERT INTO decoy_watches (organization_id, position)
    SELECT ${organizationId}, coalesce((SELECT size FROM audit_trees WHERE organization_id = ${organizationId}), 0)
    ON CONFLICT DO NOTHING`;
  const rows = await tx`
    INSERT INTO decoys (organization_id, record_id, kind, planted_by, planted_at)
    VALUES (${organizationId}, ${given.recordId}, ${given.kind}, ${given.personId}, ${given.at})
    ON CONFLICT DO NOTHING RETURNING record_id`;
  return rows.length === 1;
}

export async function deleteDecoy(
  tx: Transaction,
  organizationId: string,
  recordId: string,
): Promise<DecoyRow | undefined> {
  const [row] = await tx<DecoyRow[]>`
    DELETE FROM decoys WHERE organization_id = ${organizationId} AND record_id = ${recordId}
    RETURNING record_id, kind, planted_by, planted_at, touches, touched_at`;
  return row;
}

export type Touch = {
  entry: string;
  event: EventName;
  actorId: string | null;
  recordId: string;
  kind: DecoyRow['kind'];
};

/** Whether there is a decoy, and a place of the log that was not looked at: nothing is locked to find that there is nothing to do. */
export async function isBehind(tx: Transaction, organizationId: string): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM decoy_watches w JOIN audit_trees t ON t.organization_id = w.organization_id AND t.size > w.position
    WHERE w.organization_id = ${organizationId}
      AND EXISTS (SELECT FROM decoys d WHERE d.organization_id = w.organization_id)`;
  return rows.length === 1;
}

/** Locks the watch; undefined: there is none, or somebody else is looking. Up to where was looked, and how far the log goes now. */
export async function lockWatch(
  tx: Transaction,
  organizationId: string,
): Promise<{ from: number; to: number } | undefined> {
  const [row] = await tx<{ from: string; to: string }[]>`
    SELECT w.position AS "from", t.size AS "to" FROM decoy_watches w
      JOIN audit_trees t ON t.organization_id = w.organization_id
    WHERE w.organization_id = ${organizationId} FOR UPDATE OF w SKIP LOCKED`;
  return row === undefined ? undefined : { from: Number(row.from), to: Number(row.to) };
}

export async function moveWatch(tx: Transaction, organizationId: string, to: number): Promise<void> {
  await tx`UPDATE decoy_watches SET position = ${to} WHERE organization_id = ${organizationId}`;
}

/** Entries at these places of the log that touched a decoy after it was planted. */
export async function findTouches(
  tx: Transaction,
  organizationId: string,
  { from, to }: { from: number; to: number },
  events: readonly EventName[],
): Promise<Touch[]> {
  return tx<Touch[]>`
    SELECT e.id AS entry, e.event, e.actor_id AS "actorId", d.record_id AS "recordId", d.kind
    FROM audit_leaves l
      JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
      JOIN decoys d ON d.organization_id = e.organization_id AND d.record_id = ANY (e.subject_ids) AND d.planted_at < e.at
    WHERE l.organization_id = ${organizationId} AND l.position >= ${from} AND l.position < ${to}
      AND e.outcome = 'done' AND e.event = ANY (${[...events]})
    ORDER BY l.position`;
}

export async function countTouch(tx: Transaction, organizationId: string, recordId: string, at: Date): Promise<void> {
  await tx`
    UPDATE decoys SET touches = touches + 1, touched_at = ${at}
    WHERE organization_id = ${organizationId} AND record_id = ${recordId}`;
}
