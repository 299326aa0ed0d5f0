/** The recovery kit of the root key: how it stands, making one (its sheets are in this one answer and nowhere else), proving it. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };

/** `older`: the root key was replaced since. `stale`: proved, but longer than a year ago. */
export const kitStates = ['none', 'unproven', 'proven', 'older', 'stale'] as const;
export type KitState = (typeof kitStates)[number];

/** Why no kit can be made on the page now: the root key is being replaced; several companies share it. */
export const kitHindrances = ['rotation', 'several'] as const;

const Overview = Type.Object({
  state: oneOf(kitStates),
  /** Which root key is in use. */
  key: Type.String(),
  kit: Nullable(
    Type.Object({
      id: Type.String(),
      needed: Type.Integer(),
      sheets: Type.Integer(),
      madeAt: Instant,
      /** Null: by a command on the server. */
      madeBy: Nullable(Type.String()),
      provenAt: Nullable(Instant),
      provenBy: Nullable(Type.String()),
    }),
  ),
  alarm: Type.Boolean({ description: 'Somebody else made a kit within the last three days' }),
  mayMake: Type.Boolean({ description: 'An owner, and not in an emergency session' }),
  hindrance: Nullable(oneOf(kitHindrances)),
});
export type KitView = Type.Static<typeof Overview>;

const Made = Type.Object({
  id: Type.String(),
  needed: Type.Integer(),
  sheets: Type.Array(Type.Array(Type.String()), { description: 'Lines of each sheet; shown now and never again' }),
  key: Type.String(),
  organizationName: Type.String(),
  madeAt: Instant,
});
export type KitSheetsView = Type.Static<typeof Made>;

export const kitRoutes = {
  'GET /api/v1/security/kit': {
    permission: 'security.read',
    summary: 'How the recovery kit of the root key stands',
    response: Overview,
  },
  'POST /api/v1/security/kit': {
    permission: 'security.update',
    summary: 'Make a recovery kit, by an owner; the one before proves nothing any more',
    body: Type.Object(
      {
        needed: Type.Integer({ minimum: 1, maximum: 16, description: 'How many sheets give the key' }),
        sheets: Type.Integer({ minimum: 1, maximum: 16, description: 'How many sheets there are' }),
      },
      closed,
    ),
    response: Made,
  },
  'POST /api/v1/security/kit/prove': {
    permission: 'security.update',
    summary: 'Prove that the sheets, typed back, give the key in use',
    body: Type.Object(
      { text: Type.String({ minLength: 1, maxLength: 20_000, description: 'Lines of the sheets' }) },
      closed,
    ),
    response: Overview,
  },
} as const satisfies RouteTable;
