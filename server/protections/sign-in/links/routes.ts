/** Routes of links that reach people by letter. */
import type { linkRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from '../deps.ts';
import { askEmailFor, askOwnEmail, dropEmail, waitingEmail } from './ask-email.ts';
import { askReset, makeResetFor } from './ask-reset.ts';
import { finishReset, openReset } from './finish-reset.ts';
import { cancelEmail, confirmEmail, openEmailLink } from './settle-email.ts';

export type LinkHandlers = Handlers<typeof linkRoutes>;

export function linkHandlers(deps: SignInDeps): LinkHandlers {
  return {
    'POST /api/v1/password-reset': async ({ visitor, body }) => askReset(deps, visitor, body),
    'POST /api/v1/password-reset/open': async ({ visitor, body }) => openReset(deps, visitor, body.token),
    'POST /api/v1/password-reset/finish': async ({ visitor, body }) => {
      await finishReset(deps, visitor, body);
      return {};
    },
    'POST /api/v1/people/:id/password-reset': async ({ actor, reach, params, body }) =>
      makeResetFor(deps, actor, reach, params.id, body),
    'GET /api/v1/profile/email': async ({ actor }) => ({ waiting: await waitingEmail(deps, actor) }),
    'POST /api/v1/profile/email': async ({ actor, body }) => askOwnEmail(deps, actor, body),
    'DELETE /api/v1/profile/email': async ({ actor }) => {
      await dropEmail(deps, actor);
      return {};
    },
    'POST /api/v1/people/:id/email': async ({ actor, reach, params, body }) =>
      askEmailFor(deps, actor, reach, params.id, body),
    'POST /api/v1/email-change/open': async ({ visitor, body }) => openEmailLink(deps, visitor, body),
    'POST /api/v1/email-change/confirm': async ({ visitor, body }) => confirmEmail(deps, visitor, body.token),
    'POST /api/v1/email-change/cancel': async ({ visitor, body }) => cancelEmail(deps, visitor, body.token),
  };
}
