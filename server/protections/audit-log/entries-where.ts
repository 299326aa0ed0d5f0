/** Entries by the columns by which they are found, as a source of a query: all but their bytes. */
import type { Transaction } from '#database';

/**
 * Those for which something holds, the newest first when so many are enough: from the index, and those that are not indexed yet, of this
 * transaction too (docs/decisions/0033).
 */
export function entriesWhere(tx: Transaction, organizationId: string, holds: ReturnType<Transaction>, most?: number) {
  const newest = most === undefined ? tx`` : tx`ORDER BY id DESC LIMIT ${most}`;
  return tx`((SELECT * FROM audit_index WHERE organization_id = ${organizationId} AND ${holds} ${newest})
    UNION ALL (SELECT * FROM lubart_fresh_entries() WHERE ${holds} ${newest}) ${newest}) AS e`;
}
