/**
 * Who may vouch for somebody: colleagues who may recover people and could give that person’s roles, never the person. Asked anew each
 * time from the rows that stand: who was dismissed or lost the right since does not count, whatever they approved.
 */
import type { Transaction } from '#database';
import { actorRights, may, mayGiveRole, rolesOfPerson } from '#protections/access';
import type { Approver } from './request-store.ts';
import { listActivePeople, listApprovals } from './request-store.ts';

/** Two people must agree (separation of duties, NIST SP 800-53 AC-5). */
export const approvalsNeeded = 2;

export async function listApprovers(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<Approver[]> {
  return vouching(tx, organizationId, personId, now, await listActivePeople(tx, organizationId));
}

/** Approvals that count now. */
export async function standingApprovals(
  tx: Transaction,
  organizationId: string,
  requestId: string,
  personId: string,
  now: Date,
): Promise<Approver[]> {
  return vouching(tx, organizationId, personId, now, await listApprovals(tx, organizationId, requestId));
}

async function vouching(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
  colleagues: readonly Approver[],
): Promise<Approver[]> {
  const theirs = await rolesOfPerson(tx, organizationId, personId, now);
  const found: Approver[] = [];
  for (const colleague of colleagues) {
    if (!colleague.active || colleague.id === personId) continue;
    const rights = actorRights(await rolesOfPerson(tx, organizationId, colleague.id, now), colleague.language);
    if (may(rights, 'person.recover') && theirs.every((role) => mayGiveRole(rights, role))) found.push(colleague);
  }
  return found;
}
