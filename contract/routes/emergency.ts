/** The sealed sheet that lets an owner in once: making, checking, using, and being told that it was used. */
import Type from 'typebox';
import { Session } from './people.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, Uuid, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };
const Half = Type.String({ minLength: 1, maxLength: 300, description: 'As it stands on paper, in any spelling' });

/** How the last sheet stands. `ownerless`: its person is gone, or owner no more. */
export const emergencyStates = ['none', 'standing', 'used', 'expired', 'ownerless', 'withdrawn'] as const;
export type EmergencyState = (typeof emergencyStates)[number];

const Overview = Type.Object({
  state: oneOf(emergencyStates),
  sheet: Nullable(
    Type.Object({
      id: Uuid,
      number: Type.String(),
      ownerName: Type.String(),
      madeAt: Instant,
      expiresAt: Instant,
      firstCheckedAt: Nullable(Instant),
      secondCheckedAt: Nullable(Instant),
    }),
  ),
  /** A sheet was used within the last week, and this reader has not said that it was seen. */
  alarm: Nullable(
    Type.Object({
      sheetId: Uuid,
      ownerName: Type.String(),
      at: Instant,
      address: Type.String(),
      device: Type.String(),
    }),
  ),
  mayMake: Type.Boolean({ description: 'An owner, and not in an emergency session' }),
});
export type EmergencyView = Type.Static<typeof Overview>;

const Made = Type.Object({
  number: Type.String(),
  halves: Type.Array(Type.String(), { description: 'Both halves; shown now and never again' }),
  organizationName: Type.String(),
  ownerName: Type.String(),
  address: Type.String({ description: 'The page on which both halves are typed' }),
  madeAt: Instant,
  expiresAt: Instant,
});
export type EmergencySheetView = Type.Static<typeof Made>;

export const emergencyRoutes = {
  'GET /api/v1/security/emergency': {
    permission: 'security.read',
    summary: 'How the emergency sheet stands, and whether one was used',
    response: Overview,
  },
  'POST /api/v1/security/emergency': {
    permission: 'security.update',
    summary: 'Make a sheet for oneself, an owner; the one before dies',
    response: Made,
  },
  'DELETE /api/v1/security/emergency': {
    permission: 'security.update',
    summary: 'The sheet that stands dies (a half was lost or seen)',
    response: Empty,
  },
  'POST /api/v1/security/emergency/check': {
    permission: 'security.update',
    summary: 'Prove that a half is the right one, without using the sheet up',
    body: Type.Object({ half: Half }, closed),
    response: Type.Object({ half: Type.Integer(), both: Type.Boolean() }),
  },
  'POST /api/v1/security/emergency/acknowledge': {
    permission: 'security.read',
    summary: 'I have seen that the sheet was used; the warning goes, for me',
    response: Empty,
  },
  'POST /api/v1/emergency/sign-in': {
    permission: 'anyone',
    summary: 'Sign in as the owner of the sheet by both halves, once',
    body: Type.Object({ halves: Type.Array(Half, { minItems: 2, maxItems: 2 }) }, closed),
    response: Session,
  },
} as const satisfies RouteTable;
