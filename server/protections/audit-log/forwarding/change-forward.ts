/** A receiver is changed: where it is, in what form it gets the log, whom we believe and who we are. Its place in the log stays. */
import type { BodyOf, ForwardView, Routes } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { requireEntitledNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { readClient } from './client-certificate.ts';
import type { ForwardDeps } from './forward-log.ts';
import type { ClosedFacts, ForwardRow } from './forward-store.ts';
import { findForward, forwardPlace, lockForward, updateForward } from './forward-store.ts';
import { readAuthority, readReceiver } from './receiver-address.ts';
import { makeWebhookSecret } from './send-webhook.ts';
import { viewOf } from './view-forward.ts';

type Wish = BodyOf<Routes['PATCH /api/v1/security/forwards/:id']>;

/** @throws forward.not_found, forward.address_wrong, forward.authority_wrong, forward.client_wrong, request.invalid, access.denied */
export async function changeForward(
  deps: ForwardDeps,
  actor: Actor,
  id: string,
  wish: Wish,
): Promise<{ forward: ForwardView; secret: string | null }> {
  const { organizationId } = actor;
  const now = deps.clock.now();
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    // Attack: who was dismissed or lost the right a moment ago has the log sent to themselves.
    await requireEntitledNow(tx, actor, 'security.update', now);
    await lockForward(tx, organizationId, id);
    const row = await requireForward(tx, organizationId, id);
    const { changed, secret } = apply(seals, row, wish, now);
    await updateForward(tx, organizationId, id, { ...changed, at: now });
    const before = {
      form: row.form,
      withNames: row.with_names,
      ...(row.kind === 'file' ? {} : { address: row.address }),
    };
    const after = {
      form: changed.form,
      withNames: changed.withNames,
      ...(row.kind === 'file' ? {} : { address: changed.address }),
    };
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'forward.changed',
      subjectKind: 'forward',
      subjectIds: [id],
      facts: { kind: row.kind, fields: Object.keys(wish).toSorted(), before, after },
    });
    return { forward: viewOf(await requireForward(tx, organizationId, id), deps.folder, now), secret };
  });
}

/** @throws forward.not_found */
export async function requireForward(tx: Transaction, organizationId: string, id: string) {
  const row = await findForward(tx, organizationId, id);
  if (row === undefined) throw new LubartError('forward.not_found');
  return row;
}

function apply(seals: OrganizationSeals, row: ForwardRow, wish: Wish, now: Date) {
  requireFields(row.kind, wish);
  const closed = seals.open<ClosedFacts>(forwardPlace(row.id), row.sealed);
  const address =
    row.kind === 'file' || wish.address === undefined ? closed.address : readReceiver(row.kind, wish.address);
  // Attack: the new receiver is another’s, and knows with what the old one was signed to.
  const secret = row.kind === 'webhook' && address !== closed.address ? makeWebhookSecret() : null;
  const client = wish.client === undefined || wish.client === null ? wish.client : readClient(wish.client, now);
  const clientKey = client === undefined ? closed.clientKey : client?.key;
  const facts: ClosedFacts = {
    secret: secret ?? closed.secret,
    address,
    ...(clientKey === undefined ? {} : { clientKey }),
  };
  const authority =
    wish.authority === undefined || wish.authority === null ? wish.authority : readAuthority(wish.authority);
  return {
    secret,
    changed: {
      form: wish.form ?? row.form,
      address: shownAddress(row.kind, address),
      withNames: wish.withNames ?? row.with_names,
      authority: authority === undefined ? row.authority : authority,
      certificate: client === undefined ? row.certificate : (client?.certificate ?? null),
      sealed: seals.seal(forwardPlace(row.id), facts),
    },
  };
}

/** A file has no address, and only syslog asks who we are. @throws request.invalid */
export function requireFields(
  kind: ForwardRow['kind'],
  given: { address?: unknown; authority?: unknown; client?: unknown },
): void {
  const none =
    kind === 'file' ? (['address', 'authority', 'client'] as const) : kind === 'webhook' ? (['client'] as const) : [];
  const field = none.find((one) => given[one] !== undefined);
  if (field !== undefined) throw new LubartError('request.invalid', { field });
}

/** Of a webhook only where it is, for the rest may hold a token. */
export const shownAddress = (kind: ForwardRow['kind'], address: string): string =>
  kind === 'webhook' ? new URL(address).origin : address;
