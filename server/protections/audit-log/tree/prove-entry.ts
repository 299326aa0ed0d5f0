/** One entry with the proof of its place (C2SP tlog-proof): for whoever has neither the log nor us, only the key of the log. */
import { writeProof } from '#contract/tlog';
import type { Database } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { provePlace } from './give-tiles.ts';
import { entriesAt, hasEntry, newestCheckpoint, positionOf } from './tree-store.ts';

/** @throws audit.not_found; audit.not_sealed: it has no place under a signed head yet, which takes a second */
export async function proveEntry(
  database: Database,
  organizationId: string,
  entryId: string,
): Promise<{ proof: string; bytes: Buffer; position: number }> {
  const { position, newest, bytes } = await database.read(systemReach(organizationId), async (tx) => {
    const [at, head] = await allSent([positionOf(tx, organizationId, entryId), newestCheckpoint(tx, organizationId)]);
    if (at === undefined && !(await hasEntry(tx, organizationId, entryId))) throw new LubartError('audit.not_found');
    if (at === undefined || head === undefined || at >= head.size)
      return { position: undefined, newest: head, bytes: null };
    const [entry] = await entriesAt(tx, organizationId, at, at + 1);
    return { position: at, newest: head, bytes: entry?.bytes ?? null };
  });
  if (position === undefined || newest === undefined) throw new LubartError('audit.not_sealed');
  if (bytes === null) throw new LubartError('audit.not_found');
  const { hashes } = await provePlace(database, organizationId, { position, size: newest.size });
  return { proof: writeProof({ extra: null, index: position, hashes, checkpoint: newest.note }), bytes, position };
}
