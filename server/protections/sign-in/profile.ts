/** What people do about themselves: their sessions, name, language and password. */
import type { BodyOf, peopleRoutes, SessionRowView, SessionView } from '#contract';
import { LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import {
  lockStandingNow,
  personPlace,
  readLine,
  readOrganization,
  requireStanding,
  updateProfile,
} from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { requireCurrentPassword } from './current-password.ts';
import { endLinks } from './links/links.ts';
import { readAddressee, tellPasswordChanged } from './links/tell-person.ts';
import { hashPassword } from './password.ts';
import { requirePassword } from './require-password.ts';
import { endSessions, listSessions } from './session-store.ts';
import { readSessionView } from './session-view.ts';
import { findCredentials, lockCredentials, setPassword } from './sign-in-store.ts';

const holderOf = ({ organizationId, personId }: Actor) => ({ organizationId, personId });

export async function mySession(deps: SignInDeps, actor: Actor): Promise<SessionView> {
  const seals = await deps.keyring.of(actor.organizationId);
  return deps.database.read(systemReach(actor.organizationId), (tx) =>
    readSessionView(tx, seals, actor.personId, actor.sessionId, deps.clock.now()),
  );
}

export async function mySessions(deps: SignInDeps, actor: Actor): Promise<SessionRowView[]> {
  const { organizationId, personId } = actor;
  const rows = await deps.database.read(systemReach(organizationId), (tx) =>
    listSessions(tx, organizationId, personId, deps.clock.now()),
  );
  return rows.map((row) => ({
    id: row.id,
    current: row.id === actor.sessionId,
    device: row.device,
    address: row.address,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  }));
}

/** Ends sessions of the actor’s own and records it. Returns how many ended. */
export async function endMySessions(
  deps: SignInDeps,
  actor: Actor,
  which: { only?: string; except?: string | null },
  event: 'session.ended' | 'session.signed_out',
): Promise<number> {
  const seals = await deps.keyring.of(actor.organizationId);
  const ended = await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    const ids = await endSessions(tx, { ...holderOf(actor), at: deps.clock.now(), ...which });
    if (ids.length > 0) {
      await deps.auditLog.record(tx, seals, doerOf(actor), { event, subjectKind: 'session', subjectIds: ids });
    }
    return ids.length;
  });
  deps.sessions.forget();
  return ended;
}

export async function changeProfile(
  deps: SignInDeps,
  actor: Actor,
  body: BodyOf<(typeof peopleRoutes)['PATCH /api/v1/profile']>,
): Promise<SessionView> {
  const { organizationId, personId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const view = await deps.database.act(systemReach(organizationId), async (tx) => {
    // Also so that an e-mail confirmed at this moment is not written over by the one that was read here.
    const row = await lockStandingNow(tx, actor);
    const secret = seals.open<PersonSecret>(personPlace(personId), row.sealed);
    const name = body.name === undefined ? secret.name : readLine(body.name, 'name');
    const language = body.language ?? row.language;
    const fields = [...(name === secret.name ? [] : ['name']), ...(language === row.language ? [] : ['language'])];
    if (fields.length > 0) {
      await updateProfile(tx, organizationId, personId, {
        sealed: seals.seal(personPlace(personId), { ...secret, name }),
        language,
      });
      const subject = { subjectKind: 'person', subjectIds: [personId] };
      await deps.auditLog.record(tx, seals, doerOf(actor), {
        event: 'person.updated',
        ...subject,
        facts: { fields, own: true },
      });
    }
    return readSessionView(tx, seals, personId, actor.sessionId, deps.clock.now());
  });
  deps.sessions.forget();
  deps.directory.forget(organizationId);
  return view;
}

/** @throws sign-in.refused (the current password is wrong), sign-in.too_many_attempts, password.* */
export async function changePassword(
  deps: SignInDeps,
  actor: Actor,
  given: { current: string; password: string },
): Promise<void> {
  const { organizationId, personId } = actor;
  const holder = holderOf(actor);
  const reach = systemReach(organizationId);
  const seals = await deps.keyring.of(organizationId);
  const { found, names } = await deps.database.read(reach, async (tx) => {
    const organization = await readOrganization(tx, seals);
    return { found: await findCredentials(tx, holder, false), names: [actor.name, organization.name] };
  });
  if (found === undefined) throw new LubartError('session.expired');
  const { email } = seals.open<PersonSecret>(personPlace(personId), found.sealed);
  await requirePassword(given.password, { email, names });
  const { hash: before } = await requireCurrentPassword(deps, actor, given.current, 'password change');
  const hash = await hashPassword(given.password);
  await deps.database.act(reach, async (tx) => {
    // Attack: a stolen session is ended, and with the password that was stolen too its holder sets another one.
    const now = await requireStanding(tx, actor, lockCredentials(tx, holder));
    if (now.hash !== before) throw new LubartError('sign-in.refused', { field: 'current' });
    await setPassword(tx, holder, hash, deps.clock.now());
    await deps.failures.takeOff(tx, { ...holder, known: true });
    const ended = await endSessions(tx, { ...holder, at: deps.clock.now(), except: actor.sessionId });
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.password_changed',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { sessionsEnded: ended.length },
    });
    await endLinks(deps, tx, holder, ['password-reset']);
    await tellPasswordChanged(deps, tx, await readAddressee(tx, seals, personId, now), actor);
  });
  deps.sessions.forget();
}
