/** Uploaded files that were never started lose their bytes after a week; the list keeps the line. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';

const daysKept = 7;

export async function sweepImports(database: Database, clock: Clock, organizationId: string): Promise<void> {
  const before = new Date(clock.now().getTime() - daysKept * 86_400_000);
  await database.act(systemReach(organizationId), async (tx) => {
    await tx`DELETE FROM import_chunks USING imports
      WHERE imports.organization_id = ${organizationId} AND imports.state NOT IN ('running') AND imports.created_at < ${before}
        AND import_chunks.organization_id = imports.organization_id AND import_chunks.import_id = imports.id`;
    await tx`UPDATE imports SET state = 'cancelled', finished_at = ${clock.now()}
      WHERE organization_id = ${organizationId} AND state IN ('uploading', 'ready') AND created_at < ${before}`;
  });
}
