/** Decoys over HTTP, for security alone. */
import type { decoyRoutes, DecoyView } from '#contract';
import type { RecordKind } from '#crm/records';
import { findHolder } from '#crm/records';
import type { Database } from '#database';
import type { Handlers } from '#http';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import { reachOf, requireEntitledNow } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { DecoyRow } from './decoy-store.ts';
import { deleteDecoy, insertDecoy, listDecoys } from './decoy-store.ts';

export type DecoyDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  kinds: Readonly<Record<'contact' | 'company', RecordKind>>;
  nameOf(organizationId: string): Promise<(id: string) => string>;
};

export function decoyHandlers(deps: DecoyDeps): Handlers<typeof decoyRoutes> {
  const { database, keyring, auditLog, clock, kinds } = deps;
  const view = async (organizationId: string, rows: readonly DecoyRow[]): Promise<DecoyView[]> => {
    const nameOf = await deps.nameOf(organizationId);
    return rows.map((row) => ({
      recordId: row.record_id,
      kind: row.kind,
      plantedBy: { id: row.planted_by, name: nameOf(row.planted_by) },
      plantedAt: row.planted_at.toISOString(),
      touches: row.touches,
      touchedAt: row.touched_at?.toISOString() ?? null,
    }));
  };
  return {
    'GET /api/v1/security/decoys': async ({ actor: { organizationId } }) => ({
      decoys: await view(
        organizationId,
        await database.read(systemReach(organizationId), (tx) => listDecoys(tx, organizationId)),
      ),
    }),
    'POST /api/v1/security/decoys': async ({ actor, body: { kind, recordId } }) => {
      const { organizationId, personId } = actor;
      // Attack: whoever sees no client learns by planting which ids are there.
      await findHolder(database, kinds[kind], reachOf(actor, kinds[kind].permission('read')), recordId);
      const seals = await keyring.of(organizationId);
      const at = clock.now();
      await database.act(systemReach(organizationId), async (tx) => {
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        if (!(await insertDecoy(tx, organizationId, { recordId, kind, personId, at })))
          throw new LubartError('decoy.already');
        const what = { event: 'decoy.planted', subjectKind: kind, subjectIds: [recordId] } as const;
        await auditLog.record(tx, seals, doerOf(actor), what);
      });
      const row: DecoyRow = {
        record_id: recordId,
        kind,
        planted_by: personId,
        planted_at: at,
        touches: 0,
        touched_at: null,
      };
      return (await view(organizationId, [row]))[0]!;
    },
    'DELETE /api/v1/security/decoys/:id': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      const seals = await keyring.of(organizationId);
      const row = await database.act(systemReach(organizationId), async (tx) => {
        // Attack: who was dismissed or lost the right a moment ago clears the traps away first.
        await requireEntitledNow(tx, actor, 'security.update', clock.now());
        const gone = await deleteDecoy(tx, organizationId, id);
        if (gone === undefined) throw new LubartError('decoy.not_found');
        const what = { event: 'decoy.removed', subjectKind: gone.kind, subjectIds: [id] } as const;
        await auditLog.record(tx, seals, doerOf(actor), what);
        return gone;
      });
      return (await view(organizationId, [row]))[0]!;
    },
  };
}
