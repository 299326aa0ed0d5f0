/** The plan of an import while it is being made. Pure. */
import type { ImportKind, ImportLookValue, ImportPlanValue } from '../contract.ts';
import type { ImportClosed } from './closed-fields.ts';
import { importOpen } from './closed-fields.ts';
import { manyColumns } from './fields.ts';

/** Starts from what the server guessed. */
export function planOf(kind: ImportKind, look: ImportLookValue, closed: ImportClosed = importOpen): ImportPlanValue {
  const mapping: Record<string, string> = {};
  for (const { index, field } of look.columns)
    if (field !== null && !closed.columns.has(field)) mapping[String(index)] = field;
  const by = kind === 'contacts' ? (['phone', 'email'] as const) : (['edrpou'] as const);
  return {
    mapping,
    headingRow: look.headingRow,
    duplicates: { by: by.filter((mean) => !closed.duplicates.has(mean)), then: 'skip' },
    defaults: {},
  };
}

/** A field that takes one column moves to the column that was chosen last. */
export function mapColumn(plan: ImportPlanValue, column: number, field: string): ImportPlanValue {
  const mapping = Object.fromEntries(
    Object.entries(plan.mapping).filter(
      ([other, taken]) => other !== String(column) && (taken !== field || manyColumns.has(field)),
    ),
  );
  if (field !== '') mapping[String(column)] = field;
  return { ...plan, mapping };
}
