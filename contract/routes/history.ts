/** What a client was: read out of the log, compared, and one change of it taken back; and what a session was shown. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { CompanyView, ContactView, Cursor, Instant, Nullable, Uuid, oneOf } from './shapes.ts';

export const recordKindNames = ['contact', 'company'] as const;
const Kind = oneOf(recordKindNames);

/** Values of a client as the reader may see them. */
const Values = Type.Record(Type.String(), Type.Unknown());

export const RecordMoment = Type.Object({
  entryId: Uuid,
  at: Instant,
  event: Type.String(),
  actorName: Type.String(),
  /** Fields that changed then, as far as they are open to the reader. */
  changes: Type.Array(Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() })),
  /** Changed again by a later entry: taking this one back would undo that one, too. */
  touchedSince: Type.Array(Type.String()),
});

export const SeenRecord = Type.Object({
  kind: Kind,
  id: Uuid,
  /** null: not within the reader’s reach, closed to the reader, or gone. */
  name: Nullable(Type.String()),
  events: Type.Array(Type.String()),
  times: Type.Integer(),
  firstAt: Instant,
  lastAt: Instant,
});

const undoBody = Type.Object(
  {
    entryId: Uuid,
    version: Type.Integer({
      minimum: 1,
      description: 'The version that was looked at; refused when somebody was faster',
    }),
  },
  { additionalProperties: false },
);
const params = Type.Object({ id: Uuid });

export const historyRoutes = {
  'GET /api/v1/audit-log/records/:kind/:id': {
    permission: 'audit.read',
    summary: 'A client as it was at a moment, what differs from another moment, and the changes that led there',
    params: Type.Object({ kind: Kind, id: Uuid }),
    query: Type.Object(
      {
        at: Type.Optional(Instant),
        /** The other moment; now, when absent. */
        against: Type.Optional(Instant),
      },
      { additionalProperties: false },
    ),
    response: Type.Object({
      version: Type.Integer(),
      createdAt: Instant,
      /** null: the client was not there yet. */
      then: Nullable(Values),
      other: Nullable(Values),
      difference: Type.Array(Type.String()),
      /** Fields whose older values were not written down: from a hand-over of many at once. */
      unsure: Type.Array(Type.String()),
      closed: Type.Record(Type.String(), oneOf(['masked', 'hidden'] as const)),
      moments: Type.Array(RecordMoment),
    }),
  },
  'POST /api/v1/contacts/:id/undo': {
    permission: 'contact.update',
    summary: 'Take back one change of a contact; refused when a later change touched the same field',
    params,
    body: undoBody,
    response: ContactView,
  },
  'POST /api/v1/companies/:id/undo': {
    permission: 'company.update',
    summary: 'Take back one change of a company; refused when a later change touched the same field',
    params,
    body: undoBody,
    response: CompanyView,
  },
  'GET /api/v1/audit-log/sessions/:id/seen': {
    permission: 'audit.read',
    summary: 'The distinct clients that a session was shown or took along, the last first',
    params,
    query: Type.Object({ cursor: Type.Optional(Cursor) }, { additionalProperties: false }),
    response: Type.Object({ rows: Type.Array(SeenRecord), count: Type.Integer(), next: Nullable(Cursor) }),
  },
} as const satisfies RouteTable;

export type RecordMomentView = Type.Static<typeof RecordMoment>;
export type SeenRecordView = Type.Static<typeof SeenRecord>;
