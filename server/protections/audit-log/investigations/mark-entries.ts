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
import { entriesWithBytes, findMark, knownMarks, markPlace, removeMark, saveMarks } from './investigation-store.ts';

type Marking = {
  entryIds: readonly string[];
  note: string;
  personId: string;
  at: Date;
  /** Throws unless the asker leads the investigation. */
  requireLead: () => void;
};

/** @throws audit.not_found, investigation.full, access.denied */
export async function markEntries(
  tx: Transaction,
  seals: OrganizationSeals,
  investigation: InvestigationRow,
  { entryIds, note, personId, at, requireLead }: Marking,
): Promise<void> {
  const { organizationId } = seals;
  const found = await entriesWithBytes(tx, organizationId, entryIds);
  if (found.length < entryIds.length) throw new LubartError('audit.not_found', { field: 'entryIds' });
  const asked = new Set(entryIds);
  const parts = found
    .flatMap(({ id, bytes }) => (bodyOf(bytes).more ?? []).map((part) => ({ part, of: id })))
    .filter(({ part }) => !asked.has(part));
  const ids = [...entryIds, ...parts.map(({ part }) => part)];
  const known = await knownMarks(tx, organizationId, investigation.id, ids);
  const standing = entryIds.map((id) => known.get(id)).filter((one) => one?.stands === true);
  // Attack: the mark of somebody else is made one’s own by making it again, and then taken back.
  if (standing.some((one) => one!.marked_by !== personId)) requireLead();
  if (investigation.marks + entryIds.length - standing.length > investigationLimits.marks)
    throw new LubartError('investigation.full');
  const mark = (entryId: string, partOf: string | null): NewMark => {
    const id = known.get(entryId)?.id ?? newId();
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
  await saveMarks(tx, organizationId, [
    ...entryIds.map((id) => mark(id, null)),
    // A part that somebody marked by itself keeps its note.
    ...parts.filter(({ part }) => known.get(part)?.stands !== true).map(({ part, of }) => mark(part, of)),
  ]);
}

/** Takes a mark back, with the parts of its entry; what is itself a part of an entry that is still marked stays as such. */
export async function unmarkEntry(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  { entryId, personId, at }: { entryId: string; personId: string; at: Date },
): Promise<void> {
  await removeMark(tx, organizationId, investigationId, entryId);
  const [entry] = await entriesWithBytes(tx, organizationId, [entryId]);
  const head = entry === undefined ? undefined : bodyOf(entry.bytes).of;
  if (head === undefined || (await findMark(tx, organizationId, investigationId, head)) === undefined) return;
  const known = await knownMarks(tx, organizationId, investigationId, [entryId]);
  await saveMarks(tx, organizationId, [
    {
      id: known.get(entryId)!.id,
      investigation_id: investigationId,
      entry_id: entryId,
      part_of: head,
      sealed: null,
      marked_by: personId,
      marked_at: at,
    },
  ]);
}

const bodyOf = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as Pick<EntryBody, 'more' | 'of'>;
