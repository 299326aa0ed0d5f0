/**
 * Chosen places of the log as lines of a file of evidence (contract/tlog/evidence.ts): the entries there as they are, of everything between
 * them the hashes of whole subtrees, and the head over all of it.
 */
import type { NoteKey, Subtree } from '#contract/tlog';
import { evidenceLines, subtreesOfRange } from '#contract/tlog';
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';
import { nodesOf } from './nodes-of.ts';
import type { StampedHeads } from './stamped-heads.ts';
import { writeStamped } from './stamped-heads.ts';
import type { Checkpoint } from './tree-store.ts';
import { entriesAtPlaces } from './tree-store.ts';

export type EvidenceOf = { database: Database; key: NoteKey; organizationId: string; stamps?: StampedHeads };

/** `places`: of the entries that are shown; `cuts`: sizes of the heads that have a time stamp. None lies before `from` or behind the head. */
export type Stops = {
  readonly from: number;
  readonly places: readonly number[];
  readonly cuts: readonly number[];
  readonly head: Checkpoint;
};

const stopsPerPiece = 256;

export async function* writeStops(
  { database, organizationId, stamps }: EvidenceOf,
  { from, places, cuts, head }: Stops,
): AsyncGenerator<Buffer> {
  // A head over everything before an entry comes before it.
  const stops = [...cuts.map((at) => ({ at, shows: false })), ...places.map((at) => ({ at, shows: true }))].toSorted(
    (one, other) => one.at - other.at || Number(one.shows) - Number(other.shows),
  );
  let at = from;
  for (let nth = 0; nth < stops.length; nth += stopsPerPiece) {
    const piece = stops.slice(nth, nth + stopsPerPiece);
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
    let text = '';
    for (const [index, stop] of piece.entries()) {
      for (const part of gaps[index]!) text += evidenceLines.tree(part.level, nodeOf(part));
      const bytes = bytesAt.get(stop.at) ?? null;
      if (!stop.shows) text += await writeStamped(stamps, stop.at);
      else if (bytes === null) text += evidenceLines.tree(0, nodeOf({ level: 0, index: stop.at }));
      else text += evidenceLines.entry(bytes);
    }
    yield Buffer.from(text);
  }
  const after = subtreesOfRange(at, head.size);
  const nodeAfter = await nodesOf({ database, organizationId }, after);
  const rest = after.map((part) => evidenceLines.tree(part.level, nodeAfter(part)));
  yield Buffer.from(rest.join('') + evidenceLines.head(head.note) + evidenceLines.end(head.size));
}
