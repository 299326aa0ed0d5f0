/**
 * How open each field of a record is to who asks. Every way out of the rooms passes here (lists, pages, search, files, the audit
 * log), and every way in asks here what may not be touched. The row itself is never changed: what is shown is a copy.
 */
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import type { Change } from '#protections/audit-log';
import { maskEmail, maskPhone } from '#ukraine';
import type { Fields, RecordKind } from './kind.ts';
import type { Filters } from './walk-holders.ts';

/** Fields that are not open to somebody; what is absent is open. */
export type ClosedFields = Readonly<Record<string, 'masked' | 'hidden'>>;
/** Who asks, as far as fields go. */
export type FieldReader = Pick<Actor, 'fieldRights'>;

/** A field that nobody has said how to mask is hidden instead. */
export function closedFields(kind: RecordKind, actor: FieldReader): ClosedFields {
  const closed: Record<string, 'masked' | 'hidden'> = {};
  for (const [field, right] of Object.entries(actor.fieldRights[kind.name])) {
    const mask = kind.declaration.fields[field]?.mask ?? 'none';
    closed[field] = mask === 'none' ? 'hidden' : right;
  }
  return closed;
}

/** How one field is closed; names come from requests, and `constructor` is one. */
export function rightTo(closed: ClosedFields, field: string): 'masked' | 'hidden' | undefined {
  return Object.hasOwn(closed, field) ? closed[field] : undefined;
}

/** What the actor is shown of a record: masked values in their masks, hidden ones blank. */
export function shownFields(kind: RecordKind, actor: FieldReader, fields: Fields): Fields {
  const shown: Fields = { ...fields };
  for (const [field, right] of Object.entries(closedFields(kind, actor))) {
    shown[field] = right === 'masked' ? maskedValue(kind, field, fields[field]) : kind.blank[field];
  }
  return shown;
}

/** What the actor may be found by: nothing that is not wholly open. */
export function openFields(kind: RecordKind, actor: FieldReader, fields: Fields): Fields {
  const open: Fields = { ...fields };
  for (const field of Object.keys(closedFields(kind, actor))) open[field] = kind.blank[field];
  return open;
}

/** Before and after as the reader may see them; changes of hidden fields are left out. */
export function shownChanges(kind: RecordKind, actor: FieldReader, changes: readonly Change[]): Change[] {
  const closed = closedFields(kind, actor);
  const side = (field: string, value: unknown) =>
    closed[field] === 'masked' && value !== null ? maskedValue(kind, field, value) : value;
  return changes
    .filter(({ field }) => closed[field] !== 'hidden')
    .map(({ field, before, after }) => ({ field, before: side(field, before), after: side(field, after) }));
}

/** Labels go with the numbers: people write extensions and names into them. */
function maskedValue(kind: RecordKind, field: string, value: unknown): unknown {
  switch (kind.declaration.fields[field]?.mask) {
    case 'phone':
      return ((value ?? []) as { number: string }[]).map(({ number }) => ({ number: maskPhone(number), label: '' }));
    case 'email':
      return ((value ?? []) as { address: string }[]).map(({ address }) => ({
        address: maskEmail(address),
        label: '',
      }));
    default:
      return kind.blank[field];
  }
}

const refusal = (field: string) => new LubartError('access.denied', { field });

/** A company’s name and its card stand for one thing: changing one sets the other. */
const tied: ReadonlyMap<string, string> = new Map([
  ['companyId', 'companyName'],
  ['companyName', 'companyId'],
]);

/**
 * Attack: a mask sent back as the value, or a blind change of what one may not see.
 * @throws access.denied with the field
 */
export function requireWritable(kind: RecordKind, actor: Actor, given: Fields, path: string): void {
  const closed = closedFields(kind, actor);
  for (const field of Object.keys(given)) {
    const twin = tied.get(field) ?? field;
    if (rightTo(closed, field) !== undefined || rightTo(closed, twin) !== undefined) throw refusal(`${path}.${field}`);
  }
  requireOpenCompany(actor, given, `${path}.companyId`);
}

/** Whoever enters a new client knows what stands in it; what is hidden is not theirs to fill in. @throws access.denied */
export function requireFillable(kind: RecordKind, actor: Actor, given: Fields): void {
  const closed = closedFields(kind, actor);
  const hidden = Object.keys(given).find((field) => closed[field] === 'hidden');
  if (hidden !== undefined) throw refusal(hidden);
  requireOpenCompany(actor, given, 'companyId');
}

/** Attack: linking a client to a company in order to read the company’s name off the client. */
function requireOpenCompany(actor: Actor, given: Fields, path: string): void {
  const linked = given['companyId'] !== undefined && given['companyId'] !== null;
  if (linked && actor.fieldRights.company['name'] !== undefined) throw refusal(path);
}

const filteredField: Readonly<Partial<Record<keyof Filters, string>>> = {
  stage: 'stage',
  ownerId: 'ownerId',
  departmentId: 'departmentId',
  companyId: 'companyId',
  tag: 'tags',
  withoutNextStep: 'nextStepOn',
};

/** Attack: reading a closed field by asking for the clients that have this value of it. @throws access.denied */
export function requireOpenFilters(kind: RecordKind, actor: FieldReader, filters: Filters): void {
  const closed = closedFields(kind, actor);
  for (const [filter, field] of Object.entries(filteredField)) {
    if (filters[filter as keyof Filters] !== undefined && closed[field] !== undefined) throw refusal(filter);
  }
}

/** Attack: reading closed names off the order in which clients stand. @throws access.denied */
export function requireOpenSort(kind: RecordKind, actor: FieldReader, sort: string): void {
  const closed = closedFields(kind, actor);
  const byName = sort === 'name' || sort === '-name';
  if (byName && kind.nameFields.some((field) => closed[field] !== undefined)) throw refusal('sort');
}
