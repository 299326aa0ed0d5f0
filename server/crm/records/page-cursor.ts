/** Where a page ended, sealed: a position by name is made of a name, and a position is nobody’s to invent. */
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import type { RecordKind } from './kind.ts';

export type Sort = '-created' | 'created' | '-updated' | 'updated' | 'name' | '-name';

/** The last row shown: by time its id (and `at`), by name its bucket and order key. */
export type Cursor = { sort: Sort; id: string; at?: string; bucket?: number; key?: string };

const cursorPlace = (kind: RecordKind) => `cursor/${kind.table}`;

/** @throws list.cursor_invalid when it was not given out for this list in this order */
export function readCursor(
  kind: RecordKind,
  seals: OrganizationSeals,
  { sort, cursor: given }: { sort: Sort; cursor: string | undefined },
): Cursor | null {
  if (given === undefined) return null;
  try {
    const cursor = seals.open<Cursor>(cursorPlace(kind), Buffer.from(given, 'base64url'));
    if (cursor.sort === sort) return cursor;
  } catch {
    // falls through: a cursor that does not open is as good as one of another list
  }
  throw new LubartError('list.cursor_invalid', { field: 'cursor' });
}

export function writeCursor(kind: RecordKind, seals: OrganizationSeals, cursor: Cursor): string {
  return seals.seal(cursorPlace(kind), cursor).toString('base64url');
}
