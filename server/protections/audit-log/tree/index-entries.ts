/**
 * The index of the log: the columns by which entries are found, in a table of their own (docs/decisions/0033). It is written here in bulk, for
 * entries that have their places. What is not indexed yet is found all the same (lubart_fresh_entries), only not so fast in a long backlog.
 */
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';

/** Entries indexed in one transaction; bounds what a kill undoes. */
const entriesPerRun = 5_000;
/** The newest of the index that are compared with their entries. */
const sampleEntries = 200;

/** Indexes everything that has a place. Another node that is at it meanwhile is not waited for. @throws what the database throws */
export async function indexEntries(database: Database, organizationId: string): Promise<void> {
  for (let indexed = entriesPerRun; indexed === entriesPerRun;) {
    indexed = await database.act(systemReach(organizationId), async (tx) => {
      const [row] = await tx`SELECT lubart_index_entries(${entriesPerRun}) AS count`;
      return row!['count'] as number;
    });
  }
}

/** `fresh`: found without the index. `ahead`: whether it claims places that there are not. `different`: of the newest, what its entry says otherwise. */
export type IndexState = { entries: number; indexed: number; fresh: number; ahead: number; different: number };

/** One statement, for entries are written and indexed meanwhile. */
export async function readIndexState(database: Database, organizationId: string): Promise<IndexState> {
  const [row] = await database.read(
    systemReach(organizationId),
    (tx) => tx<IndexState[]>`
      SELECT (SELECT count(*)::int FROM audit_entries WHERE organization_id = ${organizationId}) AS entries,
        (SELECT count(*)::int FROM audit_index WHERE organization_id = ${organizationId}) AS indexed,
        (SELECT count(*)::int FROM lubart_fresh_entries()) AS fresh,
        (SELECT count(*)::int FROM audit_indexed d WHERE d.organization_id = ${organizationId} AND d.places > (
          SELECT coalesce(max(position) + 1, 0) FROM audit_leaves WHERE organization_id = ${organizationId})) AS ahead,
        (SELECT count(*)::int FROM (
            SELECT * FROM audit_index WHERE organization_id = ${organizationId} ORDER BY id DESC LIMIT ${sampleEntries}) AS i
          LEFT JOIN audit_entries e ON e.organization_id = i.organization_id AND e.id = i.id
          WHERE (i.at, i.level, i.event, i.outcome, i.actor_id, i.session_id, i.subject_ids, i.request_id, i.address, i.device) IS DISTINCT FROM
            (e.at, e.level, e.event, e.outcome, e.actor_id, e.session_id, e.subject_ids, e.request_id, e.address, e.device)) AS different`,
  );
  return row!;
}

export const isIndexWhole = ({ entries, indexed, fresh, ahead, different }: IndexState): boolean =>
  entries === indexed + fresh && ahead === 0 && different === 0;

/**
 * Makes the index anew, out of the entries, when it is not whole: somebody took something out of it or wrote something else there. Whether it had
 * to be.
 */
export async function mendIndex(database: Database, organizationId: string): Promise<boolean> {
  if (isIndexWhole(await readIndexState(database, organizationId))) return false;
  await database.act(systemReach(organizationId), (tx) => tx`SELECT lubart_empty_index()`);
  await indexEntries(database, organizationId);
  return true;
}
