/**
 * Takes an import back: what it made goes, what it changed becomes again what it was. What somebody edited since stays as it is
 * and is counted. Batch by batch, the last first, each in one transaction, so a crash leaves a revert that goes on.
 */
import type { Reach, Transaction } from '#database';
import { allSent } from '#database';
import type { Fields, RecordKind } from '#crm/records';
import {
  changesBetween,
  companyKind,
  findRow,
  nameBucket,
  openWith,
  rowUpdate,
  searchTokens,
  sealFields,
  Statement,
  updateTokens,
} from '#crm/records';
import type { NameOrder } from '#crm/records';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { ImportDeps } from './import-deps.ts';
import type { Import } from './import-store.ts';
import { queueDoer } from './import-state.ts';
import { changeImport, findImport } from './import-store.ts';

export async function revertImport(
  deps: ImportDeps,
  organizationId: string,
  importId: string,
  signal: AbortSignal,
): Promise<void> {
  const seals = await deps.keyring.of(organizationId);
  // The right to revert was checked when it was asked for; rows that were handed to others since must go too.
  const reach = systemReach(organizationId, 'all');
  const found = await deps.database.read(reach, (tx) => findImport(tx, seals, importId));
  if (found?.state !== 'reverting') return;
  const actor = (await deps.actorById(organizationId, found.personId)) ?? null;
  const doer = queueDoer(organizationId, actor, found, 'import.revert');
  const room = found.kind === 'contacts' ? deps.contacts : deps.companies;
  const order = await room.nameOrder(seals);
  for (;;) {
    if (signal.aborted) return;
    const more = await deps.database.act(reach, (tx) =>
      revertBatch(tx, deps, { seals, found, kind: room.kind, order, doer, reach }),
    );
    if (!more) break;
  }
  await deps.database.act(reach, async (tx) => {
    const now = await findImport(tx, seals, importId, true);
    if (now?.state !== 'reverting') return;
    await changeImport(tx, organizationId, now, { state: 'reverted', finishedAt: deps.clock.now() });
    await deps.auditLog.record(tx, seals, doer, {
      event: 'import.reverted',
      subjectKind: 'import',
      subjectIds: [importId],
      facts: { reverted: now.revertedRows, kept: now.keptRows },
    });
  });
}

type UpdateRow = { record_id: string; version_after: number; before_sealed: Buffer };
type Reverting = {
  seals: OrganizationSeals;
  found: Import;
  kind: RecordKind;
  order: NameOrder;
  doer: Doer;
  reach: Reach;
};

/** Takes back the last batch that still stands; false when there is none. */
async function revertBatch(tx: Transaction, deps: ImportDeps, context: Reverting): Promise<boolean> {
  const { seals, found, kind } = context;
  const { organizationId } = seals;
  const now = await findImport(tx, seals, found.id, true);
  const [batch] = await tx`SELECT number, created_ids, created_company_ids FROM import_batches
    WHERE organization_id = ${organizationId} AND import_id = ${found.id} AND reverted_at IS NULL ORDER BY number DESC LIMIT 1`;
  if (now === undefined || batch === undefined) return false;
  const createdIds = batch['created_ids'] as string[];
  const gone = await deleteUnedited(tx, kind, organizationId, found.id, createdIds);
  const updates = (await tx`SELECT record_id, version_after, before_sealed FROM import_updates
    WHERE organization_id = ${organizationId} AND import_id = ${found.id} AND batch_number = ${batch['number']}`) as unknown as UpdateRow[];
  const restored = await allSent(updates.map((row) => restoreRecord(tx, deps, context, row)));
  // Companies made along the way go when nobody else came to use them.
  await deleteUnedited(tx, companyKind, organizationId, found.id, batch['created_company_ids'] as string[]);
  const back = restored.filter(Boolean).length;
  await deps.auditLog.record(tx, seals, context.doer, {
    event: 'import.batch_reverted',
    subjectKind: kind.name,
    subjectIds: gone,
    facts: { import: found.id, batch: batch['number'], deleted: gone.length, restored: back },
  });
  await tx`UPDATE import_batches SET reverted_at = ${deps.clock.now()}
    WHERE organization_id = ${organizationId} AND import_id = ${found.id} AND number = ${batch['number']}`;
  await changeImport(tx, organizationId, now, {
    revertedRows: now.revertedRows + gone.length + back,
    keptRows: now.keptRows + (createdIds.length - gone.length) + (updates.length - back),
  });
  return true;
}

/** Deletes those that stand as this import made or left them; a later batch of it may have changed what an earlier one made. */
async function deleteUnedited(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  importId: string,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = new Statement();
  query.add(`DELETE FROM ${kind.table} WHERE organization_id = ${query.value(organizationId)}`);
  query.add(
    ` AND id = ANY (${query.value(ids)}::uuid[]) AND (version = 1 OR ${leftByImport(query, kind, organizationId, importId)})`,
  );
  if (kind.name === 'company') {
    query.add(
      ` AND NOT EXISTS (SELECT FROM contacts WHERE contacts.organization_id = companies.organization_id AND contacts.company_id = companies.id)`,
    );
  }
  query.add(' RETURNING id');
  return (await query.rows<{ id: string }>(tx)).map((row) => row.id);
}

/** True of a record whose present version this import, or its revert so far, has written. */
function leftByImport(query: Statement, kind: RecordKind, organizationId: string, importId: string): string {
  return `EXISTS (SELECT FROM import_updates u WHERE u.organization_id = ${query.value(organizationId)}
    AND u.import_id = ${query.value(importId)} AND u.record_id = ${kind.table}.id AND u.version_after = ${kind.table}.version)`;
}

async function restoreRecord(
  tx: Transaction,
  deps: ImportDeps,
  { seals, found, kind, order, doer }: Reverting,
  { record_id: id, version_after: versionAfter, before_sealed: beforeSealed }: UpdateRow,
): Promise<boolean> {
  const { organizationId } = seals;
  const row = await findRow(tx, kind, organizationId, id, 'FOR UPDATE');
  if (row === undefined) return false;
  const [left] =
    await tx`SELECT 1 FROM import_updates WHERE organization_id = ${organizationId} AND import_id = ${found.id}
    AND record_id = ${id} AND version_after = ${row.version}`;
  if (left === undefined) return false;
  const seal = seals.record(kind.table, id, row.record_key);
  const present = openWith(kind, seal, row).fields;
  const fields: Fields = { ...kind.blank, ...seal.open<Fields>(`import/${found.id}`, beforeSealed) };
  const parts = {
    id,
    fields,
    nameBucket: nameBucket(kind, order, fields),
    sealed: sealFields(kind, seal, fields),
    at: deps.clock.now(),
  };
  const list = changesBetween(kind, present, fields);
  await allSent([
    deps.auditLog.recordWith(tx, rowUpdate(kind, organizationId, parts), seals, doer, {
      event: kind.event('updated'),
      subjectKind: kind.name,
      subjectIds: [id],
      facts: { fields: list.map(({ field }) => field), reverted: found.id },
      changes: { under: seal, list },
    }),
    updateTokens(tx, kind, organizationId, { ...parts, tokens: searchTokens(kind, seals, fields) }),
    // What an earlier batch did to the same record is taken back next, and must know that nobody else was here.
    tx`UPDATE import_updates SET version_after = ${row.version + 1} WHERE organization_id = ${organizationId}
       AND import_id = ${found.id} AND record_id = ${id} AND version_after = ${versionAfter}`,
  ]);
  return true;
}
