/** Routes of factors and of the fresh proof. */
import type { factorRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from './deps.ts';
import { stepUpByCode, stepUpWays } from './step-up.ts';

export type FactorHandlers = Handlers<typeof factorRoutes>;

export function factorHandlers(deps: SignInDeps): FactorHandlers {
  return {
    'GET /api/v1/step-up': async ({ actor }) => ({ ways: await stepUpWays(deps, actor) }),
    'POST /api/v1/step-up': async ({ actor, body, setSession }) => {
      setSession(await stepUpByCode(deps, actor, body.code));
      return {};
    },
  };
}
