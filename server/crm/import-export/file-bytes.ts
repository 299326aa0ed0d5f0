/**
 * The file of an import lies in the database in sealed pieces, so it survives a crash, is in every backup, and no folder holds
 * it in plain. Written as it arrives, read from any place.
 */
import type { Database, Reach } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import type { Import } from './import-store.ts';
import { insertChunk, readChunk } from './import-store.ts';
import type { RandomAccessSource } from './spreadsheet/index.ts';

export const chunkBytes = 256 * 1024;
/** Pieces committed together while a file arrives. */
const chunksPerCommit = 8;
export const fileBytesMax = 8 * 1024 ** 3;

/** Seals and keeps what arrives. Returns how many bytes there were. @throws import.too_large, request.aborted */
export async function keepFile(
  database: Database,
  reach: Reach,
  found: Import,
  stream: AsyncIterable<Uint8Array>,
): Promise<number> {
  let number = 0;
  let size = 0;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let ready: Buffer[] = [];
  const commit = async () => {
    const pieces = ready;
    ready = [];
    if (pieces.length === 0) return;
    await database.act(reach, async (tx) => {
      await allSent(pieces.map((piece, at) => insertChunk(tx, reach.organizationId, found, number + at, piece)));
    });
    number += pieces.length;
  };
  for await (const part of untilCut(stream)) {
    size += part.length;
    if (size > fileBytesMax) throw new LubartError('import.too_large', { details: { maxBytes: fileBytesMax } });
    gathered.push(Buffer.from(part));
    gatheredBytes += part.length;
    if (gatheredBytes < chunkBytes) continue;
    const whole = Buffer.concat(gathered);
    let at = 0;
    for (; whole.length - at >= chunkBytes; at += chunkBytes) ready.push(whole.subarray(at, at + chunkBytes));
    gathered = [whole.subarray(at)];
    gatheredBytes = whole.length - at;
    if (ready.length >= chunksPerCommit) await commit();
  }
  if (gatheredBytes > 0) ready.push(Buffer.concat(gathered));
  await commit();
  return size;
}

/** A connection that breaks in the middle is an upload that was given up, not a fault of ours. */
async function* untilCut(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ECONNRESET') throw new LubartError('request.aborted', { cause: error });
    throw error;
  }
}

/** The kept file, readable from any place; the pieces read last stay open. */
export function openFile(
  database: Database,
  reach: Reach,
  found: Import,
): RandomAccessSource & { from(byte: number): AsyncGenerator<Uint8Array> } {
  const recent = new Map<number, Promise<Buffer>>();
  const piece = (number: number): Promise<Buffer> => {
    const known = recent.get(number);
    if (known !== undefined) return known;
    const reading = database
      .read(reach, (tx) => readChunk(tx, reach.organizationId, found, number))
      .then((bytes) => {
        if (bytes === undefined) throw new LubartError('import.file_broken');
        return bytes;
      });
    recent.set(number, reading);
    if (recent.size > 6) recent.delete(recent.keys().next().value!);
    return reading;
  };
  const lastPiece = Math.ceil(found.sizeBytes / chunkBytes) - 1;
  return {
    size: found.sizeBytes,
    read: async (offset, length) => {
      const parts: Buffer[] = [];
      const end = Math.min(offset + length, found.sizeBytes);
      for (let at = offset; at < end;) {
        const number = Math.floor(at / chunkBytes);
        const start = at - number * chunkBytes;
        const part = (await piece(number)).subarray(start, Math.min(chunkBytes, start + end - at));
        parts.push(part);
        at += part.length;
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    },
    async *from(byte) {
      for (let number = Math.floor(byte / chunkBytes); number <= lastPiece; number += 1) {
        const bytes = await piece(number);
        if (number < lastPiece) void piece(number + 1).catch(() => {}); // asked for ahead of time
        const start = byte - number * chunkBytes;
        yield start > 0 ? bytes.subarray(start) : bytes;
      }
    },
  };
}
