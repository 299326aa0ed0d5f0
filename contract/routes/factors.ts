/** What a person proves who one is with: second factors, and the fresh proof before a dangerous act. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };
const Code = Type.String({ minLength: 6, maxLength: 40 });

/** What can be asked of a person besides the password. */
export const factorKinds = ['totp', 'passkey', 'sms', 'recovery'] as const;
export type FactorKind = (typeof factorKinds)[number];
const Kind = oneOf(factorKinds);

export const factorRoutes = {
  'GET /api/v1/step-up': {
    permission: 'signed-in',
    summary: 'With what I can prove anew that it is me',
    response: Type.Object({ ways: Type.Array(Kind) }),
  },
  'POST /api/v1/step-up': {
    permission: 'signed-in',
    summary: 'Prove anew that it is me, with a code; gives the session a new token',
    body: Type.Object({ code: Code }, closed),
    response: Empty,
  },
} as const satisfies RouteTable;
