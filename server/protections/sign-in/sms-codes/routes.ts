/** Routes of codes by SMS. */
import type { smsRoutes } from '#contract';
import type { Handlers, Visitor } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { bringTicket } from '../bring-ticket.ts';
import type { SignInDeps } from '../deps.ts';
import { finishWith } from '../finish-sign-in.ts';
import { endMySessions } from '../profile.ts';
import { proveAnew } from '../step-up.ts';
import { beginNumber, dropNumber, takeNumber } from './own-number.ts';
import { sendCode } from './send-code.ts';
import { enterCode, spendSmsCode } from './spend-code.ts';
import type { CodeFor } from './sms-store.ts';

export type SmsHandlers = Handlers<typeof smsRoutes>;

export function smsHandlers(deps: SignInDeps): SmsHandlers {
  const atDoor = async (visitor: Visitor, ticket: string): Promise<CodeFor & { passwordChangedAt: number }> => {
    const { organizationId, personId, passwordChangedAt } = await bringTicket(deps, visitor, 'second-step', ticket);
    return { organizationId, personId, purpose: 'sign-in', boundTo: ticket, passwordChangedAt };
  };
  const inSession = ({ organizationId, personId, sessionId }: Actor): CodeFor => {
    if (sessionId === null) throw new LubartError('session.missing');
    return { organizationId, personId, purpose: 'step-up', boundTo: sessionId };
  };
  return {
    'POST /api/v1/sms-number/begin': async ({ actor, body }) => beginNumber(deps, actor, body.phone),
    'POST /api/v1/sms-number': async ({ actor, body, setSession }) => {
      const { token, recoveryCodes } = await takeNumber(deps, actor, body);
      if (token !== null) setSession(token);
      return { recoveryCodes };
    },
    'DELETE /api/v1/sms-number': async ({ actor }) => {
      await dropNumber(deps, actor);
      return {};
    },
    'POST /api/v1/sign-in/sms': async ({ visitor, body }) =>
      sendCode(deps, visitor, await atDoor(visitor, body.ticket)),
    'POST /api/v1/sign-in/sms/code': async ({ actor, visitor, body, setSession }) => {
      const { ticket, code } = body;
      const whose = await atDoor(visitor, ticket);
      const { token, session } = await finishWith(
        deps,
        visitor,
        { ticket, step: 'sms', enter: (tx) => enterCode(deps, tx, whose) },
        (tx) => spendSmsCode(deps, tx, whose, code),
      );
      if (actor !== null && actor.sessionId !== null)
        await endMySessions(deps, actor, { only: actor.sessionId }, 'session.ended');
      setSession(token);
      return session;
    },
    'POST /api/v1/step-up/sms': async ({ actor }) => sendCode(deps, actor, { ...inSession(actor), asker: actor }),
    'POST /api/v1/step-up/sms/code': async ({ actor, body, setSession }) => {
      const whose = inSession(actor);
      setSession(
        await proveAnew(
          deps,
          actor,
          (tx) => spendSmsCode(deps, tx, whose, body.code),
          (tx) => enterCode(deps, tx, whose),
        ),
      );
      return {};
    },
  };
}
