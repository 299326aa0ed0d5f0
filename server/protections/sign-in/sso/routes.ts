/** Routes of single sign-on. */
import type { ssoRoutes } from '#contract';
import type { Handlers } from '#http';
import { hasCode } from '#kernel';
import type { SignInDeps } from '../deps.ts';
import { endMySessions } from '../profile.ts';
import { addProvider, changeProvider, dropProvider, providers, testProvider } from './change-providers.ts';
import { previewClosing } from './preview-closing.ts';
import { callbackPath, finishSso, shownProviders, startSso } from './sso-sign-in.ts';

export type SsoHandlers = Handlers<typeof ssoRoutes>;

export function ssoHandlers(deps: SignInDeps): SsoHandlers {
  return {
    'GET /api/v1/sign-in/sso': async () => ({ providers: await shownProviders(deps) }),
    'POST /api/v1/sign-in/sso/start': async ({ visitor, body, setFlow }) => {
      const { url, flow } = await startSso(deps, visitor, body);
      setFlow(flow);
      return { url };
    },
    // The browser comes from the provider and sees a page, so a refusal is one too. What follows # is sent to no server.
    'GET /api/v1/sign-in/sso/callback': async ({ actor, visitor, query, flow, setFlow, setSession }) => {
      setFlow(null);
      try {
        const outcome = await finishSso(deps, visitor, { query, flow });
        if ('waiting' in outcome) return { location: `/sign-in#waiting=${outcome.waiting}` };
        if ('ticket' in outcome) {
          const { ticket, ways, demanded } = outcome;
          const said = new URLSearchParams({ ticket, ways: ways.join(' '), demanded: demanded ?? '' });
          return { location: `/sign-in#${said.toString()}` };
        }
        if (actor !== null && actor.sessionId !== null)
          await endMySessions(deps, actor, { only: actor.sessionId }, 'session.ended');
        setSession(outcome.token);
        return { location: '/' };
      } catch (error) {
        if (!hasCode(error)) throw error;
        return { location: `/sign-in#problem=${error.code}` };
      }
    },
    'GET /api/v1/sso/providers': async ({ actor }) => ({
      providers: await providers(deps, actor),
      callback: deps.origin() + callbackPath,
    }),
    'POST /api/v1/sso/providers': async ({ actor, body }) => addProvider(deps, actor, body),
    'PATCH /api/v1/sso/providers/:id': async ({ actor, params, body }) => changeProvider(deps, actor, params.id, body),
    'DELETE /api/v1/sso/providers/:id': async ({ actor, params }) => {
      await dropProvider(deps, actor, params.id);
      return {};
    },
    'GET /api/v1/sso/providers/:id/affected': async ({ actor, params }) => previewClosing(deps, actor, params.id),
    'POST /api/v1/sso/providers/:id/test': async ({ actor, params }) => {
      await testProvider(deps, actor, params.id);
      return {};
    },
  };
}
