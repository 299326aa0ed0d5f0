/** The only SQL on the table department_heads. */
import type { Transaction } from '#database';

export type NamedHead = { departmentId: string; personId: string };

/** Everybody who was named; whether they still may lead is judged by find-heads.ts. */
export async function listNamedHeads(tx: Transaction, organizationId: string): Promise<NamedHead[]> {
  return tx<NamedHead[]>`
    SELECT department_id AS "departmentId", person_id AS "personId" FROM department_heads
    WHERE organization_id = ${organizationId} ORDER BY named_at, person_id`;
}

export async function insertHeads(
  tx: Transaction,
  named: { organizationId: string; departmentId: string; personIds: readonly string[]; by: string; at: Date },
): Promise<void> {
  for (const personId of named.personIds) {
    await tx`
      INSERT INTO department_heads (organization_id, department_id, person_id, named_by, named_at)
      VALUES (${named.organizationId}, ${named.departmentId}, ${personId}, ${named.by}, ${named.at})
      ON CONFLICT DO NOTHING`;
  }
}

export async function deleteHead(
  tx: Transaction,
  organizationId: string,
  { departmentId, personId }: NamedHead,
): Promise<void> {
  await tx`
    DELETE FROM department_heads
    WHERE organization_id = ${organizationId} AND department_id = ${departmentId} AND person_id = ${personId}`;
}
