/**
 * Names are sealed, so the database cannot sort by them. Each record carries `name_bucket`: a coarse place in the Ukrainian
 * alphabet. A page by name takes whole buckets in order, opens them and sorts inside. Where the cuts lie is itself made of
 * names, so it is sealed per organization; before an organization has cuts of its own, the first two letters decide.
 * What a bucket tells somebody with the disk: that a name lies between two unknown neighbours (THREATS.md).
 */
import type { Transaction } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { orderKey } from '#ukraine';

/** Rising order keys; a name’s bucket is the number of cuts that are not above it. */
export type NameOrder = readonly string[];

const bucketsMax = 1024;
const letters = [...'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'];

/** Cuts by the first two Cyrillic letters, and by the first of everything else: nothing about anybody’s clients. */
export const plainOrder: NameOrder = [
  ...'0123456789abcdefghijklmnopqrstuvwxyz',
  ...letters.flatMap((first) => [first, ...letters.map((second) => first + second)]),
]
  .map(orderKey)
  .toSorted(byCodeUnits);

/** The bucket of a name’s order key. */
export function bucketOf(order: NameOrder, key: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Cuts that share a sample of names evenly; the plain ones when the sample is too small to say anything. */
export function orderFromSample(names: readonly string[]): NameOrder {
  if (names.length < 2000) return plainOrder;
  const keys = names.map(orderKey).toSorted(byCodeUnits);
  const count = Math.min(bucketsMax, Math.floor(keys.length / 16));
  const cuts = Array.from({ length: count - 1 }, (_, at) => keys[Math.floor(((at + 1) * keys.length) / count)]!);
  return [...new Set(cuts)];
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const place = (kind: string) => `name_orders/${kind}`;

/** Reads the organization’s cuts. */
export async function readNameOrder(tx: Transaction, seals: OrganizationSeals, kind: string): Promise<NameOrder> {
  const rows =
    await tx`SELECT sealed FROM name_orders WHERE organization_id = ${seals.organizationId} AND record_kind = ${kind}`;
  return rows[0] === undefined ? plainOrder : seals.open<string[]>(place(kind), rows[0]['sealed']);
}

/** Keeps the organization’s cuts; only while it has no records that were placed by others. */
export async function writeNameOrder(
  tx: Transaction,
  seals: OrganizationSeals,
  kind: string,
  order: NameOrder,
  at: Date,
): Promise<void> {
  await tx`INSERT INTO name_orders (organization_id, record_kind, sealed, made_at)
    VALUES (${seals.organizationId}, ${kind}, ${seals.seal(place(kind), order)}, ${at})
    ON CONFLICT (organization_id, record_kind) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at`;
}
