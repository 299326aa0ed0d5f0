/** Planted clients that nobody has a reason to open. Who knows of them knows where not to look, so only security does. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const kind = oneOf(['contact', 'company']);

export const Decoy = Type.Object({
  recordId: Uuid,
  kind,
  plantedBy: Type.Object({ id: Uuid, name: Type.String() }),
  plantedAt: Instant,
  /** How often somebody opened, found, changed or took it along. */
  touches: Type.Integer(),
  touchedAt: Nullable(Instant),
});
export type DecoyView = Type.Static<typeof Decoy>;

export const decoyRoutes = {
  'GET /api/v1/security/decoys': {
    permission: 'security.read',
    summary: 'Planted clients, and how often they were touched',
    response: Type.Object({ decoys: Type.Array(Decoy) }),
  },
  'POST /api/v1/security/decoys': {
    permission: 'security.update',
    summary: 'Make a client that one may read a decoy',
    body: Type.Object({ kind, recordId: Uuid }, { additionalProperties: false }),
    response: Decoy,
  },
  'DELETE /api/v1/security/decoys/:id': {
    permission: 'security.update',
    summary: 'The client is a decoy no more',
    params: Type.Object({ id: Uuid }),
    response: Decoy,
  },
} as const satisfies RouteTable;
