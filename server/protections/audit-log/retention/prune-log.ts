/**
 * Entries whose time is over are deleted every night; their hashes stay in the tree, so heads, proofs and files of evidence go on to
 * hold. Each piece leaves an entry that names the places, in the same transaction; such entries are kept for ever.
 *
 * Attack: somebody edited an old entry and waits until the night takes the traces away. What is not what was sealed stays.
 */
import type { AuditLevel } from '#contract';
import { auditLevels } from '#contract';
import { leafHash, same, writePlaces } from '#contract/tlog';
import type { Database } from '#database';
import { allSent } from '#database';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import { keptHashes, logHash, newestHead } from '#protections/audit-log/tree';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Due } from './retention-store.ts';
import { deleteEntries, findDue, readKept } from './retention-store.ts';

export type PruneDeps = { database: Database; keyring: Keyring; auditLog: AuditLog };

/** So many a transaction: their places fit into one entry even when no two stand together. */
const entriesPerPiece = 2_000;

/** Returns how many were deleted. */
export async function pruneLog(deps: PruneDeps, organizationId: string, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (const level of auditLevels) {
    const spoiled: string[] = [];
    while (signal?.aborted !== true) {
      const piece = await findPiece(deps, organizationId, level, spoiled);
      if (piece === null) break;
      spoiled.push(...piece.spoiled);
      const gone = await deletePiece(deps, organizationId, { level, days: piece.days, due: piece.due });
      deleted += gone;
      if (gone === 0 && piece.spoiled.length === 0) break;
    }
  }
  return deleted;
}

/** Null: nothing is left. */
async function findPiece(
  { database }: PruneDeps,
  organizationId: string,
  level: AuditLevel,
  not: readonly string[],
): Promise<{ days: number; due: Due[]; spoiled: string[] } | null> {
  const found = await database.read(systemReach(organizationId), async (tx) => {
    const [[kept], head] = await allSent([readKept(tx, [level]), newestHead(tx, organizationId)]);
    if (kept!.days === null || head === undefined) return null;
    const asked = { level, overBefore: kept!.overBefore, size: head.size, not, limit: entriesPerPiece };
    return { days: kept!.days, due: await findDue(tx, organizationId, asked) };
  });
  if (found === null || found.due.length === 0) return null;
  const hashOf = await keptHashes(
    { database, organizationId },
    found.due.map(({ position }) => position),
  );
  const isWhole = ({ position, bytes }: Due) => same(leafHash(logHash, bytes), hashOf(position));
  return {
    days: found.days,
    due: found.due.filter(isWhole),
    spoiled: found.due.filter((one) => !isWhole(one)).map(({ id }) => id),
  };
}

async function deletePiece(
  { database, keyring, auditLog }: PruneDeps,
  organizationId: string,
  { level, days, due }: { level: AuditLevel; days: number; due: readonly Due[] },
): Promise<number> {
  if (due.length === 0) return 0;
  const seals = await keyring.of(organizationId);
  return database.act(systemReach(organizationId), async (tx) => {
    const gone = await deleteEntries(
      tx,
      due.map(({ id }) => id),
    );
    const places = due.filter(({ id }) => gone.has(id)).map(({ position }) => position);
    if (places.length === 0) return 0;
    await auditLog.record(tx, seals, systemDoer(organizationId), {
      event: 'audit.pruned',
      facts: { about: level, days, count: places.length, places: writePlaces(places.toSorted((a, b) => a - b)) },
    });
    return places.length;
  });
}
