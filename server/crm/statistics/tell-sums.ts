/**
 * What may be told of sums to somebody who may not see the rows. A sum tells more than a count: one client can hold nearly all of it,
 * and the sum of a department less that of one manager is the sum of the other, whoever of them is shown (linked tables, Hundepool et
 * al., Handbook on Statistical Disclosure Control, §4). So, of what is hidden from the reader,
 * - the largest amount may be no more than the base, which is 5 to 12.5 % of all (dominance rule); else no sum is told at all,
 * - each sum is rounded to the base, so that no difference of two sums tells one amount,
 * - a sum to which fewer than five clients give something is not told.
 * Attack: own clients with amounts of one’s choice, until a rounded sum tips over. What the reader may see is added exactly, after
 * rounding, and moves nothing. Proof and price: docs/decisions.
 */
import { isTooFew } from './hide-small.ts';

/** Of one group, in kopiykas. `hidden` is what the reader may not see one by one; `givers` of it have an amount. */
export type SumParts = {
  readonly seen: bigint;
  readonly hidden: bigint;
  readonly givers: number;
  readonly largest: bigint;
};

/** Parts of all together that the base must at least be. */
const partsOfAll = 20n;
const kopiykasOfHryvnia = 100n;

/** The smallest of 1, 2, 5, 10, 20, 50 … hryvnias that is a twentieth of all or more; null: one client would stand out. */
export function baseFor({ hidden, largest }: Pick<SumParts, 'hidden' | 'largest'>): bigint | null {
  let base = kopiykasOfHryvnia;
  for (let at = 0; base * partsOfAll < hidden; at += 1) base = at % 3 === 1 ? (base * 5n) / 2n : base * 2n;
  return largest <= base ? base : null;
}

/** In kopiykas; null when too few give something. */
export function tellSum({ seen, hidden, givers }: SumParts, base: bigint): bigint | null {
  if (isTooFew(givers)) return null;
  return ((hidden + base / 2n) / base) * base + seen;
}

/** “1200.50” of the database, as kopiykas. */
export function kopiykasOf(amount: string): bigint {
  const [whole = '0', part = ''] = amount.split('.');
  return BigInt(whole) * kopiykasOfHryvnia + BigInt(part.padEnd(2, '0'));
}

export const amountOf = (kopiykas: bigint): string =>
  `${kopiykas / kopiykasOfHryvnia}.${String(kopiykas % kopiykasOfHryvnia).padStart(2, '0')}`;
