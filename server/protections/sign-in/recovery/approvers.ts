/**
 * Who may vouch for somebody: colleagues who may recover people and could give that person’s role, never the person. Asked anew each
 * time from the rows that stand: who was dismissed or lost the right since does not count, whatever they approved.
 */
import type { Role } from '#contract';
import type { Transaction } from '#database';
import { grantsOf, mayGiveRole } from '#protections/access';
import type { Approver } from './request-store.ts';
import { listActivePeople, listApprovals } from './request-store.ts';

/** Two people must agree (separation of duties, NIST SP 800-53 AC-5). */
export const approvalsNeeded = 2;

type Person = { id: string; role: Role };

export async function listApprovers(tx: Transaction, organizationId: string, person: Person): Promise<Approver[]> {
  return (await listActivePeople(tx, organizationId)).filter((approver) => mayVouch(approver, person));
}

/** Approvals that count now. */
export async function standingApprovals(
  tx: Transaction,
  organizationId: string,
  requestId: string,
  person: Person,
): Promise<Approver[]> {
  return (await listApprovals(tx, organizationId, requestId)).filter((approver) => mayVouch(approver, person));
}

function mayVouch(approver: Approver, person: Person): boolean {
  if (!approver.active || approver.id === person.id) return false;
  return grantsOf[approver.role]['person.recover'] !== undefined && mayGiveRole(approver, person.role);
}
