/** Who leads a department, and who stands in for a head for a time. */
import Type from 'typebox';
import { Department } from './people.ts';
import type { RouteTable } from './route.ts';
import { Day, Empty, Instant, Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const closed = { additionalProperties: false };

export const Deputy = Type.Object({
  id: Uuid,
  headId: Uuid,
  deputyId: Uuid,
  from: Instant,
  until: Instant,
  standing: Type.Boolean({ description: 'Whether it has begun' }),
});

export const headRoutes = {
  'PUT /api/v1/departments/:id/heads': {
    permission: 'department.update',
    summary: 'Name the heads of a department; each works in it or in one above it. Nobody named: by role',
    params: Id,
    body: Type.Object({ personIds: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }) }, closed),
    response: Department,
  },
  'GET /api/v1/deputies': {
    permission: 'signed-in',
    summary: 'Who stands in, or will, for me and by me; all of them for who may change departments',
    response: Type.Object({
      deputies: Type.Array(Deputy),
      leads: Type.Boolean({ description: 'Whether I lead a department, and may name a deputy' }),
    }),
  },
  'POST /api/v1/deputies': {
    permission: 'signed-in',
    summary: 'A head names who stands in from one day to another (in Kyiv); an owner names for any head',
    body: Type.Object({ headId: Type.Optional(Uuid), deputyId: Uuid, fromDay: Day, untilDay: Day }, closed),
    response: Deputy,
  },
  'DELETE /api/v1/deputies/:id': {
    permission: 'signed-in',
    summary: 'End it before its time: the head, the deputy, or an owner',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;

export type DeputyView = Type.Static<typeof Deputy>;
