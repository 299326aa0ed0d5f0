/** Links that reach people by letter: a new password, another e-mail. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, Uuid, oneOf } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Address = Type.String({ minLength: 3, maxLength: 254 });
const Password = Type.String({ minLength: 1, maxLength: 1000 });
const Token = Type.String({
  minLength: 1,
  maxLength: 400,
  description: 'What the address of the link carries after #',
});

/** Where a letter is; `off`: there is no mail server, or nothing is known of the letter any more. */
export const letterStates = ['off', 'waiting', 'failing', 'sent', 'given-up'] as const;
export const LetterStateName = oneOf(letterStates);
export type LetterState = (typeof letterStates)[number];

const WaitingEmail = Type.Object({ email: Type.String(), expiresAt: Instant, letter: LetterStateName });
const AskedEmail = Type.Object({
  email: Type.String(),
  link: Nullable(Type.String({ description: 'Only where there is no mail server' })),
  expiresAt: Instant,
  letter: LetterStateName,
});

export const linkRoutes = {
  'POST /api/v1/password-reset': {
    permission: 'anyone',
    summary: 'Ask for a letter with a link to a new password; the answer is the same whoever it is about',
    body: Type.Object({ email: Address }, closed),
    response: Type.Object({ byMail: Type.Boolean({ description: 'False: this installation sends no letters' }) }),
  },
  'POST /api/v1/password-reset/open': {
    permission: 'anyone',
    summary: 'What a reset link is for; does not use it up',
    body: Type.Object({ token: Token }, closed),
    response: Type.Object({
      name: Type.String(),
      email: Type.String(),
      organizationName: Type.String(),
      expiresAt: Instant,
    }),
  },
  'POST /api/v1/password-reset/finish': {
    permission: 'anyone',
    summary: 'Set the new password; ends all sessions and signs nobody in',
    body: Type.Object({ token: Token, password: Password }, closed),
    response: Empty,
  },
  'POST /api/v1/people/:id/password-reset': {
    permission: 'person.recover',
    summary: 'Make a reset link for a colleague: sent by letter, or shown',
    params: Id,
    body: Type.Object({ by: oneOf(['mail', 'screen'] as const) }, closed),
    response: Type.Object({ link: Nullable(Type.String()), expiresAt: Instant }),
  },
  'GET /api/v1/profile/email': {
    permission: 'signed-in',
    summary: 'The new e-mail of one’s own that waits to be confirmed',
    response: Type.Object({ waiting: Nullable(WaitingEmail) }),
  },
  'POST /api/v1/profile/email': {
    permission: 'signed-in',
    summary: 'Ask for another e-mail; the new address confirms, the old one can cancel',
    body: Type.Object({ email: Address, current: Password }, closed),
    response: AskedEmail,
  },
  'DELETE /api/v1/profile/email': {
    permission: 'signed-in',
    summary: 'Take the question for another e-mail back',
    response: Empty,
  },
  'POST /api/v1/people/:id/email': {
    permission: 'person.recover',
    summary: 'Ask for another e-mail of a colleague, by the same rule',
    params: Id,
    body: Type.Object({ email: Address }, closed),
    response: AskedEmail,
  },
  'POST /api/v1/email-change/open': {
    permission: 'anyone',
    summary: 'What a link about an e-mail is for; does not use it up',
    body: Type.Object({ purpose: oneOf(['confirm', 'cancel'] as const), token: Token }, closed),
    response: Type.Object({
      organizationName: Type.String(),
      from: Type.String(),
      to: Type.String(),
      expiresAt: Instant,
    }),
  },
  'POST /api/v1/email-change/confirm': {
    permission: 'anyone',
    summary: 'The new address confirms',
    body: Type.Object({ token: Token }, closed),
    response: Type.Object({ email: Type.String() }),
  },
  'POST /api/v1/email-change/cancel': {
    permission: 'anyone',
    summary: 'The old address cancels: it is the person’s again, and all sessions end',
    body: Type.Object({ token: Token }, closed),
    response: Type.Object({ email: Type.String() }),
  },
} as const satisfies RouteTable;
