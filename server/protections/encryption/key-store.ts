/** SQL of organization_keys, and of what of key_rotations opening needs. */
import type { Transaction } from '#database';
import type { Purpose } from './organization-keys.ts';

export type KeyRow = {
  id: string;
  purpose: Purpose;
  /** What stands in front of whatever this key sealed. */
  mark: number;
  wrapped: Buffer;
  created_at: Date;
  current_at: Date | null;
  retired_at: Date | null;
};

/** All keys that are not destroyed, oldest first. */
export async function readKeys(tx: Transaction, organizationId: string): Promise<KeyRow[]> {
  return tx<KeyRow[]>`
    SELECT id, purpose, mark, wrapped, created_at, current_at, retired_at FROM organization_keys
    WHERE organization_id = ${organizationId} AND destroyed_at IS NULL ORDER BY created_at, id`;
}

export async function insertKey(tx: Transaction, organizationId: string, row: KeyRow): Promise<void> {
  await tx`INSERT INTO organization_keys (organization_id, id, purpose, mark, wrapped, created_at, current_at)
    VALUES (${organizationId}, ${row.id}, ${row.purpose}, ${row.mark}, ${row.wrapped}, ${row.created_at}, ${row.current_at})`;
}

/**
 * The announced key seals from now on, the one before it only opens. False when somebody else did it. Attack: two that do it at one moment;
 * the second would retire the very key that was just taken into use, and nothing would seal any more.
 */
export async function makeCurrent(
  tx: Transaction,
  organizationId: string,
  { id, purpose }: Pick<KeyRow, 'id' | 'purpose'>,
  at: Date,
): Promise<boolean> {
  const { count } = await tx`UPDATE organization_keys SET retired_at = ${at}
    WHERE organization_id = ${organizationId} AND purpose = ${purpose} AND current_at IS NOT NULL AND retired_at IS NULL
      AND EXISTS (SELECT FROM organization_keys announced WHERE announced.organization_id = ${organizationId}
        AND announced.id = ${id} AND announced.current_at IS NULL)`;
  if (count !== 1) return false;
  await tx`UPDATE organization_keys SET current_at = ${at} WHERE organization_id = ${organizationId} AND id = ${id}`;
  return true;
}

/** Compares and sets: true when the key was still wrapped as it was read. */
export async function rewrapKey(
  tx: Transaction,
  organizationId: string,
  row: Pick<KeyRow, 'id' | 'wrapped'>,
  wrapped: Buffer,
): Promise<boolean> {
  const { count } = await tx`UPDATE organization_keys SET wrapped = ${wrapped}
    WHERE organization_id = ${organizationId} AND id = ${row.id} AND wrapped = ${row.wrapped}`;
  return count === 1;
}

/** What is left is that there was such a key, and when. */
export async function destroyKey(tx: Transaction, organizationId: string, id: string, at: Date): Promise<void> {
  await tx`UPDATE organization_keys SET wrapped = ''::bytea, destroyed_at = ${at}
    WHERE organization_id = ${organizationId} AND id = ${id} AND retired_at IS NOT NULL AND destroyed_at IS NULL`;
}

/** Fingerprints of root keys that were replaced. */
export async function findRetiredRoots(tx: Transaction, organizationId: string): Promise<string[]> {
  const rows = await tx`SELECT from_key FROM key_rotations WHERE organization_id = ${organizationId} AND kind = 'root'`;
  return rows.map((row) => row['from_key'] as string);
}
