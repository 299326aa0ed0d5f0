/**
 * Which rows of a file are clients already there, by phone, e-mail or code, among those whom the importing person may see. The
 * blind index is asked for a whole batch at once; hits are opened and compared, since tokens may meet by chance.
 */
import { hash } from 'node:crypto';
import type { ImportPlanValue } from '#contract';
import type { Transaction } from '#database';
import type { Fields, OpenedRecord, RecordKind } from '#crm/records';
import { columnsOf, openRow, Statement, tokenText } from '#crm/records';
import type { OrganizationSeals } from '#protections/encryption';
import { codeToken, emailToken, phoneToken } from '#protections/encryption';

type By = ImportPlanValue['duplicates']['by'];

const candidatesMax = 20_000;

/** The values by which a record may be the same as another: “phone:+380…”. */
export function sameKeys(fields: Fields, by: By): string[] {
  const keys: string[] = [];
  if (by.includes('phone'))
    for (const phone of (fields['phones'] ?? []) as { number: string }[]) keys.push(`phone:${phone.number}`);
  if (by.includes('email'))
    for (const email of (fields['emails'] ?? []) as { address: string }[])
      keys.push(`email:${email.address.toLowerCase()}`);
  if (by.includes('edrpou') && typeof fields['edrpou'] === 'string' && fields['edrpou'] !== '')
    keys.push(`code:${fields['edrpou']}`);
  return keys;
}

/** Under every key that a client may be indexed by at this moment. */
function keyTokens(seals: OrganizationSeals, key: string): number[] {
  const [domain, value] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  return seals.searchKeys.map((searchKey) => {
    if (domain === 'phone') return phoneToken(searchKey, value);
    return domain === 'email' ? emailToken(searchKey, value) : codeToken(searchKey, value);
  });
}

/** The records that carry one of the keys, by key. */
export async function findByKeys(
  tx: Transaction,
  kind: RecordKind,
  seals: OrganizationSeals,
  keys: readonly string[],
  by: By,
): Promise<Map<string, OpenedRecord>> {
  const found = new Map<string, OpenedRecord>();
  if (keys.length === 0) return found;
  const tokens = [...new Set(keys.flatMap((key) => keyTokens(seals, key)))];
  const query = new Statement();
  query.add(
    `SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${query.value(seals.organizationId)}`,
  );
  query.add(
    ` AND id = ANY (ARRAY(SELECT lubart_find_${kind.name}(${query.value(tokenText(tokens))}::int[], true, false, ${candidatesMax})))`,
  );
  const wanted = new Set(keys);
  for (const row of await query.rows(tx)) {
    const opened = openRow(kind, seals, row);
    for (const key of sameKeys(opened.fields, by)) if (wanted.has(key) && !found.has(key)) found.set(key, opened);
  }
  return found;
}

/** What SeenTokens knows a key by: of the text alone, so that a rotation of keys in the middle of an import changes nothing. */
export const seenToken = (key: string): number => hash('sha256', key, 'buffer').readInt32BE(0);

/**
 * Remembers tokens in a fixed 16 MiB: “certainly never seen” saves asking the database, “perhaps” asks it. An import into an
 * empty organization so asks only about the duplicates within its own file.
 */
export class SeenTokens {
  private readonly bits = new Uint32Array(2 ** 22);

  add(token: number): void {
    const bit = token >>> 5;
    this.bits[bit >>> 5]! |= 1 << (bit & 31);
  }

  perhaps(token: number): boolean {
    const bit = token >>> 5;
    return (this.bits[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }
}
