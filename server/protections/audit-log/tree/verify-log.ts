/**
 * The whole log of an organization, verified against what was signed: every entry is hashed anew, the tree is grown anew from nothing,
 * and each kept head must be the head of that tree under the log’s key. Nothing of the stored tree is believed. What an owner of the
 * database can do to the log – edit, delete, insert, cut, sign with another key – is a finding with its place; what stands before the
 * newest head that somebody else keeps cannot be done at all unseen (consistency proofs, RFC 6962 §2.1.2).
 */
import {
  clockTolerance,
  findIn,
  hashBytes,
  openPruned,
  readCheckpoint,
  readNote,
  rootOf,
  same,
  signersOf,
  tileWidth,
  writeLeafHash,
} from '#contract/tlog';
import type { NoteKey, PrunedReader, TileAt } from '#contract/tlog';
import type { HeadVerdict } from '#contract';
import type { Database } from '#database';
import { ed25519Verify, systemReach } from '#protections/encryption';
import { edgeTiles, growTree } from './grow-tree.ts';
import type { Tile } from './grow-tree.ts';
import { sha256 } from './hash.ts';
import type { Checkpoint } from './tree-store.ts';
import { countWithoutPlace, listCheckpoints, readTree } from './tree-store.ts';
import { walkEntries } from './walk-entries.ts';

const findingKinds = [
  'entry_gone',
  'pruned_young',
  'entry_changed',
  'clock_back',
  'place_gone',
  'tile_changed',
  'head_forged',
  'head_not_of_log',
  'log_cut',
  'without_place',
] as const;
/** `at`: the position of the entry, or the size of the head, that it is about; for `without_place` how many. */
export type Finding = { readonly kind: (typeof findingKinds)[number]; readonly at: number };

export type Verified = {
  /** Entries that have a place. */
  readonly size: number;
  /** Entries that were deleted by the rules of keeping. */
  readonly pruned: number;
  readonly heads: number;
  /** When the newest head was signed, and its note. */
  readonly signedAt: Date | null;
  readonly head: string | null;
  readonly findings: readonly Finding[];
  /** Holds a head that lies elsewhere against the tree that was grown. */
  judge(note: string): JudgedHead;
};

export type JudgedHead = { readonly verdict: HeadVerdict; readonly size: number };

/** An entry gets its place within a second; one without it after this long was put in past the door, or nobody seals. */
const placeSecondsMax = 60;
/** More of one kind say nothing more. */
const findingsMax = 100;

/** `key` and `remembered`, the note of a head: as the verifier knows them, from elsewhere than this database. */
export async function verifyLog(
  { database, key, now, remembered }: { database: Database; key: NoteKey; now: Date; remembered?: string },
  organizationId: string,
): Promise<Verified> {
  const reach = systemReach(organizationId);
  const findings: Finding[] = [];
  const find = (kind: Finding['kind'], at: number) => {
    if (findings.length < findingsMax) findings.push({ kind, at });
  };
  const heads = await database.read(reach, (tx) => listCheckpoints(tx, organizationId));
  const stored = await database.read(reach, (tx) => readTree(tx, organizationId));
  const kept = new Map(stored.tiles.map((one) => [nameOf(one), one]));
  const absent = openPruned(now.getTime());
  const grown = await growAnew(database, organizationId, stored.size, kept, absent, find);
  const { pruned, gone, tooYoung } = absent.end();
  for (const at of gone) find('entry_gone', at);
  for (const at of tooYoung) find('pruned_young', at);
  const subtree = findIn(sha256, (at) => grown.tiles.get(nameOf(at))?.hashes);
  const known = remembered === undefined ? [] : [headOf(remembered, now)];
  for (const head of [...heads, ...known]) {
    const signed = readSigned(head, key);
    if (signed === undefined) find('head_forged', head.size);
    else if (head.size > grown.size) find('log_cut', head.size);
    else if (!same(rootOf(sha256, head.size, subtree), signed.root)) find('head_not_of_log', head.size);
  }
  const before = new Date(now.getTime() - placeSecondsMax * 1000);
  const waiting = await database.read(reach, (tx) => countWithoutPlace(tx, organizationId, before));
  if (waiting > 0) find('without_place', waiting);
  const newest = heads.at(-1);
  const [signedAt, head] = [newest?.signedAt ?? null, newest?.note ?? null];
  const judge = (text: string): JudgedHead => {
    const { size } = headOf(text, now);
    const signed = readSigned({ note: text, size, signedAt: now }, key);
    if (signed === undefined) return { verdict: 'not_signed', size };
    if (size > grown.size) return { verdict: 'cut', size };
    return { verdict: same(rootOf(sha256, size, subtree), signed.root) ? 'holds' : 'forked', size };
  };
  return { size: grown.size, pruned, heads: heads.length, signedAt, head, findings, judge };
}

const nameOf = ({ level, index }: TileAt) => `${level}/${index}`;

/** Grows the tree from the entries themselves and holds it against the kept tiles on the way. */
async function growAnew(
  database: Database,
  organizationId: string,
  storedSize: number,
  kept: ReadonlyMap<string, Tile>,
  absent: PrunedReader,
  find: (kind: Finding['kind'], at: number) => void,
): Promise<{ size: number; tiles: ReadonlyMap<string, Tile> }> {
  const tiles = new Map<string, Tile>();
  const keptOf = openKept(kept);
  let size = 0;
  /** The position that comes next; a gap is named once, by its beginning. */
  let expected = 0;
  /** The newest entry that is there, and when it was written, once that is asked. */
  let before: Buffer | null = null;
  let beforeAt: number | null = null;
  const isBack = openClock();
  for await (const rows of walkEntries(database, organizationId, storedSize)) {
    const leaves = Buffer.alloc(rows.length * hashBytes);
    for (const [nth, { position, bytes }] of rows.entries()) {
      if (position !== expected) find('place_gone', expected);
      expected = position + 1;
      const at = nth * hashBytes;
      const known = keptOf(position);
      // An entry that was pruned by the rules is known by its hash alone; another one of the log says so.
      if (bytes === null) {
        absent.gone(position, (beforeAt ??= timeOf(before)));
        known?.hashes.copy(leaves, at, known.from, known.from + hashBytes);
        continue;
      }
      [before, beforeAt] = [bytes, null];
      absent.entry(bytes);
      if (isBack(bytes)) find('clock_back', position);
      writeLeafHash(sha256, bytes, leaves, at);
      if (known !== undefined && !isSameHash(leaves, at, known.hashes, known.from)) find('entry_changed', position);
    }
    const edge = edgeTiles(size).map((at) => tiles.get(nameOf(at))!);
    const grown = growTree(size, edge, leaves);
    for (const tile of grown.tiles) tiles.set(nameOf(tile), tile);
    size = grown.size;
  }
  for (const tile of tiles.values()) {
    const other = kept.get(nameOf(tile));
    if (tile.level > 0 && (other === undefined || !same(other.hashes, tile.hashes))) find('tile_changed', tile.index);
    if (tile.level === 0 && other?.hashes.length !== tile.hashes.length) find('tile_changed', tile.index);
  }
  return { size, tiles };
}

/** Whether an entry says that it was written before those that stand before it: a clock set back, or times that are not true. */
function openClock(): (bytes: Buffer) => boolean {
  let latest = '';
  return (bytes) => {
    // How Lubart writes an entry, its moment stands there; moments of one form are compared as text.
    const quick = bytes.toString('latin1', momentFrom - atMark.length, momentFrom + momentLength);
    const moment = form.test(quick) ? quick.slice(atMark.length) : textOf(timeOf(bytes));
    if (moment < latest) return Date.parse(moment) < Date.parse(latest) - clockTolerance;
    latest = moment;
    return false;
  };
}

const atMark = '","at":"';
/** Attack: letters stand there that are later than every moment and are none, and nothing after them is set back any more. */
const form = /^","at":"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const momentFrom = `{"v":1,"id":"00000000-0000-0000-0000-000000000000${atMark}`.length;
const momentLength = '2026-01-01T00:00:00.000Z'.length;
const textOf = (moment: number) => (moment === -Infinity ? '' : new Date(moment).toISOString());

/** When the entry says it was written. */
function timeOf(bytes: Buffer | null): number {
  try {
    const at = bytes === null ? NaN : Date.parse((JSON.parse(bytes.toString('utf8')) as { at: string }).at);
    return Number.isNaN(at) ? -Infinity : at;
  } catch {
    return -Infinity;
  }
}

/** The kept hash of a place, as the tile it lies in and where; places are asked for in their order, so each tile is looked up once. */
function openKept(kept: ReadonlyMap<string, Tile>): (position: number) => { hashes: Buffer; from: number } | undefined {
  let index = -1;
  let tile: Tile | undefined;
  return (position) => {
    const at = Math.floor(position / tileWidth);
    if (at !== index) tile = kept.get(nameOf({ level: 0, index: (index = at) }));
    const from = (position % tileWidth) * hashBytes;
    return tile === undefined || tile.hashes.length < from + hashBytes ? undefined : { hashes: tile.hashes, from };
  };
}

function isSameHash(one: Buffer, from: number, other: Buffer, otherFrom: number): boolean {
  for (let at = 0; at < hashBytes; at += 1) if (one[from + at] !== other[otherFrom + at]) return false;
  return true;
}

/** A head that was kept elsewhere. */
function headOf(text: string, signedAt: Date): Checkpoint {
  const note = readNote(text);
  return { size: (note === undefined ? undefined : readCheckpoint(note.text))?.size ?? 0, note: text, signedAt };
}

/** The head that the log’s key signed; undefined when it did not, or the note says something else than the row. */
export function readSigned({ note: text, size }: Checkpoint, key: NoteKey): { root: Uint8Array } | undefined {
  const note = readNote(text);
  if (note === undefined) return undefined;
  try {
    if (!signersOf(note, [key], ed25519Verify).some((one) => one.key === key)) return undefined;
  } catch {
    return undefined;
  }
  const head = readCheckpoint(note.text);
  return head !== undefined && head.origin === key.name && head.size === size ? head : undefined;
}
