/** The only SQL on investigations, their marks and kept filters, but for the look at one’s own acts in them (own-acts.ts). */
import type { Transaction } from '#database';

export type InvestigationRow = {
  id: string;
  sealed: Buffer;
  opened_by: string;
  opened_at: Date;
  closed_by: string | null;
  closed_at: Date | null;
  marks: number;
};
export type MarkRow = { id: string; entry_id: string; sealed: Buffer; marked_by: string; marked_at: Date };
export type MarkOnPage = MarkRow & { bytes: Buffer | null };
export type FilterRow = { id: string; sealed: Buffer; saved_by: string; saved_at: Date };

export const investigationPlace = (id: string) => `investigations/${id}/sealed`;
export const markPlace = (id: string) => `investigation_marks/${id}/sealed`;
export const filterPlace = (id: string) => `investigation_filters/${id}/sealed`;

const columns = (tx: Transaction) => tx`i.id, i.sealed, i.opened_by, i.opened_at, i.closed_by, i.closed_at, (
  SELECT count(*)::int FROM investigation_marks m
  WHERE m.organization_id = i.organization_id AND m.investigation_id = i.id AND m.part_of IS NULL AND m.removed_at IS NULL
) AS marks`;

export async function listInvestigations(
  tx: Transaction,
  organizationId: string,
  asked: { state: 'open' | 'closed' | undefined; before: string | null; limit: number },
): Promise<InvestigationRow[]> {
  return tx<InvestigationRow[]>`
    SELECT ${columns(tx)} FROM investigations i
    WHERE i.organization_id = ${organizationId}
      ${asked.state === undefined ? tx`` : tx`AND (i.closed_at IS NULL) = ${asked.state === 'open'}`}
      ${asked.before === null ? tx`` : tx`AND i.id < ${asked.before}`}
    ORDER BY i.id DESC LIMIT ${asked.limit}`;
}

/** With `lock` nobody else marks, closes or opens it meanwhile. */
export async function findInvestigation(
  tx: Transaction,
  organizationId: string,
  id: string,
  lock = false,
): Promise<InvestigationRow | undefined> {
  if (lock)
    await tx`SELECT FROM investigations WHERE organization_id = ${organizationId} AND id = ${id} FOR NO KEY UPDATE`;
  const [row] = await tx<InvestigationRow[]>`
    SELECT ${columns(tx)} FROM investigations i WHERE i.organization_id = ${organizationId} AND i.id = ${id}`;
  return row;
}

export async function countOpen(tx: Transaction, organizationId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*)::int AS count FROM investigations WHERE organization_id = ${organizationId} AND closed_at IS NULL`;
  return row!.count;
}

export async function insertInvestigation(
  tx: Transaction,
  organizationId: string,
  row: Pick<InvestigationRow, 'id' | 'sealed' | 'opened_by' | 'opened_at'>,
): Promise<void> {
  await tx`
    INSERT INTO investigations (organization_id, id, sealed, opened_by, opened_at)
    VALUES (${organizationId}, ${row.id}, ${row.sealed}, ${row.opened_by}, ${row.opened_at})`;
}

export async function saveInvestigation(
  tx: Transaction,
  organizationId: string,
  row: Pick<InvestigationRow, 'id' | 'sealed' | 'closed_by' | 'closed_at'>,
): Promise<void> {
  await tx`
    UPDATE investigations SET sealed = ${row.sealed}, closed_by = ${row.closed_by}, closed_at = ${row.closed_at}
    WHERE organization_id = ${organizationId} AND id = ${row.id}`;
}

/** Those of these entries that are in the log, with their bytes. */
export async function entriesWithBytes(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
): Promise<{ id: string; bytes: Buffer }[]> {
  return tx<{ id: string; bytes: Buffer }[]>`
    SELECT id, bytes FROM audit_entries WHERE organization_id = ${organizationId} AND id = ANY (${[...ids]}::uuid[])`;
}

/** `stands`: by itself, and not as a part of another. */
export type KnownMark = { id: string; entry_id: string; marked_by: string; stands: boolean };

/** Marks that stand or stood for these entries: a mark that is made again keeps its id, to which its note is bound. */
export async function knownMarks(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  entryIds: readonly string[],
): Promise<Map<string, KnownMark>> {
  const rows = await tx<KnownMark[]>`
    SELECT id, entry_id, marked_by, removed_at IS NULL AND part_of IS NULL AS stands FROM investigation_marks
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId}
      AND entry_id = ANY (${[...entryIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.entry_id, row]));
}

export type NewMark = {
  id: string;
  investigation_id: string;
  entry_id: string;
  part_of: string | null;
  sealed: Buffer | null;
  marked_by: string;
  marked_at: Date;
};

export async function saveMarks(tx: Transaction, organizationId: string, marks: readonly NewMark[]): Promise<void> {
  const rows = marks.map((mark) => ({ organization_id: organizationId, ...mark }));
  await tx`
    INSERT INTO investigation_marks ${tx(rows, 'organization_id', 'id', 'investigation_id', 'entry_id', 'part_of', 'sealed', 'marked_by', 'marked_at')}
    ON CONFLICT (organization_id, investigation_id, entry_id) DO UPDATE
    SET part_of = excluded.part_of, sealed = excluded.sealed, marked_by = excluded.marked_by,
      marked_at = excluded.marked_at, removed_at = NULL`;
}

export async function findMark(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  entryId: string,
): Promise<Pick<MarkRow, 'id' | 'marked_by'> | undefined> {
  const [row] = await tx<Pick<MarkRow, 'id' | 'marked_by'>[]>`
    SELECT id, marked_by FROM investigation_marks
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId} AND entry_id = ${entryId}
      AND part_of IS NULL AND removed_at IS NULL`;
  return row;
}

/** With everything that goes on with the entry. */
export async function removeMark(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  entryId: string,
): Promise<void> {
  await tx`
    UPDATE investigation_marks SET removed_at = now()
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId} AND removed_at IS NULL
      AND (entry_id = ${entryId} OR part_of = ${entryId})`;
}

export async function listMarks(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  asked: { after: string | null; limit: number },
): Promise<MarkOnPage[]> {
  return tx<MarkOnPage[]>`
    SELECT m.id, m.entry_id, m.sealed, m.marked_by, m.marked_at, e.bytes FROM investigation_marks m
      LEFT JOIN audit_entries e ON e.organization_id = m.organization_id AND e.id = m.entry_id
    WHERE m.organization_id = ${organizationId} AND m.investigation_id = ${investigationId}
      AND m.part_of IS NULL AND m.removed_at IS NULL
      ${asked.after === null ? tx`` : tx`AND m.entry_id > ${asked.after}`}
    ORDER BY m.entry_id LIMIT ${asked.limit}`;
}

/** Everything that stands marked, parts too. */
export async function markedEntries(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
): Promise<string[]> {
  const rows = await tx`
    SELECT entry_id FROM investigation_marks
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId} AND removed_at IS NULL`;
  return rows.map((row) => row['entry_id'] as string);
}

export async function listFilters(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
): Promise<FilterRow[]> {
  return tx<FilterRow[]>`
    SELECT id, sealed, saved_by, saved_at FROM investigation_filters
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId} ORDER BY id`;
}

export async function insertFilter(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  row: FilterRow,
): Promise<void> {
  await tx`
    INSERT INTO investigation_filters (organization_id, id, investigation_id, sealed, saved_by, saved_at)
    VALUES (${organizationId}, ${row.id}, ${investigationId}, ${row.sealed}, ${row.saved_by}, ${row.saved_at})`;
}

/** Who had kept it; undefined: there was none. */
export async function deleteFilter(
  tx: Transaction,
  organizationId: string,
  investigationId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await tx<{ saved_by: string }[]>`
    DELETE FROM investigation_filters
    WHERE organization_id = ${organizationId} AND investigation_id = ${investigationId} AND id = ${id} RETURNING saved_by`;
  return row?.saved_by;
}
