/**
 * The records opened last stay open for a while: people look at the same first page again and again, and opening is most of what
 * a list costs. What is remembered belongs to exactly these sealed bytes of exactly this row, so a changed, moved or altered
 * ciphertext is opened anew. Bounded in number and in time; nothing of it is ever written anywhere.
 */
import type { OrganizationSeals } from '#protections/encryption';
import type { Fields } from './kind.ts';

const recordsMax = 8_192;
/** Without any use for so long everything is forgotten. */
const idleMillisMax = 5 * 60_000;

type Opened = { recordKey: Buffer; sealed: Buffer; fields: Fields };

let opened = new WeakMap<OrganizationSeals, Map<string, Opened>>();
let idle: NodeJS.Timeout | null = null;

function recordsOf(seals: OrganizationSeals): Map<string, Opened> {
  let records = opened.get(seals);
  if (records === undefined) opened.set(seals, (records = new Map()));
  if (idle === null) {
    idle = setTimeout(forgetOpenedRecords, idleMillisMax);
    idle.unref();
  } else {
    idle.refresh();
  }
  return records;
}

/** What these bytes of this row were when they were opened, or what `open` finds now. */
export function rememberOpened(
  seals: OrganizationSeals,
  row: { table: string; id: string; recordKey: Buffer; sealed: Buffer },
  open: () => Fields,
): Fields {
  const records = recordsOf(seals);
  const key = `${row.table}/${row.id}`;
  const known = records.get(key);
  if (known !== undefined && known.sealed.equals(row.sealed) && known.recordKey.equals(row.recordKey))
    return known.fields;
  const fields = open();
  records.delete(key);
  records.set(key, { recordKey: Buffer.from(row.recordKey), sealed: Buffer.from(row.sealed), fields });
  if (records.size > recordsMax) records.delete(records.keys().next().value!);
  return fields;
}

/** Forgets everything that is open. */
export function forgetOpenedRecords(): void {
  opened = new WeakMap();
  if (idle !== null) clearTimeout(idle);
  idle = null;
}
