/**
 * Taking one role from one person, and giving it back as it was, inside the caller’s transaction: who may is decided by the caller,
 * what must never happen is decided here. The last owner stays, only an owner takes an owner’s role, and nobody sees more because a
 * role was taken.
 */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { AuditLog, Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInTies } from './change-person.ts';
import { followReview } from './elevation/elevation-store.ts';
import type { LockedPerson } from './people-store.ts';
import { isActiveOwner } from './people-store.ts';
import { isWithin } from './policy.ts';
import type { HeldRole } from './role-store.ts';
import { giveBackRole, rolesOfPerson, takeRole } from './role-store.ts';
import type { RoleRow } from './role.ts';
import { combineRights, markOf, rightsOf } from './role.ts';

export type RoleTaking = {
  /** Locked together with everybody whose rights the change depends on: people-store.ts, lockPeople. */
  locked: readonly LockedPerson[];
  personId: string;
  roleId: string;
  /** Whether an owner wants it, or nobody at all (a deadline). */
  asOwner: boolean;
  doer: Doer;
  at: Date;
  /** Why, for the log. */
  facts: Record<string, unknown>;
};

export type RoleTakingDeps = {
  auditLog: AuditLog;
  ties: Pick<SignInTies, 'endSessions' | 'withdrawInvitationsBy'>;
};

/**
 * False when the person does not have the role any more. Refusals come before the first change.
 * @throws person.last_owner, review.owner_only, review.would_widen
 */
export async function withdrawRole(
  tx: Transaction,
  deps: RoleTakingDeps,
  seals: OrganizationSeals,
  taking: RoleTaking,
): Promise<boolean> {
  const { locked, personId, roleId } = taking;
  const person = locked.find(({ id }) => id === personId);
  const role = person?.roles.find(({ id }) => id === roleId);
  if (person === undefined || role === undefined) return false;
  const { organizationId } = seals;
  const rows = await rolesOfPerson(tx, organizationId, personId, taking.at);
  const otherOwners = locked.filter((other) => other.id !== person.id && isActiveOwner(other)).length;
  const held = whyHeld(role, rows, { asOwner: taking.asOwner, otherOwners });
  if (held !== null) throw new LubartError(held);
  await takeRole(tx, { organizationId, personId, roleId });
  if (role.until !== null)
    await followReview(tx, organizationId, { personId, roleId, until: role.until, endedAt: taking.at });
  const sessionsEnded = await deps.ties.endSessions(tx, organizationId, personId);
  const invitationsWithdrawn = await deps.ties.withdrawInvitationsBy(tx, organizationId, personId);
  const after = person.roles.filter(({ id }) => id !== roleId);
  await record(tx, deps, seals, taking, { before: person.roles, after, sessionsEnded, invitationsWithdrawn });
  return true;
}

/** False when the person has the role already. @throws review.owner_only */
export async function restoreRole(
  tx: Transaction,
  deps: Pick<RoleTakingDeps, 'auditLog'>,
  seals: OrganizationSeals,
  taking: RoleTaking,
  was: {
    role: Pick<HeldRole, 'id' | 'key' | 'name' | 'grants' | 'fieldRights'>;
    givenBy: string | null;
    givenAt: Date;
    until: Date | null;
  },
): Promise<boolean> {
  const { locked, personId, roleId } = taking;
  const person = locked.find(({ id }) => id === personId);
  if (person === undefined || person.roles.some(({ id }) => id === roleId)) return false;
  // Attack: who lost the owner’s role gets it back by a friend’s second thought.
  if (was.role.key === 'owner' && !taking.asOwner) throw new LubartError('review.owner_only');
  const { organizationId } = seals;
  await giveBackRole(tx, { organizationId, personId, roleId, ...was });
  if (was.until !== null) await followReview(tx, organizationId, { personId, roleId, until: was.until, endedAt: null });
  await record(tx, deps, seals, taking, {
    before: person.roles,
    after: [...person.roles, { ...was.role, personId, until: was.until }],
  });
  return true;
}

/** Why a role stays although it is to be taken; null when nothing holds it. `rows`: all of the person’s, with everybody’s role. */
export function whyHeld(
  role: RoleRow & { readonly until?: Date | null },
  rows: readonly RoleRow[],
  { asOwner, otherOwners }: { asOwner: boolean; otherOwners: number },
): 'review.owner_only' | 'person.last_owner' | 'review.would_widen' | null {
  if (role.key === 'owner') {
    // Attack: the officer of security removes the owners and is alone.
    if (!asOwner) return 'review.owner_only';
    if ((role.until ?? null) === null && otherOwners === 0) return 'person.last_owner';
  }
  // Attack: a friend “withdraws” the role that says never. What a role forbids is not opened by taking it.
  const after = combineRights(rows.filter(({ id }) => id !== role.id).map(rightsOf));
  return isWithin(combineRights(rows.map(rightsOf)), after) ? null : 'review.would_widen';
}

async function record(
  tx: Transaction,
  deps: Pick<RoleTakingDeps, 'auditLog'>,
  seals: OrganizationSeals,
  { doer, personId, facts }: RoleTaking,
  { before, after, ...side }: { before: readonly HeldRole[]; after: readonly HeldRole[] } & Record<string, unknown>,
): Promise<void> {
  const said = (roles: readonly HeldRole[]) => roles.map((role) => role.key ?? markOf(role, 'en').name).join(', ');
  await deps.auditLog.record(tx, seals, doer, {
    event: 'person.role_changed',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: { before: said(before), after: said(after), ...side, ...facts },
  });
}
