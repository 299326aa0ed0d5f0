/** The lifting of the wall: what was enrolled or proved behind it counts for this session, and for no other. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor, ProvenFactor } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { makeRecoveryCodes } from '../recovery-codes.ts';
import { rotateSession } from '../session-store.ts';
import { readStanding } from './read-standing.ts';
import { readProof, readVerdict } from './session-demand.ts';

/** The session’s new token when it stood behind the wall; recovery codes, shown once, for whoever had none left. */
export type Enrolled = { token: string | null; recoveryCodes: string[] };

/**
 * A factor was enrolled in this session, and so proved in it. What was stolen before opens nothing after (ASVS 5.0 §7.2.4). Other
 * sessions stay where they are. Attack: the thief’s session, lifted by what its victim enrols in another one.
 */
export async function liftWall(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  proved: { factor: ProvenFactor; passkeyId?: string },
): Promise<Enrolled> {
  const { organizationId, sessionId, wall } = actor;
  if (sessionId === null || wall === undefined) return { token: null, recoveryCodes: [] };
  const at = deps.clock.now();
  const token = await rotateSession(tx, { organizationId, id: sessionId, ...proved, at });
  if (token === undefined) return { token: null, recoveryCodes: [] };
  await noteLifted(deps, tx, seals, actor, proved.factor);
  return { token, recoveryCodes: await firstCodes(deps, tx, seals, actor) };
}

/**
 * After something was proved in a session that stands behind the wall: the log says that it was enough only when it was. Attack: a
 * synced or unvouched key beside a demand for an attested one. @throws sign-in.factor_too_weak when what has to be proved was not
 */
export async function noteLifted(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  factor: ProvenFactor,
): Promise<void> {
  const { organizationId, personId, sessionId, wall } = actor;
  if (sessionId === null || wall === undefined) return;
  const proof = await readProof(tx, organizationId, sessionId);
  const verdict = await readVerdict(tx, organizationId, personId, proof!, deps.clock.now());
  if (verdict?.wall === 'prove') throw new LubartError('sign-in.factor_too_weak');
  if (verdict === undefined || verdict.state === 'wall') return;
  await deps.auditLog.record(tx, seals, doerOf(actor), {
    event: 'session.wall_lifted',
    subjectKind: 'session',
    subjectIds: [sessionId],
    facts: { factor },
  });
}

/** Whoever enrols the first factor here never saw a page with recovery codes, and would lose everything with the phone. */
async function firstCodes(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
): Promise<string[]> {
  const { organizationId, personId } = actor;
  const standing = await readStanding(tx, organizationId, personId, deps.clock.now());
  if (standing === undefined || standing.codesLeft > 0) return [];
  const codes = await makeRecoveryCodes(tx, deps.keyring.root, { organizationId, personId });
  await deps.auditLog.record(tx, seals, doerOf(actor), {
    event: 'person.recovery_codes_renewed',
    subjectKind: 'person',
    subjectIds: [personId],
    facts: { recoveryCodes: codes.length },
  });
  return codes;
}
