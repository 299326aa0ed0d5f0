/**
 * The acts on one record: create, change, into the trash and out. Each is one transaction in the actor’s reach for the
 * permission in use; what changes is sealed, indexed and audited in that same transaction.
 */
import type { Database, Reach, Transaction } from '#database';
import { allSent } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import type { AuditLog, Change } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals, RecordSeal } from '#protections/encryption';
import { requireFillable, requireWritable } from './field-rights.ts';
import type { Fields, RecordKind } from './kind.ts';
import type { NameOrder } from './name-order.ts';
import { normaliseFields } from './normalise-fields.ts';
import type { RecordReferences } from './record-rules.ts';
import { changesBetween, holderOf, requireHolder, requireName, requireReassign } from './record-rules.ts';
import type { OpenedRecord, RecordRow } from './record-row.ts';
import { nameBucket, openRow, openWith, sealFields, searchTokens } from './record-row.ts';
import {
  archiveTokens,
  findRow,
  insertTokens,
  rowArchiving,
  rowInsert,
  rowUpdate,
  updateTokens,
} from './record-store.ts';
import { requireReached } from './shared-records.ts';

export type ActDeps = {
  database: Database;
  auditLog: AuditLog;
  clock: Clock;
  references: RecordReferences;
  /** Called in the transaction in which a record got another name; contacts follow their company so. */
  renamed?: (tx: Transaction, organizationId: string, id: string, requestId: string) => Promise<void>;
  /** Completes fields from records they name, in the same transaction. */
  complete?: (tx: Transaction, seals: OrganizationSeals, fields: Fields, changed: readonly string[]) => Promise<void>;
};

export type Act = {
  kind: RecordKind;
  deps: ActDeps;
  actor: Actor;
  reach: Reach;
  seals: OrganizationSeals;
  order: NameOrder;
  /** What the entry says besides the fields: which earlier change is taken back. */
  facts?: Record<string, unknown>;
};

/** The record as the act left it; `written` false: it stood so already, and the actor has only seen it. */
export type Outcome = { record: OpenedRecord; written: boolean };

export async function createRecord(act: Act, given: Fields): Promise<Outcome> {
  const { kind, deps, actor, reach, seals } = act;
  requireFillable(kind, actor, given);
  const fields: Fields = { ...kind.blank, ...normaliseFields(kind, given, '') };
  fields['ownerId'] ??= actor.personId;
  await requireHolder(deps.references, actor, fields, given, '');
  requireName(kind, fields);
  const at = deps.clock.now();
  const id = newId();
  const seal = seals.newRecord(kind.table, id);
  return withinReach(act, async (tx) => {
    await deps.complete?.(tx, seals, fields, Object.keys(given));
    const parts = {
      ...partsOf(act, seal, id, fields, at),
      recordKey: seal.wrapped,
      tokens: searchTokens(kind, seals, fields),
    };
    await allSent([
      deps.auditLog.recordWith(tx, rowInsert(kind, reach.organizationId, parts), seals, doerOf(actor), {
        event: kind.event('created'),
        subjectKind: kind.name,
        subjectIds: [id],
        changes: { under: seal, list: changesBetween(kind, kind.blank, fields) },
      }),
      insertTokens(tx, kind, reach.organizationId, parts),
    ]);
    const head = { id, version: 1, created_at: at, updated_at: at, archived_at: null, name_bucket: parts.nameBucket };
    return { record: { row: { ...head, record_key: seal.wrapped, sealed: parts.sealed }, fields }, written: true };
  });
}

/** @throws VersionConflict, *.not_found, *.archived, *.name_missing, field.*, access.denied */
export async function changeRecord(act: Act, asked: { id: string; version: number; given: Fields }): Promise<Outcome> {
  const { kind, deps, actor, seals } = act;
  requireWritable(kind, actor, asked.given, 'changes');
  const clean = normaliseFields(kind, asked.given, 'changes');
  await requireHolder(deps.references, actor, clean, asked.given, 'changes');
  return withinReach(act, async (tx) => {
    const row = await lockRow(act, tx, asked.id);
    const seal = seals.record(kind.table, row.id, row.record_key);
    const before = await requireReached(tx, kind, actor, act.reach, openWith(kind, seal, row));
    requireReadable(kind, actor, before);
    if (row.version !== asked.version) throw new VersionConflict(before);
    if (row.archived_at !== null) throw new LubartError(kind.error('archived'));
    const fields: Fields = { ...before.fields, ...clean };
    const named = changesBetween(kind, before.fields, fields).map((change) => change.field);
    await deps.complete?.(tx, seals, fields, named);
    requireName(kind, fields);
    const changes = changesBetween(kind, before.fields, fields);
    if (changes.length === 0) return { record: before, written: false };
    requireReassign(kind, actor, before.fields, changes);
    const at = deps.clock.now();
    await writeChange(act, tx, seal, before, fields, changes, at);
    const { shared } = before;
    return { record: { row: { ...row, version: row.version + 1, updated_at: at }, fields, shared }, written: true };
  });
}

/** Somebody was faster. Carries what stands now, so that both versions can be shown side by side. */
export class VersionConflict extends Error {
  readonly standing: OpenedRecord;

  constructor(standing: OpenedRecord) {
    super('version conflict');
    this.standing = standing;
  }
}

/** Puts a record into the trash, or takes it out. */
export async function moveRecord(act: Act, id: string, toTrash: boolean): Promise<Outcome> {
  const { kind, seals } = act;
  return withinReach(act, async (tx) => {
    const record = openRow(kind, seals, await lockRow(act, tx, id));
    requireReadable(kind, act.actor, record);
    return moveLocked(act, tx, record, toTrash);
  });
}

/** The same for a record that this transaction has locked. */
export async function moveLocked(
  { kind, deps, actor, reach, seals }: Act,
  tx: Transaction,
  { row, fields }: OpenedRecord,
  toTrash: boolean,
): Promise<Outcome> {
  const { id } = row;
  if ((row.archived_at !== null) === toTrash) return { record: { row, fields }, written: false };
  const at = deps.clock.now();
  const archivedAt = toTrash ? at : null;
  await allSent([
    deps.auditLog.recordWith(tx, rowArchiving(kind, reach.organizationId, id, archivedAt, at), seals, doerOf(actor), {
      event: kind.event(toTrash ? 'archived' : 'restored'),
      subjectKind: kind.name,
      subjectIds: [id],
    }),
    archiveTokens(tx, kind, reach.organizationId, id, toTrash),
  ]);
  const now: RecordRow = { ...row, version: row.version + 1, updated_at: at, archived_at: archivedAt };
  return { record: { row: now, fields }, written: true };
}

/** Attack: a right to change that reaches further than reading, to read by it: every act answers with the record. */
function requireReadable(kind: RecordKind, actor: Actor, { fields, shared }: OpenedRecord): void {
  const record = { ...holderOf(fields), shared: shared?.right };
  if (!reaches(actor, kind.permission('read'), record)) throw new LubartError(kind.error('not_found'));
}

async function lockRow({ kind, reach }: Act, tx: Transaction, id: string): Promise<RecordRow> {
  const row = await findRow(tx, kind, reach.organizationId, id, 'FOR UPDATE');
  if (row === undefined) throw new LubartError(kind.error('not_found'));
  return row;
}

function partsOf({ kind, order }: Act, seal: RecordSeal, id: string, fields: Fields, at: Date) {
  return { id, fields, nameBucket: nameBucket(kind, order, fields), sealed: sealFields(kind, seal, fields), at };
}

export async function writeChange(
  act: Act,
  tx: Transaction,
  seal: RecordSeal,
  { row: { id }, fields: before, shared }: OpenedRecord,
  fields: Fields,
  changes: Change[],
  at: Date,
): Promise<void> {
  const { kind, deps, actor, seals } = act;
  const { organizationId } = act.reach;
  const searched = changes.some(({ field }) => isIndexed(kind, field));
  const parts = partsOf(act, seal, id, fields, at);
  await allSent([
    deps.auditLog.recordWith(tx, rowUpdate(kind, organizationId, parts), seals, doerOf(actor), {
      event: kind.event('updated'),
      subjectKind: kind.name,
      subjectIds: [id],
      facts: {
        fields: changes.map(({ field }) => field),
        ...(shared === undefined ? {} : { shared: true }),
        ...act.facts,
      },
      changes: { under: seal, list: changes },
    }),
    searched
      ? updateTokens(tx, kind, organizationId, { ...parts, tokens: searchTokens(kind, seals, fields) })
      : undefined,
    kind.nameOf(before) === kind.nameOf(fields) ? undefined : deps.renamed?.(tx, organizationId, id, actor.requestId),
  ]);
}

const isIndexed = (kind: RecordKind, field: string) =>
  field === 'ownerId' || field === 'departmentId' || kind.declaration.fields[field]?.search !== 'none';

/** Runs an act; what row-level security refuses to write lies outside the actor’s reach. */
export async function withinReach<T>({ deps, reach }: Act, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await deps.database.act(reach, work);
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501') throw new LubartError('access.denied', { cause: error });
    throw error;
  }
}
