/**
 * What did this session see? The distinct clients that its entries name: listed, found, opened, shown by a reason, taken along. What
 * they are called is said only where the reader may see it, and this, too, is a reading.
 */
import type { EventName, SeenRecordView } from '#contract';
import type { Fields, RecordKind } from '#crm/records';
import { columnsOf, holderOf, openRow, shownFields, Statement } from '#crm/records';
import type { Database, Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { may, reaches, reachOf, withoutShares } from '#protections/access';
import { entriesWhere } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';

type SeenRow = {
  kind: 'contact' | 'company';
  id: string;
  events: string[];
  times: number;
  first_at: Date;
  last_at: Date;
  all: number;
};

const rowsPerPage = 100;
const readings = ['listed', 'found', 'opened', 'revealed', 'exported'] as const;
const seenEvents = (kinds: readonly RecordKind[]): EventName[] =>
  kinds.flatMap((kind) => [...readings.map((verb) => kind.event(verb)), `${kind.name}.history_read` as const]);

export type Seen = { rows: SeenRecordView[]; count: number; next: string | null };

/** @throws list.cursor_invalid */
export async function listSeen(
  deps: { database: Database; keyring: Keyring; kinds: readonly RecordKind[] },
  actor: Actor,
  reach: Reach,
  sessionId: string,
  cursor: string | undefined,
): Promise<Seen> {
  const { database, keyring, kinds } = deps;
  const from = offsetOf(cursor);
  const seals = await keyring.of(reach.organizationId);
  const rows = await database.read(reach, (tx) => selectSeen(tx, reach, sessionId, seenEvents(kinds), from));
  const names = new Map<string, string>();
  for (const kind of kinds) {
    const ids = rows.filter((row) => row.kind === kind.name).map(({ id }) => id);
    for (const [id, name] of await namesWithin(database, seals, actor, kind, ids)) names.set(id, name);
  }
  return {
    rows: rows.map((row) => ({
      kind: row.kind,
      id: row.id,
      name: names.get(row.id) ?? null,
      events: row.events,
      times: row.times,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
    })),
    count: rows[0]?.all ?? 0,
    next: from + rows.length < (rows[0]?.all ?? 0) ? String(from + rows.length) : null,
  };
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,8}$/.test(cursor)) return Number(cursor);
  throw new LubartError('list.cursor_invalid', { field: 'cursor' });
}

/** `all` is the same in each row: how many there are. */
async function selectSeen(
  tx: Transaction,
  reach: Reach,
  sessionId: string,
  events: readonly EventName[],
  from: number,
): Promise<SeenRow[]> {
  return tx<SeenRow[]>`
    SELECT split_part(e.event, '.', 1) AS kind, record.id, array_agg(DISTINCT e.event ORDER BY e.event) AS events,
      count(*)::int AS times, min(e.at) AS first_at, max(e.at) AS last_at, (count(*) OVER ())::int AS all
    FROM ${entriesWhere(
      tx,
      reach.organizationId,
      tx`session_id = ${sessionId} AND outcome = 'done' AND event = ANY (${[...events]})`,
    )} CROSS JOIN LATERAL unnest(e.subject_ids) AS record (id)
    GROUP BY 1, 2 ORDER BY max(e.at) DESC, record.id DESC LIMIT ${rowsPerPage} OFFSET ${from}`;
}

/** What these clients are called, for somebody who may read them; the policy is asked of each once more. */
async function namesWithin(
  database: Database,
  seals: OrganizationSeals,
  actor: Actor,
  kind: RecordKind,
  ids: readonly string[],
): Promise<[string, string][]> {
  const permission = kind.permission('read');
  if (ids.length === 0 || !may(actor, permission)) return [];
  const query = new Statement();
  query.add(
    `SELECT ${columnsOf(kind)} FROM ${kind.table} WHERE organization_id = ${query.value(actor.organizationId)}`,
  );
  query.add(` AND id = ANY (${query.value(`{${ids.join(',')}}`)}::uuid[])`);
  const rows = await database.read(withoutShares(reachOf(actor, permission)), (tx) => query.rows(tx));
  const nameOf = (fields: Fields) => kind.nameOf(shownFields(kind, actor, fields));
  return rows
    .map((row) => openRow(kind, seals, row))
    .filter(({ fields }) => reaches(actor, permission, holderOf(fields)))
    .map(({ row, fields }): [string, string] => [row.id, nameOf(fields)])
    .filter(([, name]) => name !== '');
}
