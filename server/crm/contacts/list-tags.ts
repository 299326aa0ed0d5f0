/** The tags in use among the newest of the actor’s contacts: what a filter or a form may offer. */
import type { Database, Reach } from '#database';

const contactsLookedAt = 5_000;

export async function listTags(database: Database, reach: Reach): Promise<string[]> {
  const rows = await database.read(
    reach,
    (tx) => tx`
      SELECT DISTINCT tag FROM (
        SELECT tags FROM contacts WHERE organization_id = ${reach.organizationId} AND archived_at IS NULL
        ORDER BY id DESC LIMIT ${contactsLookedAt}) AS newest, unnest(newest.tags) AS tag
      ORDER BY tag LIMIT 500`,
  );
  return rows.map((row) => row['tag'] as string);
}
