/** Whether a head that was kept elsewhere is a head of the tree as it is now: the log has only grown since (RFC 6962 §2.1.2). */
import { readCheckpoint, readNote, rootOf, same, subtreesOfRoot } from '#contract/tlog';
import type { Database } from '#database';
import { sha256 } from './hash.ts';
import { nodesOf } from './nodes-of.ts';

/** False also when the tree is shorter, or has lost a part of what that head was made of. */
export async function standsIn(database: Database, organizationId: string, note: string): Promise<boolean> {
  const head = readCheckpoint(readNote(note)?.text ?? '');
  if (head === undefined) return false;
  const find = await nodesOf({ database, organizationId }, subtreesOfRoot(head.size));
  try {
    return same(rootOf(sha256, head.size, find), head.root);
  } catch {
    return false;
  }
}
