/**
 * What began something that the queue goes on with: the first entry of the act that made its row. The row keeps the number of its
 * transaction (`written_in`), which the database says and the app can neither choose nor change, so a cause cannot be pretended.
 */
import type { EntryCause } from '#contract';
import type { Transaction } from '#database';

/** The id of a row and the transaction that made it. */
export type Made = { id: string; writtenIn: string };

/**
 * Undefined when that entry is not there any more. Transactions are counted anew where a dump is restored: an entry of the same number
 * and of another time is of another act.
 */
export async function findCause(
  tx: Transaction,
  organizationId: string,
  job: string,
  { id, writtenIn }: Made,
): Promise<EntryCause | undefined> {
  const [row] = await tx<{ request: string | null; entry: string }[]>`
    SELECT request_id AS request, id AS entry FROM audit_entries
    WHERE organization_id = ${organizationId} AND written_in = ${writtenIn}::xid8
      AND uuid_extract_timestamp(id) - uuid_extract_timestamp(${id}) BETWEEN interval '-1 minute' AND interval '1 minute'
    ORDER BY id LIMIT 1`;
  return row && { request: row.request, entry: row.entry, job };
}
