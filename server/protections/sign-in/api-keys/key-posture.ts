/** What API keys prove about themselves in the running system. */
import { apiKeyNoticeDays } from '#contract';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';

type Deps = { database: Database; clock: Clock; organizations: () => Promise<string[]> };

export function keyPosture({ database, clock, organizations }: Deps): PostureCheck[] {
  return [
    {
      id: 'sign-in.api_keys',
      protection: 1,
      promise: 'Every live API key ends within a year, was used in the last 90 days and is not as wide as an owner',
      run: async () => {
        const evidence = { keys: 0, tooLong: 0, unused: 0, wide: 0 };
        const now = clock.now();
        const unusedSince = new Date(now.getTime() - apiKeyNoticeDays.unused * 86_400_000);
        for (const id of await organizations()) {
          const [row] = await database.read(
            systemReach(id),
            (tx) => tx<(typeof evidence)[]>`
              SELECT count(*)::int AS keys,
                count(*) FILTER (WHERE k.expires_at > ${now}::timestamptz + interval '366 days')::int AS "tooLong",
                count(*) FILTER (WHERE coalesce(k.last_used_at, k.created_at) < ${unusedSince})::int AS unused,
                count(*) FILTER (WHERE EXISTS (SELECT 1 FROM roles r WHERE r.organization_id = k.organization_id
                  AND r.id = ANY (k.role_ids) AND r.key = 'owner'))::int AS wide
              FROM api_keys k WHERE k.organization_id = ${id} AND k.revoked_at IS NULL AND k.expires_at > ${now}`,
          );
          for (const name of Object.keys(evidence) as (keyof typeof evidence)[]) evidence[name] += row![name];
        }
        return { ok: evidence.tooLong + evidence.unused + evidence.wide === 0, evidence };
      },
    },
  ];
}
