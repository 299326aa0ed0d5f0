/**
 * The floor: node:http, the driver Lubart uses, one statement per request. No sign-in, no row-level security, no sealing, no
 * audit, no check of what comes in. It is the practical limit of this stack, not something to serve people with.
 * Started by main.ts: `floor-server.ts '<address as JSON>'`; prints its port.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { newId } from '#kernel';
import { floorColumns, floorSelection, floorValues } from './floor-database.ts';
import type { PlainContact } from './floor-database.ts';

const address = JSON.parse(process.argv[2]!) as {
  socketFolder: string;
  port: number;
  superuser: string;
  database: string;
};
const sql = postgres({
  host: address.socketFolder,
  port: address.port,
  username: address.superuser,
  database: address.database,
  max: 10,
});

const lines = floorSelection(false);
const whole = floorSelection(true);
type Row = Record<string, unknown>;
const ask = (text: string, values: unknown[]): Promise<Row[]> =>
  sql.unsafe(text, values as never[], { prepare: true }) as never;

async function list(query: URLSearchParams): Promise<unknown> {
  const order = query.get('sort') === 'name' ? 'last_name, first_name, id' : 'id DESC';
  const rows = await ask(
    `SELECT ${lines} FROM contacts WHERE owner_id = $1 AND archived_at IS NULL ORDER BY ${order} LIMIT 51`,
    [query.get('owner')],
  );
  return { rows: rows.slice(0, 50), next: rows[50]?.['id'] ?? null };
}

/** Digits are looked for anywhere, words and e-mails at the beginning of a word; all of them must be there. */
async function find(query: URLSearchParams, body: { text: string }): Promise<unknown> {
  const words = body.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const patterns = words.map((word) => `%${/^\d+$/.test(word) ? '' : ' '}${word.replace(/[\\%_]/g, '\\$&')}%`);
  const conditions = patterns.map((_, at) => `search LIKE $${at + 2}`).join(' AND ');
  const text = `SELECT ${lines} FROM contacts WHERE owner_id = $1 AND archived_at IS NULL AND ${conditions} ORDER BY id DESC LIMIT 21`;
  const rows = await ask(text, [query.get('owner'), ...patterns]);
  return { rows: rows.slice(0, 20), more: rows.length > 20 };
}

const abilities = { update: true, archive: true, reassign: false };

async function open(query: URLSearchParams, id: string): Promise<unknown> {
  const [row] = await ask(`SELECT ${whole} FROM contacts WHERE id = $1 AND owner_id = $2`, [id, query.get('owner')]);
  return row === undefined ? null : { ...row, abilities };
}

/** Changes the notes, or the phones and with them the search text. */
async function update(
  query: URLSearchParams,
  id: string,
  body: { version: number; changes: Row; search?: string },
): Promise<unknown> {
  const { notes, phones } = body.changes;
  const key = [id, query.get('owner'), body.version];
  const where = `WHERE id = $1 AND owner_id = $2 AND version = $3 RETURNING ${whole}`;
  const head = 'UPDATE contacts SET version = version + 1, updated_at = now()';
  const [row] =
    notes === undefined
      ? await ask(`${head}, phones = $4::text::jsonb, search = $5 ${where}`, [
          ...key,
          JSON.stringify(phones),
          body.search,
        ])
      : await ask(`${head}, notes = $4 ${where}`, [...key, notes]);
  return row === undefined ? null : { ...row, abilities };
}

const names = [...floorColumns.map(([column]) => column), 'search'];
const insertText = `INSERT INTO contacts (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING ${whole}`;
const types: Record<string, string> = { phones: '::text::jsonb', emails: '::text::jsonb', tags: '::text::text[]' };
const insertTyped = insertText.replace(
  /\$(\d+)/g,
  (place, at: string) => place + (types[names[Number(at) - 1]!] ?? ''),
);

async function create(query: URLSearchParams, body: PlainContact['fields']): Promise<unknown> {
  const contact = {
    id: newId(),
    ownerId: query.get('owner')!,
    departmentId: query.get('department')!,
    createdAt: new Date(),
    fields: body,
  };
  const [row] = await ask(insertTyped, floorValues(contact));
  return { ...row, abilities };
}

/** Takes a body and answers one, as a step of sign-in does, and asks the database for nothing. */
const answerNothing = (_body: object): unknown => ({ ticket: 'x'.repeat(ticketLetters), ways: ['totp', 'recovery'] });
const ticketLetters = 400;

/** Every row as CSV, as fast as a cursor gives them. */
async function exportAll(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/csv' });
  for await (const rows of sql.unsafe(`SELECT ${whole} FROM contacts ORDER BY id`).cursor(500)) {
    const text = rows.map((row) => `${Object.values(row).map(cell).join(',')}\r\n`).join('');
    if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

function cell(value: unknown): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function readBody(request: IncomingMessage): Promise<never> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as never;
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url!, 'http://floor');
  const id = url.pathname.slice('/contacts/'.length);
  if (request.method === 'PATCH') return update(url.searchParams, id, await readBody(request));
  if (request.method === 'POST' && url.pathname === '/find') return find(url.searchParams, await readBody(request));
  if (request.method === 'POST' && url.pathname === '/nothing') return answerNothing(await readBody(request));
  if (request.method === 'POST') return create(url.searchParams, await readBody(request));
  if (url.pathname === '/nothing') return { status: 'alive' };
  return url.pathname === '/contacts' ? list(url.searchParams) : open(url.searchParams, id);
}

const server = createServer((request, response) => {
  if (request.url === '/export') {
    exportAll(response).catch((error: unknown) => response.destroy(error as Error));
    return;
  }
  answer(request).then(
    (value) => {
      const body = Buffer.from(JSON.stringify(value));
      response
        .writeHead(value === null ? 404 : 200, { 'content-type': 'application/json', 'content-length': body.length })
        .end(body);
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.writeHead(500, { 'content-length': 0 }).end();
    },
  );
});
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
