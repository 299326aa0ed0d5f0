/** Places where heads are kept outside, in the database. */
import type { AnchorKind, AnchorProblem, AnchorSettingsValue } from '#contract';
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';

export type AnchorRow = {
  id: string;
  kind: AnchorKind;
  sealed: Buffer;
  every_minutes: number;
  added_at: Date;
  size: string;
  note: string | null;
  anchored_at: Date | null;
  letter_ids: string[];
  letter_note: string | null;
  letter_at: Date | null;
  tried_at: Date | null;
  next_at: Date;
  failures: number;
  problem: AnchorProblem | null;
};

const place = (id: string) => `audit_anchors/${id}/sealed`;

export const settingsOf = (seals: OrganizationSeals, row: AnchorRow): AnchorSettingsValue =>
  seals.open<AnchorSettingsValue>(place(row.id), row.sealed);

export const listAnchors = (tx: Transaction, organizationId: string): Promise<AnchorRow[]> => tx<AnchorRow[]>`
  SELECT id, kind, sealed, every_minutes, added_at, size, note, anchored_at, letter_ids, letter_note, letter_at, tried_at,
    next_at, failures, problem
  FROM audit_anchors WHERE organization_id = ${organizationId} ORDER BY added_at, id`;

export async function findAnchor(tx: Transaction, organizationId: string, id: string): Promise<AnchorRow | undefined> {
  return (await listAnchors(tx, organizationId)).find((one) => one.id === id);
}

/** When a head was kept outside last, anywhere; null: never. */
export async function anchoredAt(tx: Transaction, organizationId: string): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    SELECT max(anchored_at) AS at FROM audit_anchors WHERE organization_id = ${organizationId}`;
  return row!.at;
}

export async function insertAnchor(
  tx: Transaction,
  seals: OrganizationSeals,
  one: { id: string; kind: AnchorKind; settings: AnchorSettingsValue; everyMinutes: number; at: Date },
): Promise<void> {
  await tx`
    INSERT INTO audit_anchors (organization_id, id, kind, sealed, every_minutes, added_at, next_at)
    VALUES (${seals.organizationId}, ${one.id}, ${one.kind}, ${seals.seal(place(one.id), one.settings)}, ${one.everyMinutes},
      ${one.at}, ${one.at}::timestamptz + interval '1 minute')`;
}

export type Kept = { size: number; note: string; at: Date };

/** Of two nodes that sent at once the larger head stays. */
export async function saveKept(
  tx: Transaction,
  organizationId: string,
  id: string,
  got: Kept & { now: Date; nextAt: Date },
): Promise<void> {
  await tx`
    UPDATE audit_anchors SET size = ${got.size}, note = ${got.note}, anchored_at = ${got.at},
      letter_ids = '{}', letter_note = NULL, letter_at = NULL,
      tried_at = ${got.now}, next_at = ${got.nextAt}, failures = 0, problem = NULL
    WHERE organization_id = ${organizationId} AND id = ${id} AND size <= ${got.size}`;
}

/** A letter that did not arrive is looked after no more. */
export async function forgetLetter(tx: Transaction, organizationId: string, id: string): Promise<void> {
  await tx`
    UPDATE audit_anchors SET letter_ids = '{}', letter_note = NULL, letter_at = NULL
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}
