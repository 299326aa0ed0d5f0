/**
 * What a provider gives, somebody decided. It gives as long as that person could give it by hand: at the moment of deciding, and
 * again at every sign-in, so that whoever lost a right has left no door open.
 */
import type { Permission } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { RoleRow } from '#protections/access';
import {
  actorRights,
  findPersonRow,
  listRoles,
  may,
  branchOf,
  listDepartments,
  mayGiveRole,
  mayGiveRoleIn,
  resolveRoles,
  rolesOfPerson,
} from '#protections/access';
import type { GroupRole, JoinRule, ProviderRow } from './provider-store.ts';
import { joinRuleOf } from './provider-store.ts';

type Decider = { tx: Transaction; organizationId: string; personId: string; now: Date };

/** Whether the person may, at this moment, give each of these roles by this permission. The owner’s role is given by hand. */
export async function mayStillGive(
  { tx, organizationId, personId, now }: Decider,
  permission: Permission,
  roles: readonly RoleRow[],
  /** Where they are to be used, when that is known. */
  departmentId?: string,
): Promise<boolean> {
  const person = await findPersonRow(tx, organizationId, personId);
  if (person === undefined || person.deactivated_at !== null) return false;
  const self = actorRights(await rolesOfPerson(tx, organizationId, personId, now), 'uk');
  const lasting = actorRights(await rolesOfPerson(tx, organizationId, personId, null), 'uk');
  const departmentIds = branchOf(await listDepartments(tx, organizationId), person.department_id);
  // Attack: what somebody decides who has the rights for hours is given to others for good.
  const mayGive = (role: RoleRow) =>
    departmentId === undefined
      ? mayGiveRole(lasting, role)
      : mayGiveRoleIn({ ...lasting, departmentIds }, role, departmentId);
  return may(self, permission) && roles.every((role) => role.key !== 'owner' && mayGive(role));
}

/** @throws role.not_found, sso.owner_by_hand, access.denied, role.beyond_own */
async function requireMayGive(
  decider: Decider,
  permission: Permission,
  known: readonly RoleRow[],
  references: readonly string[],
  field: string,
  departmentId?: string,
): Promise<RoleRow[]> {
  const roles = resolveRoles(known, references);
  if (roles === undefined) throw new LubartError('role.not_found', { field });
  // Attack: whoever rules the provider makes an owner.
  if (roles.some(({ key }) => key === 'owner')) throw new LubartError('sso.owner_by_hand', { field });
  if (!(await mayStillGive(decider, permission, [])))
    throw new LubartError('access.denied', { details: { permission } });
  if (!(await mayStillGive(decider, permission, roles, departmentId)))
    throw new LubartError('role.beyond_own', { field });
  return roles;
}

/** Lines that stood before stay decided by whom they were; new ones are the asker’s. */
export async function readGroupRoles(
  decider: Decider,
  before: ProviderRow,
  asked: readonly { group: string; role: string }[],
): Promise<GroupRole[]> {
  const known = await listRoles(decider.tx, decider.organizationId);
  const lines: GroupRole[] = [];
  for (const { group, role } of asked) {
    const [found] = resolveRoles(known, [role]) ?? [];
    const stood = before.group_roles.find((one) => one.group === group.trim() && one.roleId === found?.id);
    if (stood !== undefined) {
      lines.push(stood);
      continue;
    }
    const [given] = await requireMayGive(decider, 'person.update', known, [role], 'groups');
    const name = group.trim();
    if (name === '') throw new LubartError('request.invalid', { field: 'groups' });
    lines.push({ group: name, roleId: given!.id, setBy: decider.personId });
  }
  return lines;
}

/** Making people is inviting them. @throws department.not_found and what giving throws */
export async function readJoinRule(
  decider: Decider,
  before: ProviderRow,
  asked: { roles: string[]; departmentId: string } | null,
  hasDepartment: boolean,
): Promise<JoinRule | null> {
  if (asked === null) return null;
  const { tx, organizationId, personId, now } = decider;
  const known = await listRoles(tx, organizationId);
  const stood = joinRuleOf(before);
  const roleIds = (resolveRoles(known, asked.roles) ?? []).map(({ id }) => id);
  const isSame = stood !== null && stood.departmentId === asked.departmentId && roleIds.join() === stood.roleIds.join();
  if (isSame) return stood;
  if (!hasDepartment) throw new LubartError('department.not_found', { field: 'joins' });
  const roles = await requireMayGive(decider, 'person.invite', known, asked.roles, 'joins', asked.departmentId);
  return { since: now, by: personId, roleIds: roles.map(({ id }) => id), departmentId: asked.departmentId };
}
