/**
 * Some entries of the log as a file that others verify without us (contract/tlog/evidence.ts): the chosen ones as they are, of everything
 * between them the hashes of whole subtrees, and the newest signed head. The head is recomputed from both, so the file proves the place
 * of each entry in it and shows no other. Whoever gets it may black one out: `tree 0` and its hash in place of the entry.
 */
import { evidenceHeading, evidenceLines, writeKey } from '#contract/tlog';
import { LubartError } from '#kernel';
import { systemReach } from '#protections/encryption';
import { newestCheckpoint, positionsOf } from './tree-store.ts';
import type { EvidenceOf } from './write-stops.ts';
import { writeStops } from './write-stops.ts';

/** @throws audit.not_sealed: one of them has no place under a signed head yet, which takes a second */
export async function* writeChosen(given: EvidenceOf, entryIds: readonly string[]): AsyncGenerator<Buffer> {
  const { database, key, organizationId, stamps } = given;
  const { newest, places } = await database.read(systemReach(organizationId), async (tx) => ({
    newest: await newestCheckpoint(tx, organizationId),
    places: await positionsOf(tx, organizationId, entryIds),
  }));
  if (newest === undefined || places.length < entryIds.length || (places.at(-1) ?? 0) >= newest.size)
    throw new LubartError('audit.not_sealed');
  const cuts = ((await stamps?.ofPlaces(places)) ?? []).filter((size) => size <= newest.size);
  yield Buffer.from(`${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`);
  yield* writeStops(given, { from: 0, places, cuts, head: newest });
}
