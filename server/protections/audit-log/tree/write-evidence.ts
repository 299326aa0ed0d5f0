/**
 * The log, or a piece of it, as a file that others verify without us (contract/tlog/evidence.ts): up to the newest signed head, entries
 * as they are, of everything else the hashes. What was sealed in an entry stays sealed: the file proves it and does not show it.
 */
import { evidenceHeading, evidenceLines, subtreesOfRange, writeKey } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { Database } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { nodesOf } from './nodes-of.ts';
import { entriesAt, listCheckpoints, newestCheckpoint } from './tree-store.ts';

type Given = { database: Database; key: NoteKey; organizationId: string };

const entriesPerRead = 2_048;

/** `to` beyond what is signed: everything that is. @throws audit.not_sealed when nothing is, or the piece begins behind it */
export async function* writeEvidence(
  { database, key, organizationId }: Given,
  { from = 0, to }: { from?: number; to?: number } = {},
): AsyncGenerator<Buffer> {
  const reach = systemReach(organizationId);
  const newest = await database.read(reach, (tx) => newestCheckpoint(tx, organizationId));
  if (newest === undefined || from >= newest.size) throw new LubartError('audit.not_sealed');
  const end = Math.min(to ?? newest.size, newest.size);
  const heads = (await database.read(reach, (tx) => listCheckpoints(tx, organizationId))).filter(
    ({ size }) => (size > from && size <= end) || size === newest.size,
  );
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  const before = subtreesOfRange(0, from);
  const nodeBefore = await nodesOf({ database, organizationId }, before);
  for (const part of before) text += evidenceLines.tree(part.level, nodeBefore(part));
  for (let at = from; at < end;) {
    const until = Math.min(at + entriesPerRead, end, ...heads.map(({ size }) => size).filter((size) => size > at));
    const [rows, hashOf] = await Promise.all([
      database.read(reach, (tx) => entriesAt(tx, organizationId, at, until)),
      keptHashes(
        { database, organizationId },
        Array.from({ length: until - at }, (_, nth) => at + nth),
      ),
    ]);
    const bytesAt = new Map(rows.map(({ position, bytes }) => [position, bytes]));
    for (; at < until; at += 1) {
      const bytes = bytesAt.get(at) ?? null;
      text += bytes === null ? evidenceLines.gone(hashOf(at)) : evidenceLines.entry(bytes);
    }
    for (const { size, note } of heads) if (size === at && size <= end) text += evidenceLines.head(note);
    yield Buffer.from(text);
    text = '';
  }
  if (end < newest.size) {
    const after = subtreesOfRange(end, newest.size);
    const nodeAfter = await nodesOf({ database, organizationId }, after);
    for (const part of after) text += evidenceLines.tree(part.level, nodeAfter(part));
    text += evidenceLines.head(newest.note);
  }
  yield Buffer.from(text + evidenceLines.end(newest.size));
}

/** The hashes that were kept of the entries at these places. @throws audit.file_broken when a part is missing */
export async function keptHashes(
  given: Omit<Given, 'key'>,
  positions: readonly number[],
): Promise<(position: number) => Uint8Array> {
  const find = await nodesOf(
    given,
    positions.map((index) => ({ level: 0, index })),
  );
  return (position) => find({ level: 0, index: position });
}

/** What somebody else keeps in order to verify later: the key, and the newest head. */
export async function headOfLog(
  database: Database,
  key: NoteKey,
  organizationId: string,
): Promise<{ key: string; checkpoint: string | null; size: number }> {
  const newest = await database.read(systemReach(organizationId), (tx) => newestCheckpoint(tx, organizationId));
  return { key: writeKey(key), checkpoint: newest?.note ?? null, size: newest?.size ?? 0 };
}
