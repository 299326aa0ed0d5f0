/** The section of factors in the rules of sign-in: read into one form, dated, and counted before it is saved. */
import { X509Certificate } from 'node:crypto';
import type { FactorDemand, FactorRules } from '#contract';
import { factorLevels } from '#contract';
import { LubartError } from '#kernel';
import { requireRolesOnce } from '#protections/access';
import type { Demands, FactorStanding } from './demand.ts';
import { demandsOn, has } from './demand.ts';

const rank = ({ level }: Pick<FactorDemand, 'level'>) => factorLevels.indexOf(level);

export const demandsKey = ({ organization, roles }: FactorRules): boolean =>
  [organization, ...roles].some(({ level }) => level !== 'any');

/** @throws security.root_invalid, security.attested_empty, request.invalid (a role twice) */
export function readFactorRules(given: FactorRules): FactorRules {
  const { organization, roles, graceDays, attested, sms } = given;
  const read = {
    organization,
    roles,
    graceDays,
    attested: { models: [...new Set(attested.models)], roots: [...new Set(attested.roots.map(readRoot))] },
    sms: { ...sms, prefixes: [...new Set(sms.prefixes)] },
  };
  requireRolesOnce(roles, 'factors.roles');
  // Attack: a model’s number is no secret; without a maker’s root anybody’s own certificate would vouch for it.
  if (read.attested.roots.length === 0 && [organization, ...roles].some(({ level }) => level === 'attested'))
    throw new LubartError('security.attested_empty', { field: 'factors.attested' });
  return read;
}

function readRoot(text: string): string {
  try {
    const root = new X509Certificate(text);
    if (root.ca && root.validToDate > new Date()) return root.toString();
  } catch {
    // The same answer for what is no certificate at all.
  }
  throw new LubartError('security.root_invalid', { field: 'factors.attested.roots' });
}

/**
 * The days of grace begin when a demand rises; what was demanded before goes on from its own beginning. Attack: a rule saved again
 * every week, so that the grace never ends.
 */
export function dateDemands(before: FactorRules, after: FactorRules, now: Date): FactorRules {
  const narrowed = isNarrowed(before.attested, after.attested);
  const date = (old: FactorDemand | undefined, demand: FactorDemand): string | null => {
    if (demand.level === 'any') return null;
    const hasRisen = old === undefined || rank(old) < rank(demand) || old.since === null;
    return hasRisen || (narrowed && demand.level === 'attested') ? now.toISOString() : old.since;
  };
  return {
    ...after,
    organization: { ...after.organization, since: date(before.organization, after.organization) },
    roles: after.roles.map((demand) => ({
      ...demand,
      since: date(
        before.roles.find(({ role }) => role === demand.role),
        demand,
      ),
    })),
  };
}

type Attested = FactorRules['attested'];

/** Whether keys that were accepted before may be accepted no more. */
function isNarrowed(before: Attested, after: Attested): boolean {
  const lacks = (old: readonly string[], fresh: readonly string[]) => !old.every((one) => fresh.includes(one));
  const models = after.models.length > 0 && (before.models.length === 0 || lacks(before.models, after.models));
  const roots = after.roots.length > 0 && (before.roots.length === 0 || lacks(before.roots, after.roots));
  return models || roots;
}

/** Whom these rules would concern, at the latest when the days of grace are over. */
export function countConcerned(
  demands: Demands,
  standings: readonly FactorStanding[],
): { lacking: number; smsOnly: number } {
  const lacks = (one: FactorStanding) => demandsOn(demands, one).some(({ level }) => !has(demands, one, level));
  const isSmsOnly = (one: FactorStanding) => one.sms && one.apps === 0 && one.keys.length === 0;
  return { lacking: standings.filter(lacks).length, smsOnly: standings.filter(isSmsOnly).length };
}
