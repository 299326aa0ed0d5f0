/** Before an import starts: what the file is, what its columns probably mean, and its first rows as they will be. */
import type { ImportLookValue, ImportPlanValue, Language, PreviewRowValue } from '#contract';
import type { Reach } from '#database';
import { inWords } from '#http';
import type { Actor } from '#protections/access';
import { findByKeys, sameKeys } from './find-duplicates.ts';
import { openFile } from './file-bytes.ts';
import type { ImportDeps } from './import-deps.ts';
import type { Import } from './import-store.ts';
import { makeRowMapper } from './map-row.ts';
import { requireOpenPlan } from './open-plan.ts';
import { planBatch, settleHolders } from './plan-batch.ts';
import type { FileShape } from './read-rows.ts';
import { headingsOf, lookAtFile } from './read-rows.ts';
import { guessMapping } from './spreadsheet/index.ts';

const samplesShown = 5;
const sampleCharsMax = 120;
const previewRows = 50;

export async function lookAtImport(
  deps: ImportDeps,
  reach: Reach,
  found: Import,
  wishes: Partial<ImportPlanValue>,
): Promise<ImportLookValue> {
  const shape = await lookAtFile(openFile(deps.database, reach, found), found.secret.fileName, wishes);
  const rows = dataRows(shape).map((row) => row.cells);
  const guess = guessMapping({ kind: found.kind, headings: headingsOf(shape), samples: rows });
  return {
    format: shape.format,
    encoding: shape.encoding ?? '',
    delimiter: shape.delimiter,
    headingRow: shape.headingRow,
    sheets: shape.sheets,
    sheet: shape.sheet,
    product: guess.product === 'unknown' ? null : guess.product,
    columns: guess.columns.map((column) => ({ ...column, samples: samplesOf(rows, column.index) })),
  };
}

const dataRows = (shape: FileShape) => (shape.headingRow ? shape.first.slice(1) : shape.first);

function samplesOf(rows: readonly (readonly string[])[], index: number): string[] {
  const values = rows.map((cells) => (cells[index] ?? '').trim()).filter((cell) => cell !== '');
  return values.slice(0, samplesShown).map((cell) => cell.slice(0, sampleCharsMax));
}

export async function previewImport(
  deps: ImportDeps,
  actor: Actor,
  reach: Reach,
  found: Import,
  plan: ImportPlanValue,
  language: Language,
): Promise<PreviewRowValue[]> {
  const room = found.kind === 'contacts' ? deps.contacts : deps.companies;
  requireOpenPlan(room.kind, actor, plan);
  const seals = await deps.keyring.of(reach.organizationId);
  const shape = await lookAtFile(openFile(deps.database, reach, found), found.secret.fileName, plan);
  const rows = dataRows(shape);
  const directory = await deps.directory(reach.organizationId);
  const mapped = rows.slice(0, previewRows).map(makeRowMapper(room.kind, found.kind, plan, rows, directory));
  settleHolders(room.kind, actor, mapped, directory);
  const { by, then } = plan.duplicates;
  const keys = then === 'create' ? [] : mapped.flatMap((row) => sameKeys(row.fields, by));
  const existing = await deps.database.read(reach, (tx) => findByKeys(tx, room.kind, seals, keys, by));
  return planBatch(room.kind, actor, plan.duplicates, mapped, existing).map((planned) => ({
    line: planned.row.line,
    outcome: planned.outcome,
    fields: planned.fields,
    problems: planned.problems.map((problem) => ({
      ...problem,
      message: inWords({ code: problem.code, field: problem.field ?? undefined }, language),
    })),
  }));
}
