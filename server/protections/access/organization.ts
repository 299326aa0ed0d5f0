/** The organization itself: its sealed name, read and changed. */
import type { Transaction } from '#database';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';

export type Organization = { id: string; name: string; createdAt: string };

const place = (id: string) => `organizations/${id}/sealed`;

export async function insertOrganization(tx: Transaction, seals: OrganizationSeals, sealedName: string, at: Date): Promise<void> {
  const id = seals.organizationId;
  await tx`UPDATE organizations SET sealed = ${seals.seal(place(id), { name: sealedName })} WHERE organization_id = ${id}`;
  void at;
}

/** @throws organization.not_found */
export async function readOrganization(tx: Transaction, seals: OrganizationSeals): Promise<Organization> {
  const id = seals.organizationId;
  const [row] = await tx`SELECT created_at, sealed FROM organizations WHERE organization_id = ${id}`;
  if (row === undefined) throw new LubartError('organization.not_found');
  return { id, name: seals.open<{ name: string }>(place(id), row['sealed']).name, createdAt: row['created_at'].toISOString() };
}

export async function renameOrganization(tx: Transaction, seals: OrganizationSeals, name: string): Promise<void> {
  const id = seals.organizationId;
  await tx`
    UPDATE organizations SET sealed = ${seals.seal(place(id), { name })}, version = version + 1
    WHERE organization_id = ${id}`;
}
