/**
 * Reading the log: a page of entries, newest first, and one entry with what changed. Names are opened with the organization’s
 * key, changes with the key of the client they are about: who may not see that client does not see them, and who destroyed the
 * key has made them unreadable for everybody.
 */
import type { AuditChangeView, AuditEntryView, AuditQueryValue, EntryBody } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import { firstIdAt, LubartError } from '#kernel';
import type { Keyring, OrganizationSeals, RecordSeal } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Change } from './entry.ts';
import { changesPart, namePlace } from './entry.ts';
import type { HalfChange } from './split-entry.ts';
import type { Circumstance } from './same-circumstances.ts';
import { findCircumstances, isSame } from './same-circumstances.ts';
import { joinChanges } from './split-entry.ts';

/** Finds the key of a client within a reach; undefined when it is out of reach or destroyed. */
export type FindRecordSeal = (
  tx: Transaction,
  seals: OrganizationSeals,
  kind: string,
  id: string,
) => Promise<RecordSeal | undefined>;

/** Changes of a client as the reader may see them: which fields are open to whom is known to the rooms of clients. */
export type ShowChanges = (kind: string, changes: readonly Change[]) => readonly Change[];

export type AuditPage = { rows: AuditEntryView[]; next: string | null };
export type OpenedEntry = {
  entry: AuditEntryView;
  changes: AuditChangeView[];
  changesOpen: boolean;
  changesErased: boolean;
  bytes: string;
};

const idsPerAsking = 500;

/** One page. The cursor is the id of the last entry: ids are times, and no secret. @throws list.cursor_invalid, audit.not_found */
export async function listEntries(
  database: Database,
  keyring: Keyring,
  reach: Reach,
  query: AuditQueryValue,
): Promise<AuditPage> {
  const seals = await keyring.of(reach.organizationId);
  const limit = query.limit ?? 50;
  const before = readCursorId(query.cursor);
  const rows = await database.read(reach, async (tx) => {
    const same = await findCircumstances(tx, reach, query);
    return query.subjectId === undefined
      ? selectEntries(tx, reach, query, same, before, limit + 1)
      : selectOfSubject(tx, reach, query, same, before, limit + 1);
  });
  const shown = rows.slice(0, limit).map((row) => entryView(seals, row['bytes'] as Buffer));
  return { rows: shown, next: rows.length > limit ? shown.at(-1)!.id : null };
}

/** Ids are cursors of lists that are in their order. @throws list.cursor_invalid */
export function readCursorId(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw new LubartError('list.cursor_invalid', { field: 'cursor' });
}

/** 23:59:60 is an instant by RFC 3339, and none that a Date can hold. */
function instantOf(text: string, field: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new LubartError('request.invalid', { field });
  return at;
}

function conditions(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
) {
  return tx`organization_id = ${reach.organizationId}
    ${before === null ? tx`` : tx`AND id < ${before}`}
    ${query.from === undefined ? tx`` : tx`AND at >= ${instantOf(query.from, 'from')}`}
    ${query.to === undefined ? tx`` : tx`AND at < ${instantOf(query.to, 'to')}`}
    ${query.level === undefined ? tx`` : tx`AND level = ${query.level}`}
    ${query.event === undefined ? tx`` : tx`AND event = ${query.event}`}
    ${query.outcome === undefined ? tx`` : tx`AND outcome = ${query.outcome}`}
    ${query.actorId === undefined ? tx`` : tx`AND actor_id = ${query.actorId}`}
    ${query.sessionId === undefined ? tx`` : tx`AND session_id = ${query.sessionId}`}
    ${same.length === 0 ? tx`` : same.map((one) => isSame(tx, one))}`;
}

/**
 * Ids are times (RFC 9562 §5.7), so a stretch of time is a stretch of ids and is read from where it begins. The few entries whose id and
 * moment lie further apart, for a clock was set, have an index of their own and are looked at apart.
 */
export function selectEntries(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
  limit: number,
) {
  const all = conditions(tx, reach, query, same, before);
  if (query.from === undefined && query.to === undefined)
    return tx`SELECT bytes FROM audit_entries WHERE ${all} ORDER BY id DESC LIMIT ${limit}`;
  return tx`WITH strayed AS MATERIALIZED (
      SELECT * FROM audit_entries WHERE organization_id = ${reach.organizationId} AND ${hasStrayed(tx)})
    SELECT bytes FROM (
      (SELECT id, bytes FROM audit_entries WHERE ${all} ${withinIds(tx, query)} ORDER BY id DESC LIMIT ${limit})
      UNION
      (SELECT id, bytes FROM strayed WHERE ${all} ORDER BY id DESC LIMIT ${limit})
    ) AS found ORDER BY id DESC LIMIT ${limit}`;
}

/** Written as the index of those that strayed is (migration 0048): by it they are found. */
export const hasStrayed = (tx: Transaction) =>
  tx`nullif((uuid_extract_timestamp(id) - at) BETWEEN interval '-1 minute' AND interval '1 minute', false) IS NULL`;

/** How far the moment of an entry may lie from that of its id; stands in the index of those that strayed, too. */
const strayMillisMax = 60_000;

/** What was written before this moment has a smaller id, but for entries that strayed. */
export const idBeyond = (at: Date): string => firstIdAt(at.getTime() + strayMillisMax + 1);

function withinIds(tx: Transaction, { from, to }: AuditQueryValue) {
  const first = from === undefined ? null : firstIdAt(instantOf(from, 'from').getTime() - strayMillisMax);
  const last = to === undefined ? null : idBeyond(instantOf(to, 'to'));
  return tx`${first === null ? tx`` : tx`AND id >= ${first}`} ${last === null ? tx`` : tx`AND id < ${last}`}`;
}

/**
 * Entries about one client come through the reviewed function that may use the index of subjects. It knows no filters, so it is
 * asked again, further back, until the page is full or the client’s history ends.
 */
async function selectOfSubject(
  tx: Transaction,
  reach: Reach,
  query: AuditQueryValue,
  same: readonly Circumstance[],
  before: string | null,
  limit: number,
) {
  const found: Record<string, unknown>[] = [];
  for (let from = before; ;) {
    const ids =
      await tx`SELECT lubart_find_audit_entries AS id FROM lubart_find_audit_entries(${query.subjectId!}, ${from}, ${idsPerAsking})`;
    const list = ids.map((row) => row['id'] as string);
    found.push(
      ...(await tx`SELECT bytes FROM audit_entries WHERE id = ANY (${list}) AND ${conditions(tx, reach, query, same, from)}
        ORDER BY id DESC LIMIT ${limit - found.length}`),
    );
    if (list.length < idsPerAsking || found.length >= limit) return found;
    from = list.at(-1)!;
  }
}

/** One entry; the reading of `changes` needs the reach of the client’s own permission. @throws audit.not_found */
export async function openEntry(
  database: Database,
  keyring: Keyring,
  reach: Reach,
  clientReachOf: (kind: string) => Reach | null,
  id: string,
  findSeal: FindRecordSeal,
  show: ShowChanges,
): Promise<OpenedEntry> {
  const seals = await keyring.of(reach.organizationId);
  const [row] = await database.read(
    reach,
    (tx) => tx`SELECT bytes FROM audit_entries WHERE organization_id = ${reach.organizationId} AND id = ${id}`,
  );
  if (row === undefined) throw new LubartError('audit.not_found');
  const bytes = row['bytes'] as Buffer;
  const body = JSON.parse(bytes.toString('utf8')) as EntryBody;
  const more = await readMore(database, reach, body);
  const opened = await openChanges(database, seals, clientReachOf, [body, ...more], findSeal, show);
  const view = entryView(seals, bytes);
  return {
    entry: {
      ...view,
      subjectIds: [...new Set([body, ...more].flatMap(({ subject }) => subject.ids))],
      facts: Object.assign({}, body.facts, ...more.map(({ facts }) => facts)) as Record<string, unknown>,
    },
    changes: typeof opened === 'string' ? [] : opened,
    changesOpen: opened !== 'closed' && opened !== 'erased',
    changesErased: opened === 'erased',
    bytes: bytes.toString('base64'),
  };
}

/** The entries that go on with this one, in their order. */
async function readMore(database: Database, reach: Reach, { more }: EntryBody): Promise<EntryBody[]> {
  if (more === undefined) return [];
  const rows = await database.read(
    reach,
    (tx) => tx`SELECT bytes FROM audit_entries
      WHERE organization_id = ${reach.organizationId} AND id = ANY (${[...more]})`,
  );
  const bodies = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
  return bodies.toSorted((one, other) => more.indexOf(one.id) - more.indexOf(other.id));
}

async function openChanges(
  database: Database,
  seals: OrganizationSeals,
  clientReachOf: (kind: string) => Reach | null,
  bodies: readonly EntryBody[],
  findSeal: FindRecordSeal,
  show: ShowChanges,
): Promise<AuditChangeView[] | 'closed' | 'erased'> {
  const { kind, ids } = bodies[0]!.subject;
  const sealed = bodies.filter(({ changes }) => changes !== null);
  if (sealed.length === 0) return [];
  const [id] = ids;
  if (kind === null || id === undefined) return 'closed';
  const clientReach = clientReachOf(kind);
  const everywhere = systemReach(seals.organizationId, 'all');
  const find = (within: Reach) => database.read(within, (tx) => findSeal(tx, seals, kind, id));
  if (clientReach === null) return (await find(everywhere)) === undefined ? 'erased' : 'closed';
  const seal = await find(clientReach);
  if (seal === undefined) return (await find(everywhere)) === undefined ? 'erased' : 'closed';
  const list = sealed.flatMap(({ id, changes }) =>
    seal.open<HalfChange[]>(changesPart(id), Buffer.from(changes!, 'base64')),
  );
  return show(kind, joinChanges(list)).map((change) => ({ ...change }));
}

export function entryView(seals: OrganizationSeals, bytes: Buffer): AuditEntryView {
  const body = JSON.parse(bytes.toString('utf8')) as EntryBody;
  const name =
    body.actor.name === null ? '' : seals.open<string>(namePlace(body.id), Buffer.from(body.actor.name, 'base64'));
  return {
    id: body.id,
    at: body.at,
    level: body.level,
    event: body.event,
    outcome: body.outcome,
    reason: body.reason,
    actor: { id: body.actor.id, name, role: body.actor.role },
    address: body.address,
    device: body.device,
    sessionId: body.session,
    ...(body.key === undefined ? {} : { apiKeyId: body.key }),
    requestId: body.request,
    ...(body.cause === undefined ? {} : { cause: body.cause }),
    subjectKind: body.subject.kind,
    subjectIds: [...body.subject.ids],
    subjectCount: body.subject.count,
    facts: body.facts,
  };
}
