/** What an import leaves out because it is closed to the person: columns, defaults and ways to tell duplicates. Pure. */
import type { ImportKind, SessionView } from '../contract.ts';
import { company, contact } from '../contract.ts';
import { closedOf } from '../records/closed.ts';

export type ImportClosed = {
  columns: ReadonlySet<string>;
  defaults: ReadonlySet<string>;
  duplicates: ReadonlySet<string>;
};
export const importOpen: ImportClosed = { columns: new Set(), defaults: new Set(), duplicates: new Set() };

const means = { phone: 'phones', email: 'emails', edrpou: 'edrpou' } as const;

export function importClosedOf(kind: ImportKind, fields: SessionView['fields']): ImportClosed {
  const closed = closedOf(kind === 'contacts' ? contact : company, fields);
  const ofCompany = closedOf(company, fields);
  const hidden = Object.keys(closed).filter((name) => closed[name] === 'hidden');
  const columns = new Set(hidden);
  if (hidden.some((name) => ['lastName', 'firstName', 'middleName'].includes(name))) columns.add('fullName');
  if (columns.has('ownerId')) columns.add('ownerName');
  if (columns.has('departmentId')) columns.add('departmentName');
  const linked = [ofCompany['edrpou'], ofCompany['name'], closed['companyId'], closed['companyName']];
  if (linked.some((right) => right !== undefined)) columns.add('companyEdrpou');
  return {
    columns,
    defaults: new Set(hidden),
    duplicates: new Set(Object.entries(means).flatMap(([mean, name]) => (closed[name] === undefined ? [] : [mean]))),
  };
}
