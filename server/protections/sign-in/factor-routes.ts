/** Routes of factors, of sign-in by passkey, and of the fresh proof. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { factorRoutes } from '#contract';
import type { Handlers } from '#http';
import type { Actor } from '#protections/access';
import type { Proof } from './demands/demand.ts';
import { bringTicket } from './bring-ticket.ts';
import type { SignInDeps } from './deps.ts';
import {
  addAuthenticator,
  beginAuthenticator,
  myEmail,
  myFactors,
  removeFactor,
  renewRecoveryCodes,
} from './factors.ts';
import { finishWith } from './finish-sign-in.ts';
import { beginPasskeyProof, spendPasskeyProof } from './passkey-proof.ts';
import { signInByPasskey } from './passkey-sign-in.ts';
import { addPasskey, beginPasskey, nameMyPasskey } from './passkeys.ts';
import { endMySessions } from './profile.ts';
import { proofAtWall, proveAnew, stepUpByCode, stepUpWays } from './step-up.ts';

export type FactorHandlers = Handlers<typeof factorRoutes>;

const asResponse = (given: unknown) => given as AuthenticationResponseJSON;

export function factorHandlers(deps: SignInDeps): FactorHandlers {
  const leave = async (actor: Actor | null) => {
    if (actor !== null && actor.sessionId !== null)
      await endMySessions(deps, actor, { only: actor.sessionId }, 'session.ended');
  };
  const holderOf = ({ organizationId, personId }: Actor) => ({ organizationId, personId });
  return {
    'GET /api/v1/factors': async ({ actor }) => myFactors(deps, actor),
    'POST /api/v1/authenticators/begin': async ({ actor }) => beginAuthenticator(deps, actor),
    'POST /api/v1/authenticators': async ({ actor, body, setSession }) => {
      const { token, recoveryCodes } = await addAuthenticator(deps, actor, body);
      if (token !== null) setSession(token);
      return { recoveryCodes };
    },
    'DELETE /api/v1/authenticators/:id': async ({ actor, params }) => {
      await removeFactor(deps, actor, 'totp', params.id);
      return {};
    },
    'POST /api/v1/recovery-codes': async ({ actor }) => ({ recoveryCodes: await renewRecoveryCodes(deps, actor) }),
    'POST /api/v1/passkeys/begin': async ({ actor }) => beginPasskey(deps, actor, (await myEmail(deps, actor)).email),
    'POST /api/v1/passkeys': async ({ actor, body, setSession }) => {
      const { id, token, recoveryCodes } = await addPasskey(deps, actor, body);
      if (token !== null) setSession(token);
      return { id, recoveryCodes };
    },
    'PATCH /api/v1/passkeys/:id': async ({ actor, params, body }) => {
      await nameMyPasskey(deps, actor, params.id, body.name);
      return {};
    },
    'DELETE /api/v1/passkeys/:id': async ({ actor, params }) => {
      await removeFactor(deps, actor, 'passkey', params.id);
      return {};
    },
    'POST /api/v1/sign-in/passkey/begin': async ({ visitor, body }) => {
      if (body.ticket === undefined) return beginPasskeyProof(deps, 'passkey-sign-in', null);
      const {
        organizationId,
        personId,
        first = 'password',
      } = await bringTicket(deps, visitor, 'second-step', body.ticket);
      const before: Proof = { factors: [first], passkeyId: null };
      return beginPasskeyProof(deps, 'passkey-second-step', { organizationId, personId }, before);
    },
    'POST /api/v1/sign-in/passkey': async ({ actor, visitor, body, setSession }) => {
      const response = asResponse(body.response);
      const { ticket, secondStep } = body;
      const { token, session } =
        secondStep === undefined
          ? await signInByPasskey(deps, visitor, { ticket, response })
          : await finishWith(deps, visitor, { ticket: secondStep, step: 'passkey' }, (tx, holder) =>
              spendPasskeyProof(deps, tx, holder, { purpose: 'passkey-second-step', ticket, response }),
            );
      await leave(actor);
      setSession(token);
      return session;
    },
    'GET /api/v1/step-up': async ({ actor }) => ({ ways: await stepUpWays(deps, actor) }),
    'POST /api/v1/step-up': async ({ actor, body, setSession }) => {
      setSession(await stepUpByCode(deps, actor, body.code));
      return {};
    },
    'POST /api/v1/step-up/passkey/begin': async ({ actor }) =>
      beginPasskeyProof(deps, 'passkey-step-up', holderOf(actor), proofAtWall(actor)),
    'POST /api/v1/step-up/passkey': async ({ actor, body, setSession }) => {
      const given = { purpose: 'passkey-step-up', ticket: body.ticket, response: asResponse(body.response) } as const;
      setSession(await proveAnew(deps, actor, (tx) => spendPasskeyProof(deps, tx, holderOf(actor), given)));
      return {};
    },
  };
}
