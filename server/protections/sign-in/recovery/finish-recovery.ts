/**
 * The waiting is over: the link, the password and the first code of the new app together. In one transaction the request is spent,
 * everything that let the person in before ends, the new factor stands, and the door opens.
 */
import type { RecoveryStateView, SessionView } from '#contract';
import type { Visitor } from '#http';
import { LubartError } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace, readOrganization } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { doerAt } from '../deps.ts';
import { forToken, requireGood } from '../one-time-token.ts';
import { openDoor } from '../open-door.ts';
import { hashPassword, verifyPassword } from '../password.ts';
import { makeRecoveryCodes } from '../recovery-codes.ts';
import { requirePassword } from '../require-password.ts';
import { endSessions } from '../session-store.ts';
import { makeEnrolment, requireEnrolment } from '../setup.ts';
import type { Credentials, Holder } from '../sign-in-store.ts';
import { findCredentials, lockCredentials, setPassword } from '../sign-in-store.ts';
import { insertAuthenticator } from '../totp.ts';
import type { Standing } from './approvers.ts';
import { readStanding } from './approvers.ts';
import type { RequestRow } from './request-store.ts';
import { claimRequest, findRequest, forgetFactors } from './request-store.ts';
import { tellRecovery } from './tell-recovery.ts';

/** What a link of recovery says when it opens nothing. */
export const deniedRecovery = {
  event: 'recovery.denied',
  refusals: { invalid: 'link.invalid', used: 'link.used', expired: 'link.expired' },
} as const;

type Found = {
  seals: OrganizationSeals;
  holder: Holder;
  row: RequestRow;
  person: Credentials;
  standing: Standing;
  state: 'waiting' | 'ready';
};

export async function recoveryState(deps: SignInDeps, visitor: Visitor, token: string): Promise<RecoveryStateView> {
  const { row, standing, state } = await requireRequest(deps, visitor, token, 'state');
  return {
    state,
    approvals: standing.approvals.length,
    needed: standing.needed,
    readyAt: standing.readyAt.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

/** @throws link.*, recovery.not_ready */
export async function openRecovery(deps: SignInDeps, visitor: Visitor, token: string) {
  const found = await requireReady(deps, visitor, token);
  const { seals, holder, row, person } = found;
  const { name, email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
  const organization = await deps.database.read(systemReach(holder.organizationId), (tx) =>
    readOrganization(tx, seals),
  );
  return {
    name,
    email,
    organizationName: organization.name,
    newPassword: row.way === 'operator',
    enrolment: makeEnrolment(deps, row.id, organization.name, email),
  };
}

export type Recovered = { token: string; session: SessionView; recoveryCodes: string[] };

/** @throws link.*, recovery.not_ready, sign-in.refused, sign-in.too_many_attempts, sign-in.*, password.* */
export async function finishRecovery(
  deps: SignInDeps,
  visitor: Visitor,
  given: { token: string; ticket: string; code: string; password: string },
): Promise<Recovered> {
  const found = await requireReady(deps, visitor, given.token);
  const { seals, holder, row } = found;
  const newHash = await provePassword(deps, visitor, found, given.password);
  const enrolment = await requireEnrolment(deps, visitor, row.id, given);
  const { organizationId, personId } = holder;
  const recovered = await deps.database.act(systemReach(organizationId), async (tx) => {
    const at = deps.clock.now();
    const person = await lockCredentials(tx, holder);
    if (person === undefined || person.deactivated_at !== null || isStale(row, person))
      throw new LubartError('link.invalid');
    if (!(await claimRequest(tx, organizationId, row.id, at))) throw new LubartError('link.invalid');
    const standing = await readStanding(tx, organizationId, row, at);
    // Attack: an approver was dismissed between the screen and this moment, or the rules became stricter.
    if (!isReady(standing, at)) throw new LubartError('recovery.not_ready');
    await forgetFactors(tx, holder);
    const ended = await endSessions(tx, { ...holder, at });
    if (newHash !== null) await setPassword(tx, holder, newHash, at);
    await insertAuthenticator(tx, seals, { personId, secret: enrolment.totpSecret, lastStep: enrolment.lastStep, at });
    const recoveryCodes = await makeRecoveryCodes(tx, deps.keyring.root, holder);
    await deps.failures.forget(tx, holder);
    const { name } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
    const who = { personId, name };
    await deps.auditLog.record(tx, seals, doerAt(organizationId, { ...who, sessionId: null }, visitor), {
      event: 'recovery.finished',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: {
        request: row.id,
        way: row.way,
        approvedBy: standing.approvals.map(({ id }) => id),
        sessionsEnded: ended.length,
      },
    });
    await tellRecovery(deps, tx, seals, 'recoveryFinished', { personId, person, visitor });
    return {
      ...(await openDoor(deps, tx, seals, { who, visitor, way: 'recovery', factors: ['password', 'totp'] })),
      recoveryCodes,
    };
  });
  deps.sessions.forget();
  return recovered;
}

/** The password that stands, counted before it is checked; or, where the operator let the person in, a new one as its hash. */
async function provePassword(
  deps: SignInDeps,
  visitor: Visitor,
  { seals, holder, row, person }: Found,
  password: string,
): Promise<string | null> {
  const { name, email } = seals.open<PersonSecret>(personPlace(holder.personId), person.sealed);
  if (row.way === 'operator') {
    await requirePassword(password, { email, names: [name] });
    return hashPassword(password);
  }
  const counted = await deps.failures.countTry(holder);
  const right = await verifyPassword(person.hash, password);
  if (counted && right) return null;
  const code = counted ? 'sign-in.refused' : 'sign-in.too_many_attempts';
  const actor = { personId: holder.personId, name, sessionId: null };
  const { organizationId } = holder;
  await deps.noteRefusal({
    event: 'recovery.denied',
    code,
    visitor,
    organizationId,
    actor,
    facts: { step: 'password' },
  });
  throw new LubartError(code, { field: 'password' });
}

async function requireReady(deps: SignInDeps, visitor: Visitor, token: string): Promise<Found> {
  const found = await requireRequest(deps, visitor, token, 'open');
  if (found.state === 'ready') return found;
  const { organizationId } = found.holder;
  const code = 'recovery.not_ready';
  await deps.noteRefusal({
    event: 'recovery.denied',
    code,
    visitor,
    organizationId,
    actor: null,
    facts: { step: 'open' },
  });
  throw new LubartError(code);
}

const isReady = ({ needed, readyAt, approvals }: Standing, now: Date) => approvals.length >= needed && readyAt <= now;

/** A link is dead when it was used, cancelled or is over, and when the password it was asked with is no more. */
const isStale = (row: RequestRow, person: Credentials) =>
  row.password_changed_at.getTime() !== person.changed_at.getTime();

const requireRequest = (deps: SignInDeps, visitor: Visitor, token: string, step: string): Promise<Found> =>
  forToken(deps, visitor, token, { ...deniedRecovery, facts: { step } }, async ({ organizationId, hash }) => {
    const now = deps.clock.now();
    const found = await deps.database.read(systemReach(organizationId), async (tx) => {
      const given = await findRequest(tx, organizationId, { link: 'token', hash });
      const row = requireGood(given, now, deniedRecovery.refusals);
      const holder = { organizationId, personId: row.person_id };
      const person = await findCredentials(tx, holder, false);
      if (person === undefined || person.deactivated_at !== null || isStale(row, person))
        throw new LubartError('link.invalid');
      return { holder, row, person, standing: await readStanding(tx, organizationId, row, now) };
    });
    const state = isReady(found.standing, now) ? 'ready' : 'waiting';
    return { ...found, state, seals: await deps.keyring.of(organizationId) };
  });
