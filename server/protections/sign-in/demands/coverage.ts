/** Who is not covered: the same judgement as at the door, over everybody. The posture counts by it too. */
import type { CoverageFilter, CoverageRowView, coverageRoutes, QueryOf, ResponseOf } from '#contract';
import type { Database } from '#database';
import type { Handlers } from '#http';
import type { Actor } from '#protections/access';
import { markOf, referenceOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { SignInDeps } from '../deps.ts';
import type { FactorStanding, Verdict } from './demand.ts';
import { coverageOf, isAttested } from './demand.ts';
import { readDemands, readStandings } from './read-standing.ts';

type Route = (typeof coverageRoutes)['GET /api/v1/security/coverage'];
export type CoverageHandlers = Handlers<typeof coverageRoutes>;

/** As few codes as this are worth a word. */
const codesFew = 3;

type Covered = { standing: FactorStanding; verdict: Verdict; attestedKeys: number; smsOnly: boolean };

/** Everybody who may sign in, and where each stands. */
export async function readCoverage(database: Database, organizationId: string, now: Date): Promise<Covered[]> {
  return database.read(systemReach(organizationId), async (tx) => {
    const demands = await readDemands(tx, organizationId);
    return (await readStandings(tx, organizationId, now)).map((standing) => ({
      standing,
      verdict: coverageOf(demands, standing, now),
      attestedKeys: standing.keys.filter((key) => isAttested(demands, key)).length,
      smsOnly: standing.sms && standing.apps === 0 && standing.keys.length === 0,
    }));
  });
}

export function coverageHandlers(deps: SignInDeps): CoverageHandlers {
  return {
    'GET /api/v1/security/coverage': async ({ actor, query }) => showCoverage(deps, actor, query),
  };
}

/** Of everybody: the right to see security has no part that could be a department’s (wholePermissions). */
async function showCoverage(
  deps: SignInDeps,
  actor: Actor,
  { show = 'all' }: QueryOf<Route>,
): Promise<ResponseOf<Route>> {
  const { organizationId } = actor;
  const covered = await readCoverage(deps.database, organizationId, deps.clock.now());
  const byId = new Map(covered.map((one) => [one.standing.personId, one]));
  // In the order of names. Nothing personal beyond what lists of people show.
  const rows = (await deps.directory.list(organizationId)).flatMap((person) => {
    const found = byId.get(person.id);
    if (found === undefined) return [];
    const { standing, verdict, attestedKeys, smsOnly } = found;
    const demanding = person.roles.filter((role) => verdict.roles.includes(referenceOf(role)));
    const row: CoverageRowView = {
      personId: person.id,
      name: person.name,
      roles: person.roles.map((role) => ({ ...markOf(role, actor.language) })),
      has: { authenticators: standing.apps, passkeys: standing.keys.length, attestedKeys, sms: standing.sms },
      codesLeft: standing.codesLeft,
      smsOnly,
      demanded: verdict.level,
      demandedBy: demanding.map((role) => markOf(role, actor.language).name),
      state: verdict.state === 'wall' ? 'walled' : verdict.state,
      graceUntil: verdict.until?.toISOString() ?? null,
      lastSeenAt: person.lastSeenAt?.toISOString() ?? null,
    };
    return [row];
  });
  const count = (filter: CoverageFilter) => rows.filter((row) => isShown(row, filter)).length;
  return {
    people: rows.filter((row) => isShown(row, show)),
    counts: {
      people: rows.length,
      met: rows.length - count('lacking'),
      grace: count('grace'),
      walled: count('walled'),
      smsOnly: count('sms-only'),
      fewCodes: count('few-codes'),
    },
  };
}

function isShown(row: CoverageRowView, filter: CoverageFilter): boolean {
  if (filter === 'lacking') return row.state !== 'met';
  if (filter === 'grace' || filter === 'walled') return row.state === filter;
  if (filter === 'sms-only') return row.smsOnly;
  if (filter === 'few-codes') return row.codesLeft <= codesFew;
  return true;
}
