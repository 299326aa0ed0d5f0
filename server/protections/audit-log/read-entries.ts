/**
 * Reading the log: a page of entries, newest first, and one entry with what changed. Names are opened with the organization’s
 * key, changes with the key of the client they are about: who may not see that client does not see them, and who destroyed the
 * key has made them unreadable for everybody.
 */
import type { AuditChangeView, AuditCountView, AuditEntryView, AuditQueryValue, EntryBody } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import { LubartError, momentOfId } from '#kernel';
import type { Keyring, OrganizationSeals, RecordSeal } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Change } from './entry.ts';
import { changesPart, openName } from './entry.ts';
import type { HalfChange } from './split-entry.ts';
import { countFound, findEntries } from './find-entries.ts';
import { findCircumstances } from './same-circumstances.ts';
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

/** `lookedTo`: up to which moment was looked, when that is not yet the beginning of the log. */
export type AuditPage = { rows: AuditEntryView[]; next: string | null; lookedTo: string | null };
export type OpenedEntry = {
  entry: AuditEntryView;
  changes: AuditChangeView[];
  changesOpen: boolean;
  changesErased: boolean;
  bytes: string;
};

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
  const { rows, last } = await database.read(reach, async (tx) =>
    findEntries(tx, reach, query, await findCircumstances(tx, reach, query), before, limit + 1),
  );
  const shown = rows.slice(0, limit).map(({ bytes }) => entryView(seals, bytes));
  if (rows.length > limit) return { rows: shown, next: shown.at(-1)!.id, lookedTo: null };
  return { rows: shown, next: last, lookedTo: last === null ? null : momentOf(last) };
}

/** Up to this many are counted: of more it is enough to know that there are more. */
const countedMax = 10_000;

/** How many entries a query means. @throws audit.not_found */
export async function countEntries(database: Database, reach: Reach, query: AuditQueryValue): Promise<AuditCountView> {
  const { count, last } = await database.read(reach, async (tx) =>
    countFound(tx, reach, query, await findCircumstances(tx, reach, query), countedMax + 1),
  );
  if (count > countedMax) return { count: countedMax, more: true, lookedTo: null };
  return { count, more: last !== null, lookedTo: last === null ? null : momentOf(last) };
}

const momentOf = (id: string): string => new Date(momentOfId(id)).toISOString();

/** Ids are cursors of lists that are in their order. @throws list.cursor_invalid */
export function readCursorId(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw new LubartError('list.cursor_invalid', { field: 'cursor' });
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
  const name = openName(seals, body) ?? '';
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
