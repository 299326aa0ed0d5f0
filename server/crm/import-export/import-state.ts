/** The states of an import and what leads from one to the next. */
import type { ImportViewValue } from '#contract';
import type { Transaction } from '#database';
import type { Actor } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { ImportDeps } from './import-deps.ts';
import type { Import } from './import-store.ts';
import { sumBatches } from './batch-store.ts';
import { changeImport, deleteChunks, findImport } from './import-store.ts';

/** Who imports or reverts, later and by the queue: what is written then follows from the request that asked for it. */
export const queueDoer = (
  organizationId: string,
  actor: Actor | null,
  { secret: { request } }: Import,
  job: 'import.run' | 'import.revert',
): Doer => ({
  ...systemDoer(organizationId, request === undefined ? undefined : { request, entry: null, job }),
  actor,
});

/** Ends a run: state, audit entry, and the sealed file goes when nobody will read it again. */
export async function finishImport(
  deps: ImportDeps,
  seals: OrganizationSeals,
  found: Import,
  actor: Actor | null,
  ending: { state: 'finished' | 'cancelled' | 'failed'; failure: string | null; line?: number | null },
): Promise<void> {
  const { organizationId } = seals;
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const now = await findImport(tx, seals, found.id, true);
    if (now?.state !== 'running') return;
    const sums = await sumBatches(tx, organizationId, found.id);
    const {
      rowsRead: read,
      rowsCreated: created,
      rowsUpdated: updated,
      rowsSkipped: skipped,
      rowsRejected: rejected,
    } = sums;
    await changeImport(tx, organizationId, now, {
      state: ending.state,
      failure: ending.failure,
      finishedAt: deps.clock.now(),
      secret: { ...now.secret, failureLine: ending.line ?? null },
    });
    await deleteChunks(tx, organizationId, found.id);
    await deps.auditLog.record(tx, seals, queueDoer(organizationId, actor, found, 'import.run'), {
      event: `import.${ending.state}`,
      subjectKind: 'import',
      subjectIds: [found.id],
      facts: {
        read,
        created,
        updated,
        skipped,
        rejected,
        ...(ending.failure === null ? {} : { failure: ending.failure }),
      },
    });
  });
  await deps.database.act(systemReach(organizationId), (tx) => tx`SELECT lubart_count_clients()`);
}

/** An import as the contract shows it. */
export async function viewOfImport(tx: Transaction, seals: OrganizationSeals, found: Import): Promise<ImportViewValue> {
  const sums = await sumBatches(tx, seals.organizationId, found.id);
  const running = found.state === 'running';
  const rate = sums.recentSeconds > 0 ? sums.recentRows / sums.recentSeconds : null;
  const rowsLeft = sums.progress > 0 ? (sums.rowsRead / sums.progress) * (1 - sums.progress) : null;
  return {
    id: found.id,
    kind: found.kind,
    state: found.state,
    fileName: found.secret.fileName,
    sizeBytes: found.sizeBytes,
    createdAt: found.createdAt.toISOString(),
    startedAt: found.startedAt?.toISOString() ?? null,
    finishedAt: found.finishedAt?.toISOString() ?? null,
    personId: found.personId,
    rowsRead: sums.rowsRead,
    rowsCreated: sums.rowsCreated,
    rowsUpdated: sums.rowsUpdated,
    rowsSkipped: sums.rowsSkipped,
    rowsRejected: sums.rowsRejected,
    progress: found.state === 'finished' ? 1 : sums.progress,
    rowsPerSecond: running && rate !== null ? Math.round(rate) : null,
    remainingSeconds: running && rate !== null && rate > 0 && rowsLeft !== null ? Math.round(rowsLeft / rate) : null,
    revertedRows: found.revertedRows,
    keptRows: found.keptRows,
    failure: found.failure,
    plan: found.secret.plan,
    abilities: {
      start: found.state === 'ready',
      cancel: running && !found.cancelAsked,
      revert: found.state === 'finished' || found.state === 'cancelled' || found.state === 'failed',
    },
  };
}
