/**
 * A contact keeps the name of its company inside its own sealed fields, so that lists and search need no second record. When
 * the company gets another name, its contacts follow; when a contact is given a company, it takes that company’s name.
 */
import type { Database, Transaction } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Keyring } from '#protections/encryption';
import type { Fields, NameOrder, RecordRow } from '#crm/records';
import {
  columnsOf,
  companyKind,
  contactKind,
  findRow,
  nameBucket,
  openRow,
  openWith,
  readNameOrder,
  sealFields,
  searchTokens,
  Statement,
  tokenText,
} from '#crm/records';

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
  // Held until the contact is in: a company that gets another name meanwhile waits, and finds this contact then.
  const row = await findRow(tx, companyKind, seals.organizationId, fields['companyId'] as string, 'FOR SHARE');
  if (row === undefined) throw new LubartError('field.unknown_company', { field: 'companyId' });
  fields['companyName'] = openRow(companyKind, seals, row).fields['name'];
}

const batch = 200;

/** Writes the entry of a batch in its transaction. */
export type RecordRenamed = (tx: Transaction, seals: OrganizationSeals, contactIds: readonly string[]) => Promise<void>;

/**
 * Gives all contacts of a company its present name; returns how many had another. Runs as a job: a company may have thousands.
 * The company is held while a batch is written, so the job that was asked for inside the renaming waits for its commit, and of
 * two jobs the later one has the last word.
 */
export async function refreshCompanyName(
  database: Database,
  keyring: Keyring,
  organizationId: string,
  companyId: string,
  record: RecordRenamed,
): Promise<number> {
  const seals = await keyring.of(organizationId);
  const reach = systemReach(organizationId, 'all');
  let after = '00000000-0000-0000-0000-000000000000';
  let changed = 0;
  for (;;) {
    const rows = await database.act(reach, async (tx) => {
      const company = await findRow(tx, companyKind, organizationId, companyId, 'FOR SHARE');
      if (company === undefined) return [];
      const name = openRow(companyKind, seals, company).fields['name'];
      const order = await readNameOrder(tx, seals, contactKind.name);
      const query = new Statement();
      query.add(
        `SELECT ${columnsOf(contactKind)} FROM contacts WHERE organization_id = ${query.value(organizationId)}`,
      );
      query.add(` AND company_id = ${query.value(companyId)} AND id > ${query.value(after)}`);
      query.add(` ORDER BY id LIMIT ${batch} FOR UPDATE`);
      const found = await query.rows(tx);
      const written = await allSent(found.map((row) => rename(tx, seals, order, row, name)));
      const renamed = found.filter((_, at) => written[at]).map(({ id }) => id);
      if (renamed.length > 0) await record(tx, seals, renamed);
      changed += renamed.length;
      return found;
    });
    if (rows.length < batch) return changed;
    after = rows.at(-1)!.id;
  }
}

/** The version stays: nobody edited this contact, and somebody may be editing it right now. */
async function rename(
  tx: Transaction,
  seals: OrganizationSeals,
  order: NameOrder,
  row: RecordRow,
  name: unknown,
): Promise<boolean> {
  const { organizationId } = seals;
  const seal = seals.record(contactKind.table, row.id, row.record_key);
  const { fields } = openWith(contactKind, seal, row);
  if (fields['companyName'] === name) return false;
  fields['companyName'] = name;
  const tokens = searchTokens(contactKind, seals, fields);
  const sealed = sealFields(contactKind, seal, fields);
  const bucket = nameBucket(contactKind, order, fields); // who has no name of their own stands under the company’s
  await allSent([
    tx`UPDATE contacts SET sealed = ${sealed}, name_bucket = ${bucket} WHERE organization_id = ${organizationId} AND id = ${row.id}`,
    tx`UPDATE contact_search SET tokens = ${tokenText(tokens.all)}::int[], index_key = ${tokens.key}
      WHERE organization_id = ${organizationId} AND record_id = ${row.id}`,
  ]);
  return true;
}
