/** Which second factors a person has, and can be asked for here and now. */
import type { FactorKind } from '#contract';
import type { Transaction } from '#database';
import { countsSms } from './demands/demand.ts';
import { readDemands, readStanding } from './demands/read-standing.ts';
import type { SignInDeps } from './deps.ts';
import type { Holder } from './sign-in-store.ts';

/** Strongest first, as they are offered. */
export async function readFactorKinds(
  { sms, clock }: Pick<SignInDeps, 'sms' | 'clock'>,
  tx: Transaction,
  { organizationId, personId }: Holder,
): Promise<FactorKind[]> {
  const standing = await readStanding(tx, organizationId, personId, clock.now());
  if (standing === undefined) return [];
  const has: Readonly<Record<FactorKind, boolean>> = {
    passkey: standing.keys.length > 0,
    totp: standing.apps > 0,
    sms: standing.sms && sms.configured && countsSms(await readDemands(tx, organizationId), standing.roles),
    recovery: standing.codesLeft > 0,
  };
  return (['passkey', 'totp', 'sms', 'recovery'] as const).filter((kind) => has[kind]);
}
