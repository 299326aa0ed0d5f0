/** What witnesses prove about the log in the running system. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { listWitnesses } from './witness-store.ts';

type PostureDeps = { database: Database; clock: Clock; organizations: () => Promise<string[]> };

/** Seconds after which a confirmation is late: a witness is asked every minute. */
const lagSecondsMax = 900;

export function witnessPosture({ database, clock, organizations }: PostureDeps): PostureCheck[] {
  return [
    {
      id: 'audit-log.witnessed',
      protection: 8,
      promise:
        'Where witnesses outside are set, one of them confirmed the log within a quarter of an hour, and none remembers another log',
      run: async () => {
        const evidence = { organizations: 0, withoutWitness: 0, late: 0, forked: 0, secondsBackMax: 0 };
        for (const id of await organizations()) {
          evidence.organizations += 1;
          const witnesses = await database.read(systemReach(id), (tx) => listWitnesses(tx, id));
          if (witnesses.length === 0) {
            evidence.withoutWitness += 1;
            continue;
          }
          const since = Math.max(...witnesses.map((one) => (one.confirmed_at ?? one.added_at).getTime()));
          const back = Math.round((clock.now().getTime() - since) / 1000);
          evidence.secondsBackMax = Math.max(evidence.secondsBackMax, back);
          if (back > lagSecondsMax) evidence.late += 1;
          evidence.forked += witnesses.filter(({ problem }) => problem === 'forked').length;
        }
        return { ok: evidence.late + evidence.forked === 0, evidence };
      },
    },
  ];
}
