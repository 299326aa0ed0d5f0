/** The organization itself: its sealed name, read and changed. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';

export type Organization = { id: string; name: string; createdAt: string };

const place = (id: string) => `organizations/${id}/sealed`;

/** The row must stand before its keys can, and its keys before its name can be sealed: `nameOrganization` follows. */
export async function insertOrganization(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${id}, ${at}, ${Buffer.alloc(0)})`;
}

export async function nameOrganization(tx: Transaction, seals: OrganizationSeals, name: string): Promise<void> {
  const id = seals.organizationId;
  await tx`
    UPDATE organizations SET sealed = ${seals.seal(place(id), { name })}, version = version + 1
    WHERE organization_id = ${id}`;
}

type Row = { created_at: Date; sealed: Buffer };

/** @throws organization.not_found */
export async function readOrganization(tx: Transaction, seals: OrganizationSeals): Promise<Organization> {
  const [row] = await tx<Row[]>`
    SELECT created_at, sealed FROM organizations WHERE organization_id = ${seals.organizationId}`;
  return fromRow(seals, row);
}

/** Where somebody works: the organization, and the department within it. @throws organization.not_found */
export async function readWorkplace(
  tx: Transaction,
  seals: OrganizationSeals,
  personId: string,
): Promise<{ organization: Organization; department: { id: string; name: string } | undefined }> {
  const [row] = await tx<(Row & { department_id: string | null; department_name: string })[]>`
    SELECT o.created_at, o.sealed, d.id AS department_id, d.name AS department_name FROM organizations o
      LEFT JOIN people p ON p.organization_id = o.organization_id AND p.id = ${personId}
      LEFT JOIN departments d ON d.organization_id = p.organization_id AND d.id = p.department_id
    WHERE o.organization_id = ${seals.organizationId}`;
  const organization = fromRow(seals, row);
  const { department_id: id, department_name: name } = row!;
  return { organization, department: id === null ? undefined : { id, name } };
}

function fromRow(seals: OrganizationSeals, row: Row | undefined): Organization {
  if (row === undefined) throw new LubartError('organization.not_found');
  const id = seals.organizationId;
  const { name } = seals.open<{ name: string }>(place(id), row.sealed);
  return { id, name, createdAt: row.created_at.toISOString() };
}
