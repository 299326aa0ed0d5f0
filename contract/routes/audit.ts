/** Reading the audit log. */
import Type from 'typebox';
import { auditLevels } from '../events.ts';
import type { RouteTable } from './route.ts';
import { Cursor, Instant, Nullable, Uuid, oneOf } from './shapes.ts';

export const AuditEntry = Type.Object({
  id: Uuid,
  at: Instant,
  level: oneOf(auditLevels),
  event: Type.String(),
  outcome: oneOf(['done', 'refused'] as const),
  /** Error code of a refusal. */
  reason: Nullable(Type.String()),
  actor: Type.Object({ id: Nullable(Uuid), name: Type.String(), role: Nullable(Type.String()) }),
  address: Nullable(Type.String()),
  device: Nullable(Type.String()),
  sessionId: Nullable(Uuid),
  /** The API key by which a program did it. */
  apiKeyId: Type.Optional(Uuid),
  requestId: Nullable(Type.String()),
  /** What it follows from, when it was done later by the queue. */
  cause: Type.Optional(Type.Object({ request: Nullable(Type.String()), entry: Nullable(Uuid), job: Type.String() })),
  subjectKind: Nullable(Type.String()),
  subjectIds: Type.Array(Uuid),
  subjectCount: Type.Integer(),
  /** Facts that are not personal: counts, formats, permission names. */
  facts: Type.Record(Type.String(), Type.Unknown()),
});

/** One changed field; null on both sides when the reader may not see the client’s data. */
export const AuditChange = Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() });

export const AuditQuery = Type.Object(
  {
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    level: Type.Optional(oneOf(auditLevels)),
    event: Type.Optional(Type.String({ maxLength: 60 })),
    outcome: Type.Optional(oneOf(['done', 'refused'] as const)),
    actorId: Type.Optional(Uuid),
    subjectId: Type.Optional(Uuid),
    sessionId: Type.Optional(Uuid),
    /** What a program did by this API key. */
    apiKeyId: Type.Optional(Uuid),
    /** Entries with the same request (and what followed from it), address, network (/24, /64) or device as this entry. */
    requestOf: Type.Optional(Uuid),
    addressOf: Type.Optional(Uuid),
    networkOf: Type.Optional(Uuid),
    deviceOf: Type.Optional(Uuid),
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  { additionalProperties: false },
);

/** What a list of the log is narrowed to, without where it is being read. */
export const AuditFilter = Type.Omit(AuditQuery, ['cursor', 'limit'], { additionalProperties: false });

/** `more`: there are more than were counted; with `lookedTo` only up to that moment was looked. */
export const AuditCount = Type.Object({ count: Type.Integer(), more: Type.Boolean(), lookedTo: Nullable(Instant) });

export const auditRoutes = {
  'GET /api/v1/audit-entries': {
    permission: 'audit.read',
    summary: 'The audit log, newest first',
    query: AuditQuery,
    response: Type.Object({
      rows: Type.Array(AuditEntry),
      next: Nullable(Cursor),
      /** Asked for several things at once, one answer looks at a part of the log: up to here; `next` goes on. */
      lookedTo: Nullable(Instant),
    }),
  },
  'GET /api/v1/audit-entries/count': {
    permission: 'audit.read',
    summary: 'How many entries a filter of the audit log finds, up to ten thousand',
    query: AuditFilter,
    response: AuditCount,
  },
  'GET /api/v1/audit-entries/:id': {
    permission: 'audit.read',
    summary: 'One entry with before and after',
    params: Type.Object({ id: Uuid }),
    response: Type.Object({
      entry: AuditEntry,
      changes: Type.Array(AuditChange),
      /** false: the reader may not see the client’s data, or its key was destroyed. */
      changesOpen: Type.Boolean(),
      /** true: the key of the client is gone, and with it what stood in the entry, for everybody. */
      changesErased: Type.Boolean(),
      /** The exact bytes that were recorded, base64. */
      bytes: Type.String(),
    }),
  },
  'GET /api/v1/audit-entries/:id/proof': {
    permission: 'audit.read',
    summary: 'One entry byte for byte, with the proof of its place in the log (C2SP tlog-proof)',
    params: Type.Object({ id: Uuid }),
    response: Type.Object({
      position: Type.Integer(),
      proof: Type.String(),
      /** The exact bytes that were recorded, base64. */
      bytes: Type.String(),
    }),
  },
  'GET /api/v1/audit-log/head': {
    permission: 'audit.read',
    summary: 'The key of the log and its newest signed head: what somebody else keeps in order to verify later',
    response: Type.Object({ key: Type.String(), checkpoint: Nullable(Type.String()), size: Type.Integer() }),
  },
  'GET /api/v1/audit-log/evidence': {
    permission: 'audit.read',
    summary: 'The log as a file that others verify; entries from one position up to another, or all',
    query: Type.Object(
      {
        from: Type.Optional(Type.Integer({ minimum: 0 })),
        to: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      { additionalProperties: false },
    ),
    stream: 'response',
  },
} as const satisfies RouteTable;

export type AuditFilterValue = Type.Static<typeof AuditFilter>;
export type AuditCountView = Type.Static<typeof AuditCount>;
export type AuditQueryValue = Type.Static<typeof AuditQuery>;
export type AuditEntryView = Type.Static<typeof AuditEntry>;
export type AuditChangeView = Type.Static<typeof AuditChange>;
