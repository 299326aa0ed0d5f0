/** Values of declared fields: empty ones, whether two are the same, and what was changed. Pure. */
import type { Email, FieldDeclaration, Phone, RecordDeclaration } from '../contract.ts';
import type { Values } from './kind.ts';

export function emptyOf(field: FieldDeclaration): unknown {
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

export function blank(record: RecordDeclaration): Values {
  return Object.fromEntries(Object.entries(record.fields).map(([name, field]) => [name, emptyOf(field)]));
}

/** Lines that were added and left empty do not count; texts lose spaces at their ends. */
export function tidy(field: FieldDeclaration, value: unknown): unknown {
  if (field.kind === 'phones') return (value as Phone[]).filter((phone) => phone.number.trim() !== '');
  if (field.kind === 'emails') {
    return (value as Email[])
      .map((email) => ({ ...email, address: email.address.trim() }))
      .filter((email) => email.address !== '');
  }
  return typeof value === 'string' ? value.trim() : value;
}

/** The value as a text; '' when it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Only the declared fields that differ from what they were. */
export function changesOf(record: RecordDeclaration, before: Values, draft: Values): Values {
  const changes: Values = {};
  for (const [name, field] of Object.entries(record.fields)) {
    const value = tidy(field, draft[name]);
    if (!isSame(value, tidy(field, before[name] ?? emptyOf(field)))) changes[name] = value;
  }
  return changes;
}

/** The declared field that a problem’s path points at: `changes.phones.0.number`, `/body/phones/0` → phones. */
export function fieldOfPath(record: RecordDeclaration, path: string | undefined): string | undefined {
  return path?.split(/[./[\]]/).find((part) => part in record.fields);
}

/** Fields where both sides changed the same thing differently: the person must choose. */
export function conflictsOf(record: RecordDeclaration, base: Values, mine: Values, theirs: Values): string[] {
  return Object.keys(mine).filter(
    (name) => name in record.fields && !isSame(theirs[name], base[name]) && !isSame(theirs[name], mine[name]),
  );
}
