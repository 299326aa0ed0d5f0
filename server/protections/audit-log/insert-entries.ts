/**
 * The SQL that writes entries: one, many, or one as a part of the statement of its act. A statement of its own costs the driver, the socket
 * and the start of the executor once more; PostgreSQL runs `WITH noted AS (INSERT …) UPDATE …` as one, and what
 * fails in it fails whole.
 */
import type { Transaction } from '#database';
import { allSent } from '#database';
import { LubartError } from '#kernel';
import type { EntryRow } from './entry.ts';

/** What changes a row: text that begins with INSERT, UPDATE or DELETE, and the values of its numbered parameters. */
export type ActStatement = { readonly text: string; readonly values: readonly unknown[] };

/** Adds rows to the log. @throws audit.not_written */
export async function insertEntries(tx: Transaction, rows: readonly EntryRow[]): Promise<void> {
  const [row] = rows;
  if (row === undefined) return;
  try {
    if (rows.length === 1) await send(tx, insertOne(0), valuesOf(row));
    else await send(tx, insertMany, columnsOf(rows));
  } catch (cause) {
    throw notWritten(cause);
  }
}

/** Does the act and adds its rows to the log. @throws audit.not_written, server.failed, and what the act throws */
export async function insertWithAct(tx: Transaction, act: ActStatement, rows: readonly EntryRow[]): Promise<void> {
  const changed = rows.length === 1 ? sendTogether(tx, act, rows[0]!) : send(tx, act.text, act.values);
  await allSent([changed, rows.length === 1 ? undefined : insertEntries(tx, rows)]);
  // Attack: an entry of what was not done. The act fails, and the entry with it.
  if ((await changed) === 0) throw new LubartError('server.failed', { details: { reason: 'the act changed no row' } });
}

async function sendTogether(tx: Transaction, { text, values }: ActStatement, row: EntryRow): Promise<number> {
  try {
    return await send(tx, `WITH noted AS (${insertOne(values.length)}) ${text}`, [...values, ...valuesOf(row)]);
  } catch (cause) {
    throw isOfLog(cause) ? notWritten(cause) : cause;
  }
}

/** How many rows the statement changed. Sent at once: what its caller sends next arrives behind it. */
async function send(tx: Transaction, text: string, values: readonly unknown[]): Promise<number> {
  return (await tx.unsafe(text, values as never[], { prepare: true }).execute()).count;
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
    $11::text[], $12::text[], $13::text[])
    AS given (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, entry)`;

const valuesOf = (row: EntryRow): (string | null)[] => [
  row.organization_id,
  row.id,
  row.at.toISOString(),
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

function columnsOf(rows: readonly EntryRow[]): (string | null)[][] {
  const all = rows.map(valuesOf);
  return all[0]!.map((_, at) => all.map((values) => values[at]!));
}
