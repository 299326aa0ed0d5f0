/** What is still demanded of a session. */
import type { SessionView } from '#contract';
import type { Transaction } from '#database';
import type { ProvenFactor } from '#protections/access';
import { listRoles, markOf } from '#protections/access';
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

export async function readProof(
  tx: Transaction,
  organizationId: string,
  sessionId: string,
): Promise<Proof | undefined> {
  const [row] = await tx<{ factors: ProvenFactor[]; passkey_id: string | null }[]>`
    SELECT factors, passkey_id FROM sessions WHERE organization_id = ${organizationId} AND id = ${sessionId}`;
  return row === undefined ? undefined : { factors: row.factors, passkeyId: row.passkey_id };
}
