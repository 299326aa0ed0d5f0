/** What a person proves who one is with: second factors, sign-in by passkey, and the fresh proof before a dangerous act. */
import Type from 'typebox';
import { Enrolment, Session } from './people.ts';
import type { RouteTable } from './route.ts';
import { Empty, FactorKindName, Instant, Nullable, oneOf, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const firstCodes = {
  recoveryCodes: Type.Array(Type.String(), {
    description: 'Shown once, to whoever had none left and stood behind the wall; otherwise empty',
  }),
};
export const FirstCodes = Type.Object(firstCodes);
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Code = Type.String({ minLength: 6, maxLength: 40 });
const Ticket = Type.String({ minLength: 1, maxLength: 4000 });
const Bytes = Type.String({ maxLength: 20_000, description: 'base64url' });
/** What WebAuthn takes and gives as JSON (Level 3, §5.1.8 and §5.1.9); the parts are checked by the verification itself. */
const Options = Type.Unknown();
const begun = Type.Object({ options: Options, ticket: Type.String(), expiresAt: Instant });
const answerOf = (response: Type.TSchema) =>
  Type.Object({ id: Bytes, rawId: Bytes, type: Type.String({ maxLength: 40 }), response });
const Registration = answerOf(Type.Object({ clientDataJSON: Bytes, attestationObject: Bytes }));
const Assertion = answerOf(
  Type.Object({
    clientDataJSON: Bytes,
    authenticatorData: Bytes,
    signature: Bytes,
    userHandle: Type.Optional(Nullable(Bytes)),
  }),
);

const Factors = Type.Object({
  authenticators: Type.Array(Type.Object({ id: Uuid, name: Nullable(Type.String()), createdAt: Instant })),
  passkeys: Type.Array(
    Type.Object({
      id: Uuid,
      name: Type.String(),
      kind: oneOf(['synced', 'device-bound'] as const),
      /** The maker vouches for it as the rules of this organization ask. */
      attested: Type.Boolean(),
      createdAt: Instant,
      lastUsedAt: Nullable(Instant),
    }),
  ),
  sms: Type.Object({
    /** A provider is set, and the rules let this person prove herself so. */
    available: Type.Boolean(),
    number: Nullable(
      Type.Object({
        hint: Type.String({ description: 'The last two digits' }),
        createdAt: Instant,
        lastUsedAt: Nullable(Instant),
      }),
    ),
  }),
  recoveryCodesLeft: Type.Integer(),
});
export type FactorsView = Type.Static<typeof Factors>;

export const factorRoutes = {
  'GET /api/v1/factors': { permission: 'signed-in', summary: 'My factors', response: Factors },
  'POST /api/v1/authenticators/begin': {
    permission: 'signed-in',
    summary: 'A secret for one more authenticator app',
    response: Enrolment,
  },
  'POST /api/v1/authenticators': {
    permission: 'signed-in',
    summary: 'Add an authenticator app, proved by its first code',
    body: Type.Object({ ticket: Ticket, code: Code, name: Name }, closed),
    response: FirstCodes,
  },
  'DELETE /api/v1/authenticators/:id': {
    permission: 'signed-in',
    summary: 'Take an authenticator app away; never the last factor',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/recovery-codes': {
    permission: 'signed-in',
    summary: 'Ten new recovery codes; the old ones end',
    response: Type.Object({ recoveryCodes: Type.Array(Type.String()) }),
  },
  'POST /api/v1/passkeys/begin': {
    permission: 'signed-in',
    summary: 'What the browser needs to make a passkey',
    response: begun,
  },
  'POST /api/v1/passkeys': {
    permission: 'signed-in',
    summary: 'Add a passkey or hardware key',
    body: Type.Object({ ticket: Ticket, name: Name, response: Registration }, closed),
    response: Type.Object({ id: Uuid, ...firstCodes }),
  },
  'PATCH /api/v1/passkeys/:id': {
    permission: 'signed-in',
    summary: 'Rename a passkey',
    params: Id,
    body: Type.Object({ name: Name }, closed),
    response: Empty,
  },
  'DELETE /api/v1/passkeys/:id': {
    permission: 'signed-in',
    summary: 'Take a passkey away; never the last factor',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/sign-in/passkey/begin': {
    permission: 'anyone',
    summary: 'A challenge for a passkey: alone, or after the password with its ticket',
    body: Type.Object({ ticket: Type.Optional(Ticket) }, closed),
    response: begun,
  },
  'POST /api/v1/sign-in/passkey': {
    permission: 'anyone',
    summary: 'Sign in with a passkey; sets the session cookie',
    body: Type.Object({ ticket: Ticket, response: Assertion, secondStep: Type.Optional(Ticket) }, closed),
    response: Session,
  },
  'GET /api/v1/step-up': {
    permission: 'signed-in',
    summary: 'With what I can prove anew that it is me',
    response: Type.Object({ ways: Type.Array(FactorKindName) }),
  },
  'POST /api/v1/step-up': {
    permission: 'signed-in',
    summary: 'Prove anew that it is me, with a code; gives the session a new token',
    body: Type.Object({ code: Code }, closed),
    response: Empty,
  },
  'POST /api/v1/step-up/passkey/begin': {
    permission: 'signed-in',
    summary: 'A challenge for my passkey, to prove anew that it is me',
    response: begun,
  },
  'POST /api/v1/step-up/passkey': {
    permission: 'signed-in',
    summary: 'Prove anew that it is me, with a passkey; gives the session a new token',
    body: Type.Object({ ticket: Ticket, response: Assertion }, closed),
    response: Empty,
  },
} as const satisfies RouteTable;
