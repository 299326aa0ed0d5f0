/** Whoever leaves brings no more clients in: imports that still run are stopped. */
import type { LeavingStep } from '#protections/access';

export const importLeavingStep: LeavingStep = {
  name: 'imports',
  count: async (tx, { organizationId, personId }) => {
    const rows = await tx`SELECT id FROM imports WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND state = 'running' AND cancel_asked_at IS NULL`;
    return rows.length;
  },
  end: async (tx, { organizationId, personId, at }) => {
    const rows = await tx`UPDATE imports SET cancel_asked_at = ${at}
      WHERE organization_id = ${organizationId} AND person_id = ${personId}
      AND state = 'running' AND cancel_asked_at IS NULL RETURNING id`;
    return rows.length;
  },
};
