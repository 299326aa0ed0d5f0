/**
 * Recovery on the server itself, for the owner whom nobody is left to vouch for. Whoever may read data and key could do worse; here it
 * is recorded, the person and all who may vouch get a letter, and nothing opens without the person’s own new factor and password.
 */
import { LubartError, newId } from '#kernel';
import { findPersonRow, readOrganization } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { signInToken } from '../enrol-person.ts';
import type { RefusedVisitor } from '../note-refusal.ts';
import { endSessions, newToken } from '../session-store.ts';
import type { Holder } from '../sign-in-store.ts';
import { findCredentialsBy, findHolders, lockCredentials } from '../sign-in-store.ts';
import { cancelRequests, insertRequest } from './request-store.ts';
import { tellRecovery } from './tell-recovery.ts';

/** How long the printed link lives. */
export const operatorLinkMinutes = 60;

export type OperatorRecovery = { personId: string; link: string; expiresAt: string; sessionsEnded: number };

/** `within`: the organization that is meant. @throws person.not_found (nobody active with this e-mail), recovery.several_organizations */
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

/** Attack: an e-mail that works in two companies. A link into the older one would go to whoever asked for the other. */
async function requireOneHolder(deps: SignInDeps, email: string, within: string | undefined): Promise<Holder> {
  const token = signInToken(deps.keyring.root, email);
  if (within !== undefined) {
    const person = await deps.database.read(systemReach(within), (tx) => findCredentialsBy(tx, within, token));
    if (person === undefined) throw new LubartError('person.not_found');
    return { organizationId: within, personId: person.id };
  }
  const active: Holder[] = [];
  for (const holder of await findHolders(deps.database, token)) if (await isActive(deps, holder)) active.push(holder);
  const [only, ...others] = active;
  if (only === undefined) throw new LubartError('person.not_found');
  if (others.length === 0) return only;
  const organizations = await Promise.all(active.map(({ organizationId }) => nameOf(deps, organizationId)));
  throw new LubartError('recovery.several_organizations', { details: { organizations: organizations.join('; ') } });
}

const isActive = (deps: SignInDeps, { organizationId, personId }: Holder): Promise<boolean> =>
  deps.database.read(systemReach(organizationId), async (tx) => {
    const person = await findPersonRow(tx, organizationId, personId);
    return person !== undefined && person.deactivated_at === null;
  });

async function nameOf(deps: SignInDeps, id: string): Promise<string> {
  const seals = await deps.keyring.of(id);
  const { name } = await deps.database.read(systemReach(id), (tx) => readOrganization(tx, seals));
  return `${id} ${name}`;
}
