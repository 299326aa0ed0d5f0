/** The functions behind the routes of API keys. */
import type { apiKeyRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from '../deps.ts';
import { makeKey, renewKey, revokeKey, showKeys } from './change-keys.ts';

export type ApiKeyHandlers = Handlers<typeof apiKeyRoutes>;

export function apiKeyHandlers(deps: SignInDeps): ApiKeyHandlers {
  return {
    'GET /api/v1/api-keys': ({ actor, reach }) => showKeys(deps, actor, reach),
    'POST /api/v1/api-keys': ({ actor, body }) => makeKey(deps, actor, body),
    'POST /api/v1/api-keys/:id/rotate': ({ actor, params }) => renewKey(deps, actor, params.id),
    'DELETE /api/v1/api-keys/:id': async ({ actor, params }) => {
      await revokeKey(deps, actor, params.id);
      return {};
    },
  };
}
