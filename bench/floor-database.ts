/**
 * The floor’s database: the same rows in plain columns, indexed as a sensible plain application would. It lies in the same
 * PostgreSQL server as Lubart’s, so both share caches, disk and settings.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { DatabaseAddress, Sql } from '#database';
import { connect } from '#database';

/** A contact as both sides get it. */
export type PlainContact = {
  id: string;
  ownerId: string;
  departmentId: string;
  createdAt: Date;
  fields: Record<string, unknown> & { phones: { number: string }[]; emails: { address: string }[]; tags: string[] };
};

const floorName = 'floor';

export const floorAddress = (address: DatabaseAddress): DatabaseAddress => ({ ...address, database: floorName });

/** Columns in the order of `floorLine`, and how each is called in answers. */
export const floorColumns: readonly (readonly [column: string, name: string])[] = [
  ['id', 'id'],
  ['version', 'version'],
  ['created_at', 'createdAt'],
  ['updated_at', 'updatedAt'],
  ['archived_at', 'archivedAt'],
  ['owner_id', 'ownerId'],
  ['department_id', 'departmentId'],
  ['company_id', 'companyId'],
  ['stage', 'stage'],
  ['legal_basis', 'legalBasis'],
  ['tags', 'tags'],
  ['next_step_on', 'nextStepOn'],
  ['last_name', 'lastName'],
  ['first_name', 'firstName'],
  ['middle_name', 'middleName'],
  ['phones', 'phones'],
  ['emails', 'emails'],
  ['position', 'position'],
  ['company_name', 'companyName'],
  ['address', 'address'],
  ['birthday', 'birthday'],
  ['source', 'source'],
  ['notes', 'notes'],
  ['consent_given_on', 'consentGivenOn'],
  ['next_step_text', 'nextStepText'],
];
const days = new Set(['next_step_on', 'birthday', 'consent_given_on']);

/** What a SELECT takes; lists leave the notes out, as Lubart’s do. */
export function floorSelection(withNotes: boolean): string {
  return floorColumns
    .filter(([column]) => withNotes || column !== 'notes')
    .map(([column, name]) => `${column}${days.has(column) ? '::text' : ''} AS "${name}"`)
    .join(', ');
}

/** What is searched: words, phones and e-mails, each after a space, so that a word’s beginning can be asked for. */
export function floorSearchText({ fields }: Pick<PlainContact, 'fields'>): string {
  const { lastName, firstName, middleName, companyName, phones, emails } = fields;
  const parts = [
    lastName,
    firstName,
    middleName,
    companyName,
    ...phones.map(({ number }) => number),
    ...emails.map(({ address }) => address),
  ];
  return ` ${parts.filter((part) => part !== '' && part !== undefined).join(' ')} `.toLowerCase();
}

/** Makes an empty floor database with its table; indexes come with `indexFloor`. */
export async function createFloor(address: DatabaseAddress): Promise<void> {
  const server = connect(address, 'admin');
  await server.unsafe(`DROP DATABASE IF EXISTS ${floorName} WITH (FORCE)`);
  // Trigrams of Cyrillic need a character type that knows its letters.
  await server.unsafe(
    `CREATE DATABASE ${floorName} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C.UTF-8'`,
  );
  await server.end();
  const sql = connect(floorAddress(address), 'admin');
  await sql.unsafe(`CREATE EXTENSION pg_trgm;
    CREATE TABLE contacts (
      id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 1, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
      archived_at timestamptz, owner_id uuid NOT NULL, department_id uuid NOT NULL, company_id uuid, stage text NOT NULL,
      legal_basis text NOT NULL, tags text[] NOT NULL, next_step_on date, last_name text NOT NULL, first_name text NOT NULL,
      middle_name text NOT NULL, phones jsonb NOT NULL, emails jsonb NOT NULL, position text NOT NULL, company_name text NOT NULL,
      address text NOT NULL, birthday date, source text NOT NULL, notes text NOT NULL, consent_given_on date,
      next_step_text text NOT NULL, search text NOT NULL)`);
  await sql.end();
}

export async function indexFloor(sql: Sql): Promise<void> {
  await sql.unsafe(`CREATE INDEX contacts_owner ON contacts (owner_id, id);
    CREATE INDEX contacts_owner_name ON contacts (owner_id, last_name, first_name, id);
    CREATE INDEX contacts_search ON contacts USING gin (search gin_trgm_ops)`);
}

/** A COPY into the floor’s table that waits when PostgreSQL is slower. */
export async function copyIntoFloor(
  sql: Sql,
): Promise<{ write(contacts: readonly PlainContact[]): Promise<void>; end(): Promise<void> }> {
  const names = [...floorColumns.map(([column]) => column), 'search'].join(', ');
  const stream: Writable = await sql.unsafe(`COPY contacts (${names}) FROM STDIN`).writable();
  return {
    write: async (contacts) => {
      if (!stream.write(contacts.map(floorLine).join(''))) await once(stream, 'drain');
    },
    end: async () => {
      stream.end();
      await once(stream, 'finish');
    },
  };
}

/** One row in PostgreSQL’s text form of COPY. */
function floorLine(contact: PlainContact): string {
  return `${floorValues(contact).map(copyText).join('\t')}\n`;
}

/** The values of one row as PostgreSQL reads them from text, in the order of `floorColumns` and then the search text. */
export function floorValues(contact: PlainContact): (string | null)[] {
  const { id, ownerId, departmentId, createdAt, fields } = contact;
  const head: Record<string, unknown> = {
    id,
    version: 1,
    createdAt,
    updatedAt: createdAt,
    archivedAt: null,
    ownerId,
    departmentId,
    companyId: null,
  };
  const values = floorColumns.map(([, name]) => plainText(name, name in head ? head[name] : fields[name]));
  return [...values, floorSearchText(contact)];
}

function plainText(name: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (name === 'tags') return `{${(value as string[]).map((tag) => `"${tag.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyText(value: string | null): string {
  return value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (character) => escapes[character]!);
}
