/** Which fields of a kind are not open to the person who is signed in. The server decides; the screen does not draw what it hides. Pure. */
import type { RecordDeclaration, SessionView } from '../contract.ts';

export type Closed = Readonly<Record<string, 'masked' | 'hidden'>>;

/** The same rule as the server’s: what has no mask is hidden. */
export function closedOf(record: RecordDeclaration, fields: SessionView['fields']): Closed {
  const own = fields.filter((one) => one.record === record.name);
  return Object.fromEntries(
    own.map(({ field, right }) => [
      field,
      right === 'masked' && record.fields[field]?.mask !== 'none' ? 'masked' : 'hidden',
    ]),
  );
}

const nameFields = ['lastName', 'firstName', 'middleName', 'companyName', 'name'];

/** Nobody reads closed names off the order of a list. */
export const mayOrderByName = (closed: Closed): boolean => nameFields.every((field) => closed[field] === undefined);

/** The field behind each filter of a list. */
export const filteredField: Readonly<Record<string, string>> = { tag: 'tags', withoutNextStep: 'nextStepOn' };

/** Whether a field has a place on the screen at all. */
export const isDrawn = (closed: Closed, name: string): boolean => closed[name] !== 'hidden';

/**
 * Fields that a form leaves out: what is hidden, and the company beside a closed half of it (its name and its card are one thing).
 * In a form for a client who is there already, masked fields are shown and not written.
 */
export function isWritten(closed: Closed, name: string, existing: boolean): boolean {
  const twin = name === 'companyId' ? 'companyName' : name === 'companyName' ? 'companyId' : name;
  if (closed[name] === 'hidden' || closed[twin] === 'hidden') return false;
  return !existing || (closed[name] === undefined && closed[twin] === undefined);
}
