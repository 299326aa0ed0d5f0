/**
 * Contacts and companies are kept by the same means; what differs is said here, once per kind. Everything else (columns,
 * sealing, search, audit, import and export) follows from the declaration in the contract.
 */
import type { EventName, FieldDeclaration, Permission, RecordDeclaration } from '#contract';
import { company, contact, fieldsWhere } from '#contract';
import type { ErrorCode } from '#contract';

/** A record’s fields as they travel, by name; what each holds is said by its declared kind. */
export type Fields = Record<string, unknown>;

export type RecordKind = {
  readonly name: 'contact' | 'company';
  readonly table: 'contacts' | 'companies';
  readonly declaration: RecordDeclaration;
  readonly fields: readonly (readonly [string, FieldDeclaration])[];
  readonly sealedFields: readonly string[];
  readonly plainFields: readonly {
    readonly field: string;
    readonly column: string;
    readonly declared: FieldDeclaration;
  }[];
  readonly searchedFields: readonly (readonly [string, FieldDeclaration])[];
  /** What an absent value of each field is. */
  readonly blank: Readonly<Fields>;
  /** The fields that the name of a record is made of. */
  readonly nameFields: readonly string[];
  /** The text by which records stand in alphabetical order. */
  nameOf(fields: Fields): string;
  permission(
    verb:
      | 'read'
      | 'create'
      | 'update'
      | 'archive'
      | 'reassign'
      | 'erase'
      | 'import'
      | 'export'
      | 'export-plain'
      | 'reveal'
      | 'share'
      | 'bulk',
  ): Permission;
  event(
    verb:
      | 'listed'
      | 'found'
      | 'opened'
      | 'created'
      | 'updated'
      | 'archived'
      | 'erased'
      | 'restored'
      | 'exported'
      | 'revealed'
      | 'counted'
      | 'bulk_changed',
  ): EventName;
  error(what: 'not_found' | 'version_conflict' | 'archived' | 'name_missing'): ErrorCode;
};

export const columnOf = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const joined = (...parts: unknown[]) => parts.filter((part) => part !== '').join(' ');

export const contactKind = makeKind(
  contact,
  ['lastName', 'firstName', 'middleName', 'companyName'],
  (fields) => joined(fields['lastName'], fields['firstName'], fields['middleName']) || joined(fields['companyName']),
);
export const companyKind = makeKind(company, ['name'], (fields) => joined(fields['name']));

function makeKind(
  declaration: RecordDeclaration,
  nameFields: readonly string[],
  nameOf: RecordKind['nameOf'],
): RecordKind {
  const fields = Object.entries(declaration.fields);
  const { name } = declaration;
  return {
    name,
    table: declaration.table,
    declaration,
    fields,
    sealedFields: fieldsWhere(declaration, (field) => field.storage === 'sealed'),
    plainFields: fields
      .filter(([, declared]) => declared.storage === 'plain')
      .map(([field, declared]) => ({ field, column: columnOf(field), declared })),
    searchedFields: fields.filter(([, declared]) => declared.search !== 'none'),
    blank: Object.fromEntries(fields.map(([field, declared]) => [field, blankOf(declared)])),
    nameFields,
    nameOf,
    permission: (verb) => `${name}.${verb}`,
    event: (verb) => `${name}.${verb}`,
    error: (what) => `${name}.${what}`,
  };
}

function blankOf(field: FieldDeclaration): unknown {
  switch (field.kind) {
    case 'phones':
    case 'emails':
    case 'tags':
      return [];
    case 'date':
    case 'money':
    case 'person':
    case 'department':
    case 'company':
      return null;
    case 'choice':
      return field.choices?.[0] ?? '';
    default:
      return '';
  }
}
