/** What the forwarding of the log proves in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { describeClient } from './client-certificate.ts';
import { listForwards } from './forward-store.ts';
import { lagSecondsOf } from './view-forward.ts';

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
        const evidence = { receivers: 0, late: 0, failing: 0, paused: 0, waiting: 0, lagSecondsMax: 0 };
        for (const id of await organizations()) {
          for (const row of await database.read(systemReach(id), (tx) => listForwards(tx, id))) {
            evidence.receivers += 1;
            evidence.waiting += Math.max(0, Number(row.size) - Number(row.next_index));
            if (row.problem !== null) evidence.failing += 1;
            if (row.paused_at !== null) evidence.paused += 1;
            const lag = lagSecondsOf(row, clock.now());
            evidence.lagSecondsMax = Math.max(evidence.lagSecondsMax, lag);
            if (lag > lagSecondsMax) evidence.late += 1;
          }
        }
        return { ok: evidence.late === 0, evidence };
      },
    },
    {
      id: 'audit-log.client_certificates',
      protection: 8,
      promise: 'No certificate by which we show a receiver of the log who we are is near its end',
      run: async () => {
        const evidence = { certificates: 0, endSoon: 0, over: 0 };
        for (const id of await organizations()) {
          for (const row of await database.read(systemReach(id), (tx) => listForwards(tx, id))) {
            const client = describeClient(row.certificate, clock.now());
            if (client === null) continue;
            evidence.certificates += 1;
            if (client.time === 'ends_soon') evidence.endSoon += 1;
            if (client.time === 'over') evidence.over += 1;
          }
        }
        return { ok: evidence.endSoon + evidence.over === 0, evidence };
      },
    },
  ];
}
