/** The fields that a column of a file can become. The same as in the contract; the types hold them together. */
import type { CompanyImportField, ContactImportField, ImportKind } from '../contract.ts';

export const importFieldsOf: Readonly<Record<ImportKind, readonly (ContactImportField | CompanyImportField)[]>> = {
  contacts: [
    'lastName',
    'firstName',
    'middleName',
    'fullName',
    'phones',
    'emails',
    'position',
    'companyName',
    'companyEdrpou',
    'address',
    'birthday',
    'source',
    'ownerName',
    'departmentName',
    'stage',
    'expectedAmount',
    'tags',
    'notes',
    'legalBasis',
    'consentGivenOn',
    'nextStepOn',
    'nextStepText',
  ] satisfies ContactImportField[],
  companies: [
    'name',
    'edrpou',
    'address',
    'phones',
    'emails',
    'site',
    'ownerName',
    'departmentName',
    'stage',
    'expectedAmount',
    'tags',
    'notes',
  ] satisfies CompanyImportField[],
};

/** Several columns may feed these; any other field takes one column. */
export const manyColumns: ReadonlySet<string> = new Set(['phones', 'emails', 'tags', 'notes', 'address']);
