/**
 * The log for monitors and witnesses, after C2SP tlog-tiles: `/api/v1/audit-logs/<organization>` is the prefix of the log. Whoever does
 * not speak tiles asks for single proofs.
 */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Uuid } from './shapes.ts';

const Log = Type.Object({ id: Uuid });
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Hashes = Type.Array(Type.String());

export const logTileRoutes = {
  'GET /api/v1/audit-logs/:id/checkpoint': {
    permission: 'audit.read',
    summary: 'The newest signed head of the log (C2SP tlog-checkpoint)',
    params: Log,
    stream: 'response',
  },
  'GET /api/v1/audit-logs/:id/tile/:level/*': {
    permission: 'audit.read',
    summary: 'A tile of hashes, or with the level “entries” a bundle of entries (C2SP tlog-tiles)',
    params: Type.Object({
      id: Uuid,
      level: Type.String({ pattern: '^(entries|[0-7])$' }),
      '*': Type.String({ maxLength: 60 }),
    }),
    stream: 'response',
  },
  'GET /api/v1/audit-logs/:id/consistency': {
    permission: 'audit.read',
    summary: 'Proof that the log of one size is how the log of a later size begins (RFC 6962, hashes in base64)',
    params: Log,
    query: Type.Object({ from: Position, to: Position }, { additionalProperties: false }),
    response: Type.Object({ from: Type.Integer(), to: Type.Integer(), hashes: Hashes }),
  },
  'GET /api/v1/audit-logs/:id/inclusion': {
    permission: 'audit.read',
    summary: 'Proof that a leaf stands at a position of the log of one size (RFC 6962, hashes in base64)',
    params: Log,
    query: Type.Object({ position: Position, size: Position }, { additionalProperties: false }),
    response: Type.Object({ position: Type.Integer(), size: Type.Integer(), leaf: Type.String(), hashes: Hashes }),
  },
} as const satisfies RouteTable;
