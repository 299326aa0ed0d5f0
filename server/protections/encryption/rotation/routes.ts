/** Keys over HTTP: seen by security, replaced by whoever may change how the house is protected, with a fresh proof. */
import type { encryptionKeyRoutes } from '#contract';
import type { Handlers } from '#http';
import { doerOf } from '#protections/audit-log';
import { beginRotation, pauseRotation } from './begin-rotation.ts';
import type { RotationDeps } from './rotation-deps.ts';
import { viewKeys } from './view-keys.ts';

export function keyHandlers(deps: RotationDeps): Handlers<typeof encryptionKeyRoutes> {
  return {
    'GET /api/v1/security/keys': ({ actor }) => viewKeys(deps, actor.organizationId),
    'POST /api/v1/security/keys/:kind/rotate': async ({ actor, params }) => {
      await beginRotation(deps, doerOf(actor), params.kind);
      return viewKeys(deps, actor.organizationId);
    },
    'POST /api/v1/security/keys/:kind/pause': async ({ actor, params }) => {
      await pauseRotation(deps, doerOf(actor), params.kind, true);
      return viewKeys(deps, actor.organizationId);
    },
    'POST /api/v1/security/keys/:kind/resume': async ({ actor, params }) => {
      await pauseRotation(deps, doerOf(actor), params.kind, false);
      return viewKeys(deps, actor.organizationId);
    },
  };
}
