/** What the forwarding of the log proves in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { listForwards } from './forward-store.ts';

type PostureDeps = { database: Database; clock: Clock; organizations: () => Promise<string[]> };

/** Seconds after which an entry that waits is late: receivers are sent to every minute. */
const lagSecondsMax = 900;

export function forwardPosture({ database, clock, organizations }: PostureDeps): PostureCheck[] {
  return [
    {
      id: 'audit-log.forwarded',
      protection: 8,
      promise: 'Where the log is sent on, no entry waits for a receiver longer than a quarter of an hour',
      run: async () => {
        const evidence = { receivers: 0, late: 0, failing: 0, waiting: 0, lagSecondsMax: 0 };
        for (const id of await organizations()) {
          for (const row of await database.read(systemReach(id), (tx) => listForwards(tx, id))) {
            evidence.receivers += 1;
            evidence.waiting += Math.max(0, Number(row.size) - Number(row.next_index));
            if (row.problem !== null) evidence.failing += 1;
            // An entry is older than the receiver where the log is sent from its beginning.
            const since = Math.max(
              row.waits_since?.getTime() ?? Infinity,
              row.delivered_at?.getTime() ?? 0,
              row.added_at.getTime(),
            );
            const lag = since === Infinity ? 0 : Math.round((clock.now().getTime() - since) / 1000);
            evidence.lagSecondsMax = Math.max(evidence.lagSecondsMax, lag);
            if (lag > lagSecondsMax) evidence.late += 1;
          }
        }
        return { ok: evidence.late === 0, evidence };
      },
    },
  ];
}
