/**
 * Some entries of the log as a file that others verify without us (contract/tlog/evidence.ts): the chosen ones as they are, of everything
 * between them the hashes of whole subtrees, and the newest signed head. The head is recomputed from both, so the file proves the place
 * of each entry in it and shows no other. Whoever gets it may black one out: `tree 0` and its hash in place of the entry.
 */
import type { NoteKey, Subtree } from '#contract/tlog';
import { evidenceHeading, evidenceLines, subtreesOfRange, writeKey } from '#contract/tlog';
import type { Database } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { nodesOf } from './nodes-of.ts';
import { entriesAtPlaces, newestCheckpoint, positionsOf } from './tree-store.ts';

const entriesPerPiece = 256;

/** @throws audit.not_sealed: one of them has no place under a signed head yet, which takes a second */
export async function* writeChosen(
  { database, key, organizationId }: { database: Database; key: NoteKey; organizationId: string },
  entryIds: readonly string[],
): AsyncGenerator<Buffer> {
  const { newest, places } = await database.read(systemReach(organizationId), async (tx) => ({
    newest: await newestCheckpoint(tx, organizationId),
    places: await positionsOf(tx, organizationId, entryIds),
  }));
  if (newest === undefined || places.length < entryIds.length || (places.at(-1) ?? 0) >= newest.size)
    throw new LubartError('audit.not_sealed');
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  let at = 0;
  for (let from = 0; from < places.length; from += entriesPerPiece) {
    const piece = places.slice(from, from + entriesPerPiece);
    const gaps = piece.map((place, nth) => subtreesOfRange(nth === 0 ? at : piece[nth - 1]! + 1, place));
    const leaves = piece.map((index): Subtree => ({ level: 0, index }));
    const [rows, nodeOf] = await Promise.all([
      database.read(systemReach(organizationId), (tx) => entriesAtPlaces(tx, organizationId, piece)),
      nodesOf({ database, organizationId }, [...gaps.flat(), ...leaves]),
    ]);
    const bytesAt = new Map(rows.map(({ position, bytes }) => [position, bytes]));
    for (const [nth, place] of piece.entries()) {
      for (const part of gaps[nth]!) text += evidenceLines.tree(part.level, nodeOf(part));
      const bytes = bytesAt.get(place) ?? null;
      text += bytes === null ? evidenceLines.tree(0, nodeOf(leaves[nth]!)) : evidenceLines.entry(bytes);
    }
    at = piece.at(-1)! + 1;
    yield Buffer.from(text);
    text = '';
  }
  const after = subtreesOfRange(at, newest.size);
  const nodeAfter = await nodesOf({ database, organizationId }, after);
  for (const part of after) text += evidenceLines.tree(part.level, nodeAfter(part));
  yield Buffer.from(text + evidenceLines.head(newest.note) + evidenceLines.end(newest.size));
}
