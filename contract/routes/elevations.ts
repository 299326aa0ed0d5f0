/** A role for hours or days: somebody asks, somebody else approves, and it ends by itself. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, RoleMark, Uuid } from './shapes.ts';

/** The longest time for which a role is given so; and for how long a request waits for an answer. */
export const elevationHoursMax = 7 * 24;
export const elevationWaitDays = 7;

export const elevationStates = ['waiting', 'lapsed', 'refused', 'withdrawn', 'active', 'ended'] as const;
const Named = Type.Object({ id: Uuid, name: Type.String() });
export const Elevation = Type.Object({
  id: Uuid,
  person: Named,
  role: RoleMark,
  hours: Type.Integer(),
  reason: Type.String(),
  askedAt: Instant,
  state: oneOf(elevationStates),
  /** Until when the role holds, or held. */
  until: Nullable(Instant),
  answeredBy: Nullable(Named),
  /** Whether the asker may approve or refuse it. */
  mayAnswer: Type.Boolean(),
});
const Id = Type.Object({ id: Uuid });

export const elevationRoutes = {
  'GET /api/v1/profile/elevations': {
    permission: 'signed-in',
    summary: 'What I asked for lately, what I have for a time, and what I may ask for',
    response: Type.Object({ elevations: Type.Array(Elevation), roles: Type.Array(RoleMark) }),
  },
  'POST /api/v1/profile/elevations': {
    permission: 'signed-in',
    summary: 'Ask for a role for some hours, with a reason',
    body: Type.Object(
      {
        role: Type.String({ minLength: 1, maxLength: 36, description: 'id of a role, or the key of a ready one' }),
        hours: Type.Integer({ minimum: 1, maximum: elevationHoursMax }),
        reason: Type.String({ minLength: 3, maxLength: 500 }),
      },
      { additionalProperties: false },
    ),
    response: Elevation,
  },
  'POST /api/v1/profile/elevations/:id/end': {
    permission: 'signed-in',
    summary: 'Withdraw what I asked for, or give a role back before its time',
    params: Id,
    response: Empty,
  },
  'GET /api/v1/elevations': {
    permission: 'elevation.approve',
    summary: 'Requests that wait, and roles that people have for a time, within reach',
    response: Type.Object({ elevations: Type.Array(Elevation) }),
  },
  'POST /api/v1/elevations/:id/approve': {
    permission: 'elevation.approve',
    summary: 'Give the role for the time that was asked for',
    params: Id,
    response: Elevation,
  },
  'POST /api/v1/elevations/:id/refuse': {
    permission: 'elevation.approve',
    summary: 'Refuse a request',
    params: Id,
    response: Elevation,
  },
  'POST /api/v1/elevations/:id/end': {
    permission: 'elevation.approve',
    summary: 'End a temporary role before its time',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;

export type ElevationView = Type.Static<typeof Elevation>;
