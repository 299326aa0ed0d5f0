/**
 * Who may vouch for somebody: colleagues of the group that the rules name who may recover people, never the person, and for an owner
 * only owners. Asked anew each time from the rows that stand: who was dismissed, left the group or lost the right since does not
 * count, whatever they approved (separation of duties, NIST SP 800-53 AC-5).
 */
import type { RecoveryRules } from '#contract';
import type { Transaction } from '#database';
import { actorRights, isOwner, listHeldRoles, listRoles, may, referenceOf } from '#protections/access';
import { readRules } from '../rules.ts';
import type { Colleague, RequestRow } from './request-store.ts';
import { listActivePeople, listApprovals } from './request-store.ts';
import { strictest } from './conditions.ts';

export type Approver = Colleague & { readonly owner: boolean };
/** Somebody whom the rules name, or whose role they name. */
export type Named = Approver & { readonly mayApprove: boolean };

/** The named group as it stands now, and who else works here. */
export async function readGroup(
  tx: Transaction,
  organizationId: string,
  { roles, people }: RecoveryRules['approvers'],
  now: Date,
): Promise<{ named: Named[]; everybody: Approver[] }> {
  const held = await listHeldRoles(tx, organizationId, now);
  const everybodys = (await listRoles(tx, organizationId)).filter(({ key }) => key === 'baseline');
  const colleagues = (await listActivePeople(tx, organizationId)).map((colleague) => {
    const own = held.filter(({ personId }) => personId === colleague.id);
    const rights = actorRights([...everybodys, ...own], colleague.language);
    return {
      ...colleague,
      owner: isOwner(rights),
      mayApprove: may(rights, 'person.recover'),
      isNamed: people.includes(colleague.id) || own.some((role) => roles.includes(referenceOf(role))),
    };
  });
  return { named: colleagues.filter(({ isNamed }) => isNamed), everybody: colleagues };
}

/** Whom of the group this person may ask. Attack: a lesser colleague who lets somebody into the account of an owner. */
export const approversFor = (named: readonly Named[], person: { id: string; owner: boolean }): Named[] =>
  named.filter(({ id, owner, mayApprove }) => mayApprove && id !== person.id && (owner || !person.owner));

export async function listApprovers(
  tx: Transaction,
  organizationId: string,
  personId: string,
  group: RecoveryRules['approvers'],
  now: Date,
): Promise<Approver[]> {
  const { named, everybody } = await readGroup(tx, organizationId, group, now);
  const person = everybody.find(({ id }) => id === personId);
  return person === undefined ? [] : approversFor(named, person);
}

/** What is demanded of a request at this moment, who may still vouch, and whose approval counts. */
export type Standing = { needed: number; readyAt: Date; approvers: Approver[]; approvals: Approver[] };

export async function readStanding(
  tx: Transaction,
  organizationId: string,
  row: RequestRow,
  now: Date,
): Promise<Standing> {
  if (row.way === 'operator') return { needed: 0, readyAt: row.ready_at, approvers: [], approvals: [] };
  const { recovery } = await readRules(tx, organizationId);
  // Attack: a friend is named to the group while the request waits. Who was not asked then does not vouch now.
  const approvers = (await listApprovers(tx, organizationId, row.person_id, recovery.approvers, now)).filter(({ id }) =>
    row.asked_ids.includes(id),
  );
  const given = await listApprovals(tx, organizationId, row.id);
  const approvals = given.flatMap((id) => approvers.filter((approver) => approver.id === id));
  return { ...strictest(row, recovery), approvers, approvals };
}
