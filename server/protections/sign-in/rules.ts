/**
 * The rules of sign-in of an organization. Every request asks, so they are kept for at most a second; whoever changes them on this
 * node forgets at once, another node’s change is seen within the second.
 */
import type { DeviceRule, DeviceRules, SessionLimits, SessionRules, SignInRules } from '#contract';
import { defaultRules, sessionLimitsMax } from '#contract';
import type { Database, Transaction } from '#database';
import { writeVersionedRules } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';

/** Longest time the rules are kept, milliseconds. */
export const rulesKeptMillis = 1_000;

/** Version 0: nothing was ever set, everything is the default. */
export type KeptRules = SignInRules & { readonly version: number };

export type Rules = {
  of(organizationId: string): Promise<KeptRules>;
  forget(organizationId: string): void;
};

export function openRules({ database, clock }: { database: Database; clock: Clock }): Rules {
  const kept = new Map<string, { rules: KeptRules; until: number }>();
  let generation = 0;
  return {
    of: async (organizationId) => {
      const now = clock.now().getTime();
      const found = kept.get(organizationId);
      if (found !== undefined && found.until > now) return found.rules;
      const before = generation;
      const read = await database.read(systemReach(organizationId), (tx) => readRules(tx, organizationId));
      // The same version is the same object: what was made of it (compiled networks) goes on being used.
      const rules = found?.rules.version === read.version ? found.rules : read;
      // Rules that changed while these were being read must not be kept.
      if (before === generation) kept.set(organizationId, { rules, until: now + rulesKeptMillis });
      return rules;
    },
    forget: (organizationId) => {
      generation += 1;
      kept.delete(organizationId);
    },
  };
}

type Row = { version: number; sections: Partial<SignInRules> };

/** What an act has read: the steps of the door ask one after another, and the rules of one act are one. */
const readInAct = new WeakMap<Transaction, { organizationId: string; rules: Promise<KeptRules> }>();

/** `lock`: for whoever is about to change them. */
export function readRules(tx: Transaction, organizationId: string, lock = false): Promise<KeptRules> {
  const known = readInAct.get(tx);
  if (!lock && known?.organizationId === organizationId) return known.rules;
  const rules = selectRules(tx, organizationId, lock);
  readInAct.set(tx, { organizationId, rules });
  return rules;
}

async function selectRules(tx: Transaction, organizationId: string, lock: boolean): Promise<KeptRules> {
  const [row] = await tx<Row[]>`
    SELECT version, sections FROM sign_in_rules WHERE organization_id = ${organizationId} ${lock ? tx`FOR UPDATE` : tx``}`;
  return rulesFrom(row);
}

/** Of an organization that never set any, the defaults. */
export const rulesFrom = (
  row: { version: number | null; sections: Partial<SignInRules> | null } | undefined,
): KeptRules => ({
  ...defaultRules,
  ...row?.sections,
  version: row?.version ?? 0,
});

/** False when somebody else was faster: the version that stands is not the one before. */
export function writeRules(
  tx: Transaction,
  organizationId: string,
  given: { version: number; rules: SignInRules; at: Date },
): Promise<boolean> {
  readInAct.delete(tx);
  const place = { table: 'sign_in_rules', rules: 'sections', moment: 'changed_at' };
  return writeVersionedRules(tx, place, { organizationId, ...given });
}

/** The strictest of what holds for everybody and for each of these roles. */
export function sessionLimitsFor(rules: SessionRules, roles: readonly string[]): SessionLimits {
  const limits = [sessionLimitsMax, rules.organization, ...rules.roles.filter(({ role }) => roles.includes(role))];
  return {
    idleHours: Math.min(...limits.map(({ idleHours }) => idleHours)),
    days: Math.min(...limits.map(({ days }) => days)),
  };
}

/** The strictest of what holds for everybody and for each of these roles. */
export function deviceRuleFor(rules: DeviceRules, roles: readonly string[]): DeviceRule {
  const held = [rules.organization, ...rules.roles.filter(({ role }) => roles.includes(role))];
  return {
    // Attack: one lenient role beside a strict one.
    demanded: held.some(({ demanded }) => demanded),
    days: Math.min(...held.map(({ days }) => days)),
  };
}
