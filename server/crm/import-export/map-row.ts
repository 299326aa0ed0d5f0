/**
 * A row of a spreadsheet becomes the fields of a record, by the plan: which column is what. Cells are understood generously
 * (several phones in one cell, stages and dates in words) and checked strictly: what cannot be understood is a problem with its
 * field, never a guess.
 */
import type { CompanyImportField, ContactImportField, ErrorCode, ImportKind, ImportPlanValue } from '#contract';
import { companyImportFields, contact, contactImportFields } from '#contract';
import type { Fields, RecordKind } from '#crm/records';
import { normaliseFields, normaliseValue } from '#crm/records';
import { LubartError } from '#kernel';
import { legalBasisOf, stageOf } from './choice-words.ts';
import type { DateOrder, Row } from './spreadsheet/index.ts';
import { guessDateOrder, parseDate, restoreFormula, sharedFields, splitName } from './spreadsheet/index.ts';

type ImportField = ContactImportField | CompanyImportField;
export type Problem = { field: string | null; code: ErrorCode };
export type MappedRow = {
  row: Row;
  /** Only what the file gives. */
  fields: Fields;
  /** A company to link by its code: contacts only. */
  companyCode: string;
  problems: Problem[];
};

/** Finds colleagues and departments by what a spreadsheet calls them. */
export type Directory = {
  personByName(text: string): { id: string; departmentId: string } | undefined;
  departmentByName(text: string): string | undefined;
};

export type RowMapper = (row: Row) => MappedRow;

const splitList = /[,;|\n\r]+| ::: /;
const splitPhones = / ::: |[;|\n\r]+|,(?=\s*[+0(])|\s+(?:та|і|и|and|або|or)\s+|\/(?=\s*[+0(])/;
const tagsMax = contact.fields.tags.max;
const dateFields = new Set<string>(['birthday', 'consentGivenOn', 'nextStepOn']);

/** @throws import.mapping_incomplete when nothing mapped could name a client */
export function makeRowMapper(
  kind: RecordKind,
  importKind: ImportKind,
  plan: ImportPlanValue,
  samples: readonly Row[],
  directory: Directory,
): RowMapper {
  const columns = Object.entries(plan.mapping).map(([index, field]) => ({
    index: Number(index),
    field: field as ImportField,
  }));
  requireUsefulMapping(
    importKind,
    columns.map(({ field }) => field),
  );
  const defaults = readDefaults(kind, plan.defaults);
  const dateOrder = new Map<number, DateOrder>();
  for (const { index, field } of columns) {
    if (!dateFields.has(field)) continue;
    dateOrder.set(
      index,
      guessDateOrder(samples.map((row) => row.cells[index] ?? '').filter((cell) => cell !== '')) ?? 'day-first',
    );
  }
  return (row) => {
    const mapped: MappedRow = { row, fields: {}, companyCode: '', problems: [] };
    for (const { index, field } of columns) {
      const cell = restoreFormula((row.cells[index] ?? '').trim());
      if (cell !== '') takeCell(kind, mapped, field, cell, directory, dateOrder.get(index) ?? 'day-first');
    }
    takeDefaults(mapped, defaults);
    if (row.cells.every((cell) => cell.trim() === '')) mapped.problems.push({ field: null, code: 'import.row_empty' });
    return mapped;
  };
}

function requireUsefulMapping(kind: ImportKind, fields: readonly ImportField[]): void {
  // Attack: a column mapped to a field that no import may write (the id of a company out of reach).
  const known: readonly string[] = kind === 'contacts' ? contactImportFields : companyImportFields;
  if (!fields.every((field) => known.includes(field)))
    throw new LubartError('import.mapping_incomplete', { field: 'mapping' });
  const naming: readonly string[] =
    kind === 'contacts' ? ['lastName', 'firstName', 'fullName', 'phones', 'emails', 'companyName'] : ['name'];
  if (!fields.some((field) => naming.includes(field)))
    throw new LubartError('import.mapping_incomplete', { field: 'mapping' });
  const single = fields.filter((field) => !sharedFields.includes(field));
  if (new Set(single).size !== single.length) throw new LubartError('import.mapping_incomplete', { field: 'mapping' });
}

function takeCell(
  kind: RecordKind,
  mapped: MappedRow,
  field: ImportField,
  cell: string,
  directory: Directory,
  order: DateOrder,
): void {
  const { fields } = mapped;
  const keep = (name: string, value: unknown) => {
    const declared = kind.declaration.fields[name];
    if (declared === undefined) return;
    try {
      fields[name] = normaliseValue(declared, value, name);
    } catch (error) {
      if (!(error instanceof LubartError)) throw error;
      mapped.problems.push({ field: name, code: error.code });
    }
  };
  const refuse = (name: string, code: ErrorCode) => mapped.problems.push({ field: name, code });
  const already = (fields[field] ?? []) as unknown[];
  switch (field) {
    case 'fullName': {
      const parts = splitName(cell);
      for (const [name, value] of Object.entries(parts)) if (value !== '') keep(name, value);
      return;
    }
    case 'phones':
      return keep('phones', [
        ...already,
        ...cell
          .split(splitPhones)
          .filter((part) => /\d/.test(part))
          .map((number) => ({ number: number.trim() })),
      ]);
    case 'emails':
      return keep('emails', [
        ...already,
        ...cell
          .split(/[,;|\s]+|:::/)
          .filter((part) => part !== '')
          .map((address) => ({ address })),
      ]);
    case 'tags':
      return keep('tags', [...already, ...cell.split(splitList).map((tag) => tag.trim())]);
    case 'address':
      return keep('address', fields['address'] === undefined ? cell : `${fields['address'] as string}, ${cell}`);
    case 'notes':
      return keep('notes', fields['notes'] === undefined ? cell : `${fields['notes'] as string}\n${cell}`);
    case 'companyEdrpou': {
      const code = normaliseOrNull(cell);
      if (code === null) refuse('companyEdrpou', 'field.edrpou_invalid');
      else mapped.companyCode = code;
      return;
    }
    case 'ownerName': {
      const person = directory.personByName(cell);
      if (person === undefined) refuse('ownerId', 'field.unknown_owner');
      else fields['ownerId'] = person.id;
      if (person !== undefined) fields['departmentId'] ??= person.departmentId;
      return;
    }
    case 'departmentName': {
      const id = directory.departmentByName(cell);
      if (id === undefined) refuse('departmentId', 'field.unknown_department');
      else fields['departmentId'] = id;
      return;
    }
    case 'stage': {
      const stage = stageOf(cell);
      return stage === undefined ? void refuse('stage', 'field.unknown_choice') : keep('stage', stage);
    }
    case 'legalBasis': {
      const basis = legalBasisOf(cell);
      return basis === undefined ? void refuse('legalBasis', 'field.unknown_choice') : keep('legalBasis', basis);
    }
    case 'birthday':
    case 'consentGivenOn':
    case 'nextStepOn': {
      const date = parseDate(cell, { order });
      return date === null ? void refuse(field, 'field.date_invalid') : keep(field, date);
    }
    default:
      return keep(field, cell);
  }
}

function normaliseOrNull(code: string): string | null {
  try {
    const declared = { kind: 'edrpou', max: 20 } as never;
    return normaliseValue(declared, code, 'companyEdrpou') as string;
  } catch {
    return null;
  }
}

/** The plan’s defaults, checked once like any input. @throws field.* with the path of the default */
function readDefaults(kind: RecordKind, defaults: ImportPlanValue['defaults']): Fields {
  const declared = Object.entries(defaults).filter(([name]) => kind.declaration.fields[name] !== undefined);
  return normaliseFields(kind, Object.fromEntries(declared), 'defaults');
}

function takeDefaults({ fields, problems }: MappedRow, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (name !== 'tags') fields[name] ??= value;
    else fields['tags'] = [...new Set([...((fields['tags'] as string[]) ?? []), ...(value as string[])])];
  }
  if (((fields['tags'] as string[]) ?? []).length > tagsMax) problems.push({ field: 'tags', code: 'field.too_many' });
}
