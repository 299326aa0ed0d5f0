/** Routes of receivers of the log. */
import type { forwardRoutes, ForwardView } from '#contract';
import type { Transaction } from '#database';
import type { Handlers } from '#http';
import { LubartError, newId } from '#kernel';
import type { Actor } from '#protections/access';
import type { Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import { newestHead } from '#protections/audit-log/tree';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { forwardFile } from './append-file.ts';
import type { ForwardDeps } from './forward-log.ts';
import { forwardTo } from './forward-log.ts';
import type { ForwardRow, Waiting } from './forward-store.ts';
import { deleteForward, findForward, forwardPlace, insertForward, listForwards } from './forward-store.ts';
import { readAuthority, readReceiver } from './receiver-address.ts';
import { makeWebhookSecret } from './send-webhook.ts';

const receiversMax = 10;

export function forwardHandlers(deps: ForwardDeps): Handlers<typeof forwardRoutes> {
  const { database, clock, folder } = deps;
  /** An act of whoever keeps the protections, with its entry. */
  const change = async <T>(
    actor: Actor,
    event: Happening['event'],
    { id, facts = {} }: { id: string; facts?: Record<string, unknown> },
    work: (tx: Transaction, seals: OrganizationSeals) => Promise<T>,
  ): Promise<T> => {
    const seals = await deps.keyring.of(actor.organizationId);
    return database.act(systemReach(actor.organizationId), async (tx) => {
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
  const viewNow = async (tx: Transaction, organizationId: string, id: string) => {
    const row = await findForward(tx, organizationId, id);
    if (row === undefined) throw new LubartError('forward.not_found');
    return viewOf(row, folder);
  };
  return {
    'GET /api/v1/security/forwards': ({ actor: { organizationId } }) =>
      database.read(systemReach(organizationId), async (tx) => ({
        forwards: (await listForwards(tx, organizationId)).map((row) => viewOf(row, folder)),
      })),
    'POST /api/v1/security/forwards': async ({ actor, body }) => {
      const { kind, form, withNames = false } = body;
      const address = kind === 'file' ? '' : readReceiver(kind, body.address ?? '');
      const shown = kind === 'webhook' ? new URL(address).origin : address;
      const authority = kind === 'file' || body.authority === undefined ? null : readAuthority(body.authority);
      const secret = kind === 'webhook' ? makeWebhookSecret() : null;
      const id = newId();
      const facts = { kind, form, withNames, from: body.from ?? 'now', ...(address === '' ? {} : { address: shown }) };
      const forward = await change(actor, 'forward.added', { id, facts }, async (tx, seals) => {
        const { organizationId } = seals;
        if ((await listForwards(tx, organizationId)).length >= receiversMax) throw new LubartError('forward.too_many');
        const next = body.from === 'beginning' ? 0 : ((await newestHead(tx, organizationId))?.size ?? 0);
        const sealed = seals.seal(forwardPlace(id), { secret: secret ?? '', address });
        const at = clock.now();
        await insertForward(tx, organizationId, {
          id,
          kind,
          form,
          address: shown,
          authority,
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
      await forwardTo(deps, organizationId, id);
      const view = await database.read(systemReach(organizationId), (tx) => viewNow(tx, organizationId, id));
      await deps.auditLog.recordAlone(doerOf(actor), {
        event: 'forward.tried',
        subjectKind: 'forward',
        subjectIds: [id],
        facts: view.problem === null ? {} : { reason: view.problem },
      });
      return view;
    },
    'DELETE /api/v1/security/forwards/:id': async ({ actor, params: { id } }) => {
      await change(actor, 'forward.removed', { id }, async (tx, { organizationId }) => {
        if (!(await deleteForward(tx, organizationId, id))) throw new LubartError('forward.not_found');
      });
      return {};
    },
  };
}

function viewOf(row: ForwardRow & Waiting, folder: string): ForwardView {
  const next = Number(row.next_index);
  return {
    id: row.id,
    kind: row.kind,
    form: row.form,
    address: row.kind === 'file' ? forwardFile({ folder, id: row.id, form: row.form }) : row.address,
    withNames: row.with_names,
    ownAuthority: row.authority !== null,
    addedAt: row.added_at.toISOString(),
    next,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    waiting: Math.max(0, Number(row.size) - next),
    waitsSince: row.waits_since?.toISOString() ?? null,
    triedAt: row.tried_at?.toISOString() ?? null,
    problem: row.problem,
  };
}
