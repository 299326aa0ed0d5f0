/**
 * The wall: somebody who is in but lacks the factor that is demanded of her. Behind it nothing can be done but to enrol or prove
 * a factor, to see who one is, and to leave. The one list; the frame refuses everything else.
 */
import type { Routes } from './routes/index.ts';

/**
 * `prove`: she has the factor, and this session has not proved it. `enrol`: she has none. `first`: she has nothing at all to prove
 * herself with yet, so that enrolling asks for no fresh proof.
 */
export const walls = ['prove', 'enrol', 'first'] as const;
export type Wall = (typeof walls)[number];

const always = [
  'GET /api/v1/session',
  'POST /api/v1/sign-out',
  'GET /api/v1/factors',
  'GET /api/v1/step-up',
  'POST /api/v1/step-up',
  'POST /api/v1/step-up/passkey/begin',
  'POST /api/v1/step-up/passkey',
  'POST /api/v1/step-up/sms',
  'POST /api/v1/step-up/sms/code',
] as const satisfies readonly (keyof Routes)[];

const enrolment = [
  'POST /api/v1/authenticators/begin',
  'POST /api/v1/authenticators',
  'POST /api/v1/passkeys/begin',
  'POST /api/v1/passkeys',
  'POST /api/v1/sms-number/begin',
  'POST /api/v1/sms-number',
] as const satisfies readonly (keyof Routes)[];

/** What is open behind each wall. Attack: where a factor is there to be proved, another one must not be enrolled instead. */
export const wallRoutes: Readonly<Record<Wall, readonly (keyof Routes)[]>> = {
  prove: always,
  enrol: [...always, ...enrolment],
  first: [...always, ...enrolment],
};
