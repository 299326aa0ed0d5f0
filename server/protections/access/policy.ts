/**
 * Whether an actor may do something, and on whose records. The actor carries what all roles give together (role.ts); a permission
 * that is not among it is not given. Everything asks through `scopeOf`.
 */
import type { GrantTable, Permission, Scope, SharedPermission, ShareRight } from '#contract';
import { grantLevels, permissions, scopes, sharedPermissions } from '#contract';
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from './actor.ts';
import { isOwner } from './actor.ts';
import type { RoleRights } from './ready-roles.ts';
import type { Grants, RoleRow } from './role.ts';
import { combineRights, recordKinds, rightsOf } from './role.ts';

/** How far the actor’s permission reaches; none when it is not granted. */
export function scopeOf(actor: Pick<Actor, 'grants' | 'standIn'>, permission: Permission): Scope {
  return actor.standIn?.[permission] === undefined ? (actor.grants[permission] ?? 'none') : 'department';
}

/** The departments that the permission reaches when its scope is a department: one’s own, and those of a head who is away. */
export function departmentIdsFor(
  actor: Pick<Actor, 'departmentIds' | 'standIn'>,
  permission: Permission,
): readonly string[] {
  return actor.standIn?.[permission] ?? actor.departmentIds;
}

export function may(actor: Pick<Actor, 'grants' | 'standIn'>, permission: Permission): boolean {
  return scopeOf(actor, permission) !== 'none';
}

/**
 * The reach of a transaction in which the actor uses this permission.
 * @throws access.denied when the permission is not granted
 */
export function reachOf(actor: Actor, permission: Permission): Reach {
  const scope = scopeOf(actor, permission);
  if (scope === 'none') throw new LubartError('access.denied', { details: { permission } });
  return reachWith(actor, permission, scope);
}

/**
 * A scope of somebody, with what sharing adds to this permission. Whoever may read no such client has none shared, and a program has
 * none: what was shared was shared with a person.
 */
export function reachWith(
  actor: Pick<Actor, 'organizationId' | 'personId' | 'departmentIds' | 'grants' | 'standIn' | 'apiKeyId'>,
  permission: Permission,
  scope: Scope,
): Reach {
  const { organizationId, personId } = actor;
  const departmentIds = departmentIdsFor(actor, permission);
  const isShared = actor.apiKeyId === undefined && may(actor, readingOf(permission));
  const shares = isShared ? sharedPermissions.find((shared) => shared === permission) : undefined;
  return { organizationId, personId, departmentIds, scope, ...(shares === undefined ? {} : { shares }) };
}

const readingOf = (permission: Permission) => (permission.startsWith('contact.') ? 'contact.read' : 'company.read');

/** The same reach without anything that was shared: for work that reads more than the one who shared has meant. */
export function withoutShares({ organizationId, personId, departmentIds, scope }: Reach): Reach {
  return { organizationId, personId, departmentIds, scope };
}

/** A record as rights see it: whose it is, and for what it is shared with the one who asks. */
export type ReachedRecord = { ownerId: string; departmentId: string; shared?: ShareRight | undefined };

/** Whether a record lies within the actor’s reach for the permission: by its holder, or because it was shared. */
export function reaches(
  actor: Pick<Actor, 'grants' | 'personId' | 'departmentIds' | 'standIn'>,
  permission: Permission,
  record: ReachedRecord,
): boolean {
  return reachesByHolder(actor, permission, record) || reachesByShare(actor, permission, record.shared);
}

/** Attack: a share that gives what the role refuses. Whoever may read no client at all reads no shared one either. */
function reachesByShare(
  actor: Pick<Actor, 'grants' | 'standIn'>,
  permission: Permission,
  shared: ShareRight | undefined,
): boolean {
  if (shared === undefined || !sharedPermissions.includes(permission as SharedPermission)) return false;
  const reading = readingOf(permission);
  if (!may(actor, permission) || !may(actor, reading)) return false;
  return permission === reading || shared === 'edit';
}

function reachesByHolder(
  actor: Pick<Actor, 'grants' | 'personId' | 'departmentIds' | 'standIn'>,
  permission: Permission,
  record: ReachedRecord,
): boolean {
  switch (scopeOf(actor, permission)) {
    case 'all':
      return true;
    case 'department':
      return record.ownerId === actor.personId || departmentIdsFor(actor, permission).includes(record.departmentId);
    case 'own':
      return record.ownerId === actor.personId;
    case 'none':
      return false;
  }
}

/** Nobody gives away more than they have of their own: only an owner makes an owner, or changes one. */
export function mayGiveRole(actor: Pick<Actor, 'roles' | 'grants' | 'fieldRights'>, role: RoleRow): boolean {
  return isOwner(actor) || (role.key !== 'owner' && isWithin(actor, rightsOf(role)));
}

/** The same where the role is to be used: what it gives in “the department” is as wide as the department of whoever gets it. */
export function mayGiveRoleIn(
  actor: Pick<Actor, 'roles' | 'grants' | 'fieldRights' | 'departmentIds'>,
  role: RoleRow,
  departmentId: string,
): boolean {
  return mayGiveRole(actor, role) && seesWherePlaced(actor, role, departmentId);
}

/** Whether what the role gives in “the department” lies, in this one, within what the actor has. */
export function seesWherePlaced(
  actor: Pick<Actor, 'roles' | 'grants' | 'departmentIds'>,
  role: RoleRow,
  departmentId: string,
): boolean {
  if (isOwner(actor)) return true;
  const { grants } = combineRights([rightsOf(role)]);
  const isHere = actor.departmentIds.includes(departmentId);
  // Attack: a head of one department makes a friend head of another, or of the whole company.
  return permissions.every((permission) => {
    const own = actor.grants[permission];
    return grants[permission] !== 'department' || own === 'all' || (own === 'department' && isHere);
  });
}

/** Whether rights are no more than the actor’s own, in scopes and in open fields. */
export function isWithin(actor: Pick<Actor, 'grants' | 'fieldRights'>, given: RoleRights): boolean {
  const { grants, fieldRights } = combineRights([given]);
  if (!grantsWithin(grants, actor.grants)) return false;
  return recordKinds.every(
    (kind) =>
      grants[`${kind}.read`] === undefined ||
      Object.entries(actor.fieldRights[kind]).every(([field, right]) =>
        right === 'hidden' ? fieldRights[kind][field] === 'hidden' : fieldRights[kind][field] !== undefined,
      ),
  );
}

function grantsWithin(given: Grants, own: Grants): boolean {
  return permissions.every(
    (permission) => scopes.indexOf(given[permission] ?? 'none') <= scopes.indexOf(own[permission] ?? 'none'),
  );
}

/** Permissions whose level differs between two tables. */
export function grantsBetween(before: GrantTable, after: GrantTable): Permission[] {
  const level = (table: GrantTable, permission: Permission) => grantLevels.indexOf(table[permission] ?? 'none');
  return permissions.filter((permission) => level(before, permission) !== level(after, permission));
}
