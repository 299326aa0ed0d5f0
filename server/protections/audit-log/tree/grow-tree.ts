/**
 * What a tree becomes when leaves are added: the tiles that change and the new root. Pure. Only the right edge of the tree is
 * needed for it: one tile on each level.
 */
import type { TileAt } from '#contract/tlog';
import { edgeOf, findIn, foldHashes, hashBytes, rootOf, tileWidth } from '#contract/tlog';
import { sha256 } from './hash.ts';

export type Tile = TileAt & { readonly hashes: Buffer };
export type Grown = { readonly size: number; readonly root: Buffer; readonly tiles: readonly Tile[] };

const keyOf = ({ level, index }: TileAt) => `${level}/${index}`;
const fullTileBytes = tileWidth * hashBytes;

/**
 * `edge`: the tiles of `edgeOf(size)` that are not empty; `leaves`: hashes, one after another.
 * @throws RangeError when a tile is missing
 */
export function growTree(size: number, edge: readonly Tile[], leaves: Buffer): Grown {
  const tiles = new Map(edge.map((tile) => [keyOf(tile), tile]));
  let added = leaves;
  for (let level = 0; added.length > 0; level += 1) {
    const first = Math.floor(Math.floor(size / tileWidth ** level) / tileWidth);
    const begun = tiles.get(keyOf({ level, index: first }))?.hashes ?? Buffer.alloc(0);
    const row = Buffer.concat([begun, added]);
    const full: Buffer[] = [];
    for (let at = 0; at < row.length; at += fullTileBytes) {
      const hashes = row.subarray(at, at + fullTileBytes);
      const index = first + at / fullTileBytes;
      tiles.set(keyOf({ level, index }), { level, index, hashes });
      if (hashes.length === fullTileBytes) full.push(Buffer.from(foldHashes(sha256, hashes)));
    }
    added = Buffer.concat(full);
  }
  const grown = size + leaves.length / hashBytes;
  const find = findIn(sha256, (at) => tiles.get(keyOf(at))?.hashes);
  const before = new Map(edge.map((tile) => [keyOf(tile), tile.hashes.length]));
  const changed = [...tiles.values()].filter((tile) => tile.hashes.length !== before.get(keyOf(tile)));
  return { size: grown, root: Buffer.from(rootOf(sha256, grown, find)), tiles: changed };
}

/** The tiles at the right edge that a tree of `size` leaves has hashes in. */
export const edgeTiles = (size: number): TileAt[] =>
  edgeOf(size).filter(({ level, index }) => Math.floor(size / tileWidth ** level) > index * tileWidth);
