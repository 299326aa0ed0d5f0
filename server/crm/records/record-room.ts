/**
 * The operations on one kind of record. Each is one transaction in the actor’s reach for the permission in use; what changes is
 * sealed, indexed and audited in that same transaction.
 */
import type { AbilitiesView, RecordHead } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches, reachOf } from '#protections/access';
import type { AuditLog, Change } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import type { Hits } from './find-hits.ts';
import { findHits } from './find-hits.ts';
import type { Fields, RecordKind } from './kind.ts';
import type { Page, PageQuery } from './list-page.ts';
import { countRecords, listPage } from './list-page.ts';
import type { NameOrder } from './name-order.ts';
import { readNameOrder } from './name-order.ts';
import { normaliseFields } from './normalise-fields.ts';
import type { OpenedRecord, RecordRow } from './record-row.ts';
import { isBlank, nameBucket, openRow, openWith, sealFields, searchTokens, viewOf } from './record-row.ts';
import { findRow, insertRow, setArchived, updateRow, updateTokens } from './record-store.ts';

/** What a record may name: colleagues, departments, companies. */
export type RecordReferences = {
  /** The person, when active in the organization. */
  findPerson(organizationId: string, personId: string): Promise<{ departmentId: string } | undefined>;
  hasDepartment(organizationId: string, departmentId: string): Promise<boolean>;
};

export type RecordDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  references: RecordReferences;
  /** Called in the transaction in which a record got another name; contacts follow their company so. */
  renamed?: (tx: Transaction, organizationId: string, id: string) => Promise<void>;
  /** Completes fields from records they name, in the same transaction. */
  complete?: (tx: Transaction, seals: OrganizationSeals, fields: Fields, changed: readonly string[]) => Promise<void>;
};

export type View = RecordHead & Fields & { abilities: AbilitiesView };

export type RecordRoom = {
  readonly kind: RecordKind;
  list(actor: Actor, reach: Reach, query: PageQuery): Promise<Page>;
  count(actor: Actor, reach: Reach, filters: PageQuery['filters']): Promise<number>;
  find(actor: Actor, reach: Reach, asked: { text: string; archived: boolean; limit: number }): Promise<Hits>;
  open(actor: Actor, reach: Reach, id: string): Promise<View>;
  create(actor: Actor, reach: Reach, given: Fields): Promise<View>;
  change(actor: Actor, reach: Reach, id: string, version: number, given: Fields): Promise<View>;
  archive(actor: Actor, reach: Reach, id: string): Promise<View>;
  restore(actor: Actor, reach: Reach, id: string): Promise<View>;
  nameOrder(seals: OrganizationSeals): Promise<NameOrder>;
  /** Forgets the name order of an organization after it changed. */
  forgetNameOrder(organizationId: string): void;
};

export function openRecordRoom(kind: RecordKind, deps: RecordDeps): RecordRoom {
  const { database, keyring, auditLog } = deps;
  const orders = new Map<string, Promise<NameOrder>>();
  const nameOrder = (seals: OrganizationSeals): Promise<NameOrder> => {
    const known = orders.get(seals.organizationId);
    if (known !== undefined) return known;
    const reach: Reach = { organizationId: seals.organizationId, personId: null, departmentIds: [], scope: 'none' };
    const reading = database.read(reach, (tx) => readNameOrder(tx, seals, kind.name));
    orders.set(seals.organizationId, reading);
    reading.catch(() => orders.delete(seals.organizationId));
    return reading;
  };
  const shown = (actor: Actor, event: Parameters<RecordKind['event']>[0], records: OpenedRecord[]) =>
    auditLog.noteRead(doerOf(actor), {
      event: kind.event(event),
      subjectKind: kind.name,
      subjectIds: records.map(({ row }) => row.id),
    });
  return {
    kind,
    nameOrder,
    forgetNameOrder: (organizationId) => orders.delete(organizationId),
    list: async (actor, reach, query) => {
      const seals = await keyring.of(reach.organizationId);
      const page = await database.read(reach, (tx) => listPage(tx, kind, seals, reach, query));
      await shown(actor, 'listed', page.records);
      return page;
    },
    count: (_actor, reach, filters) => database.read(reach, (tx) => countRecords(tx, kind, reach, filters)),
    find: async (actor, reach, asked) => {
      const seals = await keyring.of(reach.organizationId);
      const hits = await database.read(reach, (tx) => findHits(tx, kind, seals, asked));
      await shown(actor, 'found', hits.records);
      return hits;
    },
    open: async (actor, reach, id) => {
      const seals = await keyring.of(reach.organizationId);
      const row = await database.read(reach, (tx) => findRow(tx, kind, reach.organizationId, id));
      if (row === undefined) throw new LubartError(kind.error('not_found'));
      const opened = openRow(kind, seals, row);
      await shown(actor, 'opened', [opened]);
      return viewOf(opened, abilitiesOf(kind, actor, opened.fields));
    },
    create: async (actor, reach, given) => {
      const seals = await keyring.of(reach.organizationId);
      const order = await nameOrder(seals);
      return createRecord(kind, deps, actor, reach, seals, order, given);
    },
    change: async (actor, reach, id, version, given) => {
      const seals = await keyring.of(reach.organizationId);
      const order = await nameOrder(seals);
      return changeRecord(kind, deps, actor, reach, seals, order, { id, version, given });
    },
    archive: (actor, reach, id) => moveRecord(kind, deps, actor, reach, id, true),
    restore: (actor, reach, id) => moveRecord(kind, deps, actor, reach, id, false),
  };
}

/** What the actor may do with this very record; the screen obeys it, the server checks again. */
export function abilitiesOf(kind: RecordKind, actor: Actor, fields: Fields): AbilitiesView {
  const holder = { ownerId: fields['ownerId'] as string, departmentId: fields['departmentId'] as string };
  const able = (verb: 'update' | 'archive' | 'reassign') => reaches(actor, kind.permission(verb), holder);
  return { update: able('update'), archive: able('archive'), reassign: able('reassign') };
}

async function createRecord(
  kind: RecordKind,
  deps: RecordDeps,
  actor: Actor,
  reach: Reach,
  seals: OrganizationSeals,
  order: NameOrder,
  given: Fields,
): Promise<View> {
  const fields: Fields = { ...kind.blank, ...normaliseFields(kind, given, '') };
  fields['ownerId'] ??= actor.personId;
  await requireHolder(deps, actor, fields, given, '');
  requireName(kind, fields);
  const at = deps.clock.now();
  const id = newId();
  const entryId = newId();
  const seal = seals.newRecord(kind.table, id);
  const row = await withinReach(deps, reach, async (tx) => {
    await deps.complete?.(tx, seals, fields, Object.keys(given));
    const nameBucketNow = nameBucket(kind, order, fields);
    const sealed = sealFields(kind, seal, fields);
    const parts = { id, fields, nameBucket: nameBucketNow, sealed, recordKey: seal.wrapped, tokens: searchTokens(kind, seals, fields), at };
    const changes = changesBetween(kind, kind.blank, fields);
    await Promise.all([
      insertRow(tx, kind, reach.organizationId, parts),
      deps.auditLog.record(tx, seals, doerOf(actor), {
        id: entryId,
        event: kind.event('created'),
        subjectKind: kind.name,
        subjectIds: [id],
        changes: { under: seal, list: changes },
      }),
    ]);
    const head = { id, version: 1, created_at: at, updated_at: at, archived_at: null, name_bucket: nameBucketNow };
    return { ...head, record_key: seal.wrapped, sealed } as RecordRow;
  });
  return viewOf({ row, fields }, abilitiesOf(kind, actor, fields));
}

async function changeRecord(
  kind: RecordKind,
  deps: RecordDeps,
  actor: Actor,
  reach: Reach,
  seals: OrganizationSeals,
  order: NameOrder,
  asked: { id: string; version: number; given: Fields },
): Promise<View> {
  const clean = normaliseFields(kind, asked.given, 'changes');
  await requireHolder(deps, actor, clean, asked.given, 'changes');
  return withinReach(deps, reach, async (tx) => {
    const row = await findRow(tx, kind, reach.organizationId, asked.id, 'FOR UPDATE');
    if (row === undefined) throw new LubartError(kind.error('not_found'));
    const seal = seals.record(kind.table, row.id, row.record_key);
    const before = openWith(kind, seal, row);
    if (row.version !== asked.version) {
      const current = viewOf(before, abilitiesOf(kind, actor, before.fields));
      throw new LubartError(kind.error('version_conflict'), { details: { version: row.version }, current });
    }
    if (row.archived_at !== null) throw new LubartError(kind.error('archived'));
    const fields: Fields = { ...before.fields, ...clean };
    const named = changesBetween(kind, before.fields, fields).map((change) => change.field);
    await deps.complete?.(tx, seals, fields, named);
    requireName(kind, fields);
    const changes = changesBetween(kind, before.fields, fields);
    if (changes.length === 0) return viewOf(before, abilitiesOf(kind, actor, fields));
    requireReassign(kind, actor, before.fields, changes);
    const at = deps.clock.now();
    await writeChange(kind, deps, tx, { actor, reach, seals, order, seal, row, before: before.fields, fields, changes, at });
    const now = { ...row, version: row.version + 1, updated_at: at };
    return viewOf({ row: now, fields }, abilitiesOf(kind, actor, fields));
  });
}

type Writing = {
  actor: Actor;
  reach: Reach;
  seals: OrganizationSeals;
  order: NameOrder;
  seal: ReturnType<OrganizationSeals['record']>;
  row: RecordRow;
  before: Fields;
  fields: Fields;
  changes: Change[];
  at: Date;
};

async function writeChange(kind: RecordKind, deps: RecordDeps, tx: Transaction, w: Writing): Promise<void> {
  const { organizationId } = w.reach;
  const { id } = w.row;
  const searched = w.changes.some(({ field }) => isIndexed(kind, field));
  const parts = { id, fields: w.fields, nameBucket: nameBucket(kind, w.order, w.fields), sealed: sealFields(kind, w.seal, w.fields), at: w.at };
  const renamed = kind.nameOf(w.before) !== kind.nameOf(w.fields);
  await Promise.all([
    updateRow(tx, kind, organizationId, parts),
    searched ? updateTokens(tx, kind, organizationId, { ...parts, tokens: searchTokens(kind, w.seals, w.fields) }) : undefined,
    deps.auditLog.record(tx, w.seals, doerOf(w.actor), {
      event: kind.event('updated'),
      subjectKind: kind.name,
      subjectIds: [id],
      facts: { fields: w.changes.map(({ field }) => field) },
      changes: { under: w.seal, list: w.changes },
    }),
    renamed ? deps.renamed?.(tx, organizationId, id) : undefined,
  ]);
}

const isIndexed = (kind: RecordKind, field: string) =>
  field === 'ownerId' || field === 'departmentId' || kind.declaration.fields[field]?.search !== 'none';

async function moveRecord(
  kind: RecordKind,
  deps: RecordDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  toTrash: boolean,
): Promise<View> {
  const seals = await deps.keyring.of(reach.organizationId);
  return withinReach(deps, reach, async (tx) => {
    const row = await findRow(tx, kind, reach.organizationId, id, 'FOR UPDATE');
    if (row === undefined) throw new LubartError(kind.error('not_found'));
    const opened = openRow(kind, seals, row);
    const abilities = abilitiesOf(kind, actor, opened.fields);
    if ((row.archived_at !== null) === toTrash) return viewOf(opened, abilities);
    const at = deps.clock.now();
    await Promise.all([
      setArchived(tx, kind, reach.organizationId, id, toTrash ? at : null, at),
      deps.auditLog.record(tx, seals, doerOf(actor), {
        event: kind.event(toTrash ? 'archived' : 'restored'),
        subjectKind: kind.name,
        subjectIds: [id],
      }),
    ]);
    const now: RecordRow = { ...row, version: row.version + 1, updated_at: at, archived_at: toTrash ? at : null };
    return viewOf({ row: now, fields: opened.fields }, abilities);
  });
}

/** Runs an act; what row-level security refuses to write lies outside the actor’s reach. */
async function withinReach<T>(deps: RecordDeps, reach: Reach, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await deps.database.act(reach, work);
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501') throw new LubartError('access.denied', { cause: error });
    throw error;
  }
}

/** The owner must be an active colleague, the department must exist; a new owner brings the own department along. */
async function requireHolder(
  deps: RecordDeps,
  actor: Actor,
  fields: Fields,
  given: Fields,
  path: string,
): Promise<void> {
  const place = (name: string) => (path === '' ? name : `${path}.${name}`);
  if ('ownerId' in fields) {
    const owner = fields['ownerId'] === null ? undefined : await deps.references.findPerson(actor.organizationId, fields['ownerId'] as string);
    if (owner === undefined) throw new LubartError('field.unknown_owner', { field: place('ownerId') });
    if (given['departmentId'] === undefined || given['departmentId'] === null) fields['departmentId'] = owner.departmentId;
  }
  if (!('departmentId' in fields)) return;
  const departmentId = fields['departmentId'] as string | null;
  const known = departmentId !== null && (await deps.references.hasDepartment(actor.organizationId, departmentId));
  if (!known) throw new LubartError('field.unknown_department', { field: place('departmentId') });
}

/** Handing a client to somebody else is a right of its own. */
function requireReassign(kind: RecordKind, actor: Actor, before: Fields, changes: readonly Change[]): void {
  if (!changes.some(({ field }) => field === 'ownerId' || field === 'departmentId')) return;
  const holder = { ownerId: before['ownerId'] as string, departmentId: before['departmentId'] as string };
  const permission = kind.permission('reassign');
  if (!reaches(actor, permission, holder)) throw new LubartError('access.denied', { details: { permission } });
}

/** A record needs something to be known by: a name, or a phone, or an e-mail. */
function requireName(kind: RecordKind, fields: Fields): void {
  const known = kind.nameOf(fields) !== '' || !isBlank(fields['phones']) || !isBlank(fields['emails']);
  if (!known || (kind.name === 'company' && kind.nameOf(fields) === '')) throw new LubartError(kind.error('name_missing'));
}

/** Fields whose values differ, in order of declaration. */
export function changesBetween(kind: RecordKind, before: Fields, after: Fields): Change[] {
  return kind.fields
    .filter(([name]) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map(([field]) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

/** A permission’s reach for work that no request started (an import acts for its person). */
export const reachFor = (kind: RecordKind, actor: Actor, verb: Parameters<RecordKind['permission']>[0]) =>
  reachOf(actor, kind.permission(verb));
