/**
 * Being the witness of somebody else’s log (C2SP tlog-witness, add-checkpoint): a head is confirmed only when the log’s known key
 * signed it and it is proved to continue the head that was confirmed before. What was confirmed is committed before it is answered.
 */
import {
  cosignText,
  readAddCheckpoint,
  readCheckpoint,
  readKey,
  readNote,
  signersOf,
  verifyConsistency,
} from '#contract/tlog';
import type { TreeHead } from '#contract/tlog';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog, Doer } from '#protections/audit-log';
import { logHash } from '#protections/audit-log/tree';
import { ed25519Verify, systemReach } from '#protections/encryption';
import type { WitnessKey } from './witness-key.ts';
import type { WitnessedRow } from './witness-store.ts';
import { advanceWitnessed, listWitnessed } from './witness-store.ts';

export type CosignDeps = { database: Database; auditLog: AuditLog; clock: Clock; witnessKey: WitnessKey };

/** The cosignature, or the size that the asker has to prove from. */
export type Cosigned = { line: string } | { conflict: number };

/**
 * `doer`: who asks, as far as it is known.
 * @throws request.invalid (400), witness.log_unknown (404), witness.not_signed (403), witness.proof_wrong (422)
 */
export async function cosign(deps: CosignDeps, doer: Doer, text: string): Promise<Cosigned> {
  const { organizationId } = doer;
  const asked = readAddCheckpoint(text);
  const note = asked === undefined ? undefined : readNote(asked.checkpoint);
  const head = note === undefined ? undefined : readCheckpoint(note.text);
  if (asked === undefined || note === undefined || head === undefined) throw new LubartError('request.invalid');
  const known = (await deps.database.read(systemReach(organizationId), (tx) => listWitnessed(tx, organizationId))).find(
    ({ origin, removed_at: removedAt }) => origin === head.origin && removedAt === null,
  );
  if (known === undefined) throw new LubartError('witness.log_unknown');
  requireSigned(known, note);
  if (asked.old > head.size) throw new LubartError('request.invalid', { field: 'old' });
  if (asked.old !== Number(known.size)) return { conflict: Number(known.size) };
  if (!continues(known, head, asked.proof)) {
    // Attack: the log was cut, rewritten or is shown differently to others – and its own key signed that.
    const facts = { origin: head.origin, known: Number(known.size), shown: head.size };
    await deps.auditLog.recordAlone(doer, { event: 'witness.fork_seen', facts });
    if (asked.old === head.size) return { conflict: Number(known.size) };
    throw new LubartError('witness.proof_wrong');
  }
  const at = deps.clock.now();
  const to = { old: asked.old, size: head.size, root: Buffer.from(head.root), at };
  const isOurs = await deps.database.act(systemReach(organizationId), (tx) =>
    advanceWitnessed(tx, organizationId, known.id, to),
  );
  if (!isOurs) return { conflict: await sizeNow(deps, organizationId, known.id) };
  const { keyOf, sign } = deps.witnessKey;
  return { line: cosignText(keyOf(organizationId), note.text, Math.floor(at.getTime() / 1000), sign) };
}

function requireSigned(known: WitnessedRow, note: NonNullable<ReturnType<typeof readNote>>): void {
  const key = readKey(logHash, known.key);
  let isSigned = false;
  try {
    isSigned = key !== undefined && signersOf(note, [key], ed25519Verify).length > 0;
  } catch {
    // A line of the log’s key that does not hold.
  }
  if (!isSigned) throw new LubartError('witness.not_signed');
}

function continues(known: WitnessedRow, head: TreeHead, proof: readonly Uint8Array[]): boolean {
  const old = Number(known.size);
  // The first head is taken as it is: from here on it cannot be changed (spec: the proof is empty when the old size is zero).
  if (old === 0) return proof.length === 0;
  return verifyConsistency(logHash, { old, oldRoot: known.root!, size: head.size, root: head.root, proof });
}

async function sizeNow({ database }: CosignDeps, organizationId: string, id: string): Promise<number> {
  const rows = await database.read(systemReach(organizationId), (tx) => listWitnessed(tx, organizationId));
  return Number(rows.find((one) => one.id === id)?.size ?? 0);
}
