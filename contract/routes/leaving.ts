/** Leaving and moving in one act: what would happen, doing it, the certificate of it, and who was overlooked. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0 });

/** What a person leaves behind, one step each; the room that keeps it ends it. */
export const leavingStepNames = [
  'sessions',
  'invitations',
  'roles',
  'temporaryRoles',
  'elevations',
  'authenticators',
  'recoveryCodes',
  'imports',
  'exports',
  'passkeys',
  'smsNumber',
  'singleSignOn',
  'links',
  'recoveryRequests',
  'emergencySheets',
  'devices',
  'apiKeys',
  'shares',
  'deputies',
  'headships',
  'password',
] as const;
export type LeavingStepName = (typeof leavingStepNames)[number];

/** To whom clients go: one named person, the nearest head, or everybody of the department in equal parts. */
export const HandOverRule = Type.Object(
  { rule: oneOf(['person', 'head', 'evenly'] as const), personId: Type.Optional(Uuid) },
  closed,
);
const Step = Type.Object({ name: oneOf(leavingStepNames), count: Count });
const Owned = { contacts: Count, companies: Count };
const Heir = Type.Object({ id: Uuid, name: Type.String(), ...Owned });

export const Leaving = Type.Object({
  steps: Type.Array(Step),
  ...Owned,
  /** Who gets, or got, how many. */
  heirs: Type.Array(Heir),
  done: Type.Boolean(),
});
export const LeavingCertificate = Type.Object({
  id: Uuid,
  personId: Uuid,
  personName: Type.String(),
  byName: Type.String(),
  at: Instant,
  steps: Type.Array(Type.Object({ name: oneOf(leavingStepNames), count: Count, at: Instant })),
  ...Owned,
  heirs: Type.Array(Heir),
});

export const leavingRoutes = {
  'POST /api/v1/people/:id/leave': {
    permission: 'person.leave',
    summary: 'Everything a person had is ended and the clients are handed over; with dryRun: what would happen',
    params: Id,
    body: Type.Object({ dryRun: Type.Boolean(), handOver: Type.Optional(HandOverRule) }, closed),
    response: Leaving,
  },
  'GET /api/v1/people/:id/leaving': {
    permission: 'person.leave',
    summary: 'The certificate: what was ended, when and by whom',
    params: Id,
    response: LeavingCertificate,
  },
  'POST /api/v1/people/:id/move': {
    permission: 'person.leave',
    summary: 'Another department; clients go along, or stay and are handed over; with dryRun: what would happen',
    params: Id,
    body: Type.Object(
      {
        dryRun: Type.Boolean(),
        departmentId: Uuid,
        clients: oneOf(['along', 'stay'] as const),
        handOver: Type.Optional(HandOverRule),
      },
      closed,
    ),
    response: Leaving,
  },
  'GET /api/v1/people/sleeping': {
    permission: 'security.read',
    summary: 'Accounts that nobody uses, leavers who still have something, invitations that nobody accepted',
    response: Type.Object({
      sleeping: Type.Array(Type.Object({ id: Uuid, name: Type.String(), lastSeenAt: Nullable(Instant) })),
      leftActive: Type.Array(Type.Object({ id: Uuid, name: Type.String(), sessions: Count, roles: Count })),
      invitations: Type.Array(Type.Object({ id: Uuid, name: Type.String(), createdAt: Instant, expiresAt: Instant })),
    }),
  },
} as const satisfies RouteTable;

export type HandOverRule = Type.Static<typeof HandOverRule>;
export type LeavingView = Type.Static<typeof Leaving>;
export type LeavingCertificateView = Type.Static<typeof LeavingCertificate>;
