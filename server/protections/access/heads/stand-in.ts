/**
 * What a deputy may do in the place of an absent head: what the head’s roles give in a department or wider, in the departments that
 * the head leads, and only of this list. Right by right, so that nothing else grows: the deputy’s own rights keep their own reach,
 * the head’s rights reach nothing but the head’s departments. `never` of the deputy’s own roles is stronger here too, and no field
 * is open to a deputy that is closed to the head.
 */
import type { Permission } from '#contract';
import { permissions, scopes } from '#contract';
import type { FieldRights, Grants, RoleRow } from '../role.ts';
import { combineRights, recordKinds, rightsOf } from '../role.ts';

/** The departments that a right reaches while its holder stands in for somebody; own ones included where the own right does. */
export type StandIn = Readonly<Partial<Record<Permission, readonly string[]>>>;

/** One head whose place is taken: with the roles of the head and the departments that the head leads. */
export type StandsFor = { headId: string; rows: readonly RoleRow[]; departmentIds: readonly string[] };

// Attack: a deputy who could invite, give roles or turn rules down would keep what was lent for a week.
export const standInPermissions: readonly Permission[] = permissions.filter(
  (permission) =>
    permission.startsWith('contact.') ||
    permission.startsWith('company.') ||
    ['device.approve', 'elevation.approve', 'review.read', 'review.answer'].includes(permission),
);

type Own = { rows: readonly RoleRow[]; grants: Grants; fieldRights: FieldRights; departmentIds: readonly string[] };

export function standInOf(own: Own, heads: readonly StandsFor[]): { standIn?: StandIn; fieldRights: FieldRights } {
  const standIn: Partial<Record<Permission, readonly string[]>> = {};
  for (const permission of standInPermissions) {
    const scope = own.grants[permission] ?? 'none';
    const isForbidden = own.rows.some((row) => rightsOf(row).grants[permission] === 'never');
    if (scope === 'all' || isForbidden) continue;
    const lent = heads.filter(({ rows }) => givesDepartment(rows, permission)).flatMap((head) => head.departmentIds);
    if (lent.length === 0) continue;
    standIn[permission] = [...new Set([...(scope === 'department' ? own.departmentIds : []), ...lent])];
  }
  if (Object.keys(standIn).length === 0) return { fieldRights: own.fieldRights };
  return { standIn, fieldRights: closedToAny(own, heads, standIn) };
}

function givesDepartment(rows: readonly RoleRow[], permission: Permission): boolean {
  const scope = combineRights(rows.map(rightsOf)).grants[permission] ?? 'none';
  return scopes.indexOf(scope) >= scopes.indexOf('department');
}

function closedToAny(own: Own, heads: readonly StandsFor[], standIn: StandIn): FieldRights {
  const tables = [own.fieldRights, ...heads.map(({ rows }) => combineRights(rows.map(rightsOf)).fieldRights)];
  const kinds = recordKinds.map((kind) => {
    const fields: Record<string, 'masked' | 'hidden'> = { ...own.fieldRights[kind] };
    if (standIn[`${kind}.read`] === undefined) return [kind, fields];
    for (const [field, right] of tables.flatMap((table) => Object.entries(table[kind]))) {
      if (fields[field] !== 'hidden') fields[field] = right;
    }
    return [kind, fields];
  });
  return Object.fromEntries(kinds) as FieldRights;
}
