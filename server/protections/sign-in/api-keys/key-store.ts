/** The only SQL on the table api_keys. */
import type { Reach, Transaction } from '#database';
import type { RoleRow } from '#protections/access';
import { rolesOfFound } from '../session-store.ts';
import type { NewSecret } from './key-form.ts';

export type KeyRow = {
  id: string;
  person_id: string;
  sealed: Buffer;
  hint: string;
  role_ids: string[];
  networks: string[];
  days: number;
  created_at: Date;
  expires_at: Date;
  previous_until: Date | null;
  last_used_at: Date | null;
  last_address: string | null;
  revoked_at: Date | null;
};

export type KeyWithPerson = {
  key_id: string;
  role_ids: string[];
  networks: string[];
  expires_at: Date;
  revoked_at: Date | null;
  last_used_at: Date | null;
  person_id: string;
  sealed: Buffer;
  language: 'uk' | 'en';
  deactivated_at: Date | null;
  department_id: string;
  department_ids: string[];
  /** What the person has at this moment, and what the key was given. */
  roles: RoleRow[];
  key_roles: RoleRow[];
};

/** The key with its person, the person’s branch and both sets of roles, in one statement. */
export async function findKey(
  tx: Transaction,
  organizationId: string,
  hash: Buffer,
  now: Date,
): Promise<KeyWithPerson | undefined> {
  const [row] = await tx<KeyWithPerson[]>`
    WITH RECURSIVE found AS (
      SELECT k.id AS key_id, k.role_ids, k.networks, k.expires_at, k.revoked_at, k.last_used_at, p.id AS person_id,
        p.sealed, p.language, p.deactivated_at, p.department_id
      FROM api_keys k JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
      WHERE k.organization_id = ${organizationId}
        AND (k.secret_hash = ${hash} OR (k.previous_hash = ${hash} AND k.previous_until > ${now}))
    ), branch AS (
      SELECT department_id AS id FROM found
      UNION
      SELECT d.id FROM departments d JOIN branch b ON d.parent_id = b.id WHERE d.organization_id = ${organizationId}
    )
    SELECT found.*, ARRAY(SELECT id FROM branch) AS department_ids, ${rolesOfFound(tx, organizationId, now)}, (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name, 'grants', r.grants,
        'fieldRights', r.field_rights) ORDER BY r.created_at, r.id), '[]')
      FROM roles r WHERE r.organization_id = ${organizationId} AND r.id = ANY (found.role_ids)) AS key_roles
    FROM found`;
  return row;
}

const columns = (tx: Transaction) => tx`k.id, k.person_id, k.sealed, k.hint, k.role_ids, k.networks, k.days,
  k.created_at, k.expires_at, k.previous_until, k.last_used_at, k.last_address, k.revoked_at`;

/** Keys whose owner lies within reach. Revoked ones are listed for as long as somebody might ask which it was. */
export async function listKeys(tx: Transaction, reach: Reach, revokedSince: Date): Promise<KeyRow[]> {
  return tx<KeyRow[]>`
    SELECT ${columns(tx)} FROM api_keys k ${withinReach(tx, reach)}
      AND (k.revoked_at IS NULL OR k.revoked_at > ${revokedSince})
    ORDER BY k.created_at DESC, k.id DESC LIMIT 500`;
}

export async function lockKey(tx: Transaction, reach: Reach, id: string): Promise<KeyRow | undefined> {
  const [row] = await tx<KeyRow[]>`SELECT ${columns(tx)} FROM api_keys k ${withinReach(tx, reach)} AND k.id = ${id}
    AND k.revoked_at IS NULL FOR UPDATE OF k`;
  return row;
}

const withinReach = (tx: Transaction, { organizationId, personId, departmentIds, scope }: Reach) => tx`
  JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
  WHERE k.organization_id = ${organizationId} AND (${scope}::text = 'all' OR k.person_id = ${personId}
    OR (${scope}::text = 'department' AND p.department_id = ANY (${[...departmentIds]}::uuid[])))`;

export async function countLiveKeys(
  tx: Transaction,
  { organizationId, personId }: { organizationId: string; personId: string },
  now: Date,
): Promise<number> {
  const [row] = await tx`SELECT count(*)::int AS n FROM api_keys WHERE organization_id = ${organizationId}
    AND person_id = ${personId} AND revoked_at IS NULL AND expires_at > ${now}`;
  return row!['n'] as number;
}

const dayMillis = 86_400_000;
export const endOf = (at: Date, days: number) => new Date(at.getTime() + days * dayMillis);

export async function insertKey(
  tx: Transaction,
  key: {
    organizationId: string;
    id: string;
    personId: string;
    sealed: Buffer;
    made: NewSecret;
    roleIds: readonly string[];
    networks: readonly string[];
    days: number;
    at: Date;
  },
): Promise<void> {
  const { at, days, made } = key;
  await tx`
    INSERT INTO api_keys (organization_id, id, person_id, sealed, hint, secret_hash, role_ids, networks, days, created_at,
      renewed_at, expires_at)
    VALUES (${key.organizationId}, ${key.id}, ${key.personId}, ${key.sealed}, ${made.hint}, ${made.hash},
      ${[...key.roleIds]}, ${[...key.networks]}, ${days}, ${at}, ${at}, ${endOf(at, days)})`;
}

/** The secret that stands becomes the one before, for a while but not beyond its own end. */
export async function rotateKey(
  tx: Transaction,
  key: { organizationId: string; id: string; made: NewSecret; days: number; at: Date; overlapUntil: Date },
): Promise<void> {
  const { at, days, made } = key;
  await tx`
    UPDATE api_keys SET previous_hash = secret_hash, previous_until = least(expires_at, ${key.overlapUntil}::timestamptz),
      secret_hash = ${made.hash}, hint = ${made.hint}, renewed_at = ${at}, expires_at = ${endOf(at, days)}, told_at = NULL
    WHERE organization_id = ${key.organizationId} AND id = ${key.id}`;
}

/** Keys by which something can be done now, of active people or of one person. */
export async function listLiveKeys(
  tx: Transaction,
  organizationId: string,
  now: Date,
  personId?: string,
): Promise<KeyRow[]> {
  return tx<KeyRow[]>`
    SELECT ${columns(tx)} FROM api_keys k
    JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id AND p.deactivated_at IS NULL
    WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL AND k.expires_at > ${now}
      ${personId === undefined ? tx`` : tx`AND k.person_id = ${personId}`} ORDER BY k.id`;
}

/** Revokes one key (`only`) or all of the person; returns their ids. */
export async function revokeKeys(
  tx: Transaction,
  given: { organizationId: string; personId: string; at: Date; only?: string },
): Promise<string[]> {
  const { only = null } = given;
  const rows = await tx`
    UPDATE api_keys SET revoked_at = ${given.at} WHERE organization_id = ${given.organizationId}
      AND person_id = ${given.personId} AND revoked_at IS NULL AND (${only}::uuid IS NULL OR id = ${only}) RETURNING id`;
  return rows.map((row) => row['id'] as string);
}

export async function touchKey(
  tx: Transaction,
  given: { organizationId: string; id: string; address: string; at: Date },
): Promise<void> {
  await tx`
    UPDATE api_keys SET last_used_at = ${given.at}, last_address = ${given.address}
    WHERE organization_id = ${given.organizationId} AND id = ${given.id}
      AND (last_used_at IS NULL OR last_used_at <= ${new Date(given.at.getTime() - 60_000)})`;
}

/** Keys that end soon and whose owner was not told; they count as told from here on. */
export async function claimEndingKeys(
  tx: Transaction,
  organizationId: string,
  now: Date,
  before: Date,
): Promise<Pick<KeyRow, 'id' | 'person_id' | 'sealed' | 'expires_at'>[]> {
  return tx<Pick<KeyRow, 'id' | 'person_id' | 'sealed' | 'expires_at'>[]>`
    UPDATE api_keys k SET told_at = ${now} FROM people p
    WHERE k.organization_id = ${organizationId} AND p.organization_id = k.organization_id AND p.id = k.person_id
      AND p.deactivated_at IS NULL AND k.revoked_at IS NULL AND k.told_at IS NULL
      AND k.expires_at > ${now} AND k.expires_at <= ${before}
    RETURNING k.id, k.person_id, k.sealed, k.expires_at`;
}
