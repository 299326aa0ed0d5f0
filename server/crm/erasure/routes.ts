/** Erasing over HTTP, and what was erased. */
import type { erasureRoutes, ErasureView } from '#contract';
import type { Handlers } from '#http';
import { systemReach } from '#protections/encryption';
import type { ErasureDeps } from './erase-record.ts';
import { eraseRecord } from './erase-record.ts';
import type { ErasureRow } from './erasure-store.ts';
import { listErasures } from './erasure-store.ts';

export type ErasureRouteDeps = ErasureDeps & { nameOf(organizationId: string): Promise<(id: string) => string> };

export function erasureHandlers(deps: ErasureRouteDeps): Handlers<typeof erasureRoutes> {
  const view = async (organizationId: string, rows: readonly ErasureRow[]): Promise<ErasureView[]> => {
    const nameOf = await deps.nameOf(organizationId);
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      recordId: row.record_id,
      reason: row.reason,
      person: row.person_id === null ? null : { id: row.person_id, name: nameOf(row.person_id) },
      erasedAt: row.erased_at.toISOString(),
      entryId: row.entry_id,
      counts: row.counts,
    }));
  };
  return {
    'POST /api/v1/contacts/:id/erase': async ({ actor, reach, params: { id }, body: { reason } }) =>
      (
        await view(reach.organizationId, [await eraseRecord(deps, deps.kinds.contact, actor, reach, { id, reason })])
      )[0]!,
    'POST /api/v1/companies/:id/erase': async ({ actor, reach, params: { id }, body: { reason } }) =>
      (
        await view(reach.organizationId, [await eraseRecord(deps, deps.kinds.company, actor, reach, { id, reason })])
      )[0]!,
    'GET /api/v1/erasures': async ({ actor: { organizationId } }) => ({
      erasures: await view(
        organizationId,
        await deps.database.read(systemReach(organizationId), (tx) => listErasures(tx, organizationId)),
      ),
    }),
  };
}
