/** What places outside prove about the log in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { listAnchors } from './anchor-store.ts';

type PostureDeps = { database: Database; clock: Clock; organizations: () => Promise<string[]> };

/** Beyond its own schedule: pauses after failures are an hour at most. */
const lateMinutes = 120;

export function anchorPosture({ database, clock, organizations }: PostureDeps): PostureCheck[] {
  return [
    {
      id: 'audit-log.anchored_outside',
      protection: 8,
      promise:
        'Every place outside that is set got a head of the log within its own time and two hours, and what is kept there is of this log',
      run: async () => {
        const evidence = { organizations: 0, places: 0, late: 0, forked: 0, lagSecondsMax: 0 };
        for (const id of await organizations()) {
          evidence.organizations += 1;
          for (const row of await database.read(systemReach(id), (tx) => listAnchors(tx, id))) {
            const lag = clock.now().getTime() - (row.anchored_at ?? row.added_at).getTime();
            evidence.places += 1;
            evidence.lagSecondsMax = Math.max(evidence.lagSecondsMax, Math.round(lag / 1000));
            if (lag > (row.every_minutes + lateMinutes) * 60_000) evidence.late += 1;
            if (row.problem === 'forked') evidence.forked += 1;
          }
        }
        return { ok: evidence.late + evidence.forked === 0, evidence };
      },
    },
  ];
}
