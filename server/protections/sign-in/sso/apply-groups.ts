/**
 * Roles by the groups of a provider, at every sign-in through it. Only roles that some group gives are touched; what was given by
 * hand beside them stays, and owners are left alone. Taking away ends the person’s other sessions at once.
 */
import type { Transaction } from '#database';
import type { Visitor } from '#http';
import type { RoleRow } from '#protections/access';
import { findPersonRow, giveRoles, listHeldRoles, listRoles, takeRoles } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { withdrawInvitationsBy } from '../invitation-store.ts';
import { endSessions } from '../session-store.ts';
import type { Claims } from './openid.ts';
import type { ProviderRow } from './provider-store.ts';
import { mayStillGive } from './who-decided.ts';

export type GroupsApplied = { given: readonly RoleRow[]; taken: readonly RoleRow[] };

/** The caller holds the lock on the person. */
export async function applyGroups(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  provider: ProviderRow,
  { groups, groupsUnread }: Claims,
  { actor, visitor }: { actor: NonNullable<Doer['actor']>; visitor: Visitor },
): Promise<GroupsApplied> {
  const nothing = { given: [], taken: [] };
  if (groups === null) return nothing;
  const { organizationId } = seals;
  const { personId } = actor;
  const at = deps.clock.now();
  const held = await listHeldRoles(tx, organizationId, at, [personId]);
  // Attack: whoever rules the provider takes an owner’s rights apart.
  if (held.some(({ key }) => key === 'owner')) return nothing;
  const known = await listRoles(tx, organizationId);
  const within = new Set(groups);
  const meant = provider.group_roles.filter(({ group }) => within.has(group));
  const has = (roleId: string) => held.some(({ id, until }) => id === roleId && until === null);
  const mapped = known.filter(
    ({ id, key }) => key !== 'owner' && provider.group_roles.some((one) => one.roleId === id),
  );
  const { department_id: departmentId } = (await findPersonRow(tx, organizationId, personId))!;
  const given: RoleRow[] = [];
  for (const role of mapped) {
    if (has(role.id)) continue;
    for (const { setBy } of meant.filter(({ roleId }) => roleId === role.id)) {
      // Attack: a line written by somebody who could not give this role, or cannot any more.
      const decider = { tx, organizationId, personId: setBy, now: at };
      if (setBy === personId || !(await mayStillGive(decider, 'person.update', [role], departmentId))) continue;
      given.push(role);
      break;
    }
  }
  const taken = mapped.filter(({ id }) => has(id) && !meant.some(({ roleId }) => roleId === id));
  if (given.length === 0 && taken.length === 0) return nothing;
  await giveRoles(tx, { organizationId, personId, roleIds: given.map(({ id }) => id), by: null, at });
  await takeRoles(tx, { organizationId, personId, roleIds: taken.map(({ id }) => id) });
  const isLess = taken.length > 0;
  const ended = isLess ? await endSessions(tx, { organizationId, personId, at }) : [];
  const invitations = isLess ? await withdrawInvitationsBy(tx, organizationId, personId, at) : 0;
  const said = (roles: readonly RoleRow[]) => roles.map(({ key, name }) => key ?? name);
  await deps.auditLog.record(tx, seals, doerAt(organizationId, actor, visitor), {
    event: 'sso.groups_applied',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: {
      provider: provider.id,
      given: said(given),
      taken: said(taken),
      unread: groupsUnread,
      sessionsEnded: ended.length,
      invitationsWithdrawn: invitations,
    },
  });
  return { given, taken };
}
