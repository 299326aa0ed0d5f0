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
  failed_at: Date | null;
  failed_why: ForwardProblem | null;
  sent_gone: string;
  sent_changed: string;
  paused_at: Date | null;
  changed_at: Date | null;
  certificate: string | null;
};
/** Entries under the newest head that wait, and the moment of the oldest of them. */
export type Waiting = { size: string; waits_since: Date | null };

/**
 * What is sealed of a receiver: the secret that a webhook is signed with, its whole address, for many hold a token, and the key by which
 * we show a syslog server who we are (PEM).
 */
export type ClosedFacts = { secret: string; address: string; clientKey?: string };

export const forwardPlace = (id: string) => `audit_forwards/${id}/sealed`;

const waitingFrom = (tx: Transaction) => tx`
  LEFT JOIN audit_trees t ON t.organization_id = f.organization_id
  LEFT JOIN audit_leaves l ON l.organization_id = f.organization_id AND l.position = f.next_index
  LEFT JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id`;

export const listForwards = (tx: Transaction, organizationId: string): Promise<(ForwardRow & Waiting)[]> => tx<
  (ForwardRow & Waiting)[]
>`
  SELECT f.id, f.kind, f.form, f.address, f.with_names, f.authority, f.sealed, f.added_at, f.next_index, f.delivered_at,
    f.tried_at, f.next_at, f.failures, f.problem, f.failed_at, f.failed_why, f.sent_gone, f.sent_changed, f.paused_at,
    f.changed_at, f.certificate, coalesce(t.size, 0) AS size, e.at AS waits_since
  FROM audit_forwards f ${waitingFrom(tx)}
  WHERE f.organization_id = ${organizationId} ORDER BY f.added_at, f.id`;

export async function findForward(tx: Transaction, organizationId: string, id: string) {
  return (await listForwards(tx, organizationId)).find((one) => one.id === id);
}

/** Nobody else changes it until this act is over. */
export async function lockForward(tx: Transaction, organizationId: string, id: string): Promise<void> {
  await tx`SELECT id FROM audit_forwards WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
}

export type NewForward = Pick<
  ForwardRow,
  'id' | 'kind' | 'form' | 'address' | 'authority' | 'certificate' | 'sealed'
> & {
  withNames: boolean;
  at: Date;
  next: number;
};

export async function insertForward(tx: Transaction, organizationId: string, one: NewForward): Promise<void> {
  await tx`
    INSERT INTO audit_forwards
      (organization_id, id, kind, form, address, with_names, authority, certificate, sealed, added_at, next_index, next_at)
    VALUES (${organizationId}, ${one.id}, ${one.kind}, ${one.form}, ${one.address}, ${one.withNames}, ${one.authority},
      ${one.certificate}, ${one.sealed}, ${one.at}, ${one.next}, ${one.at})`;
}

export type ChangedForward = Omit<NewForward, 'id' | 'kind' | 'next'>;

/** It is sent to at once, with no pause left over from what it was before. */
export async function updateForward(
  tx: Transaction,
  organizationId: string,
  id: string,
  one: ChangedForward,
): Promise<void> {
  await tx`
    UPDATE audit_forwards SET form = ${one.form}, address = ${one.address}, with_names = ${one.withNames},
      authority = ${one.authority}, certificate = ${one.certificate}, sealed = ${one.sealed}, changed_at = ${one.at},
      next_at = ${one.at}, failures = 0
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** null: it is sent to again, and at once. */
export async function savePause(
  tx: Transaction,
  organizationId: string,
  id: string,
  given: { pausedAt: Date | null; now: Date },
): Promise<void> {
  await tx`
    UPDATE audit_forwards SET paused_at = ${given.pausedAt}, changed_at = ${given.now}, next_at = ${given.now}
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

export async function deleteForward(tx: Transaction, organizationId: string, id: string): Promise<boolean> {
  const rows =
    await tx`DELETE FROM audit_forwards WHERE organization_id = ${organizationId} AND id = ${id} RETURNING id`;
  return rows.length === 1;
}

/** One at a time sends to a receiver, on whatever node. false: somebody else is at it, or it is paused. */
export async function claimForward(
  tx: Transaction,
  organizationId: string,
  id: string,
  { now, until }: { now: Date; until: Date },
): Promise<boolean> {
  const rows = await tx`
    UPDATE audit_forwards SET busy_until = ${until}, tried_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${id} AND coalesce(busy_until <= ${now}, true) AND paused_at IS NULL
    RETURNING id`;
  return rows.length === 1;
}

/** Confirmed up to `to`. false: it is not where we began, or somebody changed or paused it; whoever did goes on. */
export async function saveDelivered(
  tx: Transaction,
  organizationId: string,
  id: string,
  part: { from: number; to: number; gone: number; changed: number; now: Date; busyUntil: Date; changedAt: Date | null },
): Promise<boolean> {
  const rows = await tx<{ same: boolean }[]>`
    UPDATE audit_forwards SET next_index = ${part.to}, delivered_at = ${part.now}, busy_until = ${part.busyUntil},
      failures = 0, problem = NULL, sent_gone = sent_gone + ${part.gone}, sent_changed = sent_changed + ${part.changed}
    WHERE organization_id = ${organizationId} AND id = ${id} AND next_index = ${part.from}
    RETURNING changed_at IS NOT DISTINCT FROM ${part.changedAt} AS same`;
  return rows[0]?.same === true;
}

/** Of one that was changed, paused or resumed meanwhile (`changedAt`: as it was) nothing else is said: it is another one now. */
export async function releaseForward(
  tx: Transaction,
  organizationId: string,
  id: string,
  left: { problem: ForwardProblem | null; nextAt: Date; now: Date; changedAt: Date | null },
): Promise<void> {
  const { problem, now } = left;
  await tx`UPDATE audit_forwards SET busy_until = NULL WHERE organization_id = ${organizationId} AND id = ${id}`;
  await tx`
    UPDATE audit_forwards SET next_at = ${left.nextAt}, problem = ${problem},
      failed_at = CASE WHEN ${problem}::text IS NULL THEN failed_at ELSE ${now}::timestamptz END,
      failed_why = coalesce(${problem}, failed_why),
      failures = CASE WHEN ${problem}::text IS NULL THEN 0 ELSE failures + 1 END
    WHERE organization_id = ${organizationId} AND id = ${id} AND changed_at IS NOT DISTINCT FROM ${left.changedAt}`;
}
