/** Routes of receivers of the log. */
import type { forwardRoutes } from '#contract';
import type { Transaction } from '#database';
import type { Handlers } from '#http';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { requireEntitledNow } from '#protections/access';
import type { Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import { newestHead } from '#protections/audit-log/tree';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { changeForward, requireFields, requireForward, shownAddress } from './change-forward.ts';
import { readClient } from './client-certificate.ts';
import type { ForwardDeps } from './forward-log.ts';
import { forwardTo } from './forward-log.ts';
import type { ClosedFacts } from './forward-store.ts';
import { deleteForward, forwardPlace, insertForward, listForwards, lockForward, savePause } from './forward-store.ts';
import { readAuthority, readReceiver } from './receiver-address.ts';
import { makeWebhookSecret } from './send-webhook.ts';
import { viewOf } from './view-forward.ts';

const receiversMax = 10;

export function forwardHandlers(deps: ForwardDeps): Handlers<typeof forwardRoutes> {
  const { database, clock, folder } = deps;
  /** Attack: who was dismissed or lost the right a moment ago closes the eyes of whoever reads the log outside. @throws access.denied */
  const requireKeeper = (tx: Transaction, actor: Actor) =>
    requireEntitledNow(tx, actor, 'security.update', clock.now());
  /** An act of whoever keeps the protections, with its entry. */
  const change = async <T>(
    actor: Actor,
    event: Happening['event'],
    { id, facts = {} }: { id: string; facts?: Record<string, unknown> },
    work: (tx: Transaction, seals: OrganizationSeals) => Promise<T>,
  ): Promise<T> => {
    const seals = await deps.keyring.of(actor.organizationId);
    return database.act(systemReach(actor.organizationId), async (tx) => {
      await requireKeeper(tx, actor);
      const result = await work(tx, seals);
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event,
        subjectKind: 'forward',
        subjectIds: [id],
        facts,
      });
      return result;
    });
  };
  const viewNow = async (tx: Transaction, organizationId: string, id: string) =>
    viewOf(await requireForward(tx, organizationId, id), folder, clock.now());
  /** What is so already is no act. */
  const pause = (actor: Actor, id: string, pausedAt: Date | null) =>
    deps.keyring.of(actor.organizationId).then((seals) =>
      database.act(systemReach(actor.organizationId), async (tx) => {
        const { organizationId } = actor;
        await requireKeeper(tx, actor);
        await lockForward(tx, organizationId, id);
        const row = await requireForward(tx, organizationId, id);
        if ((row.paused_at === null) !== (pausedAt === null)) {
          await savePause(tx, organizationId, id, { pausedAt, now: clock.now() });
          const event = pausedAt === null ? 'forward.resumed' : 'forward.paused';
          const about = { subjectKind: 'forward', subjectIds: [id], facts: { kind: row.kind } };
          await deps.auditLog.record(tx, seals, doerOf(actor), { event, ...about });
        }
        return viewNow(tx, organizationId, id);
      }),
    );
  return {
    'GET /api/v1/security/forwards': ({ actor: { organizationId } }) =>
      database.read(systemReach(organizationId), async (tx) => ({
        forwards: (await listForwards(tx, organizationId)).map((row) => viewOf(row, folder, clock.now())),
      })),
    'POST /api/v1/security/forwards': async ({ actor, body }) => {
      const { kind, form, withNames = false } = body;
      requireFields(kind, body);
      const address = kind === 'file' ? '' : readReceiver(kind, body.address ?? '');
      const shown = shownAddress(kind, address);
      const authority = body.authority === undefined ? null : readAuthority(body.authority);
      const client = body.client === undefined ? null : readClient(body.client, clock.now());
      const secret = kind === 'webhook' ? makeWebhookSecret() : null;
      const id = newId();
      const facts = { kind, form, withNames, from: body.from ?? 'now', ...(address === '' ? {} : { address: shown }) };
      const forward = await change(actor, 'forward.added', { id, facts }, async (tx, seals) => {
        const { organizationId } = seals;
        if ((await listForwards(tx, organizationId)).length >= receiversMax) throw new LubartError('forward.too_many');
        const next = body.from === 'beginning' ? 0 : ((await newestHead(tx, organizationId))?.size ?? 0);
        const closed: ClosedFacts = {
          secret: secret ?? '',
          address,
          ...(client === null ? {} : { clientKey: client.key }),
        };
        const sealed = seals.seal(forwardPlace(id), closed);
        const at = clock.now();
        await insertForward(tx, organizationId, {
          id,
          kind,
          form,
          address: shown,
          authority,
          certificate: client?.certificate ?? null,
          withNames,
          sealed,
          at,
          next,
        });
        return viewNow(tx, organizationId, id);
      });
      return { forward, secret };
    },
    'POST /api/v1/security/forwards/:id/try': async ({ actor, params: { id } }) => {
      const { organizationId } = actor;
      const turn = await forwardTo(deps, organizationId, id, { isTry: true });
      const view = await database.read(systemReach(organizationId), (tx) => viewNow(tx, organizationId, id));
      if (turn === null) throw new LubartError(view.pausedAt === null ? 'forward.busy' : 'forward.paused');
      await deps.auditLog.recordAlone(doerOf(actor), {
        event: 'forward.tried',
        subjectKind: 'forward',
        subjectIds: [id],
        facts: view.problem === null ? {} : { reason: view.problem },
      });
      return { ...view, ...turn };
    },
    'PATCH /api/v1/security/forwards/:id': ({ actor, params: { id }, body }) => changeForward(deps, actor, id, body),
    'POST /api/v1/security/forwards/:id/pause': ({ actor, params: { id } }) => pause(actor, id, clock.now()),
    'POST /api/v1/security/forwards/:id/resume': ({ actor, params: { id } }) => pause(actor, id, null),
    'DELETE /api/v1/security/forwards/:id': async ({ actor, params: { id } }) => {
      await change(actor, 'forward.removed', { id }, async (tx, { organizationId }) => {
        if (!(await deleteForward(tx, organizationId, id))) throw new LubartError('forward.not_found');
      });
      return {};
    },
  };
}
