/**
 * The SQL that writes entries: one, many, or one as a part of the statement of its act. A statement of its own costs the driver, the socket
 * and the start of the executor once more; PostgreSQL runs `WITH noted AS (INSERT …) UPDATE …` as one, and what
 * fails in it fails whole.
 */
import type { SqlStatement, Transaction } from '#database';
import { allSent, sendStatement, together } from '#database';
import { LubartError } from '#kernel';
import type { EntryRow } from './entry.ts';

/** Adds rows to the log. @throws audit.not_written */
export async function insertEntries(tx: Transaction, rows: readonly EntryRow[]): Promise<void> {
  const [row] = rows;
  if (row === undefined) return;
  try {
    const added =
      rows.length === 1 ? { text: insertOne(0), values: valuesOf(row) } : { text: insertMany, values: columnsOf(rows) };
    await allSent([sendStatement(tx, added), insertStrays(tx, rows)]);
  } catch (cause) {
    throw notWritten(cause);
  }
}

/**
 * Adds rows to the log and does what else happens in that moment, each in a table of its own: in no order that could be told, and all or
 * nothing. Any of it may find nothing to change. @throws audit.not_written, and what the others throw
 */
export async function insertAlong(
  tx: Transaction,
  rows: readonly EntryRow[],
  along: readonly SqlStatement[],
): Promise<void> {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) {
    await allSent([...along.map((one) => sendStatement(tx, one)), insertEntries(tx, rows)]);
    return;
  }
  try {
    const all = together({ text: insertOne(0), values: valuesOf(row) }, along);
    await allSent([sendStatement(tx, all), insertStrays(tx, rows)]);
  } catch (cause) {
    throw isOfLog(cause) ? notWritten(cause) : cause;
  }
}

/** Does the act and adds its rows to the log. @throws audit.not_written, server.failed, and what the act throws */
export async function insertWithAct(tx: Transaction, act: SqlStatement, rows: readonly EntryRow[]): Promise<void> {
  const changed = rows.length === 1 ? sendTogether(tx, act, rows[0]!) : sendStatement(tx, act);
  await allSent([changed, rows.length === 1 ? insertStrays(tx, rows) : insertEntries(tx, rows)]);
  // Attack: an entry of what was not done. The act fails, and the entry with it.
  if ((await changed) === 0) throw new LubartError('server.failed', { details: { reason: 'the act changed no row' } });
}

async function sendTogether(tx: Transaction, { text, values }: SqlStatement, row: EntryRow): Promise<number> {
  try {
    const both = `WITH noted AS (${insertOne(values.length)}) ${text}`;
    return await sendStatement(tx, { text: both, values: [...values, ...valuesOf(row)] });
  } catch (cause) {
    throw isOfLog(cause) ? notWritten(cause) : cause;
  }
}

/** Names those that strayed, so that a stretch of time finds them; undefined where none did. @throws audit.not_written */
function insertStrays(tx: Transaction, rows: readonly EntryRow[]): Promise<unknown> | undefined {
  const strays = rows.filter(({ isStray }) => isStray);
  if (strays.length === 0) return undefined;
  const values = [strays[0]!.organization_id, strays.map(({ id }) => id)];
  const text = 'INSERT INTO audit_strays (organization_id, entry_id) SELECT $1::uuid, unnest($2::uuid[])';
  return sendStatement(tx, { text, values }).catch((cause: unknown) => Promise.reject(notWritten(cause)));
}

/** Which half of a statement failed: PostgreSQL names the table, or says in its message what of the log it was. */
function isOfLog(cause: unknown): boolean {
  const { table_name: table, message } = cause as { table_name?: string; message?: string };
  return table === undefined ? (message ?? '').includes('audit_') : table === 'audit_entries';
}

/**
 * Attack: the log is made to fail so that something is done unseen. Nothing is, and whoever looks after the installation reads why. A
 * full disk and a lost connection have words of their own.
 */
function notWritten(cause: unknown): unknown {
  const { code } = cause as { code?: unknown };
  const isOfDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return isOfDatabase && code !== diskFull && !code.startsWith('08') && !code.startsWith('57')
    ? new LubartError('audit.not_written', { cause })
    : cause;
}
const diskFull = '53100';

/**
 * Every act writes one, so the statement is the same text each time, and PostgreSQL knows its plan. The bytes travel as the text they
 * are: as bytea each would travel as two letters.
 */
const columns = `organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, bytes`;
/** Its parameters are numbered behind so many others. Written once for each number: this is asked at every act. */
function insertOne(behind: number): string {
  let text = written.get(behind);
  if (text === undefined) {
    const places = Array.from({ length: 12 }, (_, at) => `$${behind + at + 1}`).join(', ');
    text = `INSERT INTO audit_entries (${columns}) VALUES (${places}, convert_to($${behind + 13}, 'UTF8'))`;
    written.set(behind, text);
  }
  return text;
}
const written = new Map<number, string>();
const insertMany = `INSERT INTO audit_entries (${columns})
  SELECT organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids::uuid[], request_id, address, device, convert_to(entry, 'UTF8')
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[],
    $11::text[], $12::text[], string_to_array($13, E'\\x1e'))
    AS given (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, entry)`;

/** Between entries that travel as one text: as elements of an array each quotation mark in them would be escaped, and read back. JSON has none. */
const recordSeparator = '\x1e';

const valuesOf = (row: EntryRow): (string | null)[] => [
  row.organization_id,
  row.id,
  row.at,
  row.level,
  row.event,
  row.outcome,
  row.actor_id,
  row.session_id,
  `{${row.subject_ids.map((id) => JSON.stringify(id)).join(',')}}`,
  row.request_id,
  row.address,
  row.device,
  row.text,
];

function columnsOf(rows: readonly EntryRow[]): ((string | null)[] | string)[] {
  const all = rows.map(valuesOf);
  const columns = all[0]!.map((_, at) => all.map((values) => values[at]!));
  return [...columns.slice(0, -1), rows.map(({ text }) => text).join(recordSeparator)];
}
