/** Routes of witnesses: ours, and being one. */
import type { WitnessedLogView, witnessRoutes, WitnessView } from '#contract';
import { readKey, writeKey } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { Transaction } from '#database';
import type { FileAnswer, Handlers } from '#http';
import { LubartError, newId } from '#kernel';
import { deletePlace, readOutsideAddress } from '#outside';
import type { Actor } from '#protections/access';
import { requireEntitledNow } from '#protections/access';
import type { Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import { logHash, newestHead } from '#protections/audit-log/tree';
import { systemReach } from '#protections/encryption';
import type { CosignDeps } from './cosign.ts';
import { cosign } from './cosign.ts';
import type { SendDeps } from './send-head.ts';
import { nameOfKey, sendHead } from './send-head.ts';
import type { WitnessedRow, WitnessRow } from './witness-store.ts';
import {
  endWitnessed,
  findWitness,
  insertWitness,
  listWitnessed,
  listWitnesses,
  saveWitnessed,
} from './witness-store.ts';

export type WitnessRoutesDeps = SendDeps &
  CosignDeps & {
    origin(): string;
    logKeyOf(organizationId: string): NoteKey;
    /** When a head was kept in another place outside last. */
    anchoredAt(tx: Transaction, organizationId: string): Promise<Date | null>;
  };

export function witnessHandlers(deps: WitnessRoutesDeps): Handlers<typeof witnessRoutes> {
  const { database, clock } = deps;
  /** An act of the owner with its entry. */
  const change = async <T>(
    actor: Actor,
    event: Happening['event'],
    id: string,
    facts: Record<string, unknown>,
    work: (tx: Transaction, organizationId: string) => Promise<T>,
  ): Promise<T> => {
    const seals = await deps.keyring.of(actor.organizationId);
    return database.act(systemReach(actor.organizationId), async (tx) => {
      // Attack: who was dismissed or lost the right a moment ago sends the one away who watches the log.
      await requireEntitledNow(tx, actor, 'security.update', clock.now());
      const result = await work(tx, actor.organizationId);
      const what = { event, subjectKind: 'witness', subjectIds: [id], facts };
      await deps.auditLog.record(tx, seals, doerOf(actor), what);
      return result;
    });
  };
  return {
    'GET /api/v1/security/witnesses': ({ actor: { organizationId } }) =>
      database.read(systemReach(organizationId), async (tx) => {
        const witnesses = await listWitnesses(tx, organizationId);
        const logs = (await listWitnessed(tx, organizationId)).filter(
          ({ removed_at: removedAt }) => removedAt === null,
        );
        const times = [...witnesses.map(({ confirmed_at: at }) => at), await deps.anchoredAt(tx, organizationId)];
        const newest = Math.max(...times.map((at) => at?.getTime() ?? -Infinity));
        return {
          witnesses: witnesses.map(viewOf),
          logs: logs.map(logView),
          size: (await newestHead(tx, organizationId))?.size ?? 0,
          secondsBack: newest === -Infinity ? null : Math.max(0, Math.round((clock.now().getTime() - newest) / 1000)),
          own: {
            address: `${deps.origin()}/api/v1/witness/${organizationId}`,
            key: writeKey(deps.witnessKey.keyOf(organizationId)),
            logKey: writeKey(deps.logKeyOf(organizationId)),
          },
        };
      }),
    'POST /api/v1/security/witnesses': async ({ actor, body }) => {
      const key = requireKey(body.key, 'witness');
      const address = requireAddress(body.address);
      const id = newId();
      const row = { id, address, key: writeKey(key), at: clock.now() };
      return change(actor, 'witness.added', id, { witness: key.name }, async (tx, organizationId) => {
        if (!(await insertWitness(tx, organizationId, row))) throw new LubartError('witness.known', { field: 'key' });
        return viewOf((await findWitness(tx, organizationId, id))!);
      });
    },
    'POST /api/v1/security/witnesses/:id/try': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      await sendHead(deps, organizationId, id);
      const row = await database.read(systemReach(organizationId), (tx) => findWitness(tx, organizationId, id));
      if (row === undefined) throw new LubartError('witness.not_found');
      await deps.auditLog.recordAlone(doerOf(actor), {
        event: 'witness.tried',
        subjectKind: 'witness',
        subjectIds: [id],
        facts: row.problem === null ? {} : { reason: row.problem },
      });
      return viewOf(row);
    },
    'DELETE /api/v1/security/witnesses/:id': async ({ actor, params: { id } }) => {
      await change(actor, 'witness.removed', id, {}, async (tx, organizationId) => {
        if (!(await deletePlace(tx, 'audit_witnesses', organizationId, id))) throw new LubartError('witness.not_found');
      });
      return {};
    },
    'POST /api/v1/security/witnessed-logs': async ({ actor, body }) => {
      const key = requireKey(body.key, 'log');
      const id = newId();
      const row = { id, origin: key.name, key: writeKey(key), at: clock.now() };
      return change(actor, 'witness.log_added', id, { origin: key.name }, async (tx, organizationId) => {
        await saveWitnessed(tx, organizationId, row);
        return logView((await listWitnessed(tx, organizationId)).find(({ origin }) => origin === key.name)!);
      });
    },
    'DELETE /api/v1/security/witnessed-logs/:id': async ({ actor, params: { id } }) => {
      await change(actor, 'witness.log_removed', id, {}, async (tx, organizationId) => {
        if (!(await endWitnessed(tx, organizationId, id, clock.now()))) throw new LubartError('witness.not_found');
      });
      return {};
    },
    'POST /api/v1/witness/:id/add-checkpoint': async ({ params: { id }, body, visitor }): Promise<FileAnswer> => {
      const { address, device, requestId } = visitor;
      const answer = await cosign(deps, { organizationId: id, actor: null, address, device, requestId }, body);
      return 'line' in answer
        ? textAnswer(200, 'text/plain; charset=utf-8', answer.line)
        : textAnswer(409, 'text/x.tlog.size', `${answer.conflict}\n`);
    },
  };
}

/** The submission prefix of a witness, as it is kept. @throws witness.address_wrong */
function requireAddress(text: string): string {
  const address = readOutsideAddress(text);
  if (address === undefined) throw new LubartError('witness.address_wrong', { field: 'address' });
  return address;
}

/** @throws witness.key_wrong */
function requireKey(line: string, kind: NoteKey['kind']): NoteKey {
  const key = readKey(logHash, line.trim());
  if (key?.kind !== kind) throw new LubartError('witness.key_wrong', { field: 'key' });
  return key;
}

const viewOf = (row: WitnessRow): WitnessView => ({
  id: row.id,
  name: nameOfKey(row.key),
  address: row.address,
  key: row.key,
  addedAt: row.added_at.toISOString(),
  size: Number(row.size),
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
  triedAt: row.tried_at?.toISOString() ?? null,
  nextAt: row.next_at.toISOString(),
  problem: row.problem,
});

const logView = (row: WitnessedRow): WitnessedLogView => ({
  id: row.id,
  origin: row.origin,
  size: Number(row.size),
  cosignedAt: row.cosigned_at?.toISOString() ?? null,
});

function textAnswer(status: 200 | 409, contentType: string, text: string): FileAnswer {
  async function* once() {
    yield Buffer.from(text);
  }
  return { fileName: 'answer', contentType, bytes: once(), status };
}
