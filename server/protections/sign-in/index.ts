export type { RefusedVisitor } from './note-refusal.ts';
export type { NewPersonInput } from './create-person.ts';
export type { SignIn, SignInOptions } from './open-sign-in.ts';
export { openSignIn } from './open-sign-in.ts';
export type { PeopleHandlers } from './routes.ts';
export type { SetUpInput, SetUpResult } from './setup.ts';
