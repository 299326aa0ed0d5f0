/** SQL of key_rotations, and of what is counted and sealed anew. Names of tables come from sealed-values.ts, values are parameters. */
import type { Transaction } from '#database';
import { allSent } from '#database';
import type { OrganizationSeals } from '#protections/encryption';
import { markedHead } from '#protections/encryption';
import { hasCode } from '#kernel';
import type { SealedValue } from './sealed-values.ts';
import { sealedValues } from './sealed-values.ts';

export const rotationKinds = ['root', 'organization', 'index'] as const;
export type RotationKind = (typeof rotationKinds)[number];

export type RotationRow = {
  id: string;
  kind: RotationKind;
  from_key: string;
  to_key: string;
  started_at: Date;
  paused_at: Date | null;
  finished_at: Date | null;
  total: number;
  done: number;
  remaining: number | null;
  /** The transaction that began it. */
  writtenIn: string;
};

export type KeyHistoryRow = {
  id: string;
  purpose: 'sealing' | 'index';
  mark: number;
  created_at: Date;
  current_at: Date | null;
  retired_at: Date | null;
  destroyed_at: Date | null;
};

export async function insertRotation(
  tx: Transaction,
  organizationId: string,
  row: Pick<RotationRow, 'id' | 'kind' | 'from_key' | 'to_key' | 'started_at'> & { personId: string | null },
): Promise<boolean> {
  const { count } = await tx`
    INSERT INTO key_rotations (organization_id, id, kind, from_key, to_key, person_id, started_at)
    VALUES (${organizationId}, ${row.id}, ${row.kind}, ${row.from_key}, ${row.to_key}, ${row.personId}, ${row.started_at})
    ON CONFLICT DO NOTHING`;
  return count === 1;
}

export async function setTarget(tx: Transaction, organizationId: string, id: string, from: string, to: string) {
  await tx`UPDATE key_rotations SET from_key = ${from}, to_key = ${to}
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** Unfinished ones first, then the newest. */
export async function listRotations(tx: Transaction, organizationId: string): Promise<RotationRow[]> {
  const rows = await tx<RotationRow[]>`
    SELECT id, kind, from_key, to_key, started_at, paused_at, finished_at, total::float8 AS total, done::float8 AS done,
      remaining::float8 AS remaining, written_in::text AS "writtenIn" FROM key_rotations
    WHERE organization_id = ${organizationId} ORDER BY finished_at IS NOT NULL, started_at DESC LIMIT 30`;
  return [...rows];
}

export async function readKeyHistory(tx: Transaction, organizationId: string): Promise<KeyHistoryRow[]> {
  const rows = await tx<KeyHistoryRow[]>`
    SELECT id, purpose, mark, created_at, current_at, retired_at, destroyed_at FROM organization_keys
    WHERE organization_id = ${organizationId} ORDER BY created_at DESC, id DESC`;
  return [...rows];
}

export async function setTotal(tx: Transaction, organizationId: string, id: string, total: number): Promise<void> {
  await tx`UPDATE key_rotations SET total = ${total}
    WHERE organization_id = ${organizationId} AND id = ${id} AND total = 0`;
}

/** Takes the rotation for one step; others wait here. False when it is paused or over: then nothing is to be done. */
export async function takeStep(tx: Transaction, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx`SELECT paused_at, finished_at FROM key_rotations
    WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  return rows[0] !== undefined && rows[0]['paused_at'] === null && rows[0]['finished_at'] === null;
}

export async function addDone(tx: Transaction, organizationId: string, id: string, done: number): Promise<void> {
  await tx`UPDATE key_rotations SET done = done + ${done}, total = greatest(total, done + ${done})
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

export async function pause(tx: Transaction, organizationId: string, kind: RotationKind, at: Date | null) {
  const { count } = await tx`UPDATE key_rotations SET paused_at = ${at}
    WHERE organization_id = ${organizationId} AND kind = ${kind} AND finished_at IS NULL
      AND (paused_at IS NULL) = ${at !== null}`;
  return count === 1;
}

/** False when somebody else finished it. */
export async function finish(tx: Transaction, organizationId: string, id: string, at: Date): Promise<boolean> {
  const { count } = await tx`UPDATE key_rotations SET finished_at = ${at}, remaining = 0
    WHERE organization_id = ${organizationId} AND id = ${id} AND finished_at IS NULL`;
  return count === 1;
}

/** Values of one column: those of a turn (of three) behind `from`, up to `to`. */
export type Stretch = { from: string | undefined; to: string; turn: number | undefined };

type Stored = { id: string; sealed: Buffer };
type Anew = { id: string; before: string; after: string };

/**
 * Rows of large tables are taken in three turns, each a transaction. What a turn leaves behind makes room on the same pages for the next
 * one, and a row that stays on its page needs no new place in any index (PostgreSQL: heap-only tuples).
 */
export const turnsOf = ({ large }: SealedValue): readonly (number | undefined)[] => (large ? [0, 1, 2] : [undefined]);
const isOfTurn = (turn: number | undefined, id: string) =>
  turn === undefined ? '' : ` AND get_byte(uuid_send(${id}), 15) % 3 = ${turn}`;

/** The last of so many rows that wait to be sealed anew; undefined when none does. */
export async function endOfStretch(
  tx: Transaction,
  { organizationId }: OrganizationSeals,
  { table, id, column, idType }: SealedValue,
  head: Buffer,
  from: string | undefined,
  rows: number,
): Promise<string | undefined> {
  const after = from === undefined ? '' : ` AND ${id} > $4::${idType}`;
  const [end] = await tx.unsafe(
    `SELECT id FROM (SELECT ${id} AS id FROM ${table} WHERE organization_id = $1 AND ${column} IS NOT NULL
       AND substr(${column}, 1, 5) <> $2${after} ORDER BY ${id} LIMIT $3) AS next ORDER BY id DESC LIMIT 1`,
    [organizationId, head, rows, ...(from === undefined ? [] : [from])],
    { prepare: true },
  );
  return end?.['id'] as string | undefined;
}

/**
 * Seals the values of a stretch under the key that seals now; returns how many. Compares and sets: a value that somebody changed
 * meanwhile is left as it is. What does not open is passed over and stays counted. The next batch is asked for before this one is
 * sealed, and nobody waits for a writing: the database always has something to do.
 */
export async function resealStretch(
  tx: Transaction,
  seals: OrganizationSeals,
  value: SealedValue,
  head: Buffer,
  stretch: Stretch,
  batch: number,
): Promise<number> {
  const read = (from: string | undefined) =>
    started(readStored(tx, seals.organizationId, value, head, { ...stretch, from }, batch));
  const writing: Promise<{ count: number }>[] = [];
  for (let reading = read(stretch.from); ;) {
    const rows = (await reading) as unknown as Stored[];
    const goesOn = rows.length === batch;
    if (goesOn) reading = read(rows.at(-1)!.id);
    const anew = rows.flatMap((row) => sealAnew(seals, value, row) ?? []);
    if (anew.length > 0) writing.push(started(writeAnew(tx, seals.organizationId, value, anew)));
    if (!goesOn) break;
  }
  const written = await allSent(writing);
  return written.reduce((sum, { count }) => sum + count, 0);
}

/** Sent now; thrown where it is awaited. */
function started<Query extends { execute(): unknown; catch(noticed: () => void): unknown }>(query: Query): Query {
  query.execute();
  query.catch(() => {});
  return query;
}

function sealAnew(seals: OrganizationSeals, { place }: SealedValue, { id, sealed }: Stored): Anew | undefined {
  try {
    return { id, before: bytesText(sealed), after: bytesText(seals.sealAnew(place(id), sealed)) };
  } catch (error) {
    if (!hasCode(error, 'sealed.cannot_open')) throw error;
    return undefined;
  }
}

function readStored(
  tx: Transaction,
  organizationId: string,
  { table, id, column, idType }: SealedValue,
  head: Buffer,
  { from, to, turn }: Stretch,
  limit: number,
) {
  const after = from === undefined ? '' : ` AND ${id} > $5::${idType}`;
  return tx.unsafe(
    `SELECT ${id} AS id, ${column} AS sealed FROM ${table} WHERE organization_id = $1 AND ${column} IS NOT NULL
       AND substr(${column}, 1, 5) <> $2 AND ${id} <= $4::${idType}${isOfTurn(turn, id)}${after} ORDER BY ${id} LIMIT $3`,
    [organizationId, head, limit, to, ...(from === undefined ? [] : [from])],
    { prepare: true },
  );
}

function writeAnew(
  tx: Transaction,
  organizationId: string,
  { table, id, column, idType }: SealedValue,
  given: readonly Anew[],
) {
  const list = (part: keyof Anew) => arrayText(given.map((row) => row[part]));
  return tx.unsafe(
    `UPDATE ${table} t SET ${column} = given.after FROM unnest($2::${idType}[], $3::bytea[], $4::bytea[]) AS given (id, before, after)
       WHERE t.organization_id = $1 AND t.${id} = given.id AND t.${column} = given.before`,
    [organizationId, list('id'), list('before'), list('after')],
    { prepare: true },
  );
}

const bytesText = (bytes: Buffer) => `"\\\\x${bytes.toString('hex')}"`;
const arrayText = (elements: readonly string[]) => `{${elements.join(',')}}`;

/** Values that the key of this mark did not seal, in everything that an organization’s key closes. */
export async function countUnderOthers(tx: Transaction, organizationId: string, mark: number): Promise<number> {
  let sum = 0;
  for (const { table, column } of sealedValues) {
    const [row] = await tx.unsafe(
      `SELECT count(*)::int AS n FROM ${table}
         WHERE organization_id = $1 AND ${column} IS NOT NULL AND substr(${column}, 1, 5) <> $2`,
      [organizationId, markedHead(mark)],
    );
    sum += row!['n'] as number;
  }
  return sum;
}

/**
 * Whether an entry of the log has its doer’s name from this key, or (`unmarked`) one of the time before keys had marks. The bytes of an
 * entry are hashed and never change; so the log keeps the key that it needs. This is asked every minute of a log that may be long: the
 * entries of the time in which the key sealed are looked at first, and the first one ends it. Only a key that seems to be needed by none is held
 * against all of them. Attack: an entry that cannot be read is put in, so that every asking fails; as nobody knows what sealed it, it
 * needs every key.
 */
export async function isNeededByLog(
  tx: Transaction,
  organizationId: string,
  { mark, unmarked, from, to }: { mark: number; unmarked: boolean; from: Date; to: Date },
): Promise<boolean> {
  for (const within of [tx`AND id >= ${firstIdAt(from)} AND id < ${firstIdAt(to)}`, tx``]) {
    // Every byte but zero is a letter of LATIN1, and what is read here is ASCII. OFFSET 0: each entry is read once.
    const [row] = await tx`
      SELECT EXISTS (
        SELECT FROM (
          SELECT CASE WHEN name = '' THEN '\\x'::bytea
            WHEN name ~ '^[A-Za-z0-9+/]{8}' THEN decode(left(name, 8), 'base64') END AS head
          FROM (
            SELECT CASE WHEN position('\\x00'::bytea IN bytes) > 0 THEN NULL
              WHEN pg_input_is_valid(convert_from(bytes, 'LATIN1'), 'jsonb')
                THEN coalesce(convert_from(bytes, 'LATIN1')::jsonb -> 'actor' ->> 'name', '') END AS name
            FROM audit_entries WHERE organization_id = ${organizationId} ${within} OFFSET 0) AS entry OFFSET 0) AS sealed
        WHERE head IS NULL OR substr(head, 1, 5) = ${markedHead(mark)}
          OR (${unmarked} AND substr(head, 1, 1) = '\\x01'::bytea)) AS yes`;
    if (row!['yes'] === true) return true;
  }
  return false;
}

/** Ids begin with their moment (RFC 9562 §5.7). */
function firstIdAt(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
