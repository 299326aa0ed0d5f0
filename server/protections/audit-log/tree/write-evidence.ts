/**
 * The log, or a piece of it, as a file that others verify without us (contract/tlog/evidence.ts): up to the newest signed head, entries
 * as they are, of everything else the hashes; and time stamps, the oldest that cover what is shown. What was sealed in an entry stays sealed: the file proves it and does not show it.
 */
import { evidenceHeading, evidenceLines, subtreesOfRange, writeKey } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { Database } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { nodesOf } from './nodes-of.ts';
import type { StampedHeads } from './stamped-heads.ts';
import { writeStamped } from './stamped-heads.ts';
import { entriesAt, listCheckpoints, newestCheckpoint } from './tree-store.ts';

type Given = { database: Database; key: NoteKey; organizationId: string; stamps?: StampedHeads };

const entriesPerRead = 2_048;

/** `to` beyond what is signed: everything that is. @throws audit.not_sealed when nothing is, or the piece begins behind it */
export async function* writeEvidence(
  { database, key, organizationId, stamps }: Given,
  { from = 0, to }: { from?: number; to?: number } = {},
): AsyncGenerator<Buffer> {
  const reach = systemReach(organizationId);
  const newest = await database.read(reach, (tx) => newestCheckpoint(tx, organizationId));
  if (newest === undefined || from >= newest.size) throw new LubartError('audit.not_sealed');
  const end = Math.min(to ?? newest.size, newest.size);
  const heads = (await database.read(reach, (tx) => listCheckpoints(tx, organizationId))).filter(
    ({ size }) => (size > from && size <= end) || size === newest.size,
  );
  const cuts = new Set(((await stamps?.ofPiece(from, end)) ?? []).filter((size) => size <= newest.size));
  const notes = Map.groupBy(heads, ({ size }) => size);
  const stops = [...new Set([...notes.keys(), ...cuts, end])].toSorted((one, other) => one - other);
  let nextStop = 0;
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  const before = subtreesOfRange(0, from);
  const nodeBefore = await nodesOf({ database, organizationId }, before);
  for (const part of before) text += evidenceLines.tree(part.level, nodeBefore(part));
  for (let at = from; at < end;) {
    while (stops[nextStop]! <= at) nextStop += 1;
    const until = Math.min(at + entriesPerRead, stops[nextStop]!);
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
    for (const { note } of notes.get(at) ?? []) text += evidenceLines.head(note);
    if (cuts.has(at)) text += await writeStamped(stamps, at);
    yield Buffer.from(text);
    text = '';
  }
  let at = end;
  for (const stop of [...[...cuts].filter((size) => size > end && size < newest.size), newest.size]) {
    const after = subtreesOfRange(at, stop);
    const nodeAfter = await nodesOf({ database, organizationId }, after);
    for (const part of after) text += evidenceLines.tree(part.level, nodeAfter(part));
    if (stop === newest.size && end < stop) text += evidenceLines.head(newest.note);
    if (stop > end && cuts.has(stop)) text += await writeStamped(stamps, stop);
    at = stop;
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
