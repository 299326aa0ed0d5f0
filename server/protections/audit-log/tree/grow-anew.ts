/**
 * The tree of a log grown anew from nothing, out of the entries themselves, and held against what is kept of it on the way. Nothing is
 * asked for here: pieces of the log come in their order, in this thread or in another one (grow-in-thread.ts).
 */
import { foldHashes, hashBytes, openPruned, tileWidth, writeLeafHash, writeLeafHashOf } from '#contract/tlog';
import { openClock, timeOf } from './clock-of-entries.ts';
import type { Finding } from './findings.ts';
import { openFindings } from './findings.ts';
import type { Tile } from './grow-tree.ts';
import { sha256 } from './hash.ts';
import type { Piece } from './read-piece.ts';

/** `size`: the places that there are said to be; `kept`: the tiles of the stored tree; `now`: milliseconds. */
export type Growing = { readonly size: number; readonly kept: readonly Tile[]; readonly now: number };

export type Grown = {
  readonly size: number;
  /** The hashes of each level of tiles, from the leaves up, one after another. */
  readonly levels: readonly Uint8Array<ArrayBuffer>[];
  readonly pruned: number;
  readonly findings: readonly Finding[];
};

/** `prunings`: entries from behind the places that were added, which may say why others are not there. */
export type Growth = { add(piece: Piece): void; end(prunings?: readonly Uint8Array[]): Grown };

export const nameOf = ({ level, index }: { level: number; index: number }): string => `${level}/${index}`;
const tileBytes = tileWidth * hashBytes;

/** The hashes of a tile in what was grown; as many as there are. */
export const tileOf = ({ levels }: Pick<Grown, 'levels'>, at: { level: number; index: number }): Uint8Array =>
  (levels[at.level] ?? new Uint8Array()).subarray(at.index * tileBytes, (at.index + 1) * tileBytes);

export function openGrowth({ size: storedSize, kept: tiles, now }: Growing): Growth {
  const { findings, find } = openFindings();
  const kept = new Map(tiles.map((tile) => [nameOf(tile), bufferOf(tile.hashes)]));
  const keptOf = openKept(kept);
  const absent = openPruned(now);
  const isBack = openClock();
  const levels: Row[] = [openRow()];
  /** The position that comes next; a gap is named once, by its beginning. */
  let expected = 0;
  /** The newest entry that is there, and when it was written, once that is asked. */
  let before: Uint8Array | null = null;
  let beforeAt: number | null = null;
  /** Where the entry lies that is looked at; it is looked at where it is hashed, for a view of each costs more than to copy it. */
  let bytes: Buffer = Buffer.alloc(0);
  let [from, length] = [0, 0];
  /** Out of a room that threads share, `set` copies byte by byte. */
  const copyEntry = (room: Uint8Array) => (length > room.length ? undefined : bytes.copy(room, 0, from, from + length));
  const writeLong = (leaves: Uint8Array, at: number): Uint8Array => {
    const entry = bytes.subarray(from, from + length);
    writeLeafHash(sha256, entry, leaves, at);
    return entry;
  };
  return {
    add: ({ count, positions, froms, lengths, bytes: room }) => {
      bytes = bufferOf(room);
      const { hashes: leaves, at: leavesAt } = levels[0]!.extend(count);
      for (let nth = 0; nth < count; nth += 1) {
        const position = positions[nth]!;
        [from, length] = [froms[nth]!, lengths[nth]!];
        if (position !== expected) find('place_gone', expected);
        expected = position + 1;
        const at = leavesAt + nth * hashBytes;
        // An entry that was pruned by the rules is known by its hash alone; another one of the log says so.
        if (from === -1) {
          absent.gone(position, (beforeAt ??= timeOf(before)));
          const knownAt = (position % tileWidth) * hashBytes;
          keptOf(position)?.copy(leaves, at, knownAt, knownAt + hashBytes);
          continue;
        }
        const entry = writeLeafHashOf(sha256, copyEntry, leaves, at) ?? writeLong(leaves, at);
        before = entry;
        beforeAt = null;
        absent.entry(entry);
        if (isBack(entry)) find('clock_back', position);
      }
      for (const position of changedAt(positions.subarray(0, count), leaves.subarray(leavesAt), keptOf))
        find('entry_changed', position);
      // What it lies in is filled anew with another.
      if (before !== null) before = Buffer.from(before);
      fold(levels);
    },
    end: (prunings = []) => {
      if (expected < storedSize) find('place_gone', expected);
      const grown = { size: levels[0]!.count(), levels: levels.map((row) => row.end()) };
      for (const [level, row] of grown.levels.entries()) {
        for (let index = 0; index * tileBytes < row.length; index += 1) {
          const other = kept.get(nameOf({ level, index }));
          const own = tileOf(grown, { level, index });
          // Which leaf it is was said already.
          const isSame = other?.length === own.length && (level === 0 || other.equals(own));
          if (!isSame) find('tile_changed', index);
        }
      }
      for (const pruning of prunings) absent.entry(pruning);
      const { pruned, gone, tooYoung } = absent.end();
      for (const at of gone) find('entry_gone', at);
      for (const at of tooYoung) find('pruned_young', at);
      return { ...grown, pruned, findings };
    },
  };
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);

/** Hashes one after another, in a room that grows as they come. */
type Row = {
  /** Room for so many more: where they are to be written. */
  extend(count: number): { hashes: Buffer; at: number };
  count(): number;
  /** The tile at `index`, full. */
  tile(index: number): Buffer;
  end(): Uint8Array<ArrayBuffer>;
};

function openRow(): Row {
  let room = Buffer.alloc(tileBytes);
  let filled = 0;
  return {
    extend: (count) => {
      const at = filled;
      filled += count * hashBytes;
      if (filled > room.length) {
        const larger = Buffer.alloc(Math.max(2 * room.length, filled));
        room.copy(larger);
        room = larger;
      }
      return { hashes: room, at };
    },
    count: () => filled / hashBytes,
    tile: (index) => room.subarray(index * tileBytes, (index + 1) * tileBytes),
    end: () => new Uint8Array(room.buffer, room.byteOffset, filled),
  };
}

/** Every tile that became full has its root in the level above. */
function fold(levels: Row[]): void {
  for (let level = 0; level < levels.length; level += 1) {
    const full = Math.floor(levels[level]!.count() / tileWidth);
    if (full === 0) return;
    const above = (levels[level + 1] ??= openRow());
    for (let index = above.count(); index < full; index += 1) {
      const root = foldHashes(sha256, levels[level]!.tile(index));
      const { hashes, at } = above.extend(1);
      hashes.set(root, at);
    }
  }
}

/** The kept tile that a place lies in; places are asked for in their order, so each tile is looked up once. */
function openKept(kept: ReadonlyMap<string, Buffer>): (position: number) => Buffer | undefined {
  let index = -1;
  let hashes: Buffer | undefined;
  return (position) => {
    const at = Math.floor(position / tileWidth);
    if (at !== index) hashes = kept.get(nameOf({ level: 0, index: (index = at) }));
    return hashes !== undefined && hashes.length >= ((position % tileWidth) + 1) * hashBytes ? hashes : undefined;
  };
}

/** The places whose leaves are not those that are kept. Those of a tile are compared at once; only when they differ one by one. */
function changedAt(positions: Float64Array, leaves: Buffer, keptOf: ReturnType<typeof openKept>): number[] {
  const changed: number[] = [];
  for (let nth = 0; nth < positions.length;) {
    let end = nth + 1;
    while (end < positions.length && positions[end] === positions[end - 1]! + 1 && positions[end]! % tileWidth !== 0)
      end += 1;
    if (!isKept(positions[nth]!, leaves.subarray(nth * hashBytes, end * hashBytes), keptOf(positions[end - 1]!))) {
      for (; nth < end; nth += 1) {
        const kept = keptOf(positions[nth]!);
        const leaf = leaves.subarray(nth * hashBytes, (nth + 1) * hashBytes);
        if (kept !== undefined && !isKept(positions[nth]!, leaf, kept)) changed.push(positions[nth]!);
      }
    }
    nth = end;
  }
  return changed;
}

function isKept(position: number, leaves: Buffer, kept: Buffer | undefined): boolean {
  const from = (position % tileWidth) * hashBytes;
  return kept !== undefined && kept.compare(leaves, 0, leaves.length, from, from + leaves.length) === 0;
}
