/** What was not fetched in time loses its key, what lost its key loses its bytes, and whoever leaves takes no file along. */
import type { LeavingStep } from '#protections/access';
import { systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { ExportDeps } from './export-deps.ts';
import { countWaiting, endExports, sweepChunks } from './export-store.ts';

/** Longest time a file is being sent. */
const sendingMillis = 3_600_000;

export async function sweepExports(
  { database, keyring, auditLog, clock }: Pick<ExportDeps, 'database' | 'keyring' | 'auditLog' | 'clock'>,
  organizationId: string,
): Promise<void> {
  const now = clock.now();
  const seals = await keyring.of(organizationId);
  await database.act(systemReach(organizationId), async (tx) => {
    const over = await endExports(tx, organizationId, { expiredAt: now });
    await sweepChunks(tx, organizationId, new Date(now.getTime() - sendingMillis));
    if (over.length === 0) return;
    const doer = systemDoer(organizationId);
    const about = { subjectKind: 'export', subjectIds: over, facts: { over: true } };
    await auditLog.record(tx, seals, doer, { event: 'export.given_up', ...about });
  });
}

export const exportLeavingStep: LeavingStep = {
  name: 'exports',
  count: (tx, { organizationId, personId }) => countWaiting(tx, organizationId, personId),
  end: async (tx, { organizationId, personId }) => (await endExports(tx, organizationId, { personId })).length,
};
