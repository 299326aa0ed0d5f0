/** Names of colleagues and departments behind their ids. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { departmentsQuery, peopleQuery } from '../api/queries.ts';
import { useCan, useSession } from '../app/session.tsx';
import type { DepartmentView, PersonView } from '../contract.ts';
import { compareNames } from '../contract.ts';

export type Lookups = {
  people: PersonView[];
  departments: DepartmentView[];
  personName: (id: unknown) => string;
  departmentName: (id: unknown) => string;
};

export function useLookups(): Lookups {
  const can = useCan();
  const session = useSession();
  const people = useQuery({ ...peopleQuery, enabled: can('person.read') }).data;
  const departments = useQuery({ ...departmentsQuery, enabled: can('department.read') }).data;
  return useMemo(() => {
    const persons = new Map(people?.map((person) => [person.id, person.name]));
    persons.set(session.person.id, session.person.name);
    const places = new Map(departments?.map((department) => [department.id, department.name]));
    if (session.person.department !== null) places.set(session.person.department.id, session.person.department.name);
    return {
      people: people ?? [],
      departments: departments ?? [],
      personName: (id) => persons.get(String(id)) ?? '',
      departmentName: (id) => places.get(String(id)) ?? '',
    };
  }, [people, departments, session]);
}

/** Departments in the order of the tree, each with its depth. */
export function inTreeOrder(departments: readonly DepartmentView[]): { department: DepartmentView; depth: number }[] {
  const ids = new Set(departments.map((department) => department.id));
  const childrenOf = (parentId: string | null) =>
    departments
      .filter((one) => (one.parentId !== null && ids.has(one.parentId) ? one.parentId : null) === parentId)
      .toSorted((a, b) => compareNames(a.name, b.name));
  const walk = (parentId: string | null, depth: number): { department: DepartmentView; depth: number }[] =>
    childrenOf(parentId).flatMap((department) => [{ department, depth }, ...walk(department.id, depth + 1)]);
  return walk(null, 0);
}

/** Options of a native select, indented like the tree. */
export function departmentOptions(departments: readonly DepartmentView[]) {
  return inTreeOrder(departments).map(({ department, depth }) => ({
    value: department.id,
    label: `${'\u00a0\u00a0\u00a0'.repeat(depth)}${department.name}`,
  }));
}
