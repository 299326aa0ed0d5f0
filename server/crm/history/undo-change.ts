/**
 * One change is taken back: by the ordinary change, with the rights, the version check and the entry of whoever does it. Where a later
 * change touched the same field nothing is taken back, for that would undo what somebody else did since.
 */
import type { Fields, RecordKind } from '#crm/records';
import { LubartError } from '#kernel';
import type { PastChange } from '#protections/audit-log';
import { touchedSince } from './record-as-of.ts';

/** What to set, so that the change is undone. @throws audit.not_found, history.nothing_to_undo, history.changed_since */
export function undoing(kind: RecordKind, past: readonly PastChange[], entryId: string): Fields {
  const change = past.find((one) => one.entryId === entryId);
  // Attack: the entry of another client, whose values would come to stand here.
  if (change === undefined) throw new LubartError('audit.not_found', { field: 'entryId' });
  if (change.event !== kind.event('updated') || change.changes.length === 0)
    throw new LubartError('history.nothing_to_undo', { field: 'entryId' });
  const [touched] = touchedSince(kind, past, entryId);
  if (touched !== undefined)
    throw new LubartError('history.changed_since', {
      field: 'entryId',
      details: { field: touched[0], entry: touched[1] },
    });
  const given: Fields = {};
  for (const { field, before } of change.changes) given[field] = before ?? kind.blank[field];
  // The card of a company brings its name along.
  if (given['companyId'] !== undefined && given['companyId'] !== null) delete given['companyName'];
  return given;
}
