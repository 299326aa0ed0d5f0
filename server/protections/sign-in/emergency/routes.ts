/** Routes of the emergency sheet. */
import type { emergencyRoutes } from '#contract';
import type { Handlers } from '#http';
import type { SignInDeps } from '../deps.ts';
import { endMySessions } from '../profile.ts';
import { emergencySignIn } from './emergency-sign-in.ts';
import { checkHalf, makeSheet, withdrawStanding } from './make-sheet.ts';
import { acknowledgeAlarm, showSheet } from './show-sheet.ts';

export type EmergencyHandlers = Handlers<typeof emergencyRoutes>;

export function emergencyHandlers(deps: SignInDeps): EmergencyHandlers {
  return {
    'GET /api/v1/security/emergency': async ({ actor }) => showSheet(deps, actor),
    'POST /api/v1/security/emergency': async ({ actor }) => makeSheet(deps, actor),
    'DELETE /api/v1/security/emergency': async ({ actor }) => {
      await withdrawStanding(deps, actor);
      return {};
    },
    'POST /api/v1/security/emergency/check': async ({ actor, body }) => checkHalf(deps, actor, body.half),
    'POST /api/v1/security/emergency/acknowledge': async ({ actor }) => {
      await acknowledgeAlarm(deps, actor);
      return {};
    },
    'POST /api/v1/emergency/sign-in': async ({ actor, visitor, body, setSession }) => {
      const { token, session } = await emergencySignIn(deps, visitor, body.halves);
      if (actor !== null && actor.sessionId !== null)
        await endMySessions(deps, actor, { only: actor.sessionId }, 'session.ended');
      setSession(token);
      return session;
    },
  };
}
