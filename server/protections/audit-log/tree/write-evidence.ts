/**
 * The log, or a piece of it, as a file that others verify without us (contract/tlog/evidence.ts): up to the newest signed head, entries
 * as they are, of everything else the hashes; and time stamps, the oldest that cover what is shown. What was sealed in an entry stays
 * sealed: the file proves it and does not show it. Of entries that are gone it shows what says that a rule took them, also where that
 * stands behind the piece, or was written while the file was.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceHeading, evidenceLines, readPruning, subtreesOfRange, writeKey } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { Database } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { nodesOf } from './nodes-of.ts';
import { writeStamped } from './stamped-heads.ts';
import type { Checkpoint, Pruning } from './tree-store.ts';
import { entriesAt, findPruningsFrom, listCheckpoints, newestCheckpoint } from './tree-store.ts';
import type { EvidenceOf } from './write-stops.ts';
import { writeStops } from './write-stops.ts';

const entriesPerRead = 2_048;
/** What was written gets its place within a second, unless nobody seals. */
const sealedSecondsMax = 10;
const millisPerLook = 200;

/** Places, the last one included. */
type Gap = { from: number; to: number };

/**
 * `to` beyond what is signed: everything that is. @throws audit.not_sealed when nothing is, or the piece begins behind it, or entries
 * were pruned and what says so is not sealed
 */
export async function* writeEvidence(
  given: EvidenceOf,
  { from = 0, to }: { from?: number; to?: number } = {},
): AsyncGenerator<Buffer> {
  const { database, key, organizationId, stamps } = given;
  const reach = systemReach(organizationId);
  const signed = await database.read(reach, (tx) => newestCheckpoint(tx, organizationId));
  if (signed === undefined || from >= signed.size) throw new LubartError('audit.not_sealed');
  const { head: newest } = await headOver(given, signed, [{ from, to: to ?? Infinity }], signed.size);
  const end = Math.min(to ?? newest.size, newest.size);
  const heads = await database.read(reach, (tx) => listCheckpoints(tx, organizationId));
  const notes = Map.groupBy(
    heads.filter(({ size }) => size > from && size <= end),
    ({ size }) => size,
  );
  const cuts = (await stamps?.ofPiece(from, end)) ?? [];
  const stops = [...new Set([...notes.keys(), ...cuts.filter((size) => size < end), end])].toSorted((a, b) => a - b);
  const gaps: Gap[] = [];
  let nextStop = 0;
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  const before = subtreesOfRange(0, from);
  const nodeBefore = await nodesOf(given, before);
  for (const part of before) text += evidenceLines.tree(part.level, nodeBefore(part));
  for (let at = from; at < end;) {
    while (stops[nextStop]! <= at) nextStop += 1;
    const until = Math.min(at + entriesPerRead, stops[nextStop]!);
    const [rows, hashOf] = await Promise.all([
      database.read(reach, (tx) => entriesAt(tx, organizationId, at, until)),
      keptHashes(
        given,
        Array.from({ length: until - at }, (_, nth) => at + nth),
      ),
    ]);
    const bytesAt = new Map(rows.map(({ position, bytes }) => [position, bytes]));
    for (; at < until; at += 1) {
      const bytes = bytesAt.get(at) ?? null;
      if (bytes === null) addPlace(gaps, at);
      text += bytes === null ? evidenceLines.gone(hashOf(at)) : evidenceLines.entry(bytes);
    }
    // Those over the whole piece are the last words when nothing follows.
    if (at < end) for (const { note } of notes.get(at) ?? []) text += evidenceLines.head(note);
    if (at < end && cuts.includes(at)) text += await writeStamped(stamps, at);
    yield Buffer.from(text);
    text = '';
  }
  const { head, places } = await headOver(given, newest, gaps, end);
  if (head.size > end) for (const { note } of notes.get(end) ?? []) yield Buffer.from(evidenceLines.head(note));
  const stamped = new Set([...cuts, ...(places.length === 0 ? [] : ((await stamps?.ofPlaces(places)) ?? []))]);
  const cutsAfter = [...stamped].filter((size) => size >= end && size <= head.size);
  yield* writeStops(given, { from: end, places, cuts: cutsAfter, head });
}

/**
 * The places, from `end` on, of what says that entries in these gaps were pruned, and a signed head that covers them: the given one, if
 * it does.
 */
async function headOver(
  { database, organizationId }: EvidenceOf,
  head: Checkpoint,
  gaps: readonly Gap[],
  end: number,
): Promise<{ head: Checkpoint; places: number[] }> {
  if (gaps.length === 0) return { head, places: [] };
  const look = () =>
    database.read(systemReach(organizationId), async (tx) => ({
      prunings: await findPruningsFrom(tx, organizationId, end),
      newest: await newestCheckpoint(tx, organizationId),
    }));
  for (let waited = 0; waited <= sealedSecondsMax * 1000; waited += millisPerLook) {
    const { prunings, newest } = await look();
    const places = prunings.filter((one) => isAbout(one, gaps)).map(({ place }) => place ?? Infinity);
    const size = places.reduce((most, place) => Math.max(most, place + 1), 0);
    if (size <= head.size) return { head, places };
    if (newest !== undefined && size <= newest.size) return { head: newest, places };
    await sleep(millisPerLook);
  }
  throw new LubartError('audit.not_sealed');
}

function addPlace(gaps: Gap[], place: number): void {
  const last = gaps.at(-1);
  if (last?.to === place - 1) last.to = place;
  else gaps.push({ from: place, to: place });
}

/** Whether it names a place in one of these gaps, which are in order. */
const isAbout = ({ bytes }: Pruning, gaps: readonly Gap[]): boolean =>
  readPruning(bytes)?.some(({ from, to }) => {
    let [low, high] = [0, gaps.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (gaps[middle]!.to < from) low = middle + 1;
      else high = middle;
    }
    return low < gaps.length && gaps[low]!.from <= to;
  }) ?? false;

/** The hashes that were kept of the entries at these places. @throws audit.file_broken when a part is missing */
export async function keptHashes(
  given: { database: Database; organizationId: string },
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
