/** Who leads a department, and who stands in for a head for a time. */
import Type from 'typebox';
import { Department } from './people.ts';
import type { RouteTable } from './route.ts';
import { Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });
const closed = { additionalProperties: false };

export const headRoutes = {
  'PUT /api/v1/departments/:id/heads': {
    permission: 'department.update',
    summary: 'Name the heads of a department; each works in it or in one above it. Nobody named: by role',
    params: Id,
    body: Type.Object({ personIds: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }) }, closed),
    response: Department,
  },
} as const satisfies RouteTable;
