/** How much an organization holds: numbers and its name, for whoever runs the machine. */
import { readOrganization } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { Lubart } from '../server/lubart.ts';

export type OrganizationCounts = {
  id: string;
  name: string;
  createdAt: string;
  people: number;
  departments: number;
  contacts: number;
  companies: number;
  imports: number;
  auditEntries: number;
};

export async function countOrganization({ database, keyring }: Lubart, id: string): Promise<OrganizationCounts> {
  const seals = await keyring.of(id);
  return database.read(systemReach(id, 'all'), async (tx) => {
    const { name, createdAt } = await readOrganization(tx, seals);
    const [row] = await tx`SELECT
      (SELECT count(*)::int FROM people WHERE organization_id = ${id} AND deactivated_at IS NULL) AS people,
      (SELECT count(*)::int FROM departments WHERE organization_id = ${id}) AS departments,
      (SELECT count(*)::int FROM contacts WHERE organization_id = ${id} AND archived_at IS NULL) AS contacts,
      (SELECT count(*)::int FROM companies WHERE organization_id = ${id} AND archived_at IS NULL) AS companies,
      (SELECT count(*)::int FROM imports WHERE organization_id = ${id}) AS imports,
      (SELECT count(*)::int FROM audit_entries WHERE organization_id = ${id}) AS "auditEntries"`;
    return { id, name, createdAt, ...(row as unknown as Omit<OrganizationCounts, 'id' | 'name' | 'createdAt'>) };
  });
}

export async function readPostgresVersion({ database }: Lubart): Promise<string> {
  const rows = await database.outside((sql) => sql`SELECT current_setting('server_version') AS version`);
  return String(rows[0]!['version']);
}
