/**
 * A contact keeps the name of its company inside its own sealed fields, so that lists and search need no second record. When
 * the company gets another name, its contacts follow; when a contact is given a company, it takes that company’s name.
 */
import type { Database, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Keyring } from '#protections/encryption';
import type { Fields, RecordRow } from '#crm/records';
import { columnsOf, companyKind, contactKind, findRow, openRow, openWith, sealFields, searchTokens, Statement, tokenText } from '#crm/records';

/**
 * Fills `companyName` from the company that the contact names; the company must be within the actor’s reach.
 * @throws field.unknown_company
 */
export async function takeCompanyName(
  tx: Transaction,
  seals: OrganizationSeals,
  fields: Fields,
  changed: readonly string[],
): Promise<void> {
  if (!changed.includes('companyId')) {
    // A typed name beside a chosen company means that the company is no longer the chosen one.
    if (changed.includes('companyName') && fields['companyId'] !== null) fields['companyId'] = null;
    return;
  }
  if (fields['companyId'] === null) return;
  const row = await findRow(tx, companyKind, seals.organizationId, fields['companyId'] as string);
  if (row === undefined) throw new LubartError('field.unknown_company', { field: 'companyId' });
  fields['companyName'] = openRow(companyKind, seals, row).fields['name'];
}

const batch = 200;

/** Gives all contacts of a company its present name. Runs as a job: a company may have thousands. */
export async function refreshCompanyName(database: Database, keyring: Keyring, organizationId: string, companyId: string): Promise<number> {
  const seals = await keyring.of(organizationId);
  const reach = systemReach(organizationId, 'all');
  const company = await database.read(reach, (tx) => findRow(tx, companyKind, organizationId, companyId));
  if (company === undefined) return 0;
  const name = openRow(companyKind, seals, company).fields['name'];
  let after = '00000000-0000-0000-0000-000000000000';
  let changed = 0;
  for (;;) {
    const rows = await database.act(reach, async (tx) => {
      const query = new Statement();
      query.add(`SELECT ${columnsOf(contactKind)} FROM contacts WHERE organization_id = ${query.value(organizationId)}`);
      query.add(` AND company_id = ${query.value(companyId)} AND id > ${query.value(after)} ORDER BY id LIMIT ${batch} FOR UPDATE`);
      const found = await query.rows<RecordRow>(tx);
      const written = await Promise.all(found.map((row) => rename(tx, seals, row, name)));
      changed += written.filter(Boolean).length;
      return found;
    });
    if (rows.length < batch) return changed;
    after = rows.at(-1)!.id;
  }
}

/** The version stays: nobody edited this contact, and somebody may be editing it right now. */
async function rename(tx: Transaction, seals: OrganizationSeals, row: RecordRow, name: unknown): Promise<boolean> {
  const seal = seals.record(contactKind.table, row.id, row.record_key);
  const { fields } = openWith(contactKind, seal, row);
  if (fields['companyName'] === name) return false;
  fields['companyName'] = name;
  const tokens = tokenText(searchTokens(contactKind, seals, fields));
  await Promise.all([
    tx`UPDATE contacts SET sealed = ${sealFields(contactKind, seal, fields)}
       WHERE organization_id = ${seals.organizationId} AND id = ${row.id}`,
    tx`UPDATE contact_search SET tokens = ${tokens}::int[] WHERE organization_id = ${seals.organizationId} AND record_id = ${row.id}`,
  ]);
  return true;
}
