/**
 * Who leads a department. Named heads count while they are active and work in the department or in one above it; where nobody is
 * named, whoever works in the department with the ready role of a head leads it. To lead gives no right by itself: rights come from
 * roles. It says whom others turn to, for whom a deputy may stand in, and to whom clients go.
 */
import type { Transaction } from '#database';
import type { DepartmentRow } from '../department-store.ts';
import { listDepartments } from '../department-store.ts';
import { branchOf, lineOf } from '../department-tree.ts';
import type { PersonRow } from '../people-store.ts';
import { listPeople } from '../people-store.ts';
import type { HeldRole } from '../role-store.ts';
import { listHeldRoles } from '../role-store.ts';
import type { NamedHead } from './head-store.ts';
import { listNamedHeads } from './head-store.ts';

/** `named` false: by the role and the place of work. */
export type Head = { readonly personId: string; readonly named: boolean };
export type Heads = ReadonlyMap<string, readonly Head[]>;

type Known = {
  departments: readonly Pick<DepartmentRow, 'id' | 'parent_id'>[];
  people: readonly Pick<PersonRow, 'id' | 'department_id' | 'deactivated_at'>[];
  held: readonly HeldRole[];
  named: readonly NamedHead[];
};

/** The heads of every department, from what was read already. */
export function headsFrom({ departments, people, held, named }: Known): Heads {
  const active = new Map(people.filter((one) => one.deactivated_at === null).map((one) => [one.id, one]));
  const byRole = new Set(held.filter(({ key }) => key === 'head').map(({ personId }) => personId));
  return new Map(
    departments.map(({ id }): [string, Head[]] => {
      const line = lineOf(departments, id);
      const chosen = named.filter(
        (head) => head.departmentId === id && line.includes(active.get(head.personId)?.department_id ?? ''),
      );
      if (chosen.length > 0) return [id, chosen.map(({ personId }) => ({ personId, named: true }))];
      const there = [...active.values()].filter((one) => one.department_id === id && byRole.has(one.id));
      return [id, there.map((one) => ({ personId: one.id, named: false }))];
    }),
  );
}

export async function readHeads(tx: Transaction, organizationId: string, now: Date): Promise<Heads> {
  return headsFrom({
    departments: await listDepartments(tx, organizationId),
    people: await listPeople(tx, organizationId),
    held: await listHeldRoles(tx, organizationId, now),
    named: await listNamedHeads(tx, organizationId),
  });
}

/** Who leads this very department at this moment; nobody when there is no such department. */
export async function headsOf(
  tx: Transaction,
  organizationId: string,
  departmentId: string,
  now: Date,
): Promise<string[]> {
  const heads = await readHeads(tx, organizationId, now);
  return (heads.get(departmentId) ?? []).map(({ personId }) => personId);
}

/** The heads of the department, or of the nearest one above it that has any; `but` is nobody’s head here. */
export async function nearestHeads(
  tx: Transaction,
  organizationId: string,
  departmentId: string,
  now: Date,
  but?: string,
): Promise<string[]> {
  const heads = await readHeads(tx, organizationId, now);
  for (const id of lineOf(await listDepartments(tx, organizationId), departmentId)) {
    const here = (heads.get(id) ?? []).map(({ personId }) => personId).filter((personId) => personId !== but);
    if (here.length > 0) return here;
  }
  return [];
}

/** Departments with people, and how many of them nobody leads, not from above either. The company itself is led by its owners. */
export async function countUnled(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<{ departments: number; withoutHead: number }> {
  const departments = await listDepartments(tx, organizationId);
  const heads = await readHeads(tx, organizationId, now);
  const peopled = departments.filter(({ parent_id, people_count }) => parent_id !== null && people_count > 0);
  const unled = peopled.filter(({ id }) =>
    lineOf(departments, id).every((above) => (heads.get(above) ?? []).length === 0),
  );
  return { departments: peopled.length, withoutHead: unled.length };
}

/** All departments that somebody leads, with those below them. */
export function departmentsLedBy(
  heads: Heads,
  departments: readonly Pick<DepartmentRow, 'id' | 'parent_id'>[],
  personId: string,
): string[] {
  const led = departments.filter(({ id }) => heads.get(id)?.some((head) => head.personId === personId));
  return [...new Set(led.flatMap(({ id }) => branchOf(departments, id)))];
}
