/** What exports prove about themselves in the running system: what left unprotected, and that nothing waits beyond its time. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { countOverdue, countPlain } from './export-store.ts';

const day = 86_400_000;
/** More plain files a month than this are a habit, and no exception. */
export const plainPerMonthMax = 10;

export function exportPosture(deps: {
  database: Database;
  clock: Clock;
  organizations: () => Promise<string[]>;
}): PostureCheck[] {
  const { database, clock } = deps;
  const each = async <T>(look: (tx: Parameters<Parameters<Database['read']>[1]>[0], id: string) => Promise<T>) => {
    const found: T[] = [];
    for (const id of await deps.organizations()) found.push(await database.read(systemReach(id), (tx) => look(tx, id)));
    return found;
  };
  return [
    {
      id: 'encryption.plain_exports_rare',
      protection: 4,
      promise: 'Clients leave under a password or for a key; plain files are an exception',
      run: async () => {
        const since = new Date(clock.now().getTime() - 30 * day);
        const found = await each((tx, id) => countPlain(tx, id, since));
        const most = Math.max(0, ...found.map(({ files }) => files));
        const sum = (part: 'files' | 'people') => found.reduce((total, one) => total + one[part], 0);
        return { ok: most <= plainPerMonthMax, evidence: { plainFiles: sum('files'), people: sum('people') } };
      },
    },
    {
      id: 'encryption.exports_end',
      protection: 4,
      promise: 'No prepared file can be opened after its time, and none that was fetched can be opened again',
      run: async () => {
        // An hour of grace: the job that sweeps runs once in an hour.
        const limit = new Date(clock.now().getTime() - 2 * 3_600_000);
        const overdue = (await each((tx, id) => countOverdue(tx, id, limit))).reduce((total, n) => total + n, 0);
        return { ok: overdue === 0, evidence: { overdue } };
      },
    },
  ];
}
