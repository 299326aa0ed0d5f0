/** Routes of set-up, sign-in, invitations and one’s own profile. */
import type { elevationRoutes, headRoutes, leavingRoutes, peopleRoutes, roleRoutes } from '#contract';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { AccessHandlers, Actor } from '#protections/access';
import { beginSignIn } from './begin-sign-in.ts';
import type { SignInDeps } from './deps.ts';
import { finishSignIn } from './finish-sign-in.ts';
import { acceptInvitation, openInvitation } from './accept-invitation.ts';
import { invitePerson, listInvitations, sendAgain, withdrawOne } from './invite-person.ts';
import { changePassword, changeProfile, endMySessions, mySession, mySessions } from './profile.ts';
import { beginSetup, finishSetup } from './setup.ts';

export type PeopleHandlers = Handlers<typeof peopleRoutes> &
  Handlers<typeof roleRoutes> &
  Handlers<typeof leavingRoutes> &
  Handlers<typeof headRoutes> &
  Handlers<typeof elevationRoutes>;
export type SignInHandlers = Omit<PeopleHandlers, keyof AccessHandlers>;

export function signInHandlers(deps: SignInDeps): SignInHandlers {
  /** Whoever signs in anew leaves the session in which the browser was; nothing of it is taken over. */
  const leave = async (actor: Actor | null) => {
    if (actor !== null && actor.sessionId !== null)
      await endMySessions(deps, actor, { only: actor.sessionId }, 'session.ended');
  };
  return {
    'GET /api/v1/setup': async () => ({ needed: (await deps.defaultOrganization()) === null }),
    'POST /api/v1/setup/begin': async ({ visitor, body }) => beginSetup(deps, visitor, body),
    'POST /api/v1/setup': async ({ visitor, body, setSession }) => {
      const { token, session, recoveryCodes } = await finishSetup(deps, visitor, body);
      setSession(token);
      return { session, recoveryCodes };
    },
    'POST /api/v1/sign-in': async ({ visitor, body }) => beginSignIn(deps, visitor, body),
    'POST /api/v1/sign-in/code': async ({ actor, visitor, body, setSession }) => {
      const { token, session } = await finishSignIn(deps, visitor, body);
      await leave(actor);
      setSession(token);
      return session;
    },
    'POST /api/v1/sign-out': async ({ actor, setSession }) => {
      if (actor.sessionId !== null) await endMySessions(deps, actor, { only: actor.sessionId }, 'session.signed_out');
      setSession(null);
      return {};
    },
    'GET /api/v1/session': async ({ actor }) => mySession(deps, actor),
    'GET /api/v1/sessions': async ({ actor }) => ({ sessions: await mySessions(deps, actor) }),
    'DELETE /api/v1/sessions/:id': async ({ actor, params, setSession }) => {
      const ended = await endMySessions(deps, actor, { only: params.id }, 'session.ended');
      if (ended === 0) throw new LubartError('request.not_found');
      if (params.id === actor.sessionId) setSession(null);
      return {};
    },
    'POST /api/v1/sessions/end-others': async ({ actor }) => ({
      ended: await endMySessions(deps, actor, { except: actor.sessionId }, 'session.ended'),
    }),
    'PATCH /api/v1/profile': async ({ actor, body }) => changeProfile(deps, actor, body),
    'POST /api/v1/profile/password': async ({ actor, body }) => {
      await changePassword(deps, actor, body);
      return {};
    },
    'GET /api/v1/invitations': async ({ actor, reach }) => ({ invitations: await listInvitations(deps, actor, reach) }),
    'POST /api/v1/invitations': async ({ actor, reach, body }) => invitePerson(deps, actor, reach, body),
    'POST /api/v1/invitations/:id/send-again': async ({ actor, reach, params }) =>
      sendAgain(deps, actor, reach, params.id),
    'DELETE /api/v1/invitations/:id': async ({ actor, reach, params }) => {
      await withdrawOne(deps, actor, reach, params.id);
      return {};
    },
    'POST /api/v1/invitations/open': async ({ visitor, body }) => openInvitation(deps, visitor, body.token),
    'POST /api/v1/invitations/accept': async ({ actor, visitor, body, setSession }) => {
      const { token, session, recoveryCodes } = await acceptInvitation(deps, visitor, body);
      await leave(actor);
      setSession(token);
      return { session, recoveryCodes };
    },
  };
}
