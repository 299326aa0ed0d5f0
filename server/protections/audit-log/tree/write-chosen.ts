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
import type { StampedHeads } from './stamped-heads.ts';
import { writeStamped } from './stamped-heads.ts';
import { entriesAtPlaces, newestCheckpoint, positionsOf } from './tree-store.ts';

const stopsPerPiece = 256;

/** @throws audit.not_sealed: one of them has no place under a signed head yet, which takes a second */
export async function* writeChosen(
  {
    database,
    key,
    organizationId,
    stamps,
  }: { database: Database; key: NoteKey; organizationId: string; stamps?: StampedHeads },
  entryIds: readonly string[],
): AsyncGenerator<Buffer> {
  const { newest, places } = await database.read(systemReach(organizationId), async (tx) => ({
    newest: await newestCheckpoint(tx, organizationId),
    places: await positionsOf(tx, organizationId, entryIds),
  }));
  if (newest === undefined || places.length < entryIds.length || (places.at(-1) ?? 0) >= newest.size)
    throw new LubartError('audit.not_sealed');
  const cuts = ((await stamps?.ofPlaces(places)) ?? []).filter((size) => size <= newest.size);
  // A head over everything before an entry comes before it.
  const stops = [...cuts.map((at) => ({ at, shows: false })), ...places.map((at) => ({ at, shows: true }))].toSorted(
    (one, other) => one.at - other.at || Number(one.shows) - Number(other.shows),
  );
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  let at = 0;
  for (let from = 0; from < stops.length; from += stopsPerPiece) {
    const piece = stops.slice(from, from + stopsPerPiece);
    const shown = piece.filter(({ shows }) => shows).map((stop) => stop.at);
    const gaps = piece.map((stop) => {
      const gap = subtreesOfRange(at, stop.at);
      at = stop.at + (stop.shows ? 1 : 0);
      return gap;
    });
    const leaves = shown.map((index): Subtree => ({ level: 0, index }));
    const [rows, nodeOf] = await Promise.all([
      database.read(systemReach(organizationId), (tx) => entriesAtPlaces(tx, organizationId, shown)),
      nodesOf({ database, organizationId }, [...gaps.flat(), ...leaves]),
    ]);
    const bytesAt = new Map(rows.map(({ position, bytes }) => [position, bytes]));
    for (const [nth, stop] of piece.entries()) {
      for (const part of gaps[nth]!) text += evidenceLines.tree(part.level, nodeOf(part));
      const bytes = bytesAt.get(stop.at) ?? null;
      if (!stop.shows) text += await writeStamped(stamps, stop.at);
      else if (bytes === null) text += evidenceLines.tree(0, nodeOf({ level: 0, index: stop.at }));
      else text += evidenceLines.entry(bytes);
    }
    yield Buffer.from(text);
    text = '';
  }
  const after = subtreesOfRange(at, newest.size);
  const nodeAfter = await nodesOf({ database, organizationId }, after);
  for (const part of after) text += evidenceLines.tree(part.level, nodeAfter(part));
  yield Buffer.from(text + evidenceLines.head(newest.note) + evidenceLines.end(newest.size));
}
