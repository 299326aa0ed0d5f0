/**
 * Step-up: proving anew, inside an open session, that it is still the same person. Counted like a try at the door, for an open
 * browser must not become a place to guess codes; what succeeds gives the session a new token (ASVS 5.0 §7.2.4).
 */
import type { FactorKind } from '#contract';
import type { Transaction } from '#database';
import { hasCode, LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Proof } from './demands/demand.ts';
import { noteLifted } from './demands/lift-wall.ts';
import type { SignInDeps } from './deps.ts';
import type { Enter } from './finish-sign-in.ts';
import { entering, findCode, spendCode } from './finish-sign-in.ts';
import { judgeIn, requireDone } from './judged-act.ts';
import type { Proven } from './passkey-proof.ts';
import { readWays } from './read-factors.ts';
import { rotateSession } from './session-store.ts';

/** Behind the wall only what leads through it. */
export async function stepUpWays(deps: SignInDeps, actor: Actor): Promise<FactorKind[]> {
  const { organizationId, personId } = actor;
  const { ways } = await deps.database.read(systemReach(organizationId), (tx) =>
    readWays(deps, tx, { organizationId, personId }, proofAtWall(actor)),
  );
  return ways;
}

/** What was proved in a session that stands where something has to be proved; null anywhere else. Its key is one that did not serve. */
export const proofAtWall = ({ wall, factors }: Actor): Proof | null =>
  wall === 'prove' ? { factors, passkeyId: null } : null;

/** Returns the session’s new token. @throws sign-in.code_wrong, sign-in.code_already_used, sign-in.too_many_attempts */
export async function stepUpByCode(deps: SignInDeps, actor: Actor, code: string): Promise<string> {
  const holder = { organizationId: actor.organizationId, personId: actor.personId };
  return proveAnew(deps, actor, async (tx, seals) => {
    const { factor, spent } = await spendCode(deps, tx, holder, await findCode(deps, tx, seals, holder, code));
    await spent;
    return { factor };
  });
}

/**
 * `prove` spends the proof, in the transaction that rotates the token; `enter` as in finishWith.
 * @throws sign-in.factor_too_weak (behind the wall: something else is demanded), sign-in.too_many_attempts, session.*
 */
export async function proveAnew(
  deps: SignInDeps,
  actor: Actor,
  prove: (tx: Transaction, seals: OrganizationSeals) => Promise<Proven>,
  enter?: Enter,
): Promise<string> {
  const { organizationId, personId, sessionId } = actor;
  if (sessionId === null) throw new LubartError('session.missing');
  const holder = { organizationId, personId };
  const seals = await deps.keyring.of(organizationId);
  try {
    const judged = await deps.database.act(systemReach(organizationId), async (tx) => {
      const counted = await deps.failures.countIn(tx, { ...holder, known: true });
      return judgeIn(tx, await entering(tx, counted, enter), async () => {
        const { factor, ...key } = await prove(tx, seals);
        const rotated = await rotateSession(tx, {
          organizationId,
          id: sessionId,
          factor,
          ...key,
          at: deps.clock.now(),
        });
        if (rotated === undefined) throw new LubartError('session.expired');
        await deps.failures.takeOff(tx, { ...holder, known: true });
        const subject = { subjectKind: 'session', subjectIds: [sessionId] };
        await deps.auditLog.record(tx, seals, doerOf(actor), {
          event: 'session.proved_anew',
          ...subject,
          facts: { factor },
        });
        await noteLifted(deps, tx, seals, actor, factor);
        return rotated;
      });
    });
    const token = requireDone(judged);
    deps.sessions.forget();
    return token;
  } catch (error) {
    if (hasCode(error)) {
      const facts = { step: 'step-up' };
      const { code } = error;
      await deps.noteRefusal({ event: 'sign-in.denied', code, visitor: actor, organizationId, actor, facts });
    }
    throw error;
  }
}
