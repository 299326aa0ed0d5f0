/** One of every way in that the database keeps about a person, for tests of what ends them: leaving, and recovery. */
import { randomUUID } from 'node:crypto';
import type { CastMember, World } from './cast.ts';

/** Tables of ways in, and what says that a row of theirs still opens something. */
export const waysIn = {
  sessions: 'ended_at IS NULL',
  authenticators: 'true',
  recovery_codes: 'used_at IS NULL',
  passkeys: 'true',
  sms_numbers: 'true',
  sso_identities: 'true',
  api_keys: 'revoked_at IS NULL',
  devices: 'revoked_at IS NULL',
  links: 'used_at IS NULL AND withdrawn_at IS NULL',
  recovery_requests: 'cancelled_at IS NULL AND finished_at IS NULL',
  invitations: 'accepted_at IS NULL AND withdrawn_at IS NULL',
} as const;
export type WayIn = keyof typeof waysIn;

/** How many of each open something for this person now. */
export async function countWaysIn({ test }: World, { personId }: CastMember): Promise<Record<WayIn, number>> {
  const counted: Partial<Record<WayIn, number>> = {};
  for (const [table, open] of Object.entries(waysIn) as [WayIn, string][]) {
    const of = table === 'invitations' ? 'invited_by' : 'person_id';
    const [row] = await test.admin.unsafe(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${of} = '${personId}' AND ${open}`,
    );
    counted[table] = row!['n'] as number;
  }
  return counted as Record<WayIn, number>;
}

/** Adds what joining does not give: a key, a number, an account at a provider, a browser, a program, a link, an invitation. */
export async function addWaysIn(
  { test, organizationId: org }: World,
  { personId, departmentId }: CastMember,
): Promise<void> {
  const sql = test.admin;
  const [provider, mark] = [randomUUID(), randomUUID()];
  await sql`INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter,
      transports, device_bound, backed_up, aaguid, sealed, created_at)
    VALUES (${org}, gen_random_uuid(), ${personId}, sha256(${mark}::text::bytea), ${mark}::text::bytea, 'k', 0, '{}', false, true,
      gen_random_uuid(), 's', now())`;
  await sql`INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at) VALUES (${org}, ${personId}, 's', now())`;
  await sql`INSERT INTO sso_providers (organization_id, id, name, issuer, client_id, sealed, domains, email_trusted, mfa_acr,
      created_at)
    VALUES (${org}, ${provider}, ${mark}, 'https://id.vezha.example/' || ${mark}::text, 'lubart', 's', '{vezha.example}', true, '{}',
      now())`;
  await sql`INSERT INTO sso_identities (organization_id, provider_id, subject_hash, person_id, linked_at, last_used_at)
    VALUES (${org}, ${provider}, sha256(${mark}::text::bytea), ${personId}, now(), now())`;
  await sql`INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at)
    VALUES (${org}, gen_random_uuid(), ${personId}, sha256(${mark}::text::bytea), 's', '192.0.2.10', now(), now())`;
  await sql`INSERT INTO api_keys (organization_id, id, person_id, sealed, hint, secret_hash, role_ids, days, created_at,
      renewed_at, expires_at)
    SELECT ${org}, gen_random_uuid(), ${personId}, 's', 'abcd', sha256(${mark}::text::bytea), ARRAY[id], 90, now(), now(),
      now() + interval '90 days' FROM roles WHERE organization_id = ${org} AND key = 'manager'`;
  await sql`INSERT INTO links (organization_id, id, person_id, purpose, act_id, token_hash, sealed, created_at, expires_at)
    VALUES (${org}, gen_random_uuid(), ${personId}, 'password-reset', gen_random_uuid(), sha256(${mark}::text::bytea), 's', now(),
      now() + interval '1 hour')`;
  await sql`INSERT INTO recovery_requests (organization_id, id, person_id, way, token_hash, password_changed_at, address, device,
      asked_at, ready_at, expires_at, needed, asked_ids)
    VALUES (${org}, gen_random_uuid(), ${personId}, 'approval', sha256(${mark}::text::bytea), now(), '192.0.2.10', 'Firefox', now(),
      now(), now() + interval '1 day', 2, '{}') ON CONFLICT DO NOTHING`;
  await sql`INSERT INTO invitations (organization_id, id, token_hash, sealed, department_id, invited_by, created_at, expires_at,
      role_ids)
    SELECT ${org}, gen_random_uuid(), sha256(${mark}::text::bytea), 's', ${departmentId}, ${personId}, now(),
      now() + interval '7 days', ARRAY[id] FROM roles WHERE organization_id = ${org} AND key = 'manager'`;
}
