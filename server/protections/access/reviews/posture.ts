/** What reviews prove about themselves in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { listGivenRoles, rightsOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { day } from './deps.ts';
import { readReviewRules } from './review-rules.ts';

/** So many people may hold a role that lets all clients leave or be revealed. */
export const wideHoldersMax = 5;
/** Hours after a deadline within which the job must have closed the campaign. */
const graceHours = 24;
const wide = ['contact.export', 'company.export', 'contact.reveal', 'company.reveal'] as const;

export function reviewPosture(deps: {
  database: Database;
  clock: Clock;
  organizations: () => Promise<string[]>;
}): PostureCheck[] {
  const { database, clock } = deps;
  const each = async <T>(look: (id: string, tx: Parameters<Parameters<Database['read']>[1]>[0]) => Promise<T>) => {
    const found: T[] = [];
    for (const id of await deps.organizations()) {
      found.push(await database.read(systemReach(id, 'all'), (tx) => look(id, tx)));
    }
    return found;
  };
  return [
    {
      id: 'access.reviews_not_overdue',
      protection: 2,
      promise: 'No access review stays open after its deadline',
      run: async () => {
        const limit = new Date(clock.now().getTime() - graceHours * 3_600_000);
        const overdue = await each(async (id, tx) => {
          const rows = await tx`
            SELECT 1 FROM review_campaigns WHERE organization_id = ${id} AND closed_at IS NULL AND deadline_at < ${limit}`;
          return rows.length;
        });
        return { ok: sum(overdue) === 0, evidence: { overdue: sum(overdue) } };
      },
    },
    {
      id: 'access.reviews_recent',
      protection: 2,
      promise: 'Every organization reviewed its rights within the interval it has set',
      run: async () => {
        const ages = await each(async (id, tx) => {
          const { rules } = await readReviewRules(tx, id);
          const [row] = await tx<{ since: Date }[]>`
            SELECT GREATEST(o.created_at, (SELECT max(c.started_at) FROM review_campaigns c
              WHERE c.organization_id = o.organization_id AND c.reason <> 'transfer')) AS since
            FROM organizations o WHERE o.organization_id = ${id}`;
          const age = Math.floor((clock.now().getTime() - row!.since.getTime()) / day);
          // A new organization may wait for its first whole period.
          return { age, late: age > 2 * rules.intervalMonths * 31 };
        });
        const late = ages.filter((one) => one.late).length;
        return { ok: late === 0, evidence: { late, oldestDays: Math.max(0, ...ages.map(({ age }) => age)) } };
      },
    },
    {
      id: 'access.no_over_wide_roles',
      protection: 2,
      promise: `No role that lets all clients be exported or revealed is held by more than ${wideHoldersMax} people`,
      run: async () => {
        const counts = await each(async (id, tx) => {
          const given = await listGivenRoles(tx, id, clock.now());
          const holders = Map.groupBy(
            given.filter((role) => wide.some((permission) => rightsOf(role).grants[permission] === 'all')),
            (role) => role.id,
          );
          return [...holders.values()].map((held) => held.length);
        });
        const most = Math.max(0, ...counts.flat());
        const over = counts.flat().filter((count) => count > wideHoldersMax).length;
        return { ok: over === 0, evidence: { roles: over, mostHolders: most, holdersMax: wideHoldersMax } };
      },
    },
  ];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
