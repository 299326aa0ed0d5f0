/** What stands in the matrix while it is edited: one level for everything, so that tables can be compared. */
import type { FieldRight, GrantLevel, Permission, RoleView } from '../../contract.ts';
import { company, contact, permissions } from '../../contract.ts';

export type RecordName = 'contact' | 'company';
export type Draft = {
  readonly name: string;
  readonly grants: Readonly<Record<Permission, GrantLevel>>;
  readonly fields: Readonly<Record<RecordName, Readonly<Record<string, FieldRight>>>>;
};

export const verbs = [
  'read',
  'create',
  'update',
  'archive',
  'reassign',
  'erase',
  'import',
  'export',
  'export-plain',
  'reveal',
  'bulk',
  'share',
  'statistics',
] as const;
export const recordNames = ['contact', 'company'] as const;
export const fieldNames = { contact: Object.keys(contact.fields), company: Object.keys(company.fields) };
export const administration = permissions.filter((permission) => !/^(contact|company)\./.test(permission));

export function draftOf(role: RoleView): Draft {
  const fields = (record: RecordName) =>
    Object.fromEntries(fieldNames[record].map((field) => [field, role.fieldRights[record]?.[field] ?? 'open']));
  return {
    name: role.name,
    grants: Object.fromEntries(
      permissions.map((permission) => [permission, role.grants[permission] ?? 'none']),
    ) as Draft['grants'],
    fields: { contact: fields('contact'), company: fields('company') },
  };
}

/** As it is sent: without what gives nothing and what is simply open. */
export function rightsIn(draft: Draft) {
  const without = <L extends string>(table: Readonly<Record<string, L>>, plain: L) =>
    Object.fromEntries(Object.entries(table).filter(([, level]) => level !== plain)) as Record<string, L>;
  return {
    grants: without(draft.grants, 'none') as RoleView['grants'],
    fieldRights: {
      contact: without(draft.fields.contact, 'open'),
      company: without(draft.fields.company, 'open'),
    },
  };
}

/** How many cells differ. */
export function changesBetween(before: Draft, after: Draft): { name: boolean; rights: number } {
  const grants = permissions.filter((permission) => before.grants[permission] !== after.grants[permission]);
  const fields = recordNames.flatMap((record) =>
    fieldNames[record].filter((field) => before.fields[record][field] !== after.fields[record][field]),
  );
  return { name: before.name !== after.name.trim(), rights: grants.length + fields.length };
}
