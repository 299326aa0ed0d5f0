/**
 * Entries of the log are marked for an investigation, with a note: all of those that are named or none. An entry that goes on in others
 * (split-entry.ts) is marked with them, so that nothing of it is deleted and nothing is missing from the file of evidence.
 *
 * Attack: ids are guessed, to learn from the answer which entries another organization has. What the asker cannot read is not there.
 */
import type { EntryBody } from '#contract';
import { investigationLimits } from '#contract';
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import type { InvestigationRow, NewMark } from './investigation-store.ts';
import { findEntries, knownMarks, markPlace, saveMarks } from './investigation-store.ts';

type Marking = { entryIds: readonly string[]; note: string; personId: string; at: Date };

/** @throws audit.not_found, investigation.full */
export async function markEntries(
  tx: Transaction,
  seals: OrganizationSeals,
  investigation: InvestigationRow,
  { entryIds, note, personId, at }: Marking,
): Promise<void> {
  const { organizationId } = seals;
  const found = await findEntries(tx, organizationId, entryIds);
  if (found.length < entryIds.length) throw new LubartError('audit.not_found', { field: 'entryIds' });
  const known = await knownMarks(tx, organizationId, investigation.id, entryIds);
  if (investigation.marks + entryIds.length - known.size > investigationLimits.marks)
    throw new LubartError('investigation.full');
  const mark = (entryId: string, partOf: string | null): NewMark => {
    const id = known.get(entryId) ?? newId();
    return {
      id,
      investigation_id: investigation.id,
      entry_id: entryId,
      part_of: partOf,
      sealed: partOf === null ? seals.seal(markPlace(id), note) : null,
      marked_by: personId,
      marked_at: at,
    };
  };
  const asked = new Set(entryIds);
  const parts = found
    .flatMap(({ id, bytes }) => partsOf(bytes).map((part) => ({ part, of: id })))
    .filter(({ part }) => !asked.has(part));
  await saveMarks(tx, organizationId, [
    ...entryIds.map((id) => mark(id, null)),
    ...parts.map(({ part, of }) => mark(part, of)),
  ]);
}

const partsOf = (bytes: Buffer): readonly string[] =>
  (JSON.parse(bytes.toString('utf8')) as Pick<EntryBody, 'more'>).more ?? [];
