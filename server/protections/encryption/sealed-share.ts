/**
 * How much of what is personal is sealed, found out by looking at the data and at no setting: rows of every table are drawn, and the
 * bytes in them must have the form that sealing gives (seal.ts) and must not read as text. Which columns hold sealed values is read from
 * the catalogue: every column of bytes whose name does not say that it is a hash, a public key or a signature. So a column that
 * comes tomorrow is looked at without being named here. Beside them no open text may hold what is always personal.
 */
import type { Database, Transaction } from '#database';
import { systemReach } from './organization-keys.ts';
import { hasSealedForm } from './seal.ts';

export type SealedShare = {
  readonly tables: number;
  /** Values that should be sealed, and how many of them are. */
  readonly values: number;
  readonly sealed: number;
  /** Open values that hold an e-mail address or a phone number. */
  readonly openPersonal: number;
};

/** Of each table: as many of the newest rows, and about as many from anywhere in it. */
const rowsDrawn = 150;
/** What is not sealed by its nature; the same is said of each column in test/rotation.attack.test.ts. */
const neverSealed = /(_hash|hashes|bytes|root|public_key|credential_id|sign_in_token|signature|mark|wrapped)$/;
const openTypes = new Set(['text', 'varchar', '_text', 'jsonb', 'json']);
/** A number as people in Ukraine write it, and an address with something on both sides of the sign. */
const personal = /\+380\d{9}|[\p{L}\d._%+-]+@[\p{L}\d-]+(\.[\p{L}\d-]+)*\.\p{L}{2,}/u;

type Column = { name: string; type: string };
type Table = { name: string; rows: number; hasId: boolean; sealed: string[]; open: string[] };

export async function inspectSealed(database: Database, organizationIds: readonly string[]): Promise<SealedShare> {
  const tables = await listTables(database);
  const found = { tables: tables.length, values: 0, sealed: 0, openPersonal: 0 };
  for (const organizationId of organizationIds) {
    for (const table of tables) {
      const rows = await database.read(systemReach(organizationId, 'all'), (tx) => drawRows(tx, table, organizationId));
      for (const row of rows) {
        for (const value of table.sealed.flatMap((name) => row[name] ?? []) as Buffer[]) {
          found.values += 1;
          if (isSealed(value)) found.sealed += 1;
        }
        for (const value of table.open.flatMap((name) => row[name] ?? []) as string[])
          if (personal.test(value)) found.openPersonal += 1;
      }
    }
  }
  return found;
}

/** Attack: plain bytes behind a byte that looks like the version. What was sealed is as good as random, and no text. */
const isSealed = (bytes: Buffer): boolean => hasSealedForm(bytes) && !readsAsText(bytes.subarray(1));

function readsAsText(bytes: Buffer): boolean {
  try {
    // Cut in the middle of a letter it is still text.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return !/[\p{Cc}\p{Cn}\p{Co}]/u.test(text.replaceAll(/[\n\r\t]/g, ''));
  } catch {
    return false;
  }
}

/** Tables of organizations that hold something sealed, and the log, whose bytes hold sealed values among open words. */
async function listTables(database: Database): Promise<Table[]> {
  const rows = (await database.outside(
    (sql) => sql`
      SELECT c.relname AS table, c.reltuples::float8 AS rows, a.attname AS name, t.typname AS type
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY c.relname, a.attnum`,
  )) as unknown as (Column & { table: string; rows: number })[];
  const named = Map.groupBy(rows, ({ table }) => table);
  return [...named].flatMap(([name, columns]) => {
    const has = (column: string) => columns.some((one) => one.name === column);
    const sealed = columns.filter(({ name, type }) => type === 'bytea' && !neverSealed.test(name));
    const open = columns.filter(({ type }) => openTypes.has(type));
    if (name === 'audit_entries') open.push(...columns.filter((one) => one.name === 'bytes'));
    if (!has('organization_id') || (sealed.length === 0 && name !== 'audit_entries')) return [];
    const names = (list: readonly Column[]) => list.map((one) => one.name);
    return [{ name, rows: columns[0]!.rows, hasId: has('id'), sealed: names(sealed), open: names(open) }];
  });
}

type Row = Record<string, unknown>;

async function drawRows(tx: Transaction, table: Table, organizationId: string): Promise<Row[]> {
  const { name, rows, hasId, sealed, open } = table;
  const beginning = sealed.map((column) => `substr("${column}", 1, 96) AS "${column}"`);
  const words = open.map((column) =>
    column === 'bytes' ? `convert_from("bytes", 'UTF8') AS "bytes"` : `left("${column}"::text, 4000) AS "${column}"`,
  );
  const columns = [...beginning, ...words].join(', ');
  const percent = rows <= rowsDrawn ? 100 : Math.max(0.001, (100 * rowsDrawn) / rows);
  const anywhere = `SELECT ${columns} FROM "${name}" TABLESAMPLE SYSTEM (${percent}) WHERE organization_id = $1 LIMIT ${rowsDrawn}`;
  const newest = `SELECT ${columns} FROM "${name}" WHERE organization_id = $1 ORDER BY id DESC LIMIT ${rowsDrawn}`;
  const drawn: Row[] = [];
  for (const statement of hasId ? [newest, anywhere] : [anywhere])
    drawn.push(...((await tx.unsafe(statement, [organizationId])) as unknown as Row[]));
  return drawn;
}
