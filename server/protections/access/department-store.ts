/** The only SQL on the table departments. */
import type { Transaction } from '#database';

export type DepartmentRow = {
  id: string;
  parent_id: string | null;
  name: string;
  version: number;
  people_count: number;
};

export async function listDepartments(tx: Transaction, organizationId: string): Promise<DepartmentRow[]> {
  return tx<DepartmentRow[]>`
    SELECT d.id, d.parent_id, d.name, d.version, (
      SELECT count(*)::int FROM people p
      WHERE p.organization_id = d.organization_id AND p.department_id = d.id AND p.deactivated_at IS NULL
    ) AS people_count
    FROM departments d WHERE d.organization_id = ${organizationId} ORDER BY d.created_at, d.id`;
}

/** Locks the whole tree of the organization: whoever changes its form does so alone, so no cycle can be made by two at once. */
export async function lockDepartments(tx: Transaction, organizationId: string): Promise<DepartmentRow[]> {
  return tx<DepartmentRow[]>`
    SELECT id, parent_id, name, version, 0 AS people_count FROM departments
    WHERE organization_id = ${organizationId} ORDER BY id FOR UPDATE`;
}

export async function insertDepartment(
  tx: Transaction,
  department: { organizationId: string; id: string; parentId: string | null; name: string; at: Date },
): Promise<void> {
  await tx`
    INSERT INTO departments (organization_id, id, parent_id, name, created_at)
    VALUES (${department.organizationId}, ${department.id}, ${department.parentId}, ${department.name}, ${department.at})`;
}

export async function updateDepartment(
  tx: Transaction,
  department: { organizationId: string; id: string; parentId: string | null; name: string },
): Promise<void> {
  await tx`
    UPDATE departments SET parent_id = ${department.parentId}, name = ${department.name}, version = version + 1
    WHERE organization_id = ${department.organizationId} AND id = ${department.id}`;
}

/** Foreign keys of people, clients, invitations and sub-departments stop the deletion of a department that is in use. */
export async function deleteDepartment(tx: Transaction, organizationId: string, id: string, now: Date): Promise<void> {
  await tx`
    DELETE FROM invitations WHERE organization_id = ${organizationId} AND department_id = ${id}
      AND (accepted_at IS NOT NULL OR withdrawn_at IS NOT NULL OR expires_at <= ${now})`;
  await tx`DELETE FROM departments WHERE organization_id = ${organizationId} AND id = ${id}`;
}
