/**
 * Which role may do what, on whose records. One table, read from top to bottom. A role that does not name a permission does not
 * have it. Roles kept per organization will come from rows of the same form; everything asks through `scopeOf`.
 */
import type { Permission, Role, Scope } from '#contract';
import { permissions, scopes } from '#contract';
import type { Reach } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from './actor.ts';

type Grants = Partial<Record<Permission, Scope>>;

const everything = Object.fromEntries(permissions.map((permission) => [permission, 'all'])) as Grants;

export const grantsOf: Readonly<Record<Role, Grants>> = {
  owner: everything,
  head: {
    'contact.read': 'department',
    'contact.create': 'department',
    'contact.update': 'department',
    'contact.archive': 'department',
    'contact.reassign': 'department',
    'contact.import': 'department',
    'contact.export': 'department',
    'company.read': 'department',
    'company.create': 'department',
    'company.update': 'department',
    'company.archive': 'department',
    'company.reassign': 'department',
    'company.import': 'department',
    'company.export': 'department',
    'person.read': 'all',
    'department.read': 'all',
    'organization.read': 'all',
  },
  manager: {
    'contact.read': 'own',
    'contact.create': 'own',
    'contact.update': 'own',
    'contact.archive': 'own',
    'contact.import': 'own',
    'company.read': 'own',
    'company.create': 'own',
    'company.update': 'own',
    'company.archive': 'own',
    'company.import': 'own',
    'person.read': 'all',
    'department.read': 'all',
    'organization.read': 'all',
  },
  auditor: {
    'audit.read': 'all',
    'person.read': 'all',
    'department.read': 'all',
    'organization.read': 'all',
  },
};

/** How far the actor’s permission reaches; none when it is not granted. */
export function scopeOf(actor: Actor, permission: Permission): Scope {
  return grantsOf[actor.role][permission] ?? 'none';
}

export function may(actor: Actor, permission: Permission): boolean {
  return scopeOf(actor, permission) !== 'none';
}

/**
 * The reach of a transaction in which the actor uses this permission.
 * @throws access.denied when the permission is not granted
 */
export function reachOf(actor: Actor, permission: Permission): Reach {
  const scope = scopeOf(actor, permission);
  if (scope === 'none') throw new LubartError('access.denied', { details: { permission } });
  return { organizationId: actor.organizationId, personId: actor.personId, departmentIds: actor.departmentIds, scope };
}

/** Whether a record of this owner and department lies within the actor’s reach for the permission. */
export function reaches(
  actor: Actor,
  permission: Permission,
  record: { ownerId: string; departmentId: string },
): boolean {
  switch (scopeOf(actor, permission)) {
    case 'all':
      return true;
    case 'department':
      return record.ownerId === actor.personId || actor.departmentIds.includes(record.departmentId);
    case 'own':
      return record.ownerId === actor.personId;
    case 'none':
      return false;
  }
}

/** Nobody gives away more than they have: only an owner makes an owner, or changes one. */
export function mayGiveRole(actor: Pick<Actor, 'role'>, role: Role): boolean {
  return actor.role === 'owner' || (role !== 'owner' && grantsWithin(grantsOf[role], grantsOf[actor.role]));
}

function grantsWithin(given: Grants, own: Grants): boolean {
  return (Object.keys(given) as Permission[]).every(
    (permission) => scopes.indexOf(given[permission] ?? 'none') <= scopes.indexOf(own[permission] ?? 'none'),
  );
}
