/** The tags in use among the newest of the actor’s contacts: what a filter or a form may offer. */
import type { Database, Reach } from '#database';
import { contactKind, tagsInUse } from '#crm/records';

const contactsLookedAt = 5_000;
const tagsShown = 500;

export async function listTags(database: Database, reach: Reach): Promise<string[]> {
  const tags = await database.read(reach, (tx) => tagsInUse(tx, contactKind, reach, contactsLookedAt));
  return tags.slice(0, tagsShown);
}
