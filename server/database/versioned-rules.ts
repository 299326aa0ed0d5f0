/**
 * Rules of an organization are one row with a version. Whoever changes them says which version they saw (0: none stands yet), and that
 * is compared and set in one statement: of two who save at once one is told.
 */
import type { Transaction } from './act.ts';

/** Where they stand: the table, its column of rules and its column of a moment. */
type Place = { table: string; rules: string; moment: string };
type Given = { organizationId: string; version: number; rules: unknown; at: Date };

/** False when somebody else was faster: the version that stands is not the one they saw. */
export async function writeVersionedRules(tx: Transaction, place: Place, given: Given): Promise<boolean> {
  const { organizationId, version, at } = given;
  const [table, rules, moment] = [tx(place.table), tx(place.rules), tx(place.moment)];
  const text = JSON.stringify(given.rules);
  const rows =
    version === 0
      ? await tx`
          INSERT INTO ${table} (organization_id, version, ${rules}, ${moment})
          VALUES (${organizationId}, 1, ${text}::text::jsonb, ${at}) ON CONFLICT DO NOTHING RETURNING version`
      : await tx`
          UPDATE ${table} SET version = version + 1, ${rules} = ${text}::text::jsonb, ${moment} = ${at}
          WHERE organization_id = ${organizationId} AND version = ${version} RETURNING version`;
  return rows.length === 1;
}
