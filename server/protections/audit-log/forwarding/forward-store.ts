/** The only SQL on receivers of the log. */
import type { ForwardForm, ForwardKind, ForwardProblem } from '#contract';
import type { Transaction } from '#database';

export type ForwardRow = {
  id: string;
  kind: ForwardKind;
  form: ForwardForm;
  address: string;
  with_names: boolean;
  authority: string | null;
  sealed: Buffer;
  added_at: Date;
  next_index: string;
  delivered_at: Date | null;
  tried_at: Date | null;
  next_at: Date;
  failures: number;
  problem: ForwardProblem | null;
};
/** Entries under the newest head that wait, and the moment of the oldest of them. */
export type Waiting = { size: string; waits_since: Date | null };

/** What is sealed of a receiver: the secret that a webhook is signed with, and its whole address, for many hold a token. */
export type ClosedFacts = { secret: string; address: string };

export const forwardPlace = (id: string) => `audit_forwards/${id}/sealed`;

const waitingFrom = (tx: Transaction) => tx`
  LEFT JOIN audit_trees t ON t.organization_id = f.organization_id
  LEFT JOIN audit_leaves l ON l.organization_id = f.organization_id AND l.position = f.next_index
  LEFT JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id`;

export const listForwards = (tx: Transaction, organizationId: string): Promise<(ForwardRow & Waiting)[]> => tx<
  (ForwardRow & Waiting)[]
>`
  SELECT f.id, f.kind, f.form, f.address, f.with_names, f.authority, f.sealed, f.added_at, f.next_index, f.delivered_at,
    f.tried_at, f.next_at, f.failures, f.problem, coalesce(t.size, 0) AS size, e.at AS waits_since
  FROM audit_forwards f ${waitingFrom(tx)}
  WHERE f.organization_id = ${organizationId} ORDER BY f.added_at, f.id`;

export async function findForward(tx: Transaction, organizationId: string, id: string) {
  return (await listForwards(tx, organizationId)).find((one) => one.id === id);
}

export type NewForward = Pick<ForwardRow, 'id' | 'kind' | 'form' | 'address' | 'authority' | 'sealed'> & {
  withNames: boolean;
  at: Date;
  next: number;
};

export async function insertForward(tx: Transaction, organizationId: string, one: NewForward): Promise<void> {
  await tx`
    INSERT INTO audit_forwards
      (organization_id, id, kind, form, address, with_names, authority, sealed, added_at, next_index, next_at)
    VALUES (${organizationId}, ${one.id}, ${one.kind}, ${one.form}, ${one.address}, ${one.withNames}, ${one.authority},
      ${one.sealed}, ${one.at}, ${one.next}, ${one.at})`;
}

export async function deleteForward(tx: Transaction, organizationId: string, id: string): Promise<boolean> {
  const rows =
    await tx`DELETE FROM audit_forwards WHERE organization_id = ${organizationId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}

/** One at a time sends to a receiver, on whatever node. false: somebody else is at it. */
export async function claimForward(
  tx: Transaction,
  organizationId: string,
  id: string,
  { now, until }: { now: Date; until: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE audit_forwards SET busy_until = ${until}, tried_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${id} AND coalesce(busy_until <= ${now}, true) RETURNING id`;
  return rows.length === 1;
}

/** Confirmed up to `to`. false: it is not where we began; whoever moved it goes on. */
export async function saveDelivered(
  tx: Transaction,
  organizationId: string,
  id: string,
  part: { from: number; to: number; now: Date; busyUntil: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE audit_forwards SET next_index = ${part.to}, delivered_at = ${part.now}, busy_until = ${part.busyUntil},
      failures = 0, problem = NULL
    WHERE organization_id = ${organizationId} AND id = ${id} AND next_index = ${part.from} RETURNING id`;
  return rows.length === 1;
}

export async function releaseForward(
  tx: Transaction,
  organizationId: string,
  id: string,
  left: { problem: ForwardProblem | null; nextAt: Date },
): Promise<void> {
  await tx`
    UPDATE audit_forwards SET busy_until = NULL, next_at = ${left.nextAt}, problem = ${left.problem},
      failures = CASE WHEN ${left.problem}::text IS NULL THEN 0 ELSE failures + 1 END
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}
