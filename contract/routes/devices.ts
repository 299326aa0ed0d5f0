/** Browsers from which people come in: a new one waits until somebody says that it is the person’s. */
import Type from 'typebox';
import { Session } from './people.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Named = Type.Object({ id: Uuid, name: Type.String() });

const Device = Type.Object({
  id: Uuid,
  person: Named,
  name: Type.String(),
  address: Type.String({ description: 'Where it was used last' }),
  place: Nullable(Type.String({ description: 'Name of that network, when it has one' })),
  current: Type.Boolean({ description: 'This request came from it' }),
  approvedAt: Instant,
  lastUsedAt: Instant,
  expiresAt: Type.Unsafe<string>({
    ...Instant,
    description: 'When it has to be approved anew, unless it is used before',
  }),
});
export type DeviceView = Type.Static<typeof Device>;

const Request = Type.Object({
  id: Uuid,
  person: Named,
  device: Type.String(),
  address: Type.String(),
  place: Nullable(Type.String()),
  askedAt: Instant,
  until: Instant,
});
export type DeviceRequestView = Type.Static<typeof Request>;

const Lists = Type.Object({ devices: Type.Array(Device), requests: Type.Array(Request) });

export const deviceRoutes = {
  'POST /api/v1/sign-in/device': {
    permission: 'anyone',
    summary: 'A browser that waits for approval asks how it stands; sets the session cookie when it was approved',
    body: Type.Object({ ticket: Type.String({ minLength: 1, maxLength: 4000 }) }, closed),
    response: Type.Object({
      state: oneOf(['waiting', 'refused', 'open'] as const),
      number: Nullable(Type.Integer({ description: 'What whoever approves must type' })),
      until: Nullable(Instant),
      session: Nullable(Session),
    }),
  },
  'GET /api/v1/devices': {
    permission: 'signed-in',
    summary: 'My browsers, and those that wait for me',
    response: Lists,
  },
  'PATCH /api/v1/devices/:id': {
    permission: 'signed-in',
    summary: 'Rename one of my browsers',
    params: Id,
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 80 }) }, closed),
    response: Empty,
  },
  'DELETE /api/v1/devices/:id': {
    permission: 'signed-in',
    summary: 'Take one of my browsers away; its sessions end',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/device-requests/:id/approve': {
    permission: 'signed-in',
    summary: 'Approve a browser that waits: my own, or of somebody within reach of device.approve',
    params: Id,
    body: Type.Object({ number: Type.Integer({ minimum: 0, maximum: 999 }) }, closed),
    response: Empty,
  },
  'POST /api/v1/device-requests/:id/refuse': {
    permission: 'signed-in',
    summary: 'Refuse a browser that waits',
    params: Id,
    response: Empty,
  },
  'GET /api/v1/security/devices': {
    permission: 'device.approve',
    summary: 'Browsers of people within reach, and those that wait',
    response: Lists,
  },
  'DELETE /api/v1/security/devices/:id': {
    permission: 'device.approve',
    summary: 'Take a browser of somebody within reach away; its sessions end',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;
