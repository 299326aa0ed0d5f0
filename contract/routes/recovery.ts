/** A lost phone without a recovery code: asking, two colleagues, waiting, a new factor. */
import Type from 'typebox';
import { Enrolment, Joined } from './people.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, Uuid, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Secret = Type.String({ minLength: 1, maxLength: 2000 });
const Password = Type.String({ minLength: 1, maxLength: 1000 });

/** Where a request stands; `ready`: the person may connect a new factor now. */
export const recoveryStates = ['waiting', 'ready', 'ended'] as const;

const State = Type.Object({
  state: oneOf(recoveryStates),
  approvals: Type.Integer(),
  needed: Type.Integer(),
  readyAt: Instant,
  expiresAt: Instant,
});
const Request = Type.Object({
  id: Uuid,
  personId: Uuid,
  name: Type.String(),
  askedAt: Instant,
  readyAt: Instant,
  expiresAt: Instant,
  address: Type.String(),
  device: Type.String(),
  approvedBy: Type.Array(Type.Object({ id: Uuid, name: Type.String() })),
  needed: Type.Integer(),
  mayApprove: Type.Boolean({ description: 'Not one’s own, and not a second time' }),
});
export type RecoveryRequestView = Type.Static<typeof Request>;
export type RecoveryStateView = Type.Static<typeof State>;

export const recoveryRoutes = {
  'POST /api/v1/recovery': {
    permission: 'anyone',
    summary: 'The phone is lost: ask two colleagues, after the password was right',
    body: Type.Object({ ticket: Secret }, closed),
    response: Type.Object({ token: Type.String(), readyAt: Instant, expiresAt: Instant, needed: Type.Integer() }),
  },
  'POST /api/v1/recovery/state': {
    permission: 'anyone',
    summary: 'Where a request stands',
    body: Type.Object({ token: Secret }, closed),
    response: State,
  },
  'POST /api/v1/recovery/open': {
    permission: 'anyone',
    summary: 'A request that is ready: the new authenticator',
    body: Type.Object({ token: Secret }, closed),
    response: Type.Object({
      name: Type.String(),
      email: Type.String(),
      organizationName: Type.String(),
      newPassword: Type.Boolean({ description: 'The password is chosen anew; else the one that stands is asked' }),
      enrolment: Enrolment,
    }),
  },
  'POST /api/v1/recovery/finish': {
    permission: 'anyone',
    summary: 'Connect the new authenticator: whatever let the person in before ends; signs in',
    body: Type.Object(
      { token: Secret, ticket: Secret, code: Type.String({ maxLength: 40 }), password: Password },
      closed,
    ),
    response: Joined,
  },
  'POST /api/v1/recovery/cancel-by-link': {
    permission: 'anyone',
    summary: 'The person says by the link of the letter: it was not me',
    body: Type.Object({ token: Secret }, closed),
    response: Empty,
  },
  'GET /api/v1/recovery/own': {
    permission: 'signed-in',
    summary: 'A request in one’s own name: somebody knows the password',
    response: Type.Object({
      request: Nullable(Type.Object({ id: Uuid, askedAt: Instant, address: Type.String(), device: Type.String() })),
    }),
  },
  'POST /api/v1/recovery/cancel': {
    permission: 'signed-in',
    summary: 'Cancel the request in one’s own name',
    response: Type.Object({ cancelled: Type.Integer() }),
  },
  'GET /api/v1/recovery-requests': {
    permission: 'person.recover',
    summary: 'Requests that wait',
    response: Type.Object({ requests: Type.Array(Request) }),
  },
  'POST /api/v1/recovery-requests/:id/approve': {
    permission: 'person.recover',
    summary: 'Vouch for the person; two different colleagues must',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/recovery-requests/:id/refuse': {
    permission: 'person.recover',
    summary: 'Refuse: the request ends',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;
