/** A prepared file between its making and its fetching: pieces in the database, sealed under the export’s own key. */
import type { ExportProtection } from '#contract';
import type { Database } from '#database';
import { LubartError } from '#kernel';
import type { RecordSeal } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { insertExportChunk, readExportChunk } from './export-store.ts';

const chunkBytes = 256 * 1024;

/** Where the file that is sent begins. Under a password it is put together beside what it was made of. */
export const firstPiece: Readonly<Record<ExportProtection, number>> = { password: 2 ** 30, age: 0, plain: 0 };

type Kept = { organizationId: string; exportId: string; seal: RecordSeal; from: number };

const part = (number: number) => `chunk/${number}`;

/** Keeps the bytes as pieces from number `from` on. Returns how many pieces and bytes there were. */
export async function keepPieces(
  database: Database,
  { organizationId, exportId, seal, from }: Kept,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ pieces: number; bytes: number }> {
  let number = from;
  let size = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const keep = async (piece: Buffer) => {
    const sealed = seal.sealBytes(part(number), piece);
    await database.act(systemReach(organizationId), (tx) =>
      insertExportChunk(tx, organizationId, { exportId, number, sealed }),
    );
    number += 1;
    size += piece.length;
  };
  for await (const some of bytes) {
    waiting.push(some);
    waitingBytes += some.length;
    if (waitingBytes < chunkBytes) continue;
    const whole = Buffer.concat(waiting);
    let at = 0;
    for (; whole.length - at >= chunkBytes; at += chunkBytes) await keep(whole.subarray(at, at + chunkBytes));
    waiting = [whole.subarray(at)];
    waitingBytes = whole.length - at;
  }
  if (waitingBytes > 0) await keep(Buffer.concat(waiting));
  return { pieces: number - from, bytes: size };
}

/** The kept bytes, in order. @throws export.file_broken when a piece is missing */
export async function* readPieces(
  database: Database,
  { organizationId, exportId, seal, from }: Kept,
  bytes: number,
): AsyncGenerator<Buffer> {
  const pieces = Math.ceil(bytes / chunkBytes);
  for (let number = from; number < from + pieces; number += 1) {
    const sealed = await database.read(systemReach(organizationId), (tx) =>
      readExportChunk(tx, organizationId, exportId, number),
    );
    if (sealed === undefined) throw new LubartError('export.file_broken');
    yield seal.openBytes(part(number), sealed);
  }
}
