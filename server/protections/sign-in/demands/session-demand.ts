/** What is still demanded of a session. */
import type { SessionView } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { ProvenFactor } from '#protections/access';
import { listRoles, markOf } from '#protections/access';
import type { Entrant } from '../entrant.ts';
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
  const [demands, standing] = await allSent([
    readDemands(tx, organizationId),
    readStanding(tx, organizationId, personId, now),
  ]);
  return standing === undefined ? undefined : judge(demands, standing, proof, now);
}

/** In words for the person, by language; null when nothing is missing. */
export type DemandView = ((language: 'uk' | 'en') => NonNullable<SessionView['demand']>) | null;

/** Sends at once what it asks, and nothing after an answer: COMMIT may be behind it. */
export async function readDemandView(
  tx: Transaction,
  organizationId: string,
  { demands, standing }: Pick<Entrant, 'demands' | 'standing'>,
  proof: Proof | undefined,
  now: Date,
): Promise<DemandView> {
  if (proof === undefined || standing === undefined) return null;
  const verdict = judge(demands, standing, proof, now);
  if (verdict.state === 'met') return null;
  const roles = (await listRoles(tx, organizationId)).filter(({ key, id }) => verdict.roles.includes(key ?? id));
  return (language) => ({
    level: verdict.level,
    wall: verdict.wall,
    until: verdict.until?.toISOString() ?? null,
    roles: roles.map((row) => markOf(row, language).name),
  });
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
