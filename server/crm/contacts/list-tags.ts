/** The tags in use among the newest of the actor’s contacts: what a filter or a form may offer. */
import type { Database, Reach } from '#database';
import type { FieldReader } from '#crm/records';
import { closedFields, contactKind, tagsInUse } from '#crm/records';

const contactsLookedAt = 5_000;
const tagsShown = 500;

/** None for whom tags are closed. */
export async function listTags(database: Database, actor: FieldReader, reach: Reach): Promise<string[]> {
  if (closedFields(contactKind, actor)['tags'] !== undefined) return [];
  const tags = await database.read(reach, (tx) => tagsInUse(tx, contactKind, reach, contactsLookedAt));
  return tags.slice(0, tagsShown);
}
