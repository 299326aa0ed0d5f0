/** Whoever leaves stands in for nobody, has no deputy, and leads nothing. */
import type { Transaction } from '#database';
import type { LeavingStep, Whose } from '../leaving/leaving-step.ts';

const deputyships = (tx: Transaction, { organizationId, personId, at }: Whose) =>
  tx`SELECT id FROM deputies WHERE organization_id = ${organizationId} AND ended_at IS NULL AND until_at > ${at}
    AND (head_id = ${personId} OR deputy_id = ${personId})`;

export const headSteps: readonly LeavingStep[] = [
  {
    name: 'deputies',
    count: async (tx, whose) => (await deputyships(tx, whose)).length,
    end: async (tx, whose) => {
      const rows = await tx`
        UPDATE deputies SET ended_at = ${whose.at}
        WHERE organization_id = ${whose.organizationId} AND ended_at IS NULL AND until_at > ${whose.at}
          AND (head_id = ${whose.personId} OR deputy_id = ${whose.personId}) RETURNING id`;
      return rows.length;
    },
  },
  {
    name: 'headships',
    count: async (tx, { organizationId, personId }) =>
      (await tx`SELECT 1 FROM department_heads WHERE organization_id = ${organizationId} AND person_id = ${personId}`)
        .length,
    end: async (tx, { organizationId, personId }) =>
      (
        await tx`DELETE FROM department_heads
          WHERE organization_id = ${organizationId} AND person_id = ${personId} RETURNING 1`
      ).length,
  },
];
