/** Complete subtrees of the kept tree, for roots and proofs: whatever is computed from them is held against a signed head. */
import type { FindSubtree, Subtree } from '#contract/tlog';
import { findIn, placeOf } from '#contract/tlog';
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';
import { sha256 } from './hash.ts';
import { findTiles } from './tree-store.ts';

/** Fetches the tiles that these subtrees lie in. @throws audit.file_broken when one is missing */
export async function nodesOf(
  { database, organizationId }: { database: Database; organizationId: string },
  parts: readonly Subtree[],
): Promise<FindSubtree> {
  const places = [...new Map(parts.map(placeOf).map((place) => [`${place.level}/${place.index}`, place])).values()];
  const tiles = await database.read(systemReach(organizationId), (tx) => findTiles(tx, organizationId, places));
  const byPlace = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]));
  return findIn(sha256, ({ level, index }) => byPlace.get(`${level}/${index}`));
}
