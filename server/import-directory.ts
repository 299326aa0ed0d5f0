/** Colleagues and departments as an import sees them: a picture taken when it begins, asked without waiting. */
import type { ImportDeps } from '#crm/import-export';
import type { PeopleDirectory } from '#protections/access';
import { foldWords } from '#ukraine';

/** «Коваленко Олена» and “Olena Kovalenko” are one name; two people of one name are nobody. */
export async function importDirectory(
  people: PeopleDirectory,
  organizationId: string,
): ReturnType<ImportDeps['directory']> {
  const active = (await people.list(organizationId)).filter((person) => person.active);
  const departments = await people.departments(organizationId);
  const form = (text: string) => foldWords(text).toSorted().join(' ');
  const byName = onlyOnes(active.map((person) => [form(person.name), person] as const));
  const byEmail = new Map(active.map((person) => [person.email.toLowerCase(), person]));
  const byDepartment = onlyOnes(departments.map((department) => [form(department.name), department.id] as const));
  const homes = new Map(active.map((person) => [person.id, person.departmentId]));
  const departmentIds = new Set(departments.map(({ id }) => id));
  return {
    personByName: (text) => (text.includes('@') ? byEmail.get(text.trim().toLowerCase()) : byName.get(form(text))),
    departmentByName: (text) => byDepartment.get(form(text)),
    departmentOf: (personId) => homes.get(personId),
    knowsDepartment: (id) => departmentIds.has(id),
  };
}

function onlyOnes<T>(pairs: readonly (readonly [string, T])[]): Map<string, T> {
  const found = new Map<string, T>();
  const several = new Set<string>();
  for (const [key, value] of pairs) {
    if (found.has(key)) several.add(key);
    found.set(key, value);
  }
  for (const key of several) found.delete(key);
  return found;
}
