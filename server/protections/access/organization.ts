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

function fromRow(seals: OrganizationSeals, row: Row | undefined): Organization {
  if (row === undefined) throw new LubartError('organization.not_found');
  return {
    id: seals.organizationId,
    name: openOrganizationName(seals, row.sealed),
    createdAt: row.created_at.toISOString(),
  };
}

export const openOrganizationName = (seals: OrganizationSeals, sealed: Buffer): string =>
  seals.open<{ name: string }>(place(seals.organizationId), sealed).name;
