/** Routes of the rules of sign-in. */
import type { securityRoutes } from '#contract';
import type { Handlers } from '#http';
import { changeRules, endSessionsOf, previewRules, showRules } from './change-rules.ts';
import type { SignInDeps } from './deps.ts';
import { previewRecovery } from './recovery/recovery-rules.ts';

export type SecurityHandlers = Handlers<typeof securityRoutes>;

export function securityHandlers(deps: SignInDeps): SecurityHandlers {
  return {
    'GET /api/v1/security/rules': async ({ actor }) => showRules(deps, actor),
    'PUT /api/v1/security/rules': async ({ actor, body }) => changeRules(deps, actor, body),
    'POST /api/v1/security/rules/preview': async ({ actor, body }) => previewRules(deps, actor, body.change),
    'POST /api/v1/security/recovery/preview': async ({ actor, body }) => previewRecovery(deps, actor, body),
    'DELETE /api/v1/people/:id/sessions': async ({ actor, reach, params }) => ({
      ended: await endSessionsOf(deps, actor, reach, params.id),
    }),
  };
}
