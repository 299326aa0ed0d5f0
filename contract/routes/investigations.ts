/** Investigations: what somebody is looking into, the entries of the log that were marked for it, and the filters that found them. */
import Type from 'typebox';
import { AuditEntry, AuditFilter } from './audit.ts';
import type { RouteTable } from './route.ts';
import { Cursor, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

/** Entries that may be marked in one act, and in one investigation; filters in one; investigations that may be open. */
export const investigationLimits = { marksAtOnce: 200, marks: 2_000, filters: 50, open: 500 } as const;

const Person = Type.Object({ id: Uuid, name: Type.String() });
const Count = Type.Integer({ minimum: 0 });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Text = Type.String({ maxLength: 2_000 });

export const Investigation = Type.Object({
  id: Uuid,
  name: Type.String(),
  purpose: Type.String(),
  /** Said when it was closed. */
  conclusion: Type.String(),
  openedBy: Person,
  openedAt: Instant,
  closedBy: Nullable(Person),
  closedAt: Nullable(Instant),
  marks: Count,
  /** `mark`: mark entries and keep filters; `lead`: rename, close, open again, replace and take back marks and filters of others. */
  abilities: Type.Object({ mark: Type.Boolean(), lead: Type.Boolean() }),
});
export type InvestigationView = Type.Static<typeof Investigation>;

const SavedFilter = Type.Object({
  id: Uuid,
  title: Type.String(),
  filter: AuditFilter,
  savedBy: Person,
  savedAt: Instant,
});
export type SavedFilterView = Type.Static<typeof SavedFilter>;

const Mark = Type.Object({
  entryId: Uuid,
  /** null: its time was over after the investigation was closed, and it was deleted. */
  entry: Nullable(AuditEntry),
  note: Type.String(),
  markedBy: Person,
  markedAt: Instant,
  abilities: Type.Object({ unmark: Type.Boolean() }),
});
export type MarkView = Type.Static<typeof Mark>;

const params = Type.Object({ id: Uuid });
const closed = { additionalProperties: false } as const;

export const investigationRoutes = {
  'GET /api/v1/investigations': {
    permission: 'audit.read',
    summary: 'Investigations, the newest first',
    query: Type.Object(
      { state: Type.Optional(oneOf(['open', 'closed'] as const)), cursor: Type.Optional(Cursor) },
      closed,
    ),
    response: Type.Object({ rows: Type.Array(Investigation), next: Nullable(Cursor) }),
  },
  'POST /api/v1/investigations': {
    permission: 'audit.read',
    summary: 'Open an investigation',
    body: Type.Object({ name: Name, purpose: Text }, closed),
    response: Investigation,
  },
  'GET /api/v1/investigations/:id': {
    permission: 'audit.read',
    summary: 'One investigation with the filters kept in it',
    params,
    response: Type.Object({ investigation: Investigation, filters: Type.Array(SavedFilter) }),
  },
  'PATCH /api/v1/investigations/:id': {
    permission: 'audit.read',
    summary: 'Say anew what it is called and what it is for',
    params,
    body: Type.Object({ name: Name, purpose: Text }, closed),
    response: Investigation,
  },
  'POST /api/v1/investigations/:id/close': {
    permission: 'audit.read',
    summary: 'Close it with what was found; a week later its entries are kept no longer than others',
    params,
    body: Type.Object({ conclusion: Text }, closed),
    response: Investigation,
  },
  'POST /api/v1/investigations/:id/reopen': {
    permission: 'audit.read',
    summary: 'Open a closed investigation again',
    params,
    response: Investigation,
  },
  'GET /api/v1/investigations/:id/marks': {
    permission: 'audit.read',
    summary: 'The marked entries, as they happened, the oldest first',
    params,
    query: Type.Object({ cursor: Type.Optional(Cursor) }, closed),
    response: Type.Object({ rows: Type.Array(Mark), next: Nullable(Cursor) }),
  },
  'POST /api/v1/investigations/:id/marks': {
    permission: 'audit.read',
    summary: 'Mark entries of the log; a note of before is replaced',
    params,
    body: Type.Object(
      {
        entryIds: Type.Array(Uuid, { minItems: 1, maxItems: investigationLimits.marksAtOnce, uniqueItems: true }),
        note: Text,
      },
      closed,
    ),
    response: Investigation,
  },
  'DELETE /api/v1/investigations/:id/marks/:entryId': {
    permission: 'audit.read',
    summary: 'Take a mark back',
    params: Type.Object({ id: Uuid, entryId: Uuid }),
    response: Investigation,
  },
  'POST /api/v1/investigations/:id/filters': {
    permission: 'audit.read',
    summary: 'Keep a filter of the log under a title',
    params,
    body: Type.Object({ title: Name, filter: AuditFilter }, closed),
    response: SavedFilter,
  },
  'DELETE /api/v1/investigations/:id/filters/:filterId': {
    permission: 'audit.read',
    summary: 'Forget a kept filter',
    params: Type.Object({ id: Uuid, filterId: Uuid }),
    response: Type.Object({}),
  },
  'GET /api/v1/investigations/:id/evidence': {
    permission: 'audit.read',
    summary: 'The marked entries, and what was done in the investigation, as a file that others verify without us',
    params,
    stream: 'response',
  },
} as const satisfies RouteTable;
