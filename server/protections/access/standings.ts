/**
 * Where everybody stands at this moment: roles, departments, and what they give together. Read anew for every question, never
 * from what is kept: an explanation that is a second old explains something else.
 */
import type { Permission } from '#contract';
import type { Reach, Transaction } from '#database';
import type { Actor } from './actor.ts';
import { listDepartments } from './department-store.ts';
import { branchOf, lineOf } from './department-tree.ts';
import { readStandIns } from './heads/read-stand-ins.ts';
import type { StandsFor } from './heads/stand-in.ts';
import { standInOf } from './heads/stand-in.ts';
import { listPeople } from './people-store.ts';
import { reachWith, scopeOf } from './policy.ts';
import { listHeldRoles, listRoles } from './role-store.ts';
import type { RoleRow } from './role.ts';
import { combineRights, rightsOf } from './role.ts';

export type Standing = Pick<
  Actor,
  'organizationId' | 'personId' | 'departmentId' | 'departmentIds' | 'grants' | 'fieldRights' | 'standIn'
> & {
  readonly active: boolean;
  /** The person’s department and all above it: what is shared with one of them is shared with the person. */
  readonly departmentPath: readonly string[];
  /** With the role that everybody has, and with the end of those that end. */
  readonly rows: readonly (RoleRow & { readonly until?: Date | null })[];
  /** Heads whose place the person takes. */
  readonly places: readonly StandsFor[];
};

/** Everybody who ever had access. */
export async function readStandings(tx: Transaction, organizationId: string, now: Date): Promise<Standing[]> {
  const people = await listPeople(tx, organizationId);
  const held = Map.groupBy(await listHeldRoles(tx, organizationId, now), ({ personId }) => personId);
  const everybodys = (await listRoles(tx, organizationId)).filter(({ key }) => key === 'baseline');
  const departments = (await listDepartments(tx, organizationId)).map(({ id, parent_id }) => ({ id, parent_id }));
  const branches = new Map(departments.map(({ id }) => [id, branchOf(departments, id)]));
  const standIns = await readStandIns(tx, organizationId, now);
  return people.map((person) => {
    const rows = [...everybodys, ...(held.get(person.id) ?? [])];
    const departmentIds = branches.get(person.department_id) ?? [person.department_id];
    const places = standIns.get(person.id) ?? [];
    return {
      organizationId,
      personId: person.id,
      departmentId: person.department_id,
      departmentPath: lineOf(departments, person.department_id),
      active: person.deactivated_at === null,
      places,
      ...rightsOfRows(rows, departmentIds, places),
    };
  });
}

/** The same person if one role gave something else. */
export function standingWith(standing: Standing, role: RoleRow): Standing {
  const rows = standing.rows.map((row) => (row.id === role.id ? role : row));
  const { standIn: _, ...rest } = standing;
  return { ...rest, ...rightsOfRows(rows, standing.departmentIds, standing.places) };
}

/** The same person in another tree, or elsewhere in it. */
export function standingAt(
  standing: Standing,
  departments: readonly { id: string; parent_id: string | null }[],
  departmentId: string,
): Standing {
  const departmentIds = branchOf(departments, departmentId);
  const { standIn: _, ...rest } = standing;
  const place = { departmentId, departmentPath: lineOf(departments, departmentId) };
  return { ...rest, ...place, ...rightsOfRows(standing.rows, departmentIds, standing.places) };
}

function rightsOfRows(rows: Standing['rows'], departmentIds: readonly string[], places: readonly StandsFor[]) {
  const own = { rows, departmentIds, ...combineRights(rows.map(rightsOf)) };
  return { ...own, ...standInOf(own, places) };
}

/** How far this person would see with the permission; undefined when not at all. */
export function reachOfStanding(standing: Standing, permission: Permission): Reach | undefined {
  const scope = scopeOf(standing, permission);
  return scope === 'none' ? undefined : reachWith(standing, permission, scope);
}
