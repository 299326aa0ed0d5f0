/**
 * Makes a batch ready before its transaction: rows are mapped, compared with who is there, linked to companies and sealed. Runs
 * while the batch before is being committed; `committed` waits for that one where its clients must be seen.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reach } from '#database';
import type { Fields, OpenedRecord, RecordRoom } from '#crm/records';
import { companyKind } from '#crm/records';
import type { Actor } from '#protections/access';
import { reachOf, withoutShares } from '#protections/access';
import type { BatchContext, ReadyBatch } from './commit-batch.ts';
import { makeRows } from './commit-batch.ts';
import type { SeenTokens } from './find-duplicates.ts';
import { findByKeys, sameKeys, seenToken } from './find-duplicates.ts';
import type { ImportDeps } from './import-deps.ts';
import type { MappedRow } from './map-row.ts';
import { planBatch } from './plan-batch.ts';
import type { Row } from './spreadsheet/index.ts';

/** Rows mapped and sealed before others get their turn. */
const rowsPerTurn = 100;

export async function mapRows(rows: readonly Row[], map: (row: Row) => MappedRow): Promise<MappedRow[]> {
  const mapped: MappedRow[] = [];
  for (let at = 0; at < rows.length; at += rowsPerTurn) {
    for (const row of rows.slice(at, at + rowsPerTurn)) mapped.push(map(row));
    await nextTurn();
  }
  return mapped;
}

/** Decides, links and seals a batch, so that its transaction only has to write. */
export async function readyBatch(
  deps: ImportDeps,
  context: BatchContext,
  room: RecordRoom,
  actor: Actor,
  reach: Reach,
  given: { number: number; mapped: MappedRow[]; seen: SeenTokens | null; size: number },
  committed: () => Promise<void>,
): Promise<ReadyBatch> {
  const { seals, found } = context;
  const duplicates = found.secret.plan!.duplicates;
  const existing =
    duplicates.then === 'create' ? new Map() : await existingOf(deps, context, room, reach, given, committed);
  const planned = planBatch(room.kind, actor, duplicates, given.mapped, existing);
  const creates = planned.filter((row) => row.outcome === 'create');
  const writes = planned.filter((row) => row.outcome === 'create' || row.outcome === 'update');
  const createdCompanies =
    room.kind.name === 'contact' ? await linkCompanies(deps, context, actor, writes, committed) : [];
  const created = [];
  for (let at = 0; at < creates.length; at += rowsPerTurn) {
    const slice = creates.slice(at, at + rowsPerTurn).map((row) => row.fields);
    created.push(...makeRows({ seals, now: context.now }, room.kind, context.order, slice));
    await nextTurn();
  }
  const progress = Math.min(1, (given.mapped.at(-1)!.row.byteOffset + 1) / Math.max(given.size, 1));
  return { number: given.number, planned, created, createdCompanies, progress };
}

/** Records that rows of this batch may repeat; asked only about keys that may have been seen. */
async function existingOf(
  deps: ImportDeps,
  { seals, found }: BatchContext,
  room: RecordRoom,
  reach: Reach,
  { mapped, seen }: { mapped: readonly MappedRow[]; seen: SeenTokens | null },
  committed: () => Promise<void>,
): Promise<Map<string, OpenedRecord>> {
  const by = found.secret.plan!.duplicates.by;
  const keys = mapped.flatMap((row) => sameKeys(row.fields, by));
  const asked: string[] = [];
  for (const key of new Set(keys)) {
    const token = seenToken(key);
    if (seen === null || seen.perhaps(token)) asked.push(key);
    seen?.add(token);
  }
  if (asked.length === 0) return new Map();
  await committed();
  return deps.database.read(reach, (tx) => findByKeys(tx, room.kind, seals, asked, by));
}

/** Companies that rows name by code: those there are linked, those missing are made. Known codes are remembered for the run. */
async function linkCompanies(
  deps: ImportDeps,
  context: BatchContext,
  actor: Actor,
  rows: readonly MappedRow[],
  committed: () => Promise<void>,
) {
  const { companiesByCode } = context;
  const coded = rows.filter((row) => row.companyCode !== '');
  if (companiesByCode.size > companiesRememberedMax) companiesByCode.clear();
  const unknown = [...new Set(coded.map((row) => row.companyCode))].filter((code) => !companiesByCode.has(code));
  if (unknown.length > 0) {
    await committed();
    const keys = unknown.map((code) => `code:${code}`);
    // Attack: a table of codes that finds, and ties clients to, what was only shared to be looked at.
    const reach = withoutShares(reachOf(actor, 'company.read'));
    const known = await deps.database.read(reach, (tx) => findByKeys(tx, companyKind, context.seals, keys, ['edrpou']));
    for (const [key, { row, fields }] of known) {
      companiesByCode.set(key.slice('code:'.length), { id: row.id, name: fields['name'] });
    }
  }
  const missing = new Map<string, Fields>();
  for (const { companyCode, fields } of coded) {
    if (companiesByCode.has(companyCode) || missing.has(companyCode)) continue;
    const { ownerId, departmentId } = fields;
    missing.set(companyCode, {
      name: fields['companyName'] ?? companyCode,
      edrpou: companyCode,
      ownerId,
      departmentId,
    });
  }
  const made = makeRows(context, companyKind, context.companyOrder, [...missing.values()]);
  for (const row of made) companiesByCode.set(row.fields['edrpou'] as string, { id: row.id, name: row.fields['name'] });
  for (const row of coded) {
    const company = companiesByCode.get(row.companyCode)!;
    row.fields['companyId'] = company.id;
    row.fields['companyName'] = company.name;
  }
  return made;
}

const companiesRememberedMax = 50_000;
