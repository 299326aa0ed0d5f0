/** API keys: by which programs work with clients in the place of a person. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, RoleMark, RoleReferences, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });

export const ApiKey = Type.Object({
  id: Uuid,
  name: Type.String(),
  /** How the secret begins. */
  hint: Type.String(),
  person: Type.Object({ id: Uuid, name: Type.String() }),
  /** Roles that were deleted since are not among them. */
  roles: Type.Array(RoleMark),
  networks: Type.Array(Type.String()),
  createdAt: Instant,
  expiresAt: Instant,
  /** Until when the secret from before the last rotation opens too. */
  previousUntil: Nullable(Instant),
  lastUsedAt: Nullable(Instant),
  lastAddress: Nullable(Type.String()),
  revokedAt: Nullable(Instant),
  /** Whether it is the asker’s own: only its owner may rotate it. */
  own: Type.Boolean(),
});
const Made = Type.Object({
  key: ApiKey,
  secret: Type.String({ description: 'Shown this once; only its hash is kept' }),
});

export const apiKeyRoutes = {
  'GET /api/v1/api-keys': {
    permission: 'api-key.update',
    summary: 'API keys within reach, newest first, and the roles a key can be given',
    response: Type.Object({ keys: Type.Array(ApiKey), roles: Type.Array(RoleMark) }),
  },
  'POST /api/v1/api-keys': {
    permission: 'api-key.update',
    summary:
      'Make an API key of one’s own; it can do what its roles and its owner’s rights of the moment have in common',
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100 }),
        roles: RoleReferences,
        networks: Type.Optional(
          Type.Array(Type.String({ minLength: 2, maxLength: 60, description: 'Address or CIDR' }), { maxItems: 50 }),
        ),
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 90 })),
      },
      closed,
    ),
    response: Made,
  },
  'POST /api/v1/api-keys/:id/rotate': {
    permission: 'api-key.update',
    summary: 'Give one’s own key a new secret; the one before opens for 24 hours more',
    params: Id,
    response: Made,
  },
  'DELETE /api/v1/api-keys/:id': {
    permission: 'api-key.update',
    summary: 'Revoke a key',
    params: Id,
    response: Empty,
  },
} as const satisfies RouteTable;

export type ApiKeyView = Type.Static<typeof ApiKey>;
