/**
 * The question of the door, in one statement: each statement costs the driver, the socket and the start of the executor. What is asked in
 * most companies of nobody, or of few, is not in it.
 */
import type { Transaction } from '#database';
import { askStatement } from '#database';
import type { RoleRow } from '#protections/access';
import type { KeyStanding } from './demands/demand.ts';
import { hashOfBrowser } from './devices/device-store.ts';
import type { KeptRules } from './rules.ts';
import type { Holder } from './sign-in-store.ts';

/** A role, and since when the person has it; null for the one that everybody has. */
export type HeldRow = RoleRow & { readonly givenAt: string | null; readonly lent: boolean };

export type EntrantRow = {
  organization: Buffer;
  department_id: string | null;
  department_name: string | null;
  version: number | null;
  sections: Partial<KeptRules> | null;
  device_id: string | null;
  device_used_at: Date | null;
  held: HeldRow[];
  apps: number;
  keys: KeyStanding[];
  sms: boolean;
  codes_left: number;
  stands_in: boolean;
  closed_domains: string[];
};

/** $1 the organization, $2 the person, $3 the moment, $4 the hash of the browser. */
const text = `
    SELECT o.sealed AS organization, d.id AS department_id, d.name AS department_name, s.version, s.sections, v.id AS device_id,
      v.last_used_at AS device_used_at,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name, 'grants', r.grants,
          'fieldRights', r.field_rights, 'givenAt', h.given_at, 'lent', h.until IS NOT NULL) ORDER BY r.created_at, r.id), '[]')
        FROM roles r LEFT JOIN person_roles h ON h.organization_id = $1 AND h.person_id = $2 AND h.role_id = r.id
          AND (h.until IS NULL OR h.until > $3)
        WHERE r.organization_id = $1 AND (r.key = 'baseline' OR h.role_id IS NOT NULL)) AS held,
      (SELECT count(*)::int FROM authenticators x WHERE x.organization_id = $1 AND x.person_id = $2) AS apps,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'deviceBound', x.device_bound, 'aaguid', x.aaguid,
          'vouched', x.vouched, 'root', encode(x.attested_root, 'hex')) ORDER BY x.created_at), '[]')
        FROM passkeys x WHERE x.organization_id = $1 AND x.person_id = $2) AS keys,
      EXISTS (SELECT 1 FROM sms_numbers x WHERE x.organization_id = $1 AND x.person_id = $2) AS sms,
      (SELECT count(*)::int FROM recovery_codes x WHERE x.organization_id = $1 AND x.person_id = $2 AND x.used_at IS NULL) AS codes_left,
      EXISTS (SELECT 1 FROM deputies x WHERE x.organization_id = $1 AND x.deputy_id = $2
        AND x.ended_at IS NULL AND x.from_at <= $3 AND x.until_at > $3) AS stands_in,
      ARRAY(SELECT unnest(x.domains) FROM sso_providers x WHERE x.organization_id = $1
        AND x.enabled_at IS NOT NULL AND x.local_closed_at IS NOT NULL) AS closed_domains
    FROM organizations o
      LEFT JOIN people p ON p.organization_id = $1 AND p.id = $2
      LEFT JOIN departments d ON d.organization_id = $1 AND d.id = p.department_id
      LEFT JOIN sign_in_rules s ON s.organization_id = $1
      LEFT JOIN devices v ON v.organization_id = $1 AND v.person_id = $2 AND v.secret_hash = $4
        AND v.revoked_at IS NULL AND v.expired_at IS NULL
    WHERE o.organization_id = $1`;

/** Undefined when there is no such organization; without roles, factors and department when nobody has the id. */
export async function askEntrant(
  tx: Transaction,
  { organizationId, personId }: Holder,
  browser: string | null | undefined,
  now: Date,
): Promise<EntrantRow | undefined> {
  const secretHash = browser === null || browser === undefined ? null : hashOfBrowser(browser);
  const [row] = await askStatement<EntrantRow>(tx, { text, values: [organizationId, personId, now, secretHash] });
  return row;
}
