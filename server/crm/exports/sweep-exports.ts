/** What was not fetched in time loses its key, what lost its key loses its bytes, and whoever leaves takes no file along. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { LeavingStep } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { countWaiting, endExports, sweepChunks } from './export-store.ts';

/** Longest time a file is being sent. */
const sendingMillis = 3_600_000;

export async function sweepExports(database: Database, clock: Clock, organizationId: string): Promise<void> {
  const now = clock.now();
  await database.act(systemReach(organizationId), async (tx) => {
    await endExports(tx, organizationId, { expiredAt: now });
    await sweepChunks(tx, organizationId, new Date(now.getTime() - sendingMillis));
  });
}

export const exportLeavingStep: LeavingStep = {
  name: 'exports',
  count: (tx, { organizationId, personId }) => countWaiting(tx, organizationId, personId),
  end: async (tx, { organizationId, personId }) => (await endExports(tx, organizationId, { personId })).length,
};
