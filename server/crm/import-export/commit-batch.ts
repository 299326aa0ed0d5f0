/** Puts one planned batch into the database: clients, companies, changes, rejected rows, audit entries and the batch itself, or nothing. */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { ClosedFields, Fields, NameOrder, RecordKind, RowParts } from '#crm/records';
import {
  changesBetween,
  companyKind,
  findRow,
  insertRows,
  nameBucket,
  openWith,
  rowUpdate,
  searchTokens,
  sealFields,
  updateTokens,
} from '#crm/records';
import { newId } from '#kernel';
import type { AuditLog, Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { Import } from './import-store.ts';
import { insertBatch, insertRejections } from './batch-store.ts';
import { mergedFields } from './plan-batch.ts';
import type { PlannedRow } from './plan-batch.ts';

export type BatchContext = {
  kind: RecordKind;
  seals: OrganizationSeals;
  order: NameOrder;
  companyOrder: NameOrder;
  /** Companies by ЄДРПОУ, as far as this run has met them. */
  companiesByCode: Map<string, { id: string; name: unknown }>;
  found: Import;
  /** Fields that are not open to who imports. */
  closed: ClosedFields;
  doer: Doer;
  auditLog: AuditLog;
  now(): Date;
};

/** Seals and indexes new records; the costly part, done before the transaction. */
export function makeRows(
  context: Pick<BatchContext, 'seals' | 'now'>,
  kind: RecordKind,
  order: NameOrder,
  list: readonly Fields[],
): RowParts[] {
  const at = context.now();
  return list.map((given) => {
    const fields = { ...kind.blank, ...given };
    const id = newId();
    const seal = context.seals.newRecord(kind.table, id);
    return {
      id,
      fields,
      nameBucket: nameBucket(kind, order, fields),
      sealed: sealFields(kind, seal, fields),
      recordKey: seal.wrapped,
      tokens: searchTokens(kind, context.seals, fields),
      at,
    };
  });
}

export type ReadyBatch = {
  number: number;
  planned: readonly PlannedRow[];
  created: readonly RowParts[];
  createdCompanies: readonly RowParts[];
  progress: number;
};

export async function commitBatch(tx: Transaction, context: BatchContext, batch: ReadyBatch): Promise<void> {
  const { kind, seals, found, doer, auditLog } = context;
  const { organizationId } = seals;
  const rejected = batch.planned.filter((row) => row.outcome === 'reject');
  const updates = batch.planned.filter((row) => row.outcome === 'update');
  const last = batch.planned.at(-1)!.row;
  // Tokens of many clients are sorted into the index together: less work than a few at a time, and no search waits for them.
  await tx`SET LOCAL gin_pending_list_limit = '16MB'`;
  await insertRows(tx, companyKind, organizationId, batch.createdCompanies);
  const [changed] = await allSent([
    changeRecords(tx, context, batch.number, updates),
    insertRows(tx, kind, organizationId, batch.created),
    insertRejections(
      tx,
      organizationId,
      found,
      rejected.map(({ row, problems }) => ({ line: row.line, cells: row.cells, problems })),
    ),
    auditLog.record(tx, seals, doer, {
      event: 'import.batch_created',
      subjectKind: kind.name,
      subjectIds: batch.created.map((row) => row.id),
      facts: { import: found.id, batch: batch.number, created: batch.created.length, rejected: rejected.length },
    }),
  ]);
  await insertBatch(tx, organizationId, found.id, {
    number: batch.number,
    rowsRead: batch.planned.length,
    rowsUpdated: changed,
    rowsSkipped: batch.planned.length - batch.created.length - rejected.length - changed,
    rowsRejected: rejected.length,
    lastLine: last.line,
    lastByte: last.byteOffset,
    progress: batch.progress,
    createdIds: batch.created.map((row) => row.id),
    createdCompanyIds: batch.createdCompanies.map((row) => row.id),
    committedAt: context.now(),
  });
  await tx`SELECT lubart_sort_tokens()`;
}

/** Updates the clients that were there already; how each was before is kept under its own key, for the revert. */
async function changeRecords(
  tx: Transaction,
  context: BatchContext,
  batchNumber: number,
  updates: readonly PlannedRow[],
): Promise<number> {
  const changed = await allSent(updates.map((planned) => changeRecord(tx, context, batchNumber, planned)));
  return changed.filter(Boolean).length;
}

async function changeRecord(
  tx: Transaction,
  context: BatchContext,
  batchNumber: number,
  planned: PlannedRow,
): Promise<boolean> {
  const { kind, seals, found, doer, auditLog } = context;
  const { organizationId } = seals;
  const row = await findRow(tx, kind, organizationId, planned.existing!.row.id, 'FOR UPDATE');
  if (row === undefined || row.archived_at !== null) return false;
  const seal = seals.record(kind.table, row.id, row.record_key);
  const before = openWith(kind, seal, row).fields;
  const fields = mergedFields(before, planned.fields, context.closed);
  const changes = changesBetween(kind, before, fields);
  if (changes.length === 0) return false;
  const parts = {
    id: row.id,
    fields,
    nameBucket: nameBucket(kind, context.order, fields),
    sealed: sealFields(kind, seal, fields),
    at: context.now(),
  };
  const preImage = seal.seal(`import/${found.id}`, before);
  await allSent([
    auditLog.recordWith(tx, rowUpdate(kind, organizationId, parts), seals, doer, {
      event: kind.event('updated'),
      subjectKind: kind.name,
      subjectIds: [row.id],
      facts: { fields: changes.map(({ field }) => field), import: found.id },
      changes: { under: seal, list: changes },
    }),
    updateTokens(tx, kind, organizationId, { ...parts, tokens: searchTokens(kind, seals, fields) }),
    tx`INSERT INTO import_updates (organization_id, import_id, batch_number, record_id, version_after, before_sealed)
       VALUES (${organizationId}, ${found.id}, ${batchNumber}, ${row.id}, ${row.version + 1}, ${preImage})`,
  ]);
  return true;
}
