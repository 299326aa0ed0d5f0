/**
 * What factor is demanded of a person, and whether a session meets it (NIST SP 800-63B-4 §2: the assurance is that of the sign-in,
 * not of what lies in the drawer). Pure: rules, what the person has, what the session proved, and the moment.
 *
 * A demand takes force when its days of grace are over, counted from when it was raised or the role was given, whichever is later; for
 * rights that are had for a time, from when it was raised.
 * From then on a session must have proved such a factor. Who has none stands before the wall and can only enrol one.
 */
import type { FactorLevel, FactorRules, Wall } from '#contract';
import { factorLevels } from '#contract';
import type { ProvenFactor } from '#protections/access';

const day = 86_400_000;

/** A passkey or hardware key, as much of it as the rules ask about. */
export type KeyStanding = {
  readonly id: string;
  readonly deviceBound: boolean;
  readonly aaguid: string;
  /** The maker’s certificate signed for it. */
  readonly vouched: boolean;
  /** SHA-256 of the root certificate that its path led to, hexadecimal; null when it led to none that was known then. */
  readonly root: string | null;
};

/** What a person can prove herself with, and since when she has which role. */
export type FactorStanding = {
  readonly personId: string;
  readonly joinedAt: Date;
  /** `lent`: of an absent head whose place the person takes, or given for a time. Its demand comes along, without days of grace. */
  readonly roles: readonly { readonly reference: string; readonly givenAt: Date; readonly lent?: boolean }[];
  readonly apps: number;
  readonly keys: readonly KeyStanding[];
  readonly sms: boolean;
  readonly codesLeft: number;
};

/** What was proved at a sign-in, and with which key. */
export type Proof = { readonly factors: readonly ProvenFactor[]; readonly passkeyId: string | null };

/** The rules with the fingerprints of their root certificates. */
export type Demands = FactorRules & { readonly rootMarks: readonly string[] };

export type Verdict = {
  readonly state: 'met' | 'grace' | 'wall';
  readonly level: FactorLevel;
  readonly wall: Wall | null;
  /** End of the days of grace. */
  readonly until: Date | null;
  /** References of the roles that demand what is missing (of what is demanded most, when nothing is). */
  readonly roles: readonly string[];
};

type Demand = { level: FactorLevel; role: string | null; from: number };

const rank = (level: FactorLevel) => factorLevels.indexOf(level);

/** Every demand on the person; any second factor is demanded of everybody, at once. */
export function demandsOn(rules: FactorRules, standing: Pick<FactorStanding, 'joinedAt' | 'roles'>): Demand[] {
  const from = (since: string | null, given: Date | null) =>
    Math.max(since === null ? 0 : Date.parse(since), given?.getTime() ?? 0) + rules.graceDays * day;
  const demands: Demand[] = [{ level: 'any', role: null, from: 0 }];
  const { organization } = rules;
  if (organization.level !== 'any')
    demands.push({ level: organization.level, role: null, from: from(organization.since, standing.joinedAt) });
  for (const { role, level, since } of rules.roles) {
    if (level === 'any') continue;
    for (const { reference, givenAt, lent } of standing.roles) {
      // Attack: rights for a week that come with a week of grace.
      if (reference === role) demands.push({ level, role, from: from(since, lent === true ? null : givenAt) });
    }
  }
  return demands.toSorted((a, b) => rank(b.level) - rank(a.level));
}

/** A key that the rule of attested keys accepts: of one device, signed for by its maker, of a listed model and maker. */
export function isAttested(demands: Demands, key: KeyStanding): boolean {
  const { models } = demands.attested;
  // Attack: a synced key, which lies in a cloud account; a soft key that signs for itself; a certificate of one’s own making.
  if (!key.deviceBound || !key.vouched) return false;
  if (models.length > 0 && !models.includes(key.aaguid)) return false;
  return key.root !== null && demands.rootMarks.includes(key.root);
}

/** Codes by SMS count where they are allowed, and never for an owner: whoever takes over the number would take over the company. */
export const countsSms = (
  rules: FactorRules,
  roles: readonly { readonly reference: string; readonly lent?: boolean }[],
): boolean => rules.sms.allowed && !roles.some(({ reference, lent }) => reference === 'owner' && lent !== true);

/** Whether the person has a factor of the level. */
export function has(demands: Demands, standing: FactorStanding, level: FactorLevel): boolean {
  if (level === 'attested') return standing.keys.some((key) => isAttested(demands, key));
  if (level === 'key') return standing.keys.length > 0;
  return standing.keys.length > 0 || standing.apps > 0 || (standing.sms && countsSms(demands, standing.roles));
}

/** Whether the person can prove herself with anything at all. */
export const canProve = (demands: Demands, standing: FactorStanding): boolean =>
  has(demands, standing, 'any') || standing.codesLeft > 0;

const secondFactors: readonly ProvenFactor[] = ['totp', 'passkey', 'passkey-verified', 'recovery', 'sso-proved'];

function isProved(
  demands: Demands,
  standing: FactorStanding,
  { factors, passkeyId }: Proof,
  level: FactorLevel,
): boolean {
  // Attack: a key that was taken away, or is no longer accepted, goes on opening through its old sessions.
  const key = standing.keys.find(({ id }) => id === passkeyId);
  if (level === 'attested') return key !== undefined && isAttested(demands, key);
  if (level === 'key') return key !== undefined;
  return (
    factors.some((factor) => secondFactors.includes(factor)) ||
    (factors.includes('sms') && countsSms(demands, standing.roles))
  );
}

/** Where a session stands. The sealed sheet of an owner meets everything: it is for the day on which all else is lost. */
export function judge(demands: Demands, standing: FactorStanding, proof: Proof, now: Date): Verdict {
  const all = demandsOn(demands, standing);
  const most = all[0]!;
  const rolesOf = (level: FactorLevel) =>
    all.filter((one) => one.level === level && one.role !== null).map(({ role }) => role!);
  const met: Verdict = { state: 'met', level: most.level, wall: null, until: null, roles: rolesOf(most.level) };
  if (proof.factors.includes('break-glass')) return met;
  const missing = all.filter(({ level }) => !isProved(demands, standing, proof, level));
  const inForce = missing.filter(({ from }) => from <= now.getTime());
  const isLost = proof.factors.includes('recovery');
  const wallOf = ({ level }: Demand): Wall => {
    // Whoever used a recovery code has lost the factor, and may enrol another one.
    if (has(demands, standing, level) && !isLost) return 'prove';
    return canProve(demands, standing) ? 'enrol' : 'first';
  };
  const walled = inForce.find((one) => wallOf(one) === 'prove') ?? inForce[0];
  if (walled !== undefined)
    return { state: 'wall', level: walled.level, wall: wallOf(walled), until: null, roles: rolesOf(walled.level) };
  const waiting = missing.filter(({ level }) => !has(demands, standing, level)).toSorted((a, b) => a.from - b.from)[0];
  if (waiting === undefined) return met;
  return {
    state: 'grace',
    level: waiting.level,
    wall: null,
    until: new Date(waiting.from),
    roles: rolesOf(waiting.level),
  };
}

/** Of a person’s keys those that lead in, together with what was proved before. */
export function keysThatServe(
  demands: Demands,
  standing: FactorStanding,
  { factors }: Proof,
  now: Date,
): readonly KeyStanding[] {
  return standing.keys.filter(
    ({ id }) => judge(demands, standing, { factors: [...factors, 'passkey'], passkeyId: id }, now).wall !== 'prove',
  );
}

/** Where a person stands who proves the best she has: the list of who is not covered. */
export function coverageOf(demands: Demands, standing: FactorStanding, now: Date): Verdict {
  const best = standing.keys.find((key) => isAttested(demands, key)) ?? standing.keys[0];
  const factors: ProvenFactor[] = [
    ...(best === undefined ? [] : (['passkey'] as const)),
    ...(standing.apps > 0 ? (['totp'] as const) : []),
    ...(standing.sms ? (['sms'] as const) : []),
  ];
  return judge(demands, standing, { factors, passkeyId: best?.id ?? null }, now);
}

/** Whether more is asked of this session than the door asks of everybody; what is not asked for needs no look at the database. */
export function asksMore(rules: FactorRules, factors: readonly ProvenFactor[]): boolean {
  const strict = rules.organization.level !== 'any' || rules.roles.some(({ level }) => level !== 'any');
  return strict || !factors.some((factor) => secondFactors.includes(factor) || factor === 'break-glass');
}
