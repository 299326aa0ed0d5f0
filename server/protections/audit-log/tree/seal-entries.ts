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
import type { Sealed } from './tree-store.ts';

export type TreeDeps = {
  database: Database;
  logKey: LogKey;
  clock: Clock;
  /** Where the newest head is remembered outside the database. */
  heads?: HeadFile;
};

/** Entries sealed in one transaction; bounds memory, and what a kill undoes. */
const entriesPerRun = 5_000;

/** How far a backlog was sealed that takes several runs. In memory alone: whoever lost it looks at the whole again. */
export type Backlog = { done?: (Sealed & { after: string }) | undefined };

/** How many entries were sealed; as many as fit in a run: there may be more, and the next run of this backlog goes on behind them. */
export async function sealEntries(
  { database, logKey, clock, heads }: TreeDeps,
  organizationId: string,
  backlog: Backlog = {},
  perRun = entriesPerRun,
): Promise<number> {
  const run = await database.act(systemReach(organizationId), async (tx) => {
    const state = await lockTree(tx, organizationId);
    if (state === undefined) return null;
    const { size, snapshot: after } = state;
    // Another node has come to the end of it meanwhile: from there on it is another backlog.
    const sealed = backlog.done?.after === after ? backlog.done : undefined;
    const { entries, snapshot: to } = await findUnsealed(tx, organizationId, { after, sealed }, perRun);
    const last = entries.at(-1);
    if (to === undefined) return null;
    if (last === undefined) {
      await saveTree(tx, organizationId, { size, snapshot: to });
      return null;
    }
    const edge = await findTiles(tx, organizationId, edgeTiles(size));
    const leaves = Buffer.alloc(entries.length * hashBytes);
    for (const [nth, { bytes }] of entries.entries()) writeLeafHash(sha256, bytes, leaves, nth * hashBytes);
    const grown = growTree(size, edge, leaves);
    await insertLeaves(
      tx,
      organizationId,
      size,
      entries.map(({ id }) => id),
    );
    await saveTiles(tx, organizationId, grown.tiles);
    const text = writeCheckpoint({ origin: originOf(organizationId), size: grown.size, root: grown.root });
    const note = writeNote(text, [signText(logKey.keyOf(organizationId), text, logKey.sign)]);
    await insertCheckpoint(tx, organizationId, { size: grown.size, note, signedAt: clock.now() });
    // Not all that the snapshot sees has its place yet while a run was full: whoever looks, looks from the same moment.
    const goesOn = entries.length === perRun;
    await saveTree(tx, organizationId, { size: grown.size, snapshot: goesOn ? after : to });
    const { writtenIn, id } = last;
    return { count: entries.length, note, done: goesOn ? { after, to, writtenIn, id } : undefined };
  });
  backlog.done = run?.done;
  if (run === null) return 0;
  heads?.remember(organizationId, run.note);
  return run.count;
}

/** Seals everything that waits, run by run. */
export async function sealAll(deps: TreeDeps, organizationId: string, isOver = () => false): Promise<void> {
  const backlog: Backlog = {};
  while (!isOver() && (await sealEntries(deps, organizationId, backlog)) === entriesPerRun);
}
