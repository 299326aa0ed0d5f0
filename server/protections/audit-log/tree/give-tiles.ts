/**
 * Pieces of the log for those who follow it (C2SP tlog-tiles): tiles of hashes, bundles of entries, single proofs. Only what a signed
 * head covers is given. A bundle is given only whole: when an entry of it was pruned, or is longer than its two bytes of length can
 * say, the tile still proves it and its bytes are had with its own proof.
 */
import type { TileAt } from '#contract/tlog';
import {
  consistencyProof,
  entryBytesMax,
  hashBytes,
  inclusionProof,
  readIndexPath,
  subtreesOfConsistency,
  subtreesOfInclusion,
  tileWidth,
  widthOf,
  writeBundle,
} from '#contract/tlog';
import type { Database, Transaction } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { sha256 } from './hash.ts';
import { entriesAt, findTiles, newestCheckpoint } from './tree-store.ts';
import { nodesOf } from './nodes-of.ts';

/** @throws audit.not_sealed */
export async function giveCheckpoint(database: Database, organizationId: string): Promise<Buffer> {
  const newest = await database.read(systemReach(organizationId), (tx) => newestCheckpoint(tx, organizationId));
  if (newest === undefined) throw new LubartError('audit.not_sealed');
  return Buffer.from(newest.note);
}

/** The tile `<level>/<path>`, as wide as the path says. @throws audit.part_missing */
export async function giveTile(
  database: Database,
  organizationId: string,
  level: number,
  path: string,
): Promise<Buffer> {
  const { index, width } = requirePath(path);
  return database.read(systemReach(organizationId), async (tx) => {
    await requireSealed(tx, organizationId, { level, index }, width);
    const [tile] = await findTiles(tx, organizationId, [{ level, index }]);
    if (tile === undefined || tile.hashes.length < width * hashBytes) throw new LubartError('audit.part_missing');
    return tile.hashes.subarray(0, width * hashBytes);
  });
}

/** The entries of a bundle, and which they are. @throws audit.part_missing */
export async function giveBundle(
  database: Database,
  organizationId: string,
  path: string,
): Promise<{ from: number; to: number; bytes: Buffer }> {
  const { index, width } = requirePath(path);
  const from = index * tileWidth;
  const entries = await database.read(systemReach(organizationId), async (tx) => {
    await requireSealed(tx, organizationId, { level: 0, index }, width);
    return entriesAt(tx, organizationId, from, from + width);
  });
  const whole = entries.flatMap(({ bytes }) => (bytes === null || bytes.length > entryBytesMax ? [] : [bytes]));
  if (whole.length < width) throw new LubartError('audit.part_missing', { details: { reason: 'entries' } });
  return { from, to: from + width, bytes: Buffer.from(writeBundle(whole)) };
}

/** @throws audit.part_missing */
export async function proveGrowth(
  database: Database,
  organizationId: string,
  { from, to }: { from: number; to: number },
): Promise<Uint8Array[]> {
  if (from > to) throw new LubartError('request.invalid', { field: 'from' });
  await requireSize(database, organizationId, to, 'to');
  return consistencyProof(
    sha256,
    from,
    to,
    await nodesOf({ database, organizationId }, subtreesOfConsistency(from, to)),
  );
}

/** @throws audit.part_missing */
export async function provePlace(
  database: Database,
  organizationId: string,
  { position, size }: { position: number; size: number },
): Promise<{ leaf: Uint8Array; hashes: Uint8Array[] }> {
  if (position >= size) throw new LubartError('request.invalid', { field: 'position' });
  await requireSize(database, organizationId, size, 'size');
  const leafAt = { level: 0, index: position };
  const find = await nodesOf({ database, organizationId }, [leafAt, ...subtreesOfInclusion(position, size)]);
  return { leaf: find(leafAt), hashes: inclusionProof(sha256, position, size, find) };
}

function requirePath(path: string): { index: number; width: number } {
  const read = readIndexPath(path);
  if (read === undefined) throw new LubartError('audit.part_missing');
  return read;
}

async function requireSealed(tx: Transaction, organizationId: string, at: TileAt, width: number): Promise<void> {
  const newest = await newestCheckpoint(tx, organizationId);
  if (newest === undefined || widthOf(newest.size, at) < width) throw new LubartError('audit.part_missing');
}

async function requireSize(database: Database, organizationId: string, size: number, field: string): Promise<void> {
  const newest = await database.read(systemReach(organizationId), (tx) => newestCheckpoint(tx, organizationId));
  if (newest === undefined || newest.size < size) throw new LubartError('audit.part_missing', { field });
}
