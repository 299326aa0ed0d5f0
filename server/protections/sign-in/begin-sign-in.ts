/**
 * First step of sign-in: e-mail and password. Whoever is not known, may not sign in or types a wrong password gets the same
 * answer after the same work, and not before a fixed time, so that neither words nor time tell who works here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '#contract';
import { allSent } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import type { PersonSecret } from '#protections/access';
import { personPlace, rolesOfPerson } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { isKnownBrowser, knownAt } from './devices/know-device.ts';
import { doerAt } from './deps.ts';
import { signInToken } from './enrol-person.ts';
import type { Guesser } from './failures.ts';
import { hashPassword, isOutdated, verifyPassword } from './password.ts';
import type { Ways } from './read-factors.ts';
import { readWays } from './read-factors.ts';
import type { Credentials, Holder } from './sign-in-store.ts';
import { findCredentials, findCredentialsBy, findHolders, renewHash } from './sign-in-store.ts';
import { domainOf } from './sso/domain-of.ts';
import { listClosedDomains } from './sso/provider-store.ts';

/** Milliseconds before which no refusal of the first step leaves. Longer than a hash and the statements around it take. */
export const refusalMillisMin = 350;

export type SignInTicket = { ticket: string; expiresAt: string } & Ways;

/** @throws sign-in.refused, sign-in.too_many_attempts, request.too_many */
export async function beginSignIn(
  deps: SignInDeps,
  visitor: Visitor,
  given: { email: string; password: string },
): Promise<SignInTicket> {
  const startedAt = performance.now();
  try {
    deps.failures.enterNetwork(visitor.address);
    const ticket = await checkPassword(deps, visitor, given);
    deps.failures.leaveNetwork(visitor.address);
    return ticket;
  } catch (error) {
    if (!hasCode(error, 'sign-in.refused', 'sign-in.too_many_attempts')) deps.failures.leaveNetwork(visitor.address);
    await sleep(Math.max(0, refusalMillisMin - (performance.now() - startedAt)));
    throw error;
  }
}

/**
 * Everybody who has the e-mail, with the password that stands. Whoever has it in the first organization – most installations have no
 * other – comes first, and is found with the password by one question; the others are looked for when that was not who came.
 */
async function* credentialsOf(deps: SignInDeps, token: Buffer): AsyncGenerator<Known> {
  const organizationId = await deps.defaultOrganization();
  const first =
    organizationId === null
      ? undefined
      : await deps.database.read(systemReach(organizationId), (tx) => findCredentialsBy(tx, organizationId, token));
  if (first !== undefined) yield { holder: { organizationId: organizationId!, personId: first.id }, found: first };
  for (const holder of await findHolders(deps.database, token)) {
    if (holder.personId === first?.id) continue;
    const reach = systemReach(holder.organizationId);
    yield { holder, found: await deps.database.read(reach, (tx) => findCredentials(tx, holder, false)) };
  }
}

type Known = { holder: Holder; found: Credentials | undefined };

type Attempt = {
  holder: Guesser;
  seals: OrganizationSeals;
  found: Credentials | undefined;
  name: string | null;
  counted: boolean;
  right: boolean;
  /** Given to nobody unless the try is right. */
  ticket: SignInTicket | null;
};

async function checkPassword(
  deps: SignInDeps,
  visitor: Visitor,
  given: { email: string; password: string },
): Promise<SignInTicket> {
  const token = signInToken(deps.keyring.root, given.email);
  const attempts: Attempt[] = [];
  for await (const { holder, found } of credentialsOf(deps, token)) {
    const attempt = await attemptOf(deps, visitor, holder, given, found);
    attempts.push(attempt);
    if (attempt.counted && attempt.right) return accept(deps, visitor, attempts, given.password);
  }
  if (attempts.length === 0) return refuseUnknown(deps, visitor, token, given.password);
  const code = attempts.some((attempt) => attempt.counted) ? 'sign-in.refused' : 'sign-in.too_many_attempts';
  for (const attempt of attempts) await noteAttempt(deps, visitor, attempt, code);
  throw new LubartError(code);
}

/**
 * Counted, checked and looked up at the same time: but for the hash itself, the database’s work disappears behind the hashing. An
 * uncounted try is never right.
 */
async function attemptOf(
  deps: SignInDeps,
  visitor: Visitor,
  holder: Holder,
  { email, password }: { email: string; password: string },
  found: Credentials | undefined,
): Promise<Attempt> {
  const { organizationId, personId } = holder;
  const reach = systemReach(organizationId);
  const askedBesides = async () => {
    const { known, ...read } = await deps.database.read(reach, async (tx) => {
      const [isKnown, roles, closedDomains, ways] = await allSent([
        isKnownBrowser(deps, tx, holder, visitor),
        rolesOfPerson(tx, organizationId, personId, deps.clock.now()),
        listClosedDomains(tx, organizationId),
        readWays(deps, tx, holder, { factors: ['password'], passkeyId: null }),
      ]);
      // Where the password is closed for a domain only owners keep it: a provider that is down must not shut everybody out.
      const shut = closedDomains.includes(domainOf(email)) && !roles.some(({ key }) => key === 'owner');
      return { known: isKnown, shut, ways };
    });
    const guesser = { ...holder, known };
    const counted = await deps.failures.countTry(guesser);
    const seals = await deps.keyring.of(organizationId);
    if (found === undefined) return { shut: read.shut, holder: guesser, counted, seals, name: null, ticket: null };
    const { name } = seals.open<PersonSecret>(personPlace(personId), found.sealed);
    const passwordChangedAt = found.changed_at.getTime();
    const body = { organizationId, personId, passwordChangedAt, ...knownAt(visitor, guesser) };
    const ticket = { ...deps.tickets.make('second-step', body), ...read.ways };
    return { shut: read.shut, holder: guesser, counted, seals, name, ticket };
  };
  const stored = found !== undefined && found.deactivated_at === null ? found.hash : null;
  const [{ shut, ...besides }, matches] = await Promise.all([askedBesides(), verifyPassword(stored, password)]);
  return { ...besides, found, right: matches && !shut };
}

async function accept(
  deps: SignInDeps,
  visitor: Visitor,
  attempts: Attempt[],
  password: string,
): Promise<SignInTicket> {
  const { holder, found, name, seals, ticket } = attempts.at(-1)!;
  const { organizationId, personId } = holder;
  const renewed = isOutdated(found!.hash) ? await hashPassword(password) : null;
  // A ticket opens nothing by itself: what opens waits for the disk, and for all that was written before it (finish-sign-in.ts).
  await deps.database.actSoon(systemReach(organizationId), async (tx, commitBehind) => {
    const doer = doerAt(organizationId, { personId, name: name!, sessionId: null }, visitor);
    const about = { subjectKind: 'person', subjectIds: [personId] };
    const off = deps.failures.takingOff(holder);
    await allSent([
      deps.auditLog.record(tx, seals, doer, { event: 'sign-in.password_accepted', ...about }, [off]),
      ...(renewed === null ? [] : [renewHash(tx, holder, found!.hash, renewed)]),
      commitBehind(),
    ]);
  });
  // Only this try is taken off elsewhere, so that a password known here does not unlock guessing there.
  for (const { holder: other, counted } of attempts.slice(0, -1)) {
    if (counted) await deps.database.act(systemReach(other.organizationId), (tx) => deps.failures.takeOff(tx, other));
  }
  return ticket!;
}

async function refuseUnknown(deps: SignInDeps, visitor: Visitor, token: Buffer, password: string): Promise<never> {
  const organizationId = await deps.defaultOrganization();
  const nobody = { organizationId: organizationId ?? newId(), personId: newId() };
  await deps.database.read(systemReach(nobody.organizationId), (tx) => findCredentials(tx, nobody, false));
  const counted = deps.failures.countUnknown(token);
  await verifyPassword(null, password);
  const code = counted ? 'sign-in.refused' : 'sign-in.too_many_attempts';
  await deps.noteRefusal({
    event: 'sign-in.denied',
    code,
    visitor,
    organizationId,
    actor: null,
    facts: { step: 'password' },
  });
  throw new LubartError(code);
}

async function noteAttempt(
  deps: SignInDeps,
  visitor: Visitor,
  { holder, found, name }: Attempt,
  code: ErrorCode,
): Promise<void> {
  const { organizationId, personId } = holder;
  if (found === undefined) return;
  const facts = { step: 'password', ...(found.deactivated_at === null ? {} : { deactivated: true }) };
  const actor = { personId, name: name!, sessionId: null };
  await deps.noteRefusal({ event: 'sign-in.denied', code, visitor, organizationId, actor, facts });
}
