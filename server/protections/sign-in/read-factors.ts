/** Which second factors a person has, and which of them would be accepted: nobody is asked for what is refused afterwards. */
import type { FactorKind, FactorLevel } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Proof } from './demands/demand.ts';
import { countsSms, judge, keysThatServe } from './demands/demand.ts';
import { readDemands, readStanding } from './demands/read-standing.ts';
import type { SignInDeps } from './deps.ts';
import type { Entrant } from './entrant.ts';
import type { Holder } from './sign-in-store.ts';

/** `demanded`: the level for the sake of which some of the person’s factors are left out; null when none is. */
export type Ways = { ways: FactorKind[]; demanded: FactorLevel | null };

/**
 * Strongest first, as they are offered. `before` is what was proved already: each factor is judged as the door will judge it
 * together with that. Without it everything the person has.
 */
export async function readWays(
  deps: Pick<SignInDeps, 'sms' | 'clock'>,
  tx: Transaction,
  { organizationId, personId }: Holder,
  before: Proof | null,
): Promise<Ways> {
  const [demands, standing] = await allSent([
    readDemands(tx, organizationId),
    readStanding(tx, organizationId, personId, deps.clock.now()),
  ]);
  return waysOf(deps, { demands, standing }, before);
}

/** The same of whom the door has read already. */
export function waysOf(
  { sms, clock }: Pick<SignInDeps, 'sms' | 'clock'>,
  { demands, standing }: Pick<Entrant, 'demands' | 'standing'>,
  before: Proof | null,
): Ways {
  if (standing === undefined) return { ways: [], demanded: null };
  const now = clock.now();
  const has: Readonly<Record<FactorKind, boolean>> = {
    passkey: standing.keys.length > 0,
    totp: standing.apps > 0,
    sms: standing.sms && sms.configured && countsSms(demands, standing.roles),
    recovery: standing.codesLeft > 0,
  };
  const kinds = (['passkey', 'totp', 'sms', 'recovery'] as const).filter((kind) => has[kind]);
  if (before === null) return { ways: kinds, demanded: null };
  const [key] = keysThatServe(demands, standing, before, now);
  const judged = kinds.map((kind) => {
    const factors = [...before.factors, kind];
    const passkeyId = kind === 'passkey' ? (key ?? standing.keys[0])!.id : before.passkeyId;
    return { kind, verdict: judge(demands, standing, { factors, passkeyId }, now) };
  });
  return {
    ways: judged.filter(({ verdict }) => verdict.wall !== 'prove').map(({ kind }) => kind),
    demanded: judged.find(({ verdict }) => verdict.wall === 'prove')?.verdict.level ?? null,
  };
}
