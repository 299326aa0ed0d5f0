/** Decides what becomes of each row of a batch: create, update, skip or reject. Changes nothing; the preview shows the same. */
import type { ImportPlanValue } from '#contract';
import type { ClosedFields, Fields, OpenedRecord, RecordKind } from '#crm/records';
import { isBlank } from '#crm/records';
import type { Actor } from '#protections/access';
import { reaches } from '#protections/access';
import { sameKeys } from './find-duplicates.ts';
import type { MappedRow } from './map-row.ts';

export type PlannedRow = MappedRow & {
  outcome: 'create' | 'update' | 'skip' | 'reject';
  existing: OpenedRecord | null;
};

/** The owner of a row without one is who imports; the department follows the owner. */
export type Holders = {
  departmentOf(personId: string): string | undefined;
  knowsDepartment(departmentId: string): boolean;
};

/** Completes and checks rows that were mapped; those with problems are rejected. */
export function settleHolders(kind: RecordKind, actor: Actor, rows: readonly MappedRow[], holders: Holders): void {
  for (const { fields, problems } of rows) {
    fields['ownerId'] ??= actor.personId;
    const home = holders.departmentOf(fields['ownerId'] as string);
    if (home === undefined) problems.push({ field: 'ownerId', code: 'field.unknown_owner' });
    fields['departmentId'] ??= home ?? actor.departmentId;
    if (!holders.knowsDepartment(fields['departmentId'] as string))
      problems.push({ field: 'departmentId', code: 'field.unknown_department' });
    const holder = { ownerId: fields['ownerId'] as string, departmentId: fields['departmentId'] as string };
    if (!reaches(actor, kind.permission('import'), holder)) problems.push({ field: 'ownerId', code: 'access.denied' });
    const nameless =
      kind.name === 'company'
        ? isBlank(fields['name'])
        : kind.nameOf({ ...kind.blank, ...fields }) === '' && isBlank(fields['phones']) && isBlank(fields['emails']);
    if (nameless && problems.length === 0) problems.push({ field: null, code: kind.error('name_missing') });
  }
}

/** Outcomes of a batch, given the records that carry one of its keys. Rows equal to an earlier row of the batch count as duplicates. */
export function planBatch(
  kind: RecordKind,
  actor: Actor,
  plan: ImportPlanValue['duplicates'],
  rows: readonly MappedRow[],
  existing: ReadonlyMap<string, OpenedRecord>,
): PlannedRow[] {
  const earlier = new Map<string, PlannedRow>();
  const updating = new Map<string, PlannedRow>();
  return rows.map((mapped) => {
    const keys = sameKeys(mapped.fields, plan.by);
    const planned: PlannedRow = { ...mapped, outcome: 'create', existing: null };
    if (mapped.problems.length > 0) return { ...planned, outcome: 'reject' };
    const known = keys.map((key) => existing.get(key)).find((record) => record !== undefined);
    const twin = keys.map((key) => earlier.get(key)).find((row) => row !== undefined);
    if (plan.then !== 'create' && known !== undefined) settleKnown(kind, actor, plan.then, planned, known, updating);
    else if (plan.then !== 'create' && twin !== undefined) settleTwin(plan.then, planned, twin);
    if (planned.outcome === 'create') for (const key of keys) earlier.set(key, planned);
    return planned;
  });
}

function settleKnown(
  kind: RecordKind,
  actor: Actor,
  then: 'skip' | 'update',
  planned: PlannedRow,
  known: OpenedRecord,
  updating: Map<string, PlannedRow>,
): void {
  const holder = { ownerId: known.fields['ownerId'] as string, departmentId: known.fields['departmentId'] as string };
  planned.existing = known;
  planned.outcome = 'skip';
  if (then !== 'update' || !reaches(actor, kind.permission('update'), holder)) return;
  const first = updating.get(known.row.id);
  if (first !== undefined) return settleTwin(then, planned, first);
  planned.outcome = 'update';
  updating.set(known.row.id, planned);
}

/** The same client twice in one batch: the later row completes the earlier one, and is counted as skipped. */
function settleTwin(then: 'skip' | 'update', planned: PlannedRow, twin: PlannedRow): void {
  planned.outcome = 'skip';
  if (then !== 'update') return;
  Object.assign(twin.fields, mergedFields(twin.fields, planned.fields));
  if (planned.companyCode !== '') twin.companyCode = planned.companyCode;
}

/**
 * What a record becomes when a row updates it: lists grow, given values win, what the row leaves blank stays. Holders stay, and so
 * does what is closed to whose row it is.
 */
export function mergedFields(before: Fields, given: Fields, closed: ClosedFields = {}): Fields {
  const merged: Fields = { ...before };
  // A company’s name and its card are one thing: who may not touch the one does not change the other.
  const companyClosed = closed['companyId'] !== undefined || closed['companyName'] !== undefined;
  const stays = (name: string) =>
    ['ownerId', 'departmentId'].includes(name) ||
    closed[name] !== undefined ||
    (companyClosed && ['companyId', 'companyName'].includes(name));
  for (const [name, value] of Object.entries(given)) {
    if (isBlank(value) || stays(name)) continue;
    const present = before[name];
    if (Array.isArray(value) && Array.isArray(present)) merged[name] = unionOf(present, value);
    else merged[name] = value;
  }
  // A named company beside a linked one means that the company is no longer the linked one.
  const named = merged['companyName'] !== before['companyName'] && isBlank(given['companyId']);
  if (named && !isBlank(before['companyId'])) merged['companyId'] = null;
  return merged;
}

function unionOf(present: unknown[], given: unknown[]): unknown[] {
  const identity = (value: unknown) =>
    typeof value === 'object' && value !== null ? String(Object.values(value)[0]) : String(value);
  const known = new Set(present.map(identity));
  return [...present, ...given.filter((value) => !known.has(identity(value)))];
}
