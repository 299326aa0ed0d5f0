/**
 * First step of sign-in: e-mail and password. Whoever is not known, may not sign in or types a wrong password gets the same
 * answer after the same work, and not before a fixed time, so that neither words nor time tell who works here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '#contract';
import { allSent, leaveFirst } from '#database';
import type { Visitor } from '#http';
import { hasCode, LubartError, newId } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { approvedDevice, knownAt } from './devices/know-device.ts';
import { doerAt } from './deps.ts';
import { signInToken } from './enrol-person.ts';
import type { Entrant } from './entrant.ts';
import { readEntrant } from './entrant.ts';
import type { Guesser } from './failures.ts';
import { hashPassword, isOutdated, verifyPassword } from './password.ts';
import type { Ways } from './read-factors.ts';
import { waysOf } from './read-factors.ts';
import type { Credentials, Holder } from './sign-in-store.ts';
import { findCredentials, findCredentialsBy, findHolders, renewHash } from './sign-in-store.ts';
import { domainOf } from './sso/domain-of.ts';

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
async function* credentialsOf(deps: SignInDeps, token: () => Buffer): AsyncGenerator<Known> {
  const organizationId = await deps.defaultOrganization();
  const first =
    organizationId === null
      ? undefined
      : await deps.database.read(systemReach(organizationId), async (tx) => {
          await leaveFirst();
          return findCredentialsBy(tx, organizationId, token());
        });
  if (first !== undefined) yield { holder: { organizationId: organizationId!, personId: first.id }, found: first };
  for (const holder of await findHolders(deps.database, token())) {
    if (holder.personId === first?.id) continue;
    const reach = systemReach(holder.organizationId);
    yield { holder, found: await deps.database.read(reach, (tx) => findCredentials(tx, holder, false)) };
  }
}

type Known = { holder: Holder; found: Credentials | undefined };

type Attempt = {
  holder: Guesser;
  name: string | null;
  found: Credentials | undefined;
  counted: boolean;
  right: boolean;
  /** Made while the password is hashed, and used by nobody unless the try is right. */
  ifRight: IfRight | null;
  /** The act that accepts, under way; null: there is none yet. */
  accepting: Promise<void> | null;
};
type IfRight = { ticket: SignInTicket; noteAccepted: ReturnType<AuditLog['prepare']> };

async function checkPassword(
  deps: SignInDeps,
  visitor: Visitor,
  given: { email: string; password: string },
): Promise<SignInTicket> {
  let made: Buffer | undefined;
  const token = () => (made ??= signInToken(deps.keyring.root, given.email));
  const attempts: Attempt[] = [];
  for await (const { holder, found } of credentialsOf(deps, token)) {
    const attempt = await attemptOf(deps, visitor, holder, given, found);
    attempts.push(attempt);
    if (attempt.counted && attempt.right) return accept(deps, attempts, given.password);
  }
  if (attempts.length === 0) return refuseUnknown(deps, visitor, token(), given.password);
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
  const askedBesides = async () => {
    const seals = await deps.keyring.of(organizationId);
    const at = deps.clock.now();
    const { entrant, guesser, counted } = await deps.database.act(
      systemReach(organizationId),
      async (tx, commitBehind) => {
        const read = await readEntrant(tx, seals, personId, visitor.browser, at, Promise.resolve(found));
        const whose = { ...holder, known: approvedDevice(read, at) !== undefined };
        const [isCounted] = await allSent([deps.failures.countIn(tx, whose), commitBehind()]);
        return { entrant: read, guesser: whose, counted: isCounted };
      },
    );
    // Where the password is closed for a domain only owners keep it: a provider that is down must not shut everybody out.
    const isClosed = entrant.closedDomains.includes(domainOf(email));
    const shut = isClosed && !entrant.roles.some(({ key }) => key === 'owner');
    const name = entrant.person?.name ?? null;
    const ifRight = found === undefined ? null : prepareTicket(deps, visitor, seals, { guesser, found, entrant });
    return { shut, holder: guesser, counted, name, ifRight };
  };
  const stored = found !== undefined && found.deactivated_at === null ? found.hash : null;
  const turn = Promise.withResolvers<void>();
  const verifying = verifyPassword(stored, password, turn.resolve);
  verifying.catch(turn.reject);
  turn.promise.catch(() => {}); // thrown from the hashing itself, also when nobody waits for its turn
  const asking = askedBesides().then(async (besides) => {
    const mayAccept = stored !== null && !isOutdated(stored) && besides.counted && !besides.shut;
    if (!mayAccept || besides.ifRight === null) return { ...besides, accepting: null };
    await turn.promise;
    return { ...besides, accepting: acceptAhead(deps, besides.holder, besides.ifRight, verifying) };
  });
  const [{ shut, ...besides }, matches] = await Promise.all([asking, verifying]);
  return { ...besides, found, right: matches && !shut };
}

/**
 * Accepts the password while it is still hashed: the entry is written in an act that is committed when the password is right, and rolled back
 * when not (docs/decisions/0028). Begun when the hash is: no more connections are held so than passwords are hashed at once.
 */
function acceptAhead(
  deps: SignInDeps,
  holder: Guesser,
  { noteAccepted }: IfRight,
  verifying: Promise<boolean>,
): Promise<void> {
  const accepting = deps.database.actSoon(systemReach(holder.organizationId), async (tx, commitBehind) => {
    const noting = noteAccepted(tx);
    noting.catch(() => {}); // heard below, when it matters
    if (!(await verifying)) throw new LubartError('sign-in.refused');
    await allSent([noting, deps.failures.takeOff(tx, holder), commitBehind()]);
  });
  accepting.catch(() => {}); // heard by whoever is accepted
  return accepting;
}

function prepareTicket(
  deps: SignInDeps,
  visitor: Visitor,
  seals: OrganizationSeals,
  { guesser, found, entrant }: { guesser: Guesser; found: Credentials; entrant: Entrant },
): IfRight | null {
  const { organizationId, personId } = guesser;
  if (entrant.person === undefined) return null;
  const passwordChangedAt = found.changed_at.getTime();
  const body = { organizationId, personId, passwordChangedAt, ...knownAt(visitor, guesser) };
  const ways = waysOf(deps, entrant, { factors: ['password'], passkeyId: null });
  const doer = doerAt(organizationId, { personId, name: entrant.person.name, sessionId: null }, visitor);
  const about = { subjectKind: 'person', subjectIds: [personId] };
  return {
    ticket: { ...deps.tickets.make('second-step', body), ...ways },
    noteAccepted: deps.auditLog.prepare(seals, doer, { event: 'sign-in.password_accepted', ...about }),
  };
}

async function accept(deps: SignInDeps, attempts: Attempt[], password: string): Promise<SignInTicket> {
  const { holder, found, ifRight, accepting } = attempts.at(-1)!;
  const { ticket, noteAccepted } = ifRight!;
  if (accepting === null) await acceptOutdated(deps, holder, { from: found!.hash, password, noteAccepted });
  else await accepting;
  // Only this try is taken off elsewhere, so that a password known here does not unlock guessing there.
  for (const { holder: other, counted } of attempts.slice(0, -1)) {
    if (counted) await deps.database.act(systemReach(other.organizationId), (tx) => deps.failures.takeOff(tx, other));
  }
  return ticket;
}

/** Hashes the password anew, at the cost in use now. */
async function acceptOutdated(
  deps: SignInDeps,
  holder: Guesser,
  { from, password, noteAccepted }: Pick<IfRight, 'noteAccepted'> & { from: string; password: string },
): Promise<void> {
  const renewed = await hashPassword(password);
  await deps.database.actSoon(systemReach(holder.organizationId), async (tx, commitBehind) => {
    const off = deps.failures.takingOff(holder);
    await allSent([noteAccepted(tx, [off]), renewHash(tx, holder, from, renewed), commitBehind()]);
  });
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
