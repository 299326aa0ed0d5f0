/**
 * “Everything from this address”: the circumstances to look for are named by an entry that has them. So no address, network or device
 * stands in the address of a page or of a request, and nobody learns by trying values: who names an entry may read it.
 */
import type { AuditQueryValue } from '#contract';
import type { Reach, Transaction } from '#database';
import { beginningOfNetwork, LubartError } from '#kernel';

const columns = { requestOf: 'request_id', addressOf: 'address', networkOf: 'address', deviceOf: 'device' } as const;
type Name = keyof typeof columns;

/** What a column must be: equal to a text, beginning with it, or nothing at all, for the named entry has none. */
export type Circumstance = { column: string; value: string | null; beginning: boolean };

/** Looks up what the query names. @throws audit.not_found */
export async function findCircumstances(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
): Promise<Circumstance[]> {
  const found: Circumstance[] = [];
  for (const [name, column] of Object.entries(columns) as [Name, string][]) {
    const id = query[name];
    if (id === undefined) continue;
    const [row] = await tx`SELECT request_id, address, device FROM audit_entries
      WHERE organization_id = ${reach.organizationId} AND id = ${id}`;
    if (row === undefined) throw new LubartError('audit.not_found', { field: name });
    const value = row[column] as string | null;
    const network = name === 'networkOf' && value !== null ? beginningOfNetwork(value) : undefined;
    found.push({ column, value: network ?? value, beginning: network !== undefined });
  }
  return found;
}

/** The same as a condition. A beginning is a range: its operators are leakproof, so the index serves under row-level security. */
export function isSame(tx: Transaction, { column, value, beginning }: Circumstance) {
  if (value === null) return tx`false`;
  return beginning
    ? tx`${tx(column)} >= ${value} AND ${tx(column)} < ${afterBeginning(value)}`
    : tx`${tx(column)} = ${value}`;
}

/** The first text that comes after everything with this beginning. */
const afterBeginning = (beginning: string): string =>
  beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1);
