/** The plan of an import while it is being made. Pure. */
import type { ImportKind, ImportLookValue, ImportPlanValue } from '../contract.ts';
import { manyColumns } from './fields.ts';

/** Starts from what the server guessed. */
export function planOf(kind: ImportKind, look: ImportLookValue): ImportPlanValue {
  const mapping: Record<string, string> = {};
  for (const column of look.columns) if (column.field !== null) mapping[String(column.index)] = column.field;
  return {
    mapping,
    headingRow: look.headingRow,
    duplicates: { by: kind === 'contacts' ? ['phone', 'email'] : ['edrpou'], then: 'skip' },
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
