/**
 * All entries of a log in their order, in pieces, three of them on their way while one is looked at. They come as COPY in its binary form
 * (PostgreSQL 18, “COPY”, Binary Format): the bytes as they are. As rows of a query each byte would travel as two letters.
 */
import type { Database, Transaction } from '#database';
import { systemReach } from '#protections/encryption';

/** `bytes` null: the entry itself is not there any more. */
export type PlacedEntry = { position: number; bytes: Buffer | null };

const placesPerPiece = 1_024;
const piecesAhead = 3;

/** Entries at places below `size`. A place that is missing is passed over. */
export async function* walkEntries(
  database: Database,
  organizationId: string,
  size: number,
): AsyncGenerator<PlacedEntry[]> {
  const ahead: Promise<PlacedEntry[]>[] = [];
  for (let from = 0; from < size || ahead.length > 0;) {
    while (from < size && ahead.length < piecesAhead) {
      const [start, end] = [from, Math.min(from + placesPerPiece, size)];
      const piece = database.read(systemReach(organizationId), (tx) => copyEntries(tx, organizationId, start, end));
      piece.catch(() => {}); // thrown where it is awaited
      ahead.push(piece);
      from = end;
    }
    yield await ahead.shift()!;
  }
}

/** COPY takes no parameters: the id was proved to be one when the transaction began, and the places are numbers. */
async function copyEntries(tx: Transaction, organizationId: string, start: number, end: number) {
  const stream = await tx
    .unsafe(
      `COPY (
        SELECT l.position, e.bytes FROM audit_leaves l
          LEFT JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
        WHERE l.organization_id = '${organizationId}' AND l.position >= ${start} AND l.position < ${end}
        ORDER BY l.position) TO STDOUT (FORMAT binary)`,
    )
    .readable();
  const found: PlacedEntry[] = [];
  const take = openCopyReader((position, bytes) => found.push({ position, bytes }));
  await new Promise<void>((resolve, reject) => {
    stream.on('data', take).once('end', resolve).once('error', reject);
  });
  return found;
}

const headBytes = 19;

/** Rows of a bigint and bytes, wherever the parts break. */
export function openCopyReader(found: (position: number, bytes: Buffer | null) => void): (part: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  /** Where the row that begins at `at` ends; undefined while it is not all there. */
  const readRow = (bytes: Buffer, at: number): number | undefined => {
    if (bytes.length < at + 2) return undefined;
    if (bytes.readInt16BE(at) === -1) return bytes.length; // the end of the data
    const valueAt = at + 2 + 4 + 8 + 4;
    if (bytes.length < valueAt) return undefined;
    const length = bytes.readInt32BE(valueAt - 4);
    const end = valueAt + Math.max(0, length);
    if (bytes.length < end) return undefined;
    const position = bytes.readUInt32BE(at + 6) * 2 ** 32 + bytes.readUInt32BE(at + 10);
    found(position, length === -1 ? null : bytes.subarray(valueAt, end));
    return end;
  };
  return (part) => {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let at = 0;
    if (!isBegun) {
      if (bytes.length >= headBytes) at = headBytes + bytes.readInt32BE(headBytes - 4);
      if (at === 0 || bytes.length < at) return void (rest = bytes);
      isBegun = true;
    }
    while (at < bytes.length) {
      const end = readRow(bytes, at);
      if (end === undefined) break;
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
