/** The only SQL on the tables of single sign-on. The client secret is sealed; of an account elsewhere a keyed hash is kept. */
import { Secret } from '#kernel';
import { createHash } from 'node:crypto';
import type { SsoProviderView } from '#contract';
import type { Transaction } from '#database';
import type { RoleRow } from '#protections/access';
import { referenceOf } from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import type { ProviderSettings } from './openid.ts';

export type ProviderRow = {
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  sealed: Buffer;
  domains: string[];
  email_trusted: boolean;
  mfa_acr: string[];
  created_at: Date;
  enabled_at: Date | null;
  local_closed_at: Date | null;
  version: number;
  groups_claim: string;
  joins_since: Date | null;
  joins_by: string | null;
  join_department_id: string | null;
  join_role_ids: string[];
  people: number;
  group_roles: GroupRole[];
};

/** Whoever is in this group has this role; `setBy` decided it. */
export type GroupRole = { group: string; roleId: string; setBy: string };

/** Somebody whom nobody invited becomes a person with these roles; `by` decided it. */
export type JoinRule = { since: Date; by: string; roleIds: string[]; departmentId: string };

const secretPlace = (id: string) => `sso_providers/${id}/sealed`;
/** As it is sealed. */
type Sealed = { clientSecret: string | null };

export async function listProviders(tx: Transaction, organizationId: string): Promise<ProviderRow[]> {
  return tx<ProviderRow[]>`
    SELECT p.*, (SELECT count(*)::int FROM sso_identities i
      WHERE i.organization_id = p.organization_id AND i.provider_id = p.id) AS people, ${groupRoles(tx)}
    FROM sso_providers p WHERE p.organization_id = ${organizationId} ORDER BY p.created_at, p.id`;
}

/** With `lock`, changes of the provider wait until the transaction ends. */
export async function findProvider(
  tx: Transaction,
  organizationId: string,
  id: string,
  lock: 'no' | 'share' | 'update' = 'no',
): Promise<ProviderRow | undefined> {
  const locked = lock === 'no' ? tx`` : lock === 'share' ? tx`FOR SHARE OF p` : tx`FOR UPDATE OF p`;
  const [row] = await tx<ProviderRow[]>`
    SELECT p.*, 0 AS people, ${groupRoles(tx)} FROM sso_providers p
    WHERE p.organization_id = ${organizationId} AND p.id = ${id} ${locked}`;
  return row;
}

const groupRoles = (tx: Transaction) => tx`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('group', g.group_name, 'roleId', g.role_id, 'setBy', g.set_by)
    ORDER BY g.group_name, g.role_id), '[]') FROM sso_group_roles g
  WHERE g.organization_id = p.organization_id AND g.provider_id = p.id) AS group_roles`;

export const joinRuleOf = (row: ProviderRow): JoinRule | null =>
  row.joins_since === null
    ? null
    : { since: row.joins_since, by: row.joins_by!, roleIds: row.join_role_ids, departmentId: row.join_department_id! };

/** What is not in the list any more gives nothing any more. */
export async function writeGroupRoles(
  tx: Transaction,
  organizationId: string,
  providerId: string,
  rows: readonly GroupRole[],
  at: Date,
): Promise<void> {
  await tx`DELETE FROM sso_group_roles WHERE organization_id = ${organizationId} AND provider_id = ${providerId}`;
  for (const { group, roleId, setBy } of rows) {
    await tx`
      INSERT INTO sso_group_roles (organization_id, provider_id, group_name, role_id, set_by, set_at)
      VALUES (${organizationId}, ${providerId}, ${group}, ${roleId}, ${setBy}, ${at}) ON CONFLICT DO NOTHING`;
  }
}

export type ProviderValues = {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: Secret<string> | null;
  domains: string[];
  emailTrusted: boolean;
  mfaAcr: string[];
  enabledAt: Date | null;
  localClosedAt: Date | null;
  groupsClaim: string;
  joins: JoinRule | null;
};

export async function insertProvider(
  tx: Transaction,
  seals: OrganizationSeals,
  id: string,
  to: ProviderValues,
  at: Date,
): Promise<void> {
  await tx`
    INSERT INTO sso_providers (organization_id, id, name, issuer, client_id, sealed, domains, email_trusted, mfa_acr,
      created_at, enabled_at, local_closed_at)
    VALUES (${seals.organizationId}, ${id}, ${to.name}, ${to.issuer}, ${to.clientId}, ${sealSecret(seals, id, to)},
      ${to.domains}, ${to.emailTrusted}, ${to.mfaAcr}, ${at}, ${to.enabledAt}, ${to.localClosedAt})`;
}

export async function updateProvider(
  tx: Transaction,
  seals: OrganizationSeals,
  id: string,
  to: ProviderValues,
): Promise<void> {
  await tx`
    UPDATE sso_providers SET name = ${to.name}, issuer = ${to.issuer}, client_id = ${to.clientId},
      sealed = ${sealSecret(seals, id, to)}, domains = ${to.domains}, email_trusted = ${to.emailTrusted},
      mfa_acr = ${to.mfaAcr}, enabled_at = ${to.enabledAt}, local_closed_at = ${to.localClosedAt},
      groups_claim = ${to.groupsClaim}, joins_since = ${to.joins?.since ?? null}, joins_by = ${to.joins?.by ?? null},
      join_department_id = ${to.joins?.departmentId ?? null}, join_role_ids = ${to.joins?.roleIds ?? []}::uuid[],
      version = version + 1
    WHERE organization_id = ${seals.organizationId} AND id = ${id}`;
}

export async function deleteProvider(tx: Transaction, organizationId: string, id: string): Promise<void> {
  await tx`DELETE FROM sso_providers WHERE organization_id = ${organizationId} AND id = ${id}`;
}

const sealSecret = (seals: OrganizationSeals, id: string, { clientSecret }: Pick<ProviderValues, 'clientSecret'>) =>
  seals.seal(secretPlace(id), { clientSecret: clientSecret?.expose() ?? null } satisfies Sealed);

export function settingsOf(seals: OrganizationSeals, row: ProviderRow): ProviderSettings {
  const { id, version, issuer, client_id: clientId, mfa_acr: mfaAcr } = row;
  // Where no group gives a role, no group is asked for.
  const groupsClaim = row.group_roles.length === 0 ? null : row.groups_claim;
  const { clientSecret: secret } = seals.open<Sealed>(secretPlace(id), row.sealed);
  const clientSecret = secret === null ? null : new Secret(secret);
  return { id, version, issuer, clientId, mfaAcr, groupsClaim, clientSecret };
}

/** The secret itself never leaves again: only whether there is one. */
export function viewOf(seals: OrganizationSeals, row: ProviderRow, roles: readonly RoleRow[]): SsoProviderView {
  const named = (id: string) => roles.filter((role) => role.id === id).map(referenceOf);
  const joins = joinRuleOf(row);
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    hasSecret: settingsOf(seals, row).clientSecret !== null,
    domains: row.domains,
    emailTrusted: row.email_trusted,
    mfaAcr: row.mfa_acr,
    enabledAt: row.enabled_at?.toISOString() ?? null,
    localClosedAt: row.local_closed_at?.toISOString() ?? null,
    groups: {
      claim: row.groups_claim,
      roles: row.group_roles.flatMap(({ group, roleId }) => named(roleId).map((role) => ({ group, role }))),
    },
    joins: joins === null ? null : { roles: joins.roleIds.flatMap(named), departmentId: joins.departmentId },
    people: row.people,
  };
}

/** False when this answer was used before; of two at once one is first. */
export async function spendAnswer(tx: Transaction, organizationId: string, nonce: string, at: Date): Promise<boolean> {
  const hash = createHash('sha256').update(nonce).digest();
  const rows = await tx`
    INSERT INTO sso_answers (organization_id, nonce_hash, used_at) VALUES (${organizationId}, ${hash}, ${at})
    ON CONFLICT DO NOTHING RETURNING 1`;
  return rows.length === 1;
}

/** Longer than a flow lives: an answer that is forgotten has no flow any more. */
export async function sweepAnswers(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  const over = new Date(now.getTime() - 24 * 3_600_000);
  await tx`DELETE FROM sso_answers WHERE organization_id = ${organizationId} AND used_at < ${over}`;
}

export async function findIdentity(
  tx: Transaction,
  organizationId: string,
  providerId: string,
  subjectHash: Buffer,
): Promise<string | undefined> {
  const [row] = await tx`
    SELECT person_id FROM sso_identities WHERE organization_id = ${organizationId}
      AND provider_id = ${providerId} AND subject_hash = ${subjectHash}`;
  return row?.['person_id'] as string | undefined;
}

/** False when this person has another account at this provider already. */
export async function linkIdentity(
  tx: Transaction,
  given: { organizationId: string; providerId: string; subjectHash: Buffer; personId: string; at: Date },
): Promise<boolean> {
  const { organizationId, providerId, subjectHash, personId, at } = given;
  const rows = await tx`
    INSERT INTO sso_identities (organization_id, provider_id, subject_hash, person_id, linked_at, last_used_at)
    VALUES (${organizationId}, ${providerId}, ${subjectHash}, ${personId}, ${at}, ${at})
    ON CONFLICT DO NOTHING RETURNING 1`;
  return rows.length === 1;
}

export async function touchIdentity(
  tx: Transaction,
  organizationId: string,
  providerId: string,
  subjectHash: Buffer,
  at: Date,
): Promise<void> {
  await tx`
    UPDATE sso_identities SET last_used_at = ${at} WHERE organization_id = ${organizationId}
      AND provider_id = ${providerId} AND subject_hash = ${subjectHash}`;
}

/** Who in this organization has this e-mail, dismissed or not. */
export async function findByEmail(
  tx: Transaction,
  organizationId: string,
  signInToken: Buffer,
): Promise<string | undefined> {
  const [row] = await tx`
    SELECT id FROM people WHERE organization_id = ${organizationId} AND sign_in_token = ${signInToken}`;
  return row?.['id'] as string | undefined;
}

/** Who came in by this provider. */
export async function listLinked(tx: Transaction, organizationId: string, providerId: string): Promise<string[]> {
  const rows = await tx`
    SELECT person_id FROM sso_identities WHERE organization_id = ${organizationId} AND provider_id = ${providerId}`;
  return rows.map((row) => row['person_id'] as string);
}
