/** Keys over HTTP: seen by security, replaced by whoever may change how the house is protected, with a fresh proof. */
import type { encryptionKeyRoutes } from '#contract';
import type { Handlers } from '#http';
import type { Actor } from '#protections/access';
import { requireEntitledNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { RequireEntitled } from './begin-rotation.ts';
import { beginRotation, pauseRotation } from './begin-rotation.ts';
import type { RotationDeps } from './rotation-deps.ts';
import { viewKeys } from './view-keys.ts';

export function keyHandlers(deps: RotationDeps): Handlers<typeof encryptionKeyRoutes> {
  // Attack: who was dismissed or lost the right a moment ago holds up the replacement of a key that became known.
  const keeper =
    (actor: Actor): RequireEntitled =>
    (tx) =>
      requireEntitledNow(tx, actor, 'security.update', deps.clock.now());
  return {
    'GET /api/v1/security/keys': ({ actor }) => viewKeys(deps, actor.organizationId),
    'POST /api/v1/security/keys/:kind/rotate': async ({ actor, params }) => {
      await beginRotation(deps, doerOf(actor), params.kind, keeper(actor));
      return viewKeys(deps, actor.organizationId);
    },
    'POST /api/v1/security/keys/:kind/pause': async ({ actor, params }) => {
      await pauseRotation(deps, doerOf(actor), params.kind, true, keeper(actor));
      return viewKeys(deps, actor.organizationId);
    },
    'POST /api/v1/security/keys/:kind/resume': async ({ actor, params }) => {
      await pauseRotation(deps, doerOf(actor), params.kind, false, keeper(actor));
      return viewKeys(deps, actor.organizationId);
    },
  };
}
