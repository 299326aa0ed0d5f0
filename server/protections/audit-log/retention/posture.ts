/** What the keeping of the log proves in the running system. */
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { countLevels } from './retention-store.ts';

/** The newest entries of each organization of which none may be deletable. */
const sampleEntries = 500;

export function retentionPosture(deps: { database: Database; organizations: () => Promise<string[]> }): PostureCheck[] {
  const { database, organizations } = deps;
  return [
    {
      id: 'audit-log.kept',
      protection: 8,
      promise:
        'The database deletes no entry before its time or under a hold, and entries whose time is over are deleted within days',
      run: async () => {
        const evidence = { policies: '', youngDeletable: 0, overdue: 0 };
        const [policy] = await database.outside(
          (sql) => sql`
            SELECT string_agg(policyname, ', ') AS names FROM pg_policies
            WHERE tablename = 'audit_entries' AND cmd IN ('DELETE', 'ALL')`,
        );
        evidence.policies = String(policy!['names'] ?? '');
        for (const id of await organizations()) {
          await database.read(systemReach(id), async (tx) => {
            const [young] = await tx<{ count: number }[]>`
              SELECT count(*) FILTER (WHERE lubart_is_over(level, at, event, actor_id, subject_ids))::int AS count FROM (
                SELECT level, at, event, actor_id, subject_ids FROM audit_entries
                WHERE organization_id = ${id} AND at > now() - interval '180 days' ORDER BY id DESC LIMIT ${sampleEntries}) AS newest`;
            evidence.youngDeletable += young!.count;
            for (const { due } of await countLevels(tx, id, overdueMax)) evidence.overdue += due;
          });
        }
        const ok = evidence.policies === 'audit_entries_prune' && evidence.youngDeletable === 0;
        return { ok: ok && evidence.overdue < overdueMax, evidence };
      },
    },
  ];
}

/** More than a night leaves over when it is cut short. */
const overdueMax = 100_000;
