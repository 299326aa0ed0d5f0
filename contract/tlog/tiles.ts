/**
 * Tiles (C2SP tlog-tiles): the complete subtrees of the tree in pieces of 256 hashes, and the entries in bundles of 256. Tile
 * `{ level, index }` holds the roots of the subtrees of height 8 · level; what lies between is hashed from them. A tile that is not
 * full yet is a beginning of the full one, so the hashes of a smaller tree are always at hand.
 */
import type { FindSubtree, Hash, Subtree } from './merkle.ts';
import { writeNodeHash } from './merkle.ts';

export const hashBytes = 32;
/** Hashes of a full tile; entries of a full bundle. */
export const tileWidth = 256;
const tileHeight = 8;
/** What a length of two bytes can say. */
export const entryBytesMax = 65_535;

export type TileAt = { readonly level: number; readonly index: number };

/** Where the hashes lie from which a complete subtree is made: the tile, the first hash in it, and how many. */
export function placeOf({ level, index }: Subtree): TileAt & { first: number; count: number } {
  const tileLevel = Math.floor(level / tileHeight);
  const count = 2 ** (level % tileHeight);
  const at = index * count;
  return { level: tileLevel, index: Math.floor(at / tileWidth), first: at % tileWidth, count };
}

/** Hashes in the tile of a tree of `size` leaves; 0: there is no such tile. */
export function widthOf(size: number, { level, index }: TileAt): number {
  const hashes = Math.floor(size / tileWidth ** level) - index * tileWidth;
  return Math.max(0, Math.min(hashes, tileWidth));
}

/** The tiles at the right edge of a tree: the only ones that grow. Levels from the leaves up, as long as there are hashes. */
export function edgeOf(size: number): TileAt[] {
  const edge: TileAt[] = [];
  for (let level = 0; ; level += 1) {
    const hashes = Math.floor(size / tileWidth ** level);
    if (hashes === 0) return edge;
    edge.push({ level, index: Math.floor(hashes / tileWidth) });
  }
}

/** Finds subtrees in tiles that were fetched. @throws RangeError when a tile or a hash in it is not there */
export function findIn(hash: Hash, tileOf: (at: TileAt) => Uint8Array | undefined): FindSubtree {
  return (subtree) => {
    const { first, count, ...at } = placeOf(subtree);
    const tile = tileOf(at);
    const end = (first + count) * hashBytes;
    if (tile === undefined || tile.length < end) throw new RangeError(`tile ${at.level}/${at.index} is not there`);
    return foldHashes(hash, tile.subarray(first * hashBytes, end));
  };
}

/** The root over 2^n hashes that stand one after another. */
export function foldHashes(hash: Hash, hashes: Uint8Array): Uint8Array {
  const row = new Uint8Array(hashes);
  for (let count = hashes.length / hashBytes; count > 1; count /= 2) {
    for (let pair = 0; pair < count / 2; pair += 1) writeNodeHash(hash, row, 2 * pair * hashBytes, pair * hashBytes);
  }
  return row.slice(0, hashBytes);
}

/** `x001/x234/067` for 1234067; with the width of a tile that is not full. */
function indexPath(index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/.{3}/g)!;
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width < tileWidth ? `${path}.p/${width}` : path;
}

/** The path of a tile under the prefix of the log. */
export const tilePath = ({ level, index }: TileAt, width: number): string => `tile/${level}/${indexPath(index, width)}`;

/** The path of a bundle of entries. */
export const bundlePath = (index: number, width: number): string => `tile/entries/${indexPath(index, width)}`;

/** The index and width that the end of a path names; undefined: not in the one form that is allowed. */
export function readIndexPath(path: string): { index: number; width: number } | undefined {
  const match = /^((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (match === null) return undefined;
  const index = Number(match[1]!.replace(/[x/]/g, '') + match[2]!);
  const width = match[3] === undefined ? tileWidth : Number(match[3]);
  if (match[3] !== undefined && width >= tileWidth) return undefined;
  return Number.isSafeInteger(index) && indexPath(index, width) === path ? { index, width } : undefined;
}

/** Entries one after another, each after its length of two bytes. @throws RangeError when an entry is longer than that can say */
export function writeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > entryBytesMax) throw new RangeError('an entry is longer than a bundle can hold');
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** undefined: the bundle is cut, or longer than its entries. */
export function readBundle(bundle: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return undefined;
    const end = at + 2 + bundle[at]! * 256 + bundle[at + 1]!;
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
