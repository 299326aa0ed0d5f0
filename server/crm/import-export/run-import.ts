/**
 * Runs an import: batches of rows, each committed whole. While one batch is being committed the next is being mapped and
 * sealed. Where it stopped, by a crash or a cut, it goes on: the last committed batch says where, and its primary key refuses a
 * second time. The person’s rights are asked for again before every batch: who was dismissed meanwhile imports nothing more.
 */
import type { Database, Reach } from '#database';
import type { RecordKind } from '#crm/records';
import { closedFields } from '#crm/records';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { ImportDeps } from './import-deps.ts';
import { adoptNameOrder } from './adopt-name-order.ts';
import type { BatchContext } from './commit-batch.ts';
import { commitBatch } from './commit-batch.ts';
import { openFile } from './file-bytes.ts';
import { SeenTokens } from './find-duplicates.ts';
import type { Import } from './import-store.ts';
import { lastBatch } from './batch-store.ts';
import { findImport } from './import-store.ts';
import { makeRowMapper } from './map-row.ts';
import { requireOpenPlan } from './open-plan.ts';
import { settleHolders } from './plan-batch.ts';
import { lookAtFile, rowsOf } from './read-rows.ts';
import { mapRows, readyBatch } from './ready-batch.ts';
import { finishImport, queueDoer } from './import-state.ts';

export const rowsPerBatch = 1_000;

/** Runs until the end, a cancel, a failure of the file, or a stop of the process (then another run goes on). */
export async function runImport(
  deps: ImportDeps,
  organizationId: string,
  importId: string,
  signal: AbortSignal,
): Promise<void> {
  const seals = await deps.keyring.of(organizationId);
  const system: Reach = { organizationId, personId: null, departmentIds: [], scope: 'none' };
  const found = await deps.database.read(system, (tx) => findImport(tx, seals, importId));
  if (found?.state !== 'running') return;
  const actor = await deps.actorById(organizationId, found.personId);
  if (actor === undefined) return finishImport(deps, seals, found, null, { state: 'failed', failure: 'access.denied' });
  try {
    const ended = await runBatches(deps, seals, found, actor, signal);
    if (ended !== 'stopped') await finishImport(deps, seals, found, actor, { state: ended, failure: null });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error; // the queue tries again
    const line = error instanceof LubartError ? Number(error.details?.['line'] ?? 0) : 0;
    await finishImport(deps, seals, found, actor, { state: 'failed', failure, line: line > 0 ? line : null });
  }
}

/** What another try would not mend: a fault of the file or the plan, or a right that is gone. */
function failureOf(error: unknown): string | null {
  if ((error as { code?: unknown }).code === '42501') return 'access.denied'; // row-level security refused a batch
  if (!(error instanceof LubartError)) return null;
  return error.code === 'access.denied' || /^(import|field)\./.test(error.code) ? error.code : null;
}

async function runBatches(
  deps: ImportDeps,
  seals: OrganizationSeals,
  found: Import,
  actor: Actor,
  signal: AbortSignal,
): Promise<'finished' | 'cancelled' | 'stopped'> {
  const room = found.kind === 'contacts' ? deps.contacts : deps.companies;
  let reach = reachOf(actor, room.kind.permission('import'));
  const file = openFile(deps.database, reach, found);
  const plan = found.secret.plan;
  if (plan === null) throw new LubartError('import.mapping_incomplete');
  requireOpenPlan(room.kind, actor, plan);
  const shape = await lookAtFile(file, found.secret.fileName, plan);
  const samples = shape.headingRow ? shape.first.slice(1) : shape.first;
  const directory = await deps.directory(seals.organizationId);
  const map = makeRowMapper(room.kind, found.kind, plan, samples, directory);
  const done = await deps.database.read(reach, (tx) => lastBatch(tx, seals.organizationId, found.id));
  if (done === undefined) await adoptNameOrder(deps, room, seals, file, shape, map);
  const context: BatchContext = {
    kind: room.kind,
    seals,
    found,
    closed: closedFields(room.kind, actor),
    order: await room.nameOrder(seals),
    companyOrder: await deps.companies.nameOrder(seals),
    companiesByCode: new Map(),
    doer: queueDoer(seals.organizationId, actor, found, 'import.run'),
    auditLog: deps.auditLog,
    now: () => deps.clock.now(),
  };
  const seen = done === undefined && (await isEmpty(deps.database, reach, room.kind)) ? new SeenTokens() : null;
  let number = (done?.number ?? 0) + 1;
  let committing: Promise<void> = Promise.resolve();
  const after = done === undefined ? null : { line: done.lastLine, byteOffset: done.lastByte };
  try {
    for await (const rows of rowsOf(file, shape, after, rowsPerBatch)) {
      const mapped = await mapRows(rows, map);
      settleHolders(room.kind, actor, mapped, directory);
      const given = { number, mapped, seen, size: found.sizeBytes };
      const batch = await readyBatch(deps, context, room, actor, reach, given, () => committing);
      await committing;
      if (signal.aborted) return 'stopped';
      if (await cancelAsked(deps.database, reach, seals, found.id)) return 'cancelled';
      reach = await reachNow(deps, found, seals.organizationId, room.kind);
      const within = reach;
      committing = deps.database.act(within, (tx) => commitBatch(tx, context, batch));
      committing.catch(() => {}); // awaited before the next commit and at the end
      number += 1;
    }
  } finally {
    await committing; // also when the file turns out to be broken further on: what was read until then is in, or we say why not
  }
  return 'finished';
}

/** Attack: a long import as a way to go on working after being dismissed or moved. @throws access.denied */
async function reachNow(deps: ImportDeps, found: Import, organizationId: string, kind: RecordKind): Promise<Reach> {
  const actor = await deps.actorById(organizationId, found.personId);
  if (actor === undefined) throw new LubartError('access.denied');
  return reachOf(actor, kind.permission('import'));
}

async function isEmpty(database: Database, reach: Reach, kind: RecordKind): Promise<boolean> {
  const rows = await database.read(reach, (tx) =>
    tx.unsafe(`SELECT 1 FROM ${kind.table} WHERE organization_id = $1 LIMIT 1`, [reach.organizationId]),
  );
  return rows.length === 0;
}

async function cancelAsked(
  database: Database,
  reach: Reach,
  seals: OrganizationSeals,
  importId: string,
): Promise<boolean> {
  const found = await database.read(reach, (tx) => findImport(tx, seals, importId));
  return found?.cancelAsked !== false;
}
