/** Reads what people have and what the rules demand, for demand.ts. */
import { createHash, X509Certificate } from 'node:crypto';
import type { FactorRules } from '#contract';
import type { Transaction } from '#database';
import { readRules } from '../rules.ts';
import type { Demands, FactorStanding, KeyStanding } from './demand.ts';

/** How a root certificate is remembered with the key whose path led to it. */
export const markOfRoot = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');

export const demandsFrom = (rules: FactorRules): Demands => ({
  ...rules,
  rootMarks: rules.attested.roots.map(markOfRoot),
});

export async function readDemands(tx: Transaction, organizationId: string): Promise<Demands> {
  return demandsFrom((await readRules(tx, organizationId)).factors);
}

type Row = {
  person_id: string;
  joined_at: Date;
  roles: { reference: string; givenAt: string; lent: boolean }[];
  apps: number;
  keys: KeyStanding[];
  sms: boolean;
  codes_left: number;
};

/** Of these people, or of all who may sign in. */
export async function readStandings(
  tx: Transaction,
  organizationId: string,
  now: Date,
  personIds?: readonly string[],
): Promise<FactorStanding[]> {
  const mine = (table: string) => tx`${tx(table)} x WHERE x.organization_id = p.organization_id AND x.person_id = p.id`;
  const rows = await tx<Row[]>`
    SELECT p.id AS person_id, p.created_at AS joined_at,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('reference', coalesce(r.key, r.id::text), 'givenAt', h.given_at,
        'lent', h.until IS NOT NULL)), '[]')
        FROM person_roles h JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
        WHERE h.organization_id = p.organization_id AND h.person_id = p.id
          AND (h.until IS NULL OR h.until > ${now})) ||
      (SELECT coalesce(jsonb_agg(jsonb_build_object('reference', coalesce(r.key, r.id::text), 'givenAt', d.named_at, 'lent', true)), '[]')
        FROM deputies d JOIN person_roles h ON h.organization_id = d.organization_id AND h.person_id = d.head_id
          JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
        WHERE d.organization_id = p.organization_id AND d.deputy_id = p.id AND d.ended_at IS NULL
          AND d.from_at <= ${now} AND d.until_at > ${now} AND (h.until IS NULL OR h.until > ${now})) AS roles,
      (SELECT count(*)::int FROM ${mine('authenticators')}) AS apps,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'deviceBound', x.device_bound, 'aaguid', x.aaguid,
        'vouched', x.vouched, 'root', encode(x.attested_root, 'hex')) ORDER BY x.created_at), '[]')
        FROM ${mine('passkeys')}) AS keys,
      EXISTS (SELECT 1 FROM ${mine('sms_numbers')}) AS sms,
      (SELECT count(*)::int FROM ${mine('recovery_codes')} AND x.used_at IS NULL) AS codes_left
    FROM people p WHERE p.organization_id = ${organizationId}
      ${personIds === undefined ? tx`AND p.deactivated_at IS NULL` : tx`AND p.id IN ${tx([...personIds])}`}`;
  return rows.map((row) => ({
    personId: row.person_id,
    joinedAt: row.joined_at,
    roles: row.roles.map(({ givenAt, ...role }) => ({ ...role, givenAt: new Date(givenAt) })),
    apps: row.apps,
    keys: row.keys,
    sms: row.sms,
    codesLeft: row.codes_left,
  }));
}

/** Undefined when nobody has this id. */
export async function readStanding(
  tx: Transaction,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<FactorStanding | undefined> {
  const [standing] = await readStandings(tx, organizationId, now, [personId]);
  return standing;
}
