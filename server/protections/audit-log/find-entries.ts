/**
 * Which entries a query means. One condition is answered from its index, however long the log. Of several, each has an index and none knows
 * the others: whoever asks for what never happened together would pass over a million entries. So an answer looks along the condition that
 * leads furthest back, at no more than `lookedAtMax` entries, and says how far it has looked; the cursor goes on from there.
 */
import type { AuditQueryValue, EventName } from '#contract';
import type { Reach, Transaction } from '#database';
import { firstIdAt, LubartError } from '#kernel';
import { levelOf, strayMillisMax } from './entry.ts';
import type { Circumstance } from './same-circumstances.ts';
import { isSame } from './same-circumstances.ts';

/** Entries that one answer looks at when it was asked for several things at once. */
export const lookedAtMax = 5_000;

/** Where the reading begins (before this id, or at the newest), and where it ends: with this id, or at the beginning of the log. */
export type Stretch = { before: string | null; last: string | null };

type Fragment = ReturnType<typeof isSame>;
/** `leads`: its index is in the order of the log. `gathers`: its index has another order, and leads only when it has few. */
type Condition = { sql: Fragment; index: 'leads' | 'gathers' | 'none' };
/** Along what a stretch is read; undefined: one condition or none, by its own index. */
type Lead = { along: Fragment | undefined; beside?: readonly Fragment[] } & Stretch;

/** The conditions of a query, those first that usually have few entries. */
function conditionsOf(tx: Transaction, query: AuditQueryValue, same: readonly Circumstance[]): Condition[] {
  const { sessionId, apiKeyId, event, actorId, outcome, level } = query;
  const all: Condition[] = same.map((one) => ({ sql: isSame(tx, one), index: one.beginning ? 'gathers' : 'leads' }));
  const leads = (sql: Fragment) => all.push({ sql, index: 'leads' });
  if (sessionId !== undefined) leads(tx`session_id = ${sessionId}`);
  if (apiKeyId !== undefined) leads(tx`session_id = ${apiKeyId}`);
  if (outcome !== undefined)
    all.push({ sql: tx`outcome = ${outcome}`, index: outcome === 'refused' ? 'leads' : 'none' });
  if (event !== undefined) leads(tx`event = ${event}`);
  if (actorId !== undefined) leads(tx`actor_id = ${actorId}`);
  // The level of an event goes without saying.
  if (level !== undefined && (event === undefined || levelOf(event as EventName) !== level))
    leads(tx`level = ${level}`);
  return all;
}

const allOf = (tx: Transaction, conditions: readonly Pick<Condition, 'sql'>[]) =>
  conditions.length === 0 ? tx`` : conditions.map(({ sql }) => tx` AND ${sql}`);

/** 23:59:60 is an instant by RFC 3339, and none that a Date can hold. */
function instantOf(text: string, field: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new LubartError('request.invalid', { field });
  return at;
}

const withinTime = (tx: Transaction, { from, to }: AuditQueryValue) =>
  tx`${from === undefined ? tx`` : tx`AND at >= ${instantOf(from, 'from')}`}
    ${to === undefined ? tx`` : tx`AND at < ${instantOf(to, 'to')}`}`;

export const hasStrayed = (tx: Transaction) =>
  tx`nullif((uuid_extract_timestamp(id) - at) BETWEEN interval '-1 minute' AND interval '1 minute', false) IS NULL`;

/** The entries that strayed: a table names them (insert-entries.ts), and their moments say it again. */
export const areStrays = (tx: Transaction, organizationId: string) =>
  tx`id IN (SELECT entry_id FROM audit_strays WHERE organization_id = ${organizationId}) AND ${hasStrayed(tx)}`;

/** What was written before this moment has a smaller id, but for entries that strayed. */
export const idBeyond = (at: Date): string => firstIdAt(at.getTime() + strayMillisMax + 1);

/** All but the id that a condition asks of an entry. */
const askedColumns = 'at level event outcome actor_id session_id request_id address device'.split(' ');

/** Everything that a query asks of an entry, but for the client it is about. */
const filters = (tx: Transaction, query: AuditQueryValue, same: readonly Circumstance[]) =>
  tx`${allOf(tx, conditionsOf(tx, query, same))} ${withinTime(tx, query)}`;

const withinStretch = (tx: Transaction, { before, last }: Stretch) =>
  tx`${before === null ? tx`` : tx`AND id < ${before}`} ${last === null ? tx`` : tx`AND id >= ${last}`}`;

/** Ids are times (RFC 9562 §5.7), so a stretch of time is a stretch of ids and is read from where it begins. */
function withinIds(tx: Transaction, { from, to }: AuditQueryValue) {
  const first = from === undefined ? null : firstIdAt(instantOf(from, 'from').getTime() - strayMillisMax);
  const last = to === undefined ? null : idBeyond(instantOf(to, 'to'));
  return tx`${first === null ? tx`` : tx`AND id >= ${first}`} ${last === null ? tx`` : tx`AND id < ${last}`}`;
}

/** Along which condition to look, and how far. */
export async function findLead(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
): Promise<Lead> {
  const conditions = conditionsOf(tx, query, same);
  // One condition finds its own way, and “done” is nearly everything.
  if (conditions.length === 0 || (conditions.length === 1 && conditions[0]!.index !== 'gathers'))
    return { along: undefined, before, last: null };
  const from = tx`FROM audit_index WHERE organization_id = ${reach.organizationId} ${withinIds(tx, query)} ${withinStretch(tx, { before, last: null })}`;
  const leading = conditions.filter(({ index }) => index === 'leads');
  const gathering = conditions.filter(({ index }) => index === 'gathers');
  for (const { sql } of gathering) {
    const [few] = await tx`SELECT count(*)::int AS count FROM (SELECT ${from} AND ${sql} LIMIT ${lookedAtMax}) AS few`;
    if (few!['count'] < lookedAtMax) return { along: sql, before, last: null };
  }
  // Nothing leads: along the log itself.
  const ways = leading.length === 0 ? [tx`true`] : leading.map(({ sql }) => sql);
  const ends = await tx<{ way: number; last: string | null }[]>`${ways.map(
    (sql, nth) => tx`${nth === 0 ? tx`` : tx` UNION ALL `}
    (SELECT ${nth}::int AS way, (SELECT id ${from} AND ${sql} ORDER BY id DESC OFFSET ${lookedAtMax - 1} LIMIT 1) AS last)`,
  )}`;
  const best = ends.reduce((one, other) => (furthest(other.last) < furthest(one.last) ? other : one));
  return { along: ways[best.way]!, beside: ways.filter((_, way) => way !== best.way), before, last: best.last };
}

/** What has no end reaches to the beginning of the log. */
const furthest = (last: string | null): string => last ?? '';

/**
 * The ids of entries in their order, newest first: of those that are indexed, and of those that are not yet. The few entries whose id and
 * moment lie further apart, for a clock was set, have a table of their own and are looked at apart.
 */
function selectIds(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  { along, beside = [], ...stretch }: Lead,
  limit: number,
) {
  const own = tx`organization_id = ${reach.organizationId}`;
  const within = withinStretch(tx, stretch);
  const all = filters(tx, query, same);
  const asked = allOf(
    tx,
    beside.map((sql) => ({ sql: tx`(SELECT true FROM audit_index WHERE ${own} AND id = looked_at.id AND ${sql})` })),
  );
  // A limit parts the look from what is looked for: only what leads may choose the index. What else has an index is asked there, entry by
  // entry, before the entry itself is read: five thousand of them lie in nearly as many pages. Materialized, so that the way along is chosen
  // by its own cost, which is nothing beside that of the asking.
  const entries =
    along === undefined
      ? tx`audit_index WHERE ${own} ${within} ${withinIds(tx, query)} ${all}`
      : tx`(WITH along AS MATERIALIZED (SELECT id FROM audit_index WHERE ${own} ${within} ${withinIds(tx, query)} AND ${along}
          ORDER BY id DESC LIMIT ${lookedAtMax}) SELECT id FROM along ORDER BY id DESC) AS looked_at
        CROSS JOIN LATERAL (SELECT ${tx(askedColumns)} FROM audit_index WHERE ${own} AND id = looked_at.id OFFSET 0) AS entry
        WHERE true ${asked} ${all}`;
  const fresh = tx`lubart_fresh_entries() WHERE true ${within} ${withinIds(tx, query)} ${all}`;
  const newest = tx`ORDER BY id DESC LIMIT ${limit}`;
  if (query.from === undefined && query.to === undefined)
    return tx`(SELECT id FROM ${entries} ${newest}) UNION ALL (SELECT id FROM ${fresh} ${newest}) ${newest}`;
  const inOrder = tx`AND NOT (${hasStrayed(tx)})`;
  return tx`(SELECT id FROM ${entries} ${inOrder} ${newest}) UNION ALL (SELECT id FROM ${fresh} ${inOrder} ${newest})
    UNION ALL (SELECT id FROM (SELECT * FROM audit_entries WHERE ${own} AND ${areStrays(tx, reach.organizationId)} OFFSET 0) AS strayed
      WHERE true ${within} ${all} ${newest}) ${newest}`;
}

/** The same with their bytes. */
export function selectEntries(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  lead: Lead,
  limit: number,
) {
  const own = tx`organization_id = ${reach.organizationId}`;
  return tx`SELECT found.id, entry.bytes FROM (${selectIds(tx, reach, query, same, lead, limit)}) AS found
    CROSS JOIN LATERAL (SELECT bytes FROM audit_entries WHERE ${own} AND id = found.id OFFSET 0) AS entry ORDER BY found.id DESC`;
}

/** What was found, and the id with which the looking ended before the beginning of the log. */
export type Found = { rows: readonly { id: string; bytes: Buffer }[]; last: string | null };

const askedFirst = 500;

/**
 * Entries about one client come through the reviewed function that may use the index of subjects. It knows no filters, so it is
 * asked again, further back and for more, until there is enough, the client’s history ends, or enough was looked at.
 */
async function selectOfSubject(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
  limit: number,
): Promise<Found> {
  const rows: { id: string; bytes: Buffer }[] = [];
  let last = before;
  for (let looked = 0, many = askedFirst; ; many = Math.min(many * 4, lookedAtMax - looked)) {
    const found = await tx<{ id: string; bytes: Buffer | null }[]>`
      WITH about AS MATERIALIZED (${aboutSubject(tx, query, last, many)}),
        found AS (SELECT id, bytes FROM audit_entries
          WHERE organization_id = ${reach.organizationId} AND id = ANY (SELECT id FROM about) ${filters(tx, query, same)}
          ORDER BY id DESC LIMIT ${limit - rows.length})
      SELECT id, bytes FROM found UNION ALL (SELECT id, NULL FROM about OFFSET ${many - 1})`;
    const end = found.find(({ bytes }) => bytes === null);
    rows.push(...found.filter((row): row is { id: string; bytes: Buffer } => row.bytes !== null));
    if (end === undefined) return { rows, last: null };
    last = end.id;
    looked += many;
    if (rows.length >= limit || looked >= lookedAtMax) return { rows, last };
  }
}

async function countOfSubject(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  most: number,
): Promise<{ count: number; last: string | null }> {
  const [row] = await tx`
    WITH about AS MATERIALIZED (${aboutSubject(tx, query, null, most)})
    SELECT (SELECT id FROM about OFFSET ${most - 1}) AS last, (SELECT count(*)::int FROM audit_entries
      WHERE organization_id = ${reach.organizationId} AND id = ANY (SELECT id FROM about) ${filters(tx, query, same)}) AS count`;
  return row as unknown as { count: number; last: string | null };
}

const aboutSubject = (tx: Transaction, { subjectId }: AuditQueryValue, before: string | null, many: number) =>
  tx`SELECT lubart_find_audit_entries AS id FROM lubart_find_audit_entries(${subjectId!}, ${before}, ${many})`;

/** Finds up to `limit` entries. */
export async function findEntries(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
  limit: number,
): Promise<Found> {
  if (query.subjectId !== undefined) return selectOfSubject(tx, reach, query, same, before, limit);
  const lead = await findLead(tx, reach, query, same, before);
  const rows = await selectEntries(tx, reach, query, same, lead, limit);
  return { rows: rows as unknown as Found['rows'], last: lead.last };
}

/** How many there are, counted up to `most`. */
export async function countFound(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  most: number,
): Promise<{ count: number; last: string | null }> {
  if (query.subjectId !== undefined) return countOfSubject(tx, reach, query, same, Math.min(most, lookedAtMax));
  const lead = await findLead(tx, reach, query, same, null);
  const [row] =
    await tx`SELECT count(*)::int AS count FROM (${selectIds(tx, reach, query, same, lead, most)}) AS found`;
  return { count: row!['count'] as number, last: lead.last };
}
