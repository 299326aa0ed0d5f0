/** How long entries of the log are kept, and what may not be deleted while somebody asks about it. */
import Type from 'typebox';
import { auditLevels } from '../events.ts';
import { holdKinds, keptDaysMax } from '../retention.ts';
import { keptDaysMin } from '../tlog/index.ts';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const Count = Type.Integer({ minimum: 0 });
const Days = Nullable(Type.Integer({ minimum: keptDaysMin, maximum: keptDaysMax, description: 'null: for ever' }));
const Person = Type.Object({ id: Uuid, name: Type.String() });

const Level = Type.Object({
  level: oneOf(auditLevels),
  /** What was said last. */
  days: Days,
  /** What counts today: a shorter time counts from a week after it was said. */
  counts: Days,
  /** Of a long log no more is counted than that there are at least so many. */
  entries: Count,
  entriesMore: Type.Boolean(),
  /** Entries whose time is over and that the next night deletes. */
  due: Count,
  dueMore: Type.Boolean(),
});

export const LegalHold = Type.Object({
  id: Uuid,
  of: oneOf(holdKinds),
  /** The person or the record that it is about; null: the whole log. */
  subjectId: Nullable(Uuid),
  reason: Type.String(),
  placedBy: Person,
  placedAt: Instant,
  liftedBy: Nullable(Person),
  liftedAt: Nullable(Instant),
});
export type LegalHoldView = Type.Static<typeof LegalHold>;

const Retention = Type.Object({ levels: Type.Array(Level), holds: Type.Array(LegalHold) });
export type RetentionView = Type.Static<typeof Retention>;

export const retentionRoutes = {
  'GET /api/v1/security/retention': {
    permission: 'security.read',
    summary: 'For how long each level of the log is kept, what the next night deletes, and which holds stand',
    response: Retention,
  },
  'PUT /api/v1/security/retention': {
    permission: 'security.update',
    summary: 'Say for how long a level of the log is kept; a shorter time counts from a week later',
    body: Type.Object({ level: oneOf(auditLevels), days: Days }, { additionalProperties: false }),
    response: Retention,
  },
  'POST /api/v1/security/holds': {
    permission: 'security.update',
    summary: 'Nothing about a person, a record or at all is deleted from the log until the hold is lifted',
    body: Type.Object(
      {
        of: oneOf(holdKinds),
        subjectId: Type.Optional(Uuid),
        reason: Type.String({ minLength: 3, maxLength: 500 }),
      },
      { additionalProperties: false },
    ),
    response: LegalHold,
  },
  'DELETE /api/v1/security/holds/:id': {
    permission: 'security.update',
    summary: 'Lift a hold; it stays in the list with who lifted it',
    params: Type.Object({ id: Uuid }),
    response: Type.Object({}),
  },
} as const satisfies RouteTable;
