/** Which filters a list has on. */
import type { ListSearch } from '../app/search.ts';

export const filterNames = [
  'stage',
  'ownerId',
  'departmentId',
  'tag',
  'createdFrom',
  'createdTo',
  'withoutNextStep',
  'companyId',
  'shared',
] as const;

export function countFilters(search: ListSearch): number {
  return filterNames.filter((name) => search[name] !== undefined).length;
}
