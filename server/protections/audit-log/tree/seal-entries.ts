/**
 * One run of the sealing of one organization: entries that were committed since the last run get their places, the tree grows by
 * them, its head is signed; all in one transaction. Nodes take turns: who finds the tree locked leaves it to the other.
 */
import { hashBytes, signText, writeCheckpoint, writeLeafHash, writeNote } from '#contract/tlog';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import { edgeTiles, growTree } from './grow-tree.ts';
import type { HeadFile } from './head-file.ts';
import { sha256 } from './hash.ts';
import type { LogKey } from './log-key.ts';
import { originOf } from './log-key.ts';
import {
  findTiles,
  findUnsealed,
  insertCheckpoint,
  insertLeaves,
  lockTree,
  saveTiles,
  saveTree,
} from './tree-store.ts';

export type TreeDeps = {
  database: Database;
  logKey: LogKey;
  clock: Clock;
  /** Where the newest head is remembered outside the database. */
  heads?: HeadFile;
};

/** Entries sealed in one transaction; bounds memory, and what a kill undoes. */
const entriesPerRun = 5_000;

/** How many entries were sealed; as many as fit in a run: there may be more. */
export async function sealEntries(
  { database, logKey, clock, heads }: TreeDeps,
  organizationId: string,
): Promise<number> {
  const sealed = await database.act(systemReach(organizationId), async (tx) => {
    const state = await lockTree(tx, organizationId);
    if (state === undefined) return null;
    const { entries, snapshot } = await findUnsealed(tx, organizationId, state.snapshot, entriesPerRun);
    if (snapshot === undefined) return null;
    const edge = await findTiles(tx, organizationId, edgeTiles(state.size));
    const leaves = Buffer.alloc(entries.length * hashBytes);
    for (const [nth, { bytes }] of entries.entries()) writeLeafHash(sha256, bytes, leaves, nth * hashBytes);
    const grown = growTree(state.size, edge, leaves);
    await insertLeaves(
      tx,
      organizationId,
      state.size,
      entries.map(({ id }) => id),
    );
    await saveTiles(tx, organizationId, grown.tiles);
    const text = writeCheckpoint({ origin: originOf(organizationId), size: grown.size, root: grown.root });
    const note = writeNote(text, [signText(logKey.keyOf(organizationId), text, logKey.sign)]);
    await insertCheckpoint(tx, organizationId, { size: grown.size, note, signedAt: clock.now() });
    // Not all that the snapshot sees has its place yet while a run was full: the next one looks from the same moment.
    const seen = entries.length < entriesPerRun ? snapshot : state.snapshot;
    await saveTree(tx, organizationId, { size: grown.size, snapshot: seen });
    return { count: entries.length, note };
  });
  if (sealed === null) return 0;
  heads?.remember(organizationId, sealed.note);
  return sealed.count;
}

export const isRunFull = (sealed: number): boolean => sealed === entriesPerRun;
