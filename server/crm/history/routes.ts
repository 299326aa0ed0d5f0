/** The history of a client and of what a session saw, over HTTP. Each reading is recorded; an undo is a change like any other. */
import type { CompanyView, ContactView, historyRoutes, RecordMomentView } from '#contract';
import type { Fields, OpenedRecord, RecordKind, RecordRoom } from '#crm/records';
import { changesBetween, closedFields, findRow, holderOf, openWith, shownChanges, shownFields } from '#crm/records';
import type { Database, Reach } from '#database';
import type { Handlers } from '#http';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { may, reaches, reachOf, withoutShares } from '#protections/access';
import type { AuditLog, PastChange } from '#protections/audit-log';
import { doerOf, readHistory } from '#protections/audit-log';
import { daysKept } from '#protections/audit-log/retention';
import type { Keyring } from '#protections/encryption';
import { changingEvents, recordAsOf, touchedSince } from './record-as-of.ts';
import { listSeen } from './seen-records.ts';
import { undoing } from './undo-change.ts';

export type HistoryDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  rooms: Readonly<Record<'contact' | 'company', RecordRoom>>;
};

const momentsMax = 200;
const dayMillis = 86_400_000;

export function historyHandlers(deps: HistoryDeps): Handlers<typeof historyRoutes> {
  const { database, keyring, auditLog, rooms } = deps;
  const undo = async (actor: Actor, reach: Reach, room: RecordRoom, id: string, body: UndoAsked) => {
    const { past } = await openHistory(deps, actor, room.kind, id, ['read', 'update']);
    const given = undoing(room.kind, past, body.entryId);
    return room.change(actor, reach, id, body.version, given, { undoOf: body.entryId });
  };
  return {
    'GET /api/v1/audit-log/records/:kind/:id': async ({ actor, params, query }) => {
      const { kind } = rooms[params.kind];
      const found = await openHistory(deps, actor, kind, params.id, ['read']);
      await auditLog.noteRead(doerOf(actor), {
        event: `${kind.name}.history_read`,
        subjectKind: kind.name,
        subjectIds: [params.id],
      });
      return answer(kind, actor, found, momentOf(query.at, 'at'), momentOf(query.against, 'against'));
    },
    'POST /api/v1/contacts/:id/undo': async ({ actor, reach, params, body }) =>
      (await undo(actor, reach, rooms.contact, params.id, body)) as unknown as ContactView,
    'POST /api/v1/companies/:id/undo': async ({ actor, reach, params, body }) =>
      (await undo(actor, reach, rooms.company, params.id, body)) as unknown as CompanyView,
    'GET /api/v1/audit-log/sessions/:id/seen': async ({ actor, reach, params, query }) => {
      const kinds = [rooms.contact.kind, rooms.company.kind];
      const seen = await listSeen({ database, keyring, kinds }, actor, reach, params.id, query.cursor);
      await auditLog.noteRead(doerOf(actor), {
        event: 'audit.session_read',
        subjectKind: 'session',
        subjectIds: [params.id],
      });
      for (const kind of kinds) {
        const named = seen.rows.filter((row) => row.kind === kind.name && row.name !== null);
        if (named.length === 0) continue;
        const about = { subjectKind: kind.name, subjectIds: named.map(({ id }) => id) };
        await auditLog.noteRead(doerOf(actor), { event: kind.event('listed'), ...about });
      }
      return seen;
    },
  };
}

type UndoAsked = { entryId: string; version: number };

/** The client within the asker’s own reach, and what changed it. @throws *.not_found, access.denied */
async function openHistory(
  { database, keyring, clock }: HistoryDeps,
  actor: Actor,
  kind: RecordKind,
  id: string,
  verbs: readonly ('read' | 'update')[],
): Promise<{ record: OpenedRecord; past: PastChange[]; keptSince: Date | null }> {
  const permission = kind.permission('read');
  if (!may(actor, permission)) throw new LubartError('access.denied', { details: { permission } });
  const seals = await keyring.of(actor.organizationId);
  // What a client was before was not shared with anybody.
  return database.read(withoutShares(reachOf(actor, permission)), async (tx) => {
    const row = await findRow(tx, kind, actor.organizationId, id);
    if (row === undefined) throw new LubartError(kind.error('not_found'));
    const seal = seals.record(kind.table, row.id, row.record_key);
    const record = openWith(kind, seal, row);
    const holder = holderOf(record.fields);
    if (!verbs.every((verb) => reaches(actor, kind.permission(verb), holder)))
      throw new LubartError(kind.error('not_found'));
    // Attack: reading the history by taking it back, without the right to read the log.
    if (!may(actor, 'audit.read')) throw new LubartError('access.denied', { details: { permission: 'audit.read' } });
    const past = await readHistory(tx, seals, seal, { id, events: changingEvents(kind) });
    const days = await daysKept(tx, 'data');
    return { record, past, keptSince: days === null ? null : new Date(clock.now().getTime() - days * dayMillis) };
  });
}

/** 23:59:60 is an instant by RFC 3339, and none that a Date can hold. */
function momentOf(text: string | undefined, field: string): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new LubartError('request.invalid', { field });
  return at;
}

function answer(
  kind: RecordKind,
  actor: Actor,
  { record: { row, fields }, past, keptSince }: Awaited<ReturnType<typeof openHistory>>,
  at: Date | null,
  against: Date | null,
) {
  const closed = closedFields(kind, actor);
  const open = (field: string) => closed[field] !== 'hidden';
  const asOf = (moment: Date | null) => {
    if (moment === null) return { fields, unsure: [] };
    return moment < row.created_at ? null : recordAsOf(kind, fields, past, moment, keptSince);
  };
  const [then, other] = [asOf(at), asOf(against)];
  const shown = (one: { fields: Fields } | null) => (one === null ? null : shownFields(kind, actor, one.fields));
  const differing = then === null || other === null ? [] : changesBetween(kind, then.fields, other.fields);
  const moments = past.slice(0, momentsMax).map((change): RecordMomentView => ({
    entryId: change.entryId,
    at: change.at.toISOString(),
    event: change.event,
    actorName: change.actorName,
    changes: shownChanges(kind, actor, change.changes).map((one) => ({ ...one })),
    touchedSince: [...touchedSince(kind, past, change.entryId).keys()].filter(open),
  }));
  return {
    version: row.version,
    createdAt: row.created_at.toISOString(),
    then: shown(then),
    other: shown(other),
    difference: differing.map(({ field }) => field).filter(open),
    unsure: [...new Set([...(then?.unsure ?? []), ...(other?.unsure ?? [])])].filter(open),
    closed,
    moments,
  };
}
