/** The only SQL that reads and changes single records and their blind index. */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { Fields, RecordKind } from './kind.ts';
import type { RecordRow, Tokens } from './record-row.ts';
import { Statement } from './statement.ts';

/** Columns of a row as they are selected; dates as text, for a date has no time zone. */
export function columnsOf(kind: RecordKind, alias = ''): string {
  const own = ['id', 'version', 'created_at', 'updated_at', 'archived_at', 'name_bucket', 'record_key', 'sealed'];
  const plain = kind.plainFields.map(({ column, declared }) =>
    declared.kind === 'date' ? `${alias}${column}::text AS ${column}` : `${alias}${column}`,
  );
  return [...own.map((column) => alias + column), ...plain].join(', ');
}

export async function findRow(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  id: string,
  lock: 'FOR UPDATE' | 'FOR SHARE' | '' = '',
): Promise<RecordRow | undefined> {
  const query = new Statement();
  query.add(`SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${query.value(organizationId)}`);
  query.add(` AND id = ${query.value(id)} ${lock}`);
  return (await query.rows(tx))[0];
}

/** What a new or changed row is made of. */
export type RowParts = {
  id: string;
  fields: Fields;
  nameBucket: number;
  sealed: Buffer;
  recordKey: Buffer;
  tokens: Tokens;
  at: Date;
};

/** The statement that adds a row; its tokens are added by `insertTokens`. */
export function rowInsert(kind: RecordKind, organizationId: string, parts: RowParts): Statement {
  const names = ['organization_id', 'id', 'name_bucket', 'created_at', 'updated_at', 'record_key', 'sealed'];
  const values: unknown[] = [
    organizationId,
    parts.id,
    parts.nameBucket,
    parts.at,
    parts.at,
    parts.recordKey,
    parts.sealed,
  ];
  for (const { field, column } of kind.plainFields) {
    names.push(column);
    values.push(parts.fields[field]);
  }
  const query = new Statement();
  return query.add(
    `INSERT INTO ${kind.table} (${names.join(', ')}) VALUES (${values.map((value) => query.value(value)).join(', ')})`,
  );
}

export async function insertTokens(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  parts: RowParts,
): Promise<void> {
  const query = new Statement();
  const values = [
    organizationId,
    parts.id,
    parts.fields['ownerId'],
    parts.fields['departmentId'],
    tokenText(parts.tokens.all),
    parts.tokens.key,
  ];
  query.add(`INSERT INTO ${kind.name}_search (organization_id, record_id, owner_id, department_id, tokens, index_key)`);
  query.add(` VALUES (${values.map((value) => query.value(value)).join(', ')})`);
  await query.rows(tx);
}

export const tokenText = (tokens: readonly number[]) => `{${tokens.join(',')}}`;

/** The statement that changes a row which its transaction has locked; the version grows by one. */
export function rowUpdate(
  kind: RecordKind,
  organizationId: string,
  parts: Omit<RowParts, 'recordKey' | 'tokens'>,
): Statement {
  const query = new Statement();
  query.add(`UPDATE ${kind.table} SET version = version + 1, updated_at = ${query.value(parts.at)}`);
  query.add(`, name_bucket = ${query.value(parts.nameBucket)}, sealed = ${query.value(parts.sealed)}`);
  for (const { field, column } of kind.plainFields) query.add(`, ${column} = ${query.value(parts.fields[field])}`);
  return query.add(` WHERE organization_id = ${query.value(organizationId)} AND id = ${query.value(parts.id)}`);
}

export async function updateTokens(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  parts: Pick<RowParts, 'id' | 'fields' | 'tokens'>,
): Promise<void> {
  const query = new Statement();
  query.add(`UPDATE ${kind.name}_search SET owner_id = ${query.value(parts.fields['ownerId'])}`);
  query.add(
    `, department_id = ${query.value(parts.fields['departmentId'])}, tokens = ${query.value(tokenText(parts.tokens.all))}`,
  );
  query.add(`, index_key = ${query.value(parts.tokens.key)}`);
  query.add(` WHERE organization_id = ${query.value(organizationId)} AND record_id = ${query.value(parts.id)}`);
  await query.rows(tx);
}

/** The statement that puts a record into the trash (`archivedAt`) or takes it out (null); its tokens follow by `archiveTokens`. */
export function rowArchiving(
  kind: RecordKind,
  organizationId: string,
  id: string,
  archivedAt: Date | null,
  at: Date,
): Statement {
  const row = new Statement();
  row.add(
    `UPDATE ${kind.table} SET version = version + 1, updated_at = ${row.value(at)}, archived_at = ${row.value(archivedAt)}`,
  );
  return row.add(` WHERE organization_id = ${row.value(organizationId)} AND id = ${row.value(id)}`);
}

export async function archiveTokens(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  id: string,
  archived: boolean,
): Promise<void> {
  const search = new Statement();
  search.add(`UPDATE ${kind.name}_search SET archived = ${search.value(archived)}`);
  search.add(` WHERE organization_id = ${search.value(organizationId)} AND record_id = ${search.value(id)}`);
  await search.rows(tx);
}

/** Inserts many records and their blind index with one statement each. */
export async function insertRows(
  tx: Transaction,
  kind: RecordKind,
  organizationId: string,
  rows: readonly RowParts[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns: [name: string, type: string, text: (row: RowParts) => string][] = [
    ['id', 'uuid', (row) => row.id],
    ['name_bucket', 'smallint', (row) => String(row.nameBucket)],
    ['created_at', 'timestamptz', (row) => row.at.toISOString()],
    ['updated_at', 'timestamptz', (row) => row.at.toISOString()],
    ['record_key', 'bytea', (row) => bytesText(row.recordKey)],
    ['sealed', 'bytea', (row) => bytesText(row.sealed)],
    ...kind.plainFields.map(({ field, column, declared }): [string, string, (row: RowParts) => string] =>
      declared.kind === 'tags'
        ? [column, 'text', (row) => quoted(arrayText((row.fields[field] as string[]).map(quoted)))]
        : [column, sqlType(declared.kind), (row) => elementText(row.fields[field])],
    ),
  ];
  const records = new Statement();
  records.add(`INSERT INTO ${kind.table} (organization_id, ${columns.map(([name]) => name).join(', ')})`);
  const selected = columns.map(([name]) => (name === 'tags' ? 'given.tags::text[]' : `given.${name}`));
  records.add(` SELECT ${records.value(organizationId)}::uuid, ${selected.join(', ')} FROM unnest(`);
  records.add(columns.map(([, type, text]) => `${records.value(arrayText(rows.map(text)))}::${type}[]`).join(', '));
  records.add(`) AS given (${columns.map(([name]) => name).join(', ')})`);

  const search = new Statement();
  search.add(
    `INSERT INTO ${kind.name}_search (organization_id, record_id, owner_id, department_id, tokens, index_key)`,
  );
  search.add(
    ` SELECT ${search.value(organizationId)}::uuid, given.id, given.owner_id, given.department_id, given.tokens::int[], given.index_key FROM unnest(`,
  );
  search.add(`${search.value(arrayText(rows.map((row) => row.id)))}::uuid[], `);
  search.add(`${search.value(arrayText(rows.map((row) => elementText(row.fields['ownerId']))))}::uuid[], `);
  search.add(`${search.value(arrayText(rows.map((row) => elementText(row.fields['departmentId']))))}::uuid[], `);
  search.add(`${search.value(arrayText(rows.map((row) => `"${tokenText(row.tokens.all)}"`)))}::text[], `);
  search.add(`${search.value(arrayText(rows.map((row) => String(row.tokens.key))))}::int[]`);
  search.add(') AS given (id, owner_id, department_id, tokens, index_key)');
  await allSent([records.rows(tx), search.rows(tx)]);
}

const arrayText = (elements: readonly string[]) => `{${elements.join(',')}}`;
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const bytesText = (bytes: Buffer) => `"\\\\x${bytes.toString('hex')}"`;
const elementText = (value: unknown) => (typeof value === 'string' ? quoted(value) : 'NULL');

function sqlType(kind: string): string {
  if (kind === 'date') return 'date';
  if (kind === 'money') return 'numeric';
  return kind === 'person' || kind === 'department' || kind === 'company' ? 'uuid' : 'text';
}
