/**
 * Recovery on the server itself, for the owner whom nobody is left to vouch for. Whoever may read data and key could do worse; here it
 * is recorded, the person and all who may vouch get a letter, and nothing opens without the person’s own new factor and password.
 */
import { LubartError, newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { RefusedVisitor } from '../note-refusal.ts';
import { requireOneHolder } from '../one-holder.ts';
import { endSessions, newToken } from '../session-store.ts';
import { lockCredentials } from '../sign-in-store.ts';
import { cancelRequests, insertRequest } from './request-store.ts';
import { tellRecovery } from './tell-recovery.ts';

/** How long the printed link lives. */
export const operatorLinkMinutes = 60;

export type OperatorRecovery = { personId: string; link: string; expiresAt: string; sessionsEnded: number };

/** `within`: the organization that is meant. @throws person.not_found (nobody active with this e-mail), person.several_organizations */
export async function recoverByOperator(
  deps: SignInDeps,
  email: string,
  within: string | undefined,
  visitor: RefusedVisitor,
): Promise<OperatorRecovery> {
  const holder = await requireOneHolder(deps, email, within);
  const { organizationId, personId } = holder;
  const seals = await deps.keyring.of(organizationId);
  const at = deps.clock.now();
  const expiresAt = new Date(at.getTime() + operatorLinkMinutes * 60_000);
  const { token, hash } = newToken(organizationId);
  const { address, device, requestId } = visitor;
  const sessionsEnded = await deps.database.act(systemReach(organizationId), async (tx) => {
    const person = await lockCredentials(tx, holder);
    if (person === undefined || person.deactivated_at !== null) throw new LubartError('person.not_found');
    await cancelRequests(tx, holder, at, 'open');
    const id = newId();
    await insertRequest(tx, organizationId, {
      id,
      person_id: personId,
      way: 'operator',
      token_hash: hash,
      cancel_hash: null,
      password_changed_at: person.changed_at,
      needed: 0,
      asked_ids: [],
      address,
      device,
      asked_at: at,
      ready_at: at,
      expires_at: expiresAt,
    });
    // The lost phone may be signed in; what is on it ends now and not only when the link is followed.
    const ended = await endSessions(tx, { ...holder, at });
    await tellRecovery(deps, tx, seals, 'recoveryByOperator', { personId, person, visitor });
    await deps.auditLog.record(
      tx,
      seals,
      { organizationId, actor: null, address, device, requestId },
      {
        event: 'recovery.made_by_operator',
        subjectKind: 'person',
        subjectIds: [personId],
        facts: { request: id, by: 'local operator', sessionsEnded: ended.length },
      },
    );
    return ended.length;
  });
  deps.sessions.forget();
  return {
    personId,
    link: `${deps.origin()}/recover#token=${token}`,
    expiresAt: expiresAt.toISOString(),
    sessionsEnded,
  };
}
