/**
 * Erases a client for good. The key that sealed it is deleted with its row, so that what is left of it anywhere – values in the audit
 * log, pages of the database not yet overwritten – cannot be opened any more; the log still verifies, since it hashes what is sealed
 * (crypto-shredding, NIST SP 800-88 Rev. 1 §2.6). Prepared files that nobody fetched are ended, whoever is in them.
 */
import type { ErasureReason } from '#contract';
import type { RecordKind } from '#crm/records';
import { findHolderIn } from '#crm/records';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches, requireEntitledNow } from '#protections/access';
import type { AuditLog, Doer } from '#protections/audit-log';
import { doerOf, systemDoer } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { ErasureRow } from './erasure-store.ts';
import { countTies, deleteRecord, insertErasure, listErasedIds } from './erasure-store.ts';
import type { Journal } from './journal.ts';

export type ErasureDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  journal: Journal;
  kinds: Readonly<Record<'contact' | 'company', RecordKind>>;
  /** Ends prepared files that wait; how many there were. */
  endExports(tx: Transaction, organizationId: string): Promise<number>;
};

/** @throws *.not_found, erasure.not_in_trash, erasure.company_in_use, access.denied */
export async function eraseRecord(
  deps: ErasureDeps,
  kind: RecordKind,
  actor: Actor,
  reach: Reach,
  { id, reason }: { id: string; reason: ErasureReason },
): Promise<ErasureRow> {
  const { organizationId } = reach;
  const seals = await deps.keyring.of(organizationId);
  const row = await deps.database.act(reach, async (tx) => {
    // Attack: who was dismissed, moved or lost the right a moment ago erases clients, and nothing brings them back.
    const permission = kind.permission('erase');
    const self = await requireEntitledNow(tx, actor, permission, deps.clock.now());
    const holder = await findHolderIn(tx, kind, organizationId, id);
    if (holder === undefined || !reaches(self, permission, holder)) throw new LubartError(kind.error('not_found'));
    // Two steps, so that one slip of a hand erases nobody.
    if (!holder.archived) throw new LubartError('erasure.not_in_trash');
    return eraseIn(deps, tx, seals, kind, { id, reason, doer: doerOf(actor), personId: actor.personId });
  });
  await deps.journal.add([{ organizationId, kind: kind.name, id }]);
  return row;
}

async function eraseIn(
  { auditLog, clock, endExports }: ErasureDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  kind: RecordKind,
  given: { id: string; reason: ErasureRow['reason']; doer: Doer; personId: string | null },
): Promise<ErasureRow> {
  const { organizationId } = seals;
  const { id: recordId, reason, doer, personId } = given;
  const { shares, imports, contacts } = await countTies(tx, kind, organizationId, recordId);
  if (contacts > 0) throw new LubartError('erasure.company_in_use');
  if (!(await deleteRecord(tx, kind, organizationId, recordId))) throw new LubartError(kind.error('not_found'));
  const counts = { shares, imports, exports: await endExports(tx, organizationId) };
  const at = clock.now();
  const [id, entryId] = [newId(), newId()];
  const made = { id, kind: kind.name, record_id: recordId, reason, person_id: personId, entry_id: entryId, counts };
  await insertErasure(tx, organizationId, { ...made, at });
  await auditLog.record(tx, seals, doer, {
    id: entryId,
    event: kind.event('erased'),
    subjectKind: kind.name,
    subjectIds: [recordId],
    facts: { reason, ...counts },
  });
  return { ...made, erased_at: at };
}

/**
 * What the journal knows as erased and the database has again: erased anew, before anybody is served. And the other way round, what
 * the database knows and the journal does not. Returns how many were erased.
 */
export async function replayErasures(deps: ErasureDeps, organizationIds: readonly string[]): Promise<number> {
  const remembered = await deps.journal.read();
  let replayed = 0;
  for (const organizationId of organizationIds) {
    const seals = await deps.keyring.of(organizationId);
    const ours = remembered.filter((erased) => erased.organizationId === organizationId);
    const known = new Set(ours.map(({ id }) => id));
    const kept = await deps.database.read(systemReach(organizationId), (tx) => listErasedIds(tx, organizationId));
    const unknown = kept.filter(({ record_id: id }) => !known.has(id));
    await deps.journal.add(unknown.map(({ kind, record_id: id }) => ({ organizationId, kind, id })));
    for (const { kind: name, id } of ours) {
      const kind = deps.kinds[name];
      const reach = systemReach(organizationId, 'all');
      const back = await deps.database.read(reach, (tx) => findHolderIn(tx, kind, organizationId, id));
      if (back === undefined) continue;
      const doer = systemDoer(organizationId);
      await deps.database.act(reach, (tx) =>
        eraseIn(deps, tx, seals, kind, { id, reason: 'replayed', doer, personId: null }),
      );
      replayed += 1;
    }
  }
  return replayed;
}
