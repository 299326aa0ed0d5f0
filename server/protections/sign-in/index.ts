export { apiKeyKind } from './api-keys/key-review.ts';
export type { RefusedVisitor } from './note-refusal.ts';
export type { NewPersonInput } from './create-person.ts';
export type { SignIn, SignInOptions } from './open-sign-in.ts';
export { openSignIn } from './open-sign-in.ts';
export type { PeopleHandlers } from './routes.ts';
export type { SetUpInput, SetUpResult } from './setup.ts';
// For the measurements: what a session and a hash cost by themselves.
export { hashPassword, verifyPassword } from './password.ts';
export { openRules } from './rules.ts';
export { openSessions } from './session.ts';
