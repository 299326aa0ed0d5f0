/** One’s own factors: seen, added, taken away. Never the last one: nobody locks oneself out by tidying up. */
import type { BodyOf, factorRoutes, FactorsView } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor, PersonSecret } from '#protections/access';
import { findPersonRow, lockStandingNow, personPlace, readLine, readOrganization } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from './deps.ts';
import { demandsOn, has, isAttested } from './demands/demand.ts';
import { readDemands, readStanding } from './demands/read-standing.ts';
import type { Enrolled } from './demands/lift-wall.ts';
import { liftWall } from './demands/lift-wall.ts';
import type { PasskeyRow } from './passkey-store.ts';
import { deletePasskey, listPasskeys } from './passkey-store.ts';
import { passkeyPlace } from './passkeys.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { readNumber } from './sms-codes/own-number.ts';
import { makeEnrolment, requireEnrolment } from './setup.ts';
import { deleteAuthenticator, insertAuthenticator, listAuthenticators } from './totp.ts';

const holderOf = ({ organizationId, personId }: Actor) => ({ organizationId, personId });
const aboutMe = ({ personId }: Actor) => ({ subjectKind: 'person', subjectIds: [personId] });

export async function myFactors(deps: SignInDeps, actor: Actor): Promise<FactorsView> {
  const seals = await deps.keyring.of(actor.organizationId);
  return deps.database.read(systemReach(actor.organizationId), async (tx) => {
    const apps = await listAuthenticators(tx, seals, actor.personId);
    const keys = await listPasskeys(tx, holderOf(actor));
    const demands = await readDemands(tx, actor.organizationId);
    const [left] = await tx<{ count: number }[]>`
      SELECT count(*)::int AS count FROM recovery_codes
      WHERE organization_id = ${actor.organizationId} AND person_id = ${actor.personId} AND used_at IS NULL`;
    return {
      authenticators: apps.map(({ id, name, createdAt }) => ({ id, name, createdAt: createdAt.toISOString() })),
      passkeys: keys.map((row) => ({
        id: row.id,
        name: seals.open<{ name: string }>(passkeyPlace(row.id), row.sealed).name,
        kind: row.device_bound ? ('device-bound' as const) : ('synced' as const),
        attested: isAttested(demands, standingOf(row)),
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
      })),
      sms: await readNumber(deps, tx, seals, actor),
      recoveryCodesLeft: left!.count,
    };
  });
}

const standingOf = ({ id, device_bound: deviceBound, aaguid, vouched, attested_root: root }: PasskeyRow) => ({
  id,
  deviceBound,
  aaguid,
  vouched,
  root: root?.toString('hex') ?? null,
});

export async function myEmail(deps: SignInDeps, actor: Actor): Promise<{ email: string; organizationName: string }> {
  const seals = await deps.keyring.of(actor.organizationId);
  return deps.database.read(systemReach(actor.organizationId), async (tx) => {
    const row = await findPersonRow(tx, actor.organizationId, actor.personId);
    if (row === undefined) throw new LubartError('session.expired');
    const { email } = seals.open<PersonSecret>(personPlace(actor.personId), row.sealed);
    return { email, organizationName: (await readOrganization(tx, seals)).name };
  });
}

/** A secret for one more authenticator app. */
export async function beginAuthenticator(deps: SignInDeps, actor: Actor) {
  const { email, organizationName } = await myEmail(deps, actor);
  return makeEnrolment(deps, doorOf(actor), organizationName, email);
}

const doorOf = ({ personId }: Actor) => `person ${personId}`;

/** @throws sign-in.ticket_expired, sign-in.code_wrong */
export async function addAuthenticator(
  deps: SignInDeps,
  actor: Actor,
  body: BodyOf<(typeof factorRoutes)['POST /api/v1/authenticators']>,
): Promise<Enrolled> {
  const name = readLine(body.name, 'name');
  const { totpSecret, lastStep } = await requireEnrolment(deps, actor, doorOf(actor), body);
  const seals = await deps.keyring.of(actor.organizationId);
  const enrolled = await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    const { personId } = actor;
    // Attack: a stolen session is ended, and the thief’s app is enrolled by a request that was let in before.
    await lockStandingNow(tx, actor);
    await insertAuthenticator(tx, seals, { personId, secret: totpSecret, name, lastStep, at: deps.clock.now() });
    const facts = { factor: 'totp', proved: true };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'person.factor_enrolled', ...aboutMe(actor), facts });
    return liftWall(deps, tx, seals, actor, { factor: 'totp' });
  });
  deps.sessions.forget();
  return enrolled;
}

/** @throws request.not_found, factor.last, factor.demanded */
export async function removeFactor(
  deps: SignInDeps,
  actor: Actor,
  factor: 'totp' | 'passkey',
  id: string,
): Promise<void> {
  const holder = holderOf(actor);
  const seals = await deps.keyring.of(actor.organizationId);
  await deps.database.act(systemReach(actor.organizationId), async (tx) => {
    await lockStandingNow(tx, actor);
    const removed = await (factor === 'totp' ? deleteAuthenticator(tx, holder, id) : deletePasskey(tx, holder, id));
    if (!removed) throw new LubartError('request.not_found');
    await requireOneLeft(tx, actor, deps.clock.now());
    const facts = { factor };
    await deps.auditLog.record(tx, seals, doerOf(actor), { event: 'person.factor_removed', ...aboutMe(actor), facts });
  });
  deps.sessions.forget();
}

/** What is left must still open the door: something at all, and the level that the roles demand. */
export async function requireOneLeft(tx: Transaction, { organizationId, personId }: Actor, now: Date): Promise<void> {
  const demands = await readDemands(tx, organizationId);
  const left = await readStanding(tx, organizationId, personId, now);
  if (left === undefined || !has(demands, left, 'any')) throw new LubartError('factor.last');
  const lost = demandsOn(demands, left).some(({ level, from }) => from <= now.getTime() && !has(demands, left, level));
  if (lost) throw new LubartError('factor.demanded');
}

export async function renewRecoveryCodes(deps: SignInDeps, actor: Actor): Promise<string[]> {
  const seals = await deps.keyring.of(actor.organizationId);
  return deps.database.act(systemReach(actor.organizationId), async (tx) => {
    // Attack: codes asked for twice at one moment, so that those of the thief stay good beside those that were printed.
    await lockStandingNow(tx, actor);
    const codes = await makeRecoveryCodes(tx, deps.keyring.root, holderOf(actor));
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'person.recovery_codes_renewed',
      ...aboutMe(actor),
      facts: { recoveryCodes: codes.length },
    });
    return codes;
  });
}
