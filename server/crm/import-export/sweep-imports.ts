/** Uploaded files that were never started lose their bytes after a week; the list keeps the line. */
import { systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { ImportDeps } from './import-deps.ts';

const daysKept = 7;

export async function sweepImports(
  { database, keyring, auditLog, clock }: Pick<ImportDeps, 'database' | 'keyring' | 'auditLog' | 'clock'>,
  organizationId: string,
): Promise<void> {
  const before = new Date(clock.now().getTime() - daysKept * 86_400_000);
  const seals = await keyring.of(organizationId);
  await database.act(systemReach(organizationId), async (tx) => {
    await tx`DELETE FROM import_chunks USING imports
      WHERE imports.organization_id = ${organizationId} AND imports.state NOT IN ('running') AND imports.created_at < ${before}
        AND import_chunks.organization_id = imports.organization_id AND import_chunks.import_id = imports.id`;
    const cancelled = await tx`UPDATE imports SET state = 'cancelled', finished_at = ${clock.now()}
      WHERE organization_id = ${organizationId} AND state IN ('uploading', 'ready') AND created_at < ${before} RETURNING id`;
    if (cancelled.length === 0) return;
    const doer = systemDoer(organizationId);
    await auditLog.record(tx, seals, doer, {
      event: 'import.cancelled',
      subjectKind: 'import',
      subjectIds: cancelled.map((row) => row['id'] as string),
      facts: { days: daysKept },
    });
  });
}
