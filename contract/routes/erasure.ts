/** Erasing a client for good, and the certificate of it. */
import Type from 'typebox';
import { erasureReasons } from '../erasure.ts';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const Id = Type.Object({ id: Uuid });

export const Erasure = Type.Object({
  id: Uuid,
  kind: oneOf(['contact', 'company']),
  recordId: Uuid,
  /** `replayed`: a restore had brought it back, and it was erased again. */
  reason: oneOf([...erasureReasons, 'replayed']),
  person: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
  erasedAt: Instant,
  /** The entry of the audit log, whose proof can be asked for. */
  entryId: Uuid,
  /** What went with it. */
  counts: Type.Object({ shares: Type.Integer(), imports: Type.Integer(), exports: Type.Integer() }),
});
export type ErasureView = Type.Static<typeof Erasure>;

const Body = Type.Object({ reason: oneOf(erasureReasons) }, { additionalProperties: false });

export const erasureRoutes = {
  'POST /api/v1/contacts/:id/erase': {
    permission: 'contact.erase',
    summary: 'Erase a contact in the trash for good: its key is destroyed',
    params: Id,
    body: Body,
    response: Erasure,
  },
  'POST /api/v1/companies/:id/erase': {
    permission: 'company.erase',
    summary: 'Erase a company in the trash for good: its key is destroyed',
    params: Id,
    body: Body,
    response: Erasure,
  },
  'GET /api/v1/erasures': {
    permission: 'security.read',
    summary: 'What was erased, newest first',
    response: Type.Object({ erasures: Type.Array(Erasure) }),
  },
} as const satisfies RouteTable;
