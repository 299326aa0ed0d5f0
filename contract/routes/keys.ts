/** Keys that the data is sealed by: which there are, how old, and replacing them while people work. No key is ever in an answer. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf } from './shapes.ts';

export const rotatedKeys = ['root', 'organization', 'index'] as const;
/** Who opens the file of the root key. */
export const keeperKinds = ['file', 'passphrase', 'systemd', 'vault', 'kms', 'pkcs11'] as const;
const Kind = Type.Object({ kind: oneOf(rotatedKeys) });

export const KeysView = Type.Object({
  root: Type.Object({ name: Type.String(), since: Instant, keeper: oneOf(keeperKinds) }),
  keys: Type.Array(
    Type.Object({
      kind: oneOf(['organization', 'index'] as const),
      name: Type.String({ description: 'The mark in front of what this key sealed' }),
      createdAt: Instant,
      currentAt: Nullable(Instant),
      retiredAt: Nullable(Instant),
      destroyedAt: Nullable(Instant),
    }),
  ),
  rotations: Type.Array(
    Type.Object({
      kind: oneOf(rotatedKeys),
      from: Type.String(),
      to: Type.String(),
      startedAt: Instant,
      pausedAt: Nullable(Instant),
      finishedAt: Nullable(Instant),
      total: Type.Integer(),
      done: Type.Integer(),
      remaining: Nullable(Type.Integer({ description: 'What still used the old key when all was counted at the end' })),
    }),
  ),
});
export type KeysViewValue = Type.Static<typeof KeysView>;

export const encryptionKeyRoutes = {
  'GET /api/v1/security/keys': {
    permission: 'security.read',
    summary: 'Keys, their age, and what is being replaced',
    response: KeysView,
  },
  'POST /api/v1/security/keys/:kind/rotate': {
    permission: 'security.update',
    summary: 'Replace a key; the work goes on by itself',
    params: Kind,
    response: KeysView,
  },
  'POST /api/v1/security/keys/:kind/pause': {
    permission: 'security.update',
    summary: 'Let the replacement of a key rest',
    params: Kind,
    response: KeysView,
  },
  'POST /api/v1/security/keys/:kind/resume': {
    permission: 'security.update',
    summary: 'Go on replacing a key',
    params: Kind,
    response: KeysView,
  },
} as const satisfies RouteTable;
