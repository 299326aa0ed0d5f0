/**
 * Making, changing and deleting roles. What a role gives is what people get, so whoever changes one gives no more than they have
 * themselves, before and after; sessions see it within a second, without signing in anew.
 */
import type { FieldRightTable, GrantTable, RoleView } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { AuditLog, Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Actor } from './actor.ts';
import { isOwner } from './actor.ts';
import { lastingRights, requireEntitledNow } from './entitled-now.ts';
import { holdPerson, isForeignKeyViolation } from './people-store.ts';
import { readLine } from './person.ts';
import { grantsBetween, isWithin, may, mayGiveRole } from './policy.ts';
import { deleteRole, insertRole, listRoles, updateRole } from './role-store.ts';
import type { StoredRole } from './role-store.ts';
import { combineRights, markOf, rightsOf } from './role.ts';

export type RoleDeps = { database: Database; keyring: Keyring; auditLog: AuditLog; clock: Clock };

export async function readRoles(deps: Pick<RoleDeps, 'database'>, actor: Actor, reach: Reach): Promise<RoleView[]> {
  const roles = await deps.database.read(reach, (tx) => listRoles(tx, actor.organizationId));
  return roles.map((role) => viewOf(role, actor));
}

/** @throws role.name_taken, role.beyond_own, request.invalid */
export async function createRole(
  deps: RoleDeps,
  actor: Actor,
  reach: Reach,
  given: { name: string; grants: GrantTable; fieldRights?: FieldRightTable | undefined },
): Promise<RoleView> {
  const id = newId();
  const name = readLine(given.name, 'name');
  const { grants, fieldRights = {} } = given;
  return alone(deps, actor, reach, id, async (tx, roles, _self, lasting) => {
    requireFreeName(roles, id, name);
    if (!isWithin(lasting, { grants, fieldRights })) throw new LubartError('role.beyond_own');
    await insertRole(tx, { organizationId: actor.organizationId, id, name, grants, fieldRights, at: deps.clock.now() });
    return { event: 'role.created', facts: { name, grants, fieldRights } };
  });
}

/** @throws role.not_found, role.version_conflict, role.fixed, role.name_taken, role.beyond_own, request.invalid */
export async function changeRole(
  deps: RoleDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  given: {
    version: number;
    name?: string | undefined;
    grants?: GrantTable | undefined;
    fieldRights?: FieldRightTable | undefined;
  },
): Promise<RoleView> {
  return alone(deps, actor, reach, id, async (tx, roles, self, lasting) => {
    const before = getRole(roles, id);
    if (before.version !== given.version) throw new LubartError('role.version_conflict');
    const name = given.name === undefined ? before.name : readLine(given.name, 'name');
    const grants = given.grants ?? before.grants;
    const fieldRights = given.fieldRights ?? before.fieldRights;
    const after: StoredRole = { ...before, name, grants, fieldRights };
    requireMayWrite(self, lasting, before, after);
    if (name !== null) requireFreeName(roles, id, name);
    return write(tx, actor, before, after);
  });
}

/** @throws role.not_found, role.fixed (not a ready role, or the owner’s), role.beyond_own */
export async function resetRole(deps: RoleDeps, actor: Actor, reach: Reach, id: string): Promise<RoleView> {
  return alone(deps, actor, reach, id, async (tx, roles, self, lasting) => {
    const before = getRole(roles, id);
    if (before.key === null) throw new LubartError('role.fixed');
    const after: StoredRole = { ...before, name: null, grants: null, fieldRights: null };
    requireMayWrite(self, lasting, before, after);
    return write(tx, actor, before, after);
  });
}

/** @throws role.not_found, role.fixed (a ready role), role.in_use, role.beyond_own */
export async function removeRole(deps: RoleDeps, actor: Actor, reach: Reach, id: string): Promise<void> {
  await alone(deps, actor, reach, id, async (tx, roles, self) => {
    const before = getRole(roles, id);
    if (before.key !== null) throw new LubartError('role.fixed');
    if (!mayGiveRole(self, before)) throw new LubartError('role.beyond_own');
    await deleteRole(tx, actor.organizationId, id, deps.clock.now());
    return { event: 'role.deleted', facts: { name: before.name, ...rightsOf(before) } };
  });
}

type Self = Pick<Actor, 'roles' | 'grants' | 'fieldRights'>;

/** Runs `work` as the only one who changes roles, with the rights the actor has now, and records what it did. */
async function alone(
  deps: RoleDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  work: (tx: Transaction, roles: readonly StoredRole[], self: Self, lasting: Self) => Promise<Happening | null>,
): Promise<RoleView> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  try {
    return await deps.database.act(reach, async (tx) => {
      // People before roles, as by everybody who locks both.
      await holdPerson(tx, organizationId, personId);
      const roles = await listRoles(tx, organizationId, true);
      // Attack: a right that was taken away a moment ago, or somebody who was dismissed. What counts is what stands under the locks.
      const self = await requireEntitledNow(tx, actor, 'role.update', deps.clock.now());
      const what = await work(tx, roles, self, await lastingRights(tx, actor));
      if (what !== null) {
        await deps.auditLog.record(tx, seals, doerOf(actor), { ...what, subjectKind: 'role', subjectIds: [id] });
      }
      const now =
        (await listRoles(tx, organizationId)).find((role) => role.id === id) ?? roles.find((role) => role.id === id);
      return viewOf(now!, self, actor.language);
    });
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new LubartError('role.in_use', { cause: error });
    throw error;
  }
}

async function write(tx: Transaction, actor: Actor, before: StoredRole, after: StoredRole): Promise<Happening | null> {
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  const { organizationId } = actor;
  if (!(await updateRole(tx, { ...after, organizationId }))) throw new LubartError('role.version_conflict');
  const [was, is] = [rightsOf(before), rightsOf(after)];
  return {
    event: 'role.updated',
    facts: {
      role: before.key ?? before.name,
      ...(before.name === after.name ? {} : { nameBefore: before.name, nameAfter: after.name }),
      grants: grantsBetween(was.grants, is.grants).map((permission) => ({
        permission,
        before: was.grants[permission] ?? 'none',
        after: is.grants[permission] ?? 'none',
      })),
      fieldRightsBefore: was.fieldRights,
      fieldRightsAfter: is.fieldRights,
    },
  };
}

export function getRole(roles: readonly StoredRole[], id: string): StoredRole {
  const found = roles.find((role) => role.id === id);
  if (found === undefined) throw new LubartError('role.not_found');
  return found;
}

/** The owner’s role stays as it is; nobody raises own or others’ rights beyond what they have, nor cuts what is above them. */
export function requireMayChange(self: Self, before: StoredRole, after: StoredRole): void {
  if (before.key === 'owner') throw new LubartError('role.fixed');
  if (!mayGiveRole(self, before) || !mayGiveRole(self, after)) throw new LubartError('role.beyond_own');
  if (before.people_count > 0 && widensElsewhere(self, before, after)) throw new LubartError('role.beyond_own');
}

/** To make a role smaller takes the rights of this moment; to make it wider, those one has for good. */
function requireMayWrite(self: Self, lasting: Self, before: StoredRole, after: StoredRole): void {
  requireMayChange(self, before, after);
  const isWider = !isWithin(combineRights([rightsOf(before)]), rightsOf(after));
  if (isWider) requireMayChange(lasting, before, after);
}

/** Attack: who sees one department gives “the department” to people of all the others. */
function widensElsewhere(self: Self, before: StoredRole, after: StoredRole): boolean {
  const [was, is] = [rightsOf(before).grants, rightsOf(after).grants];
  return grantsBetween(was, is).some((permission) => {
    const isWider = is[permission] === 'department' && was[permission] !== 'all';
    return isWider && !isOwner(self) && self.grants[permission] !== 'all';
  });
}

/** Compared in both languages: a new role must not pass for a ready one. */
function requireFreeName(roles: readonly StoredRole[], id: string, name: string): void {
  const form = (text: string) => text.toLocaleLowerCase('uk');
  const namesOf = (role: StoredRole) => [markOf(role, 'uk').name, markOf(role, 'en').name];
  const taken = roles.some((role) => role.id !== id && namesOf(role).some((other) => form(other) === form(name)));
  if (taken) throw new LubartError('role.name_taken', { field: 'name' });
}

function viewOf(role: StoredRole, self: Self, language: 'uk' | 'en' = (self as Actor).language): RoleView {
  return {
    ...markOf(role, language),
    grants: { ...rightsOf(role).grants },
    fieldRights: { ...rightsOf(role).fieldRights },
    edited: role.key !== null && (role.grants !== null || role.fieldRights !== null || role.name !== null),
    peopleCount: role.people_count,
    version: role.version,
    mayChange: role.key !== 'owner' && may(self, 'role.update') && mayGiveRole(self, role),
  };
}
