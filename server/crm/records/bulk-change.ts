/**
 * One act on many records, in one transaction: all or none. Both permissions must reach each of them, the one for many at once and the one
 * for the act itself; what was shared by a colleague is not among them. Whatever stands in the way (not there, changed since it was
 * seen, in the trash) is named record by record, and nothing is written. Rows are locked in the order of their ids, so that two who
 * change many at once wait for each other and do not lock each other out.
 */
import type { BulkActValue, BulkRefusal } from '#contract';
import { bulkRecordsMax, scopes } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches, reachOf, withoutShares } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { Act } from './change-record.ts';
import { moveLocked, withinReach, writeChange } from './change-record.ts';
import { requireOpenFilters, requireWritable } from './field-rights.ts';
import type { Fields, RecordKind } from './kind.ts';
import { listPage } from './list-page.ts';
import { normaliseFields } from './normalise-fields.ts';
import { changesBetween, holderOf, requireHolder } from './record-rules.ts';
import type { OpenedRecord, RecordRow } from './record-row.ts';
import { openWith } from './record-row.ts';
import { columnsOf } from './record-store.ts';
import { Statement } from './statement.ts';
import type { Filters } from './walk-holders.ts';

export type BulkAsked = {
  act: BulkActValue;
  records?: readonly { id: string; version: number }[] | undefined;
  list?: { filters: Filters; expected: number } | undefined;
};
type Verb = 'read' | 'bulk' | 'update' | 'reassign' | 'archive';

const verbsOf: Readonly<Record<BulkActValue['do'], readonly Verb[]>> = {
  reassign: ['read', 'bulk', 'update', 'reassign'],
  stage: ['read', 'bulk', 'update'],
  tags: ['read', 'bulk', 'update'],
  archive: ['read', 'bulk', 'archive'],
  restore: ['read', 'bulk', 'archive'],
};

/** @throws bulk.refused (with the refusals in `current`), bulk.selection_changed, request.invalid, access.denied, field.* */
export async function changeMany(act: Act, asked: BulkAsked): Promise<{ changed: number; unchanged: number }> {
  const { kind, deps, actor, seals } = act;
  const given = givenBy(asked.act);
  requireWritable(kind, actor, given, 'act');
  const clean = normaliseFields(kind, given, 'changes');
  await requireHolder(deps.references, actor, clean, given, 'changes');
  const within = { ...act, reach: narrowest(kind, actor, verbsOf[asked.act.do]) };
  return withinReach(within, async (tx) => {
    const wanted = await selection(within, tx, asked);
    const rows = await lockRows(within, tx, [...wanted.keys()]);
    const opened = rows.map((row) => openWith(kind, seals.record(kind.table, row.id, row.record_key), row));
    requireNoRefusal(refusalsOf(within, asked.act, wanted, opened));
    const to = targetOf(kind, asked.act, clean);
    let changed = 0;
    for (const record of opened) if (await changeOne(within, tx, asked.act, record, to(record.fields))) changed += 1;
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: kind.event('bulk_changed'),
      subjectKind: kind.name,
      subjectIds: opened.map(({ row }) => row.id),
      facts: { act: asked.act.do, changed, unchanged: opened.length - changed },
    });
    return { changed, unchanged: opened.length - changed };
  });
}

/** The same value for all; tags depend on what each has and are joined record by record. */
function givenBy(act: BulkActValue): Fields {
  if (act.do === 'reassign') return { ownerId: act.ownerId };
  if (act.do === 'stage') return { stage: act.stage };
  return act.do === 'tags' ? { tags: act.add ?? [] } : {};
}

/** Attack: a wide right to change one, used on many by somebody who may change only few at once; and the other way round. */
function narrowest(kind: RecordKind, actor: Actor, verbs: readonly Verb[]): Reach {
  const reach = verbs
    .map((verb) => reachOf(actor, kind.permission(verb)))
    .reduce((one, other) => (scopes.indexOf(other.scope) < scopes.indexOf(one.scope) ? other : one));
  return withoutShares(reach);
}

/** Ids with the version that was seen; null: the whole list was meant, as it stands. */
async function selection(
  { kind, actor, reach, seals }: Act,
  tx: Transaction,
  { act, records, list }: BulkAsked,
): Promise<Map<string, number | null>> {
  if ((records === undefined) === (list === undefined)) throw new LubartError('request.invalid', { field: 'records' });
  if (records !== undefined) return new Map(records.map(({ id, version }) => [id, version]));
  const { filters, expected } = list!;
  requireOpenFilters(kind, actor, filters);
  const asked = { ...filters, archived: act.do === 'restore' };
  const limit = bulkRecordsMax + 1;
  const page = await listPage(tx, kind, seals, reach, { filters: asked, sort: '-created', cursor: undefined, limit });
  // Attack: “all 12 of them” that became 9 000 between the look and the act.
  if (page.records.length !== expected || page.next !== null) throw new LubartError('bulk.selection_changed');
  return new Map(page.records.map(({ row }) => [row.id, null]));
}

async function lockRows({ kind, reach }: Act, tx: Transaction, ids: readonly string[]): Promise<RecordRow[]> {
  const query = new Statement();
  query.add(
    `SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${query.value(reach.organizationId)}`,
  );
  query.add(` AND id = ANY (${query.value(`{${ids.join(',')}}`)}::uuid[]) ORDER BY id FOR UPDATE`);
  return query.rows(tx);
}

/** The policy is asked of every record once more, whatever row-level security let through: two walls. */
function refusalsOf(
  { kind, actor }: Act,
  act: BulkActValue,
  wanted: ReadonlyMap<string, number | null>,
  opened: readonly OpenedRecord[],
): BulkRefusal[] {
  const permissions = verbsOf[act.do].map((verb) => kind.permission(verb));
  const there = new Map(opened.map((record) => [record.row.id, record]));
  const codeOf = (id: string, version: number | null): string | null => {
    const record = there.get(id);
    if (record === undefined) return kind.error('not_found');
    const holder = holderOf(record.fields);
    if (!permissions.every((permission) => reaches(actor, permission, holder))) return kind.error('not_found');
    if (version !== null && record.row.version !== version) return kind.error('version_conflict');
    const inTrash = record.row.archived_at !== null;
    return inTrash && act.do !== 'archive' && act.do !== 'restore' ? kind.error('archived') : null;
  };
  return [...wanted].flatMap(([id, version]) => {
    const code = codeOf(id, version);
    return code === null ? [] : [{ id, code }];
  });
}

function requireNoRefusal(refusals: readonly BulkRefusal[]): void {
  if (refusals.length === 0) return;
  const missing = refusals.filter(({ code }) => code.endsWith('.not_found')).length;
  throw new LubartError('bulk.refused', { details: { refused: refusals.length, missing }, current: { refusals } });
}

/** False when it stood so already. */
async function changeOne(
  act: Act,
  tx: Transaction,
  asked: BulkActValue,
  record: OpenedRecord,
  fields: Fields,
): Promise<boolean> {
  const { kind, deps, seals } = act;
  if (asked.do === 'archive' || asked.do === 'restore')
    return (await moveLocked(act, tx, record, asked.do === 'archive')).written;
  const changes = changesBetween(kind, record.fields, fields);
  if (changes.length === 0) return false;
  const seal = seals.record(kind.table, record.row.id, record.row.record_key);
  await writeChange(act, tx, seal, record, fields, changes, deps.clock.now());
  return true;
}

/** What a record is to be: the same values for all, but tags depend on those it has. @throws field.too_many */
function targetOf(kind: RecordKind, act: BulkActValue, clean: Fields): (fields: Fields) => Fields {
  if (act.do !== 'tags') return (fields) => ({ ...fields, ...clean });
  const removed = normaliseFields(kind, { tags: act.remove ?? [] }, 'changes')['tags'] as string[];
  const added = clean['tags'] as string[];
  return (fields) => {
    const kept = (fields['tags'] as string[]).filter((tag) => !removed.includes(tag));
    const tags = [...kept, ...added.filter((tag) => !kept.includes(tag))];
    return { ...fields, ...normaliseFields(kind, { tags }, 'changes') };
  };
}
