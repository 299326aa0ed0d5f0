/** A client is shared with a colleague or a department: to look at or to edit, until a day, never for good. */
import Type from 'typebox';
import { shareRights } from '../permissions.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

/** Days for which a client is shared when nobody says otherwise, and at most. */
export const shareDays = 30;
export const shareDaysMax = 365;
export const shareReasonLengthMax = 300;

const Named = Type.Object({ id: Uuid, name: Type.String() });
export const Share = Type.Object({
  id: Uuid,
  /** One of the two; with a department goes everybody in it and below it. */
  person: Nullable(Named),
  department: Nullable(Named),
  right: oneOf(shareRights),
  until: Instant,
  createdAt: Instant,
  by: Named,
  reason: Type.String(),
  mayWithdraw: Type.Boolean(),
});
const Shares = Type.Object({ shares: Type.Array(Share) });
const Id = Type.Object({ id: Uuid });
const ShareId = Type.Object({ id: Uuid, shareId: Uuid });
export const ShareBody = Type.Object(
  {
    personId: Type.Optional(Uuid),
    departmentId: Type.Optional(Uuid),
    right: oneOf(shareRights),
    until: Type.Optional(Instant),
    reason: Type.Optional(Type.String({ maxLength: shareReasonLengthMax })),
  },
  { additionalProperties: false },
);

export const sharingRoutes = {
  'GET /api/v1/contacts/:id/shares': {
    permission: 'contact.read',
    summary: 'With whom this contact is shared now',
    params: Id,
    response: Shares,
  },
  'POST /api/v1/contacts/:id/shares': {
    permission: 'contact.share',
    summary: 'Share a contact with a person or a department for a time',
    params: Id,
    body: ShareBody,
    response: Shares,
  },
  'DELETE /api/v1/contacts/:id/shares/:shareId': {
    permission: 'contact.share',
    summary: 'Withdraw a share: one’s own, or of a contact within reach',
    params: ShareId,
    response: Empty,
  },
  'GET /api/v1/companies/:id/shares': {
    permission: 'company.read',
    summary: 'With whom this company is shared now',
    params: Id,
    response: Shares,
  },
  'POST /api/v1/companies/:id/shares': {
    permission: 'company.share',
    summary: 'Share a company with a person or a department for a time',
    params: Id,
    body: ShareBody,
    response: Shares,
  },
  'DELETE /api/v1/companies/:id/shares/:shareId': {
    permission: 'company.share',
    summary: 'Withdraw a share: one’s own, or of a company within reach',
    params: ShareId,
    response: Empty,
  },
} as const satisfies RouteTable;

export type ShareView = Type.Static<typeof Share>;
export type ShareBodyValue = Type.Static<typeof ShareBody>;
