/** Codes by SMS: one’s number, and the code at the door and before a dangerous act. Restricted; see docs/protections/sign-in.md. */
import Type from 'typebox';
import { FirstCodes } from './factors.ts';
import { Session } from './people.ts';
import type { RouteTable } from './route.ts';
import { Empty, Instant } from './shapes.ts';

const closed = { additionalProperties: false };
const Ticket = Type.String({ minLength: 1, maxLength: 4000 });
const Code = Type.String({ minLength: 6, maxLength: 40, description: 'Six digits' });
const Sent = {
  hint: Type.String({ description: 'How the number ends: its last two digits' }),
  expiresAt: Instant,
  /** Seconds until another code can be asked for. */
  againInSeconds: Type.Integer(),
};

export const smsRoutes = {
  'POST /api/v1/sms-number/begin': {
    permission: 'signed-in',
    summary: 'Send a code to the number that is to be mine',
    body: Type.Object({ phone: Type.String({ minLength: 5, maxLength: 40 }) }, closed),
    response: Type.Object({ ticket: Type.String(), ...Sent }),
  },
  'POST /api/v1/sms-number': {
    permission: 'signed-in',
    summary: 'Take the number, proved by its first code, in place of the one before',
    body: Type.Object({ ticket: Ticket, code: Code }, closed),
    response: FirstCodes,
  },
  'DELETE /api/v1/sms-number': {
    permission: 'signed-in',
    summary: 'Take my number away; never the last factor',
    response: Empty,
  },
  'POST /api/v1/sign-in/sms': {
    permission: 'anyone',
    summary: 'Second step: send a code by SMS',
    body: Type.Object({ ticket: Ticket }, closed),
    response: Type.Object(Sent),
  },
  'POST /api/v1/sign-in/sms/code': {
    permission: 'anyone',
    summary: 'Second step: the code of the SMS; sets the session cookie',
    body: Type.Object({ ticket: Ticket, code: Code }, closed),
    response: Session,
  },
  'POST /api/v1/step-up/sms': {
    permission: 'signed-in',
    summary: 'Send a code by SMS, to prove anew that it is me',
    response: Type.Object(Sent),
  },
  'POST /api/v1/step-up/sms/code': {
    permission: 'signed-in',
    summary: 'Prove anew that it is me, with the code of the SMS; gives the session a new token',
    body: Type.Object({ code: Code }, closed),
    response: Empty,
  },
} as const satisfies RouteTable;
