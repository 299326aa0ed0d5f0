/**
 * A client as it was at a moment: from what stands now, every later change is taken back, newest first. So nothing is kept twice, and
 * a client whose making is not written field by field (an import) is known all the same.
 */
import type { Fields, RecordKind } from '#crm/records';
import type { PastChange } from '#protections/audit-log';

export type AsOf = {
  fields: Fields;
  /** Fields whose older value was not written down. */
  unsure: readonly string[];
};

/** Events that change fields of a client. */
export const changingEvents = (kind: RecordKind) =>
  [kind.event('created'), kind.event('updated'), `${kind.name}.handed_over`] as const;

/** `keptSince`: of what changed before it entries may have been deleted by the rules of keeping; then nothing is sure. */
export function recordAsOf(
  kind: RecordKind,
  now: Fields,
  past: readonly PastChange[],
  at: Date,
  keptSince: Date | null,
): AsOf {
  const fields: Fields = { ...now };
  const unsure = new Set<string>(keptSince !== null && at < keptSince ? Object.keys(kind.declaration.fields) : []);
  for (const change of past) {
    if (change.at <= at) continue;
    if (isHandOver(kind, change)) {
      fields['ownerId'] = change.facts['ownerBefore'];
      unsure.add('departmentId');
    }
    for (const { field, before } of change.changes) {
      fields[field] = before ?? kind.blank[field];
      if (keptSince === null || at >= keptSince) unsure.delete(field);
    }
  }
  return { fields, unsure: [...unsure] };
}

/** The fields that an entry changed; a hand-over of many names them by its kind. */
export function fieldsOf(kind: RecordKind, change: PastChange): string[] {
  return isHandOver(kind, change) ? ['ownerId', 'departmentId'] : change.changes.map(({ field }) => field);
}

const isHandOver = (kind: RecordKind, { event }: PastChange) => event === `${kind.name}.handed_over`;

/** Which of its fields a later entry changed again, and which entry that was first. `past` is newest first. */
export function touchedSince(kind: RecordKind, past: readonly PastChange[], entryId: string): Map<string, string> {
  const nth = past.findIndex((change) => change.entryId === entryId);
  const own = new Set(nth < 0 ? [] : fieldsOf(kind, past[nth]!));
  const touched = new Map<string, string>();
  for (const later of past.slice(0, Math.max(0, nth)))
    for (const field of fieldsOf(kind, later)) if (own.has(field)) touched.set(field, later.entryId);
  return touched;
}
