/** What is still demanded of a session, and the lifting of the wall when it is met. */
import type { SessionView } from '#contract';
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import { listRoles, markOf } from '#protections/access';
import type { Actor, ProvenFactor } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import { rotateSession } from '../session-store.ts';
import type { Proof, Verdict } from './demand.ts';
import { judge } from './demand.ts';
import { readDemands, readStanding } from './read-standing.ts';

export async function readVerdict(
  tx: Transaction,
  organizationId: string,
  personId: string,
  proof: Proof,
  now: Date,
): Promise<Verdict | undefined> {
  const demands = await readDemands(tx, organizationId);
  const standing = await readStanding(tx, organizationId, personId, now);
  return standing === undefined ? undefined : judge(demands, standing, proof, now);
}

/** In words for the person; null when nothing is missing. */
export async function readDemandView(
  tx: Transaction,
  organizationId: string,
  personId: string,
  sessionId: string | null,
  language: 'uk' | 'en',
  now: Date,
): Promise<SessionView['demand']> {
  const proof = sessionId === null ? undefined : await readProof(tx, organizationId, sessionId);
  if (proof === undefined) return null;
  const verdict = await readVerdict(tx, organizationId, personId, proof, now);
  if (verdict === undefined || verdict.state === 'met') return null;
  const all = (await listRoles(tx, organizationId)).map((row) => markOf(row, language));
  return {
    level: verdict.level,
    wall: verdict.wall,
    until: verdict.until?.toISOString() ?? null,
    roles: all.filter(({ key, id }) => verdict.roles.includes(key ?? id)).map(({ name }) => name),
  };
}

async function readProof(tx: Transaction, organizationId: string, sessionId: string): Promise<Proof | undefined> {
  const [row] = await tx<{ factors: ProvenFactor[]; passkey_id: string | null }[]>`
    SELECT factors, passkey_id FROM sessions WHERE organization_id = ${organizationId} AND id = ${sessionId}`;
  return row === undefined ? undefined : { factors: row.factors, passkeyId: row.passkey_id };
}

/**
 * A factor was enrolled in this session, and so proved in it. Returns the session’s new token when it stood behind the wall; what
 * was stolen before opens nothing after (ASVS 5.0 §7.2.4). Other sessions stay where they are. Attack: the thief’s session, lifted
 * by what its victim enrols in another one.
 */
export async function liftWall(
  deps: SignInDeps,
  tx: Transaction,
  seals: OrganizationSeals,
  actor: Actor,
  proved: { factor: ProvenFactor; passkeyId?: string },
): Promise<string | null> {
  const { organizationId, sessionId, wall } = actor;
  if (sessionId === null || wall === undefined || wall === null) return null;
  const at = deps.clock.now();
  const token = await rotateSession(tx, { organizationId, id: sessionId, ...proved, at });
  if (token === undefined) return null;
  await noteLifted(deps, tx, seals, actor, proved.factor);
  return token;
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
