/**
 * The step of the door that asks for factors: two different ones from everybody, and what the roles demand where its time has come.
 * Whoever has the demanded factor uses it; whoever has none comes as far as the wall (session.ts asks on every request).
 */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { ProvenFactor } from '#protections/access';
import type { Entrant } from '../entrant.ts';
import type { Entry } from '../open-door.ts';
import type { FactorStanding, Demands } from './demand.ts';
import { canProve, countsSms, judge } from './demand.ts';
import { readDemands, readStanding } from './read-standing.ts';

/** What each way proves by itself is only the half of it. */
const halves: readonly ProvenFactor[] = ['password', 'sso', 'link', 'passkey'];

/** @throws sign-in.refused (too little was proved), sign-in.factor_too_weak (a stronger factor is there and demanded) */
export function requireFactors(
  { demands, standing }: Pick<Entrant, 'demands' | 'standing'>,
  { factors, passkeyId }: Pick<Entry, 'factors' | 'passkeyId'>,
  now: Date,
): void {
  if (standing === undefined) throw new LubartError('sign-in.ticket_expired');
  if (!isPair(factors) && !mayComeToEnrol(demands, standing, factors)) throw new LubartError('sign-in.refused');
  // Attack: a number that was taken over (SIM swap), where SMS was never allowed, or an owner’s.
  if (factors.includes('sms') && !countsSms(demands, standing.roles)) throw new LubartError('sign-in.refused');
  // Attack: a phished password and code, beside the key that would have seen the forged page.
  if (judge(demands, standing, { factors, passkeyId: passkeyId ?? null }, now).wall === 'prove')
    throw new LubartError('sign-in.factor_too_weak');
}

/** Whether what a provider says opens the door by itself, or a factor of one’s own comes after it. */
export async function entersBySso(
  tx: Transaction,
  organizationId: string,
  personId: string,
  factors: readonly ProvenFactor[],
  now: Date,
): Promise<boolean> {
  const demands = await readDemands(tx, organizationId);
  const standing = await readStanding(tx, organizationId, personId, now);
  if (standing === undefined) return true; // refused at the door
  if (!isPair(factors)) return mayComeToEnrol(demands, standing, factors);
  return judge(demands, standing, { factors, passkeyId: null }, now).wall !== 'prove';
}

/** Attack: a way in that forgets the second factor (a passkey without finger or PIN is possession only). */
function isPair(factors: readonly ProvenFactor[]): boolean {
  if (factors.includes('passkey-verified') || factors.includes('break-glass')) return true;
  const [first, second] = factors;
  return first !== undefined && second !== undefined && first !== second && halves.includes(first);
}

/** Who comes from a provider for the first time has nothing to prove with yet: as far as the wall, to enrol the first factor. */
const mayComeToEnrol = (demands: Demands, standing: FactorStanding, factors: readonly ProvenFactor[]) =>
  factors.length === 1 && factors[0] === 'sso' && !canProve(demands, standing);
