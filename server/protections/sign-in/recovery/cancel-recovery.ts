/** “It was not me”: from an open session, or by the link of the letter. What is cancelled never comes back. */
import type { Visitor } from '#http';
import type { Actor } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { forToken, requireGood } from '../one-time-token.ts';
import { deniedRecovery } from './finish-recovery.ts';
import { cancelRequests, findOpenRequest, findRequest } from './request-store.ts';

export async function ownRequest(deps: SignInDeps, actor: Actor) {
  const { organizationId, personId } = actor;
  const row = await deps.database.read(systemReach(organizationId), (tx) =>
    findOpenRequest(tx, organizationId, { personId }, deps.clock.now()),
  );
  if (row === undefined) return null;
  return { id: row.id, askedAt: row.asked_at.toISOString(), address: row.address, device: row.device };
}

export async function cancelOwn(deps: SignInDeps, actor: Actor): Promise<number> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  return deps.database.act(systemReach(organizationId), async (tx) => {
    const ended = await cancelRequests(tx, { organizationId, personId }, deps.clock.now(), 'open');
    for (const request of ended) {
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event: 'recovery.cancelled',
        subjectKind: 'person',
        subjectIds: [personId],
        facts: { request, by: 'person' },
      });
    }
    return ended.length;
  });
}

/** @throws link.* */
export async function cancelByLink(deps: SignInDeps, visitor: Visitor, token: string): Promise<void> {
  const now = deps.clock.now();
  const { organizationId, row } = await forToken(
    deps,
    visitor,
    token,
    { ...deniedRecovery, facts: { step: 'cancel' } },
    async ({ organizationId, hash }) => {
      const row = await deps.database.read(systemReach(organizationId), (tx) =>
        findRequest(tx, organizationId, { link: 'cancel', hash }),
      );
      return { organizationId, row: requireGood(row, now, deniedRecovery.refusals) };
    },
  );
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(systemReach(organizationId), async (tx) => {
    const holder = { organizationId, personId: row.person_id };
    for (const request of await cancelRequests(tx, holder, now, 'open')) {
      await deps.auditLog.record(tx, seals, doerAt(organizationId, null, visitor), {
        event: 'recovery.cancelled',
        subjectKind: 'person',
        subjectIds: [row.person_id],
        facts: { request, by: 'letter' },
      });
    }
  });
}
