/** Asks the browser for a passkey: to make one, or to prove oneself with one. The library is loaded when somebody does. */
import { call } from '../api/call.ts';
import { Problem } from '../api/problem.ts';
import type { SessionView } from '../contract.ts';

/** Whether this browser can at all. */
export const hasPasskeys = (): boolean => 'PublicKeyCredential' in globalThis;

/** Whoever closes the window of the browser, or has no such key, gets the same words. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isKnown = error instanceof Error && error.name === 'InvalidStateError';
    throw new Problem(isKnown ? 'passkey.known' : 'passkey.refused', 0);
  }
}

async function prove(options: unknown): Promise<never> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  return asking(() => startAuthentication({ optionsJSON: options as never })) as Promise<never>;
}

/** Returns recovery codes for whoever had none behind the wall. */
export async function addPasskey(name: string): Promise<string[]> {
  const { options, ticket } = await call('POST /api/v1/passkeys/begin', {});
  const { startRegistration } = await import('@simplewebauthn/browser');
  const response = await asking(() => startRegistration({ optionsJSON: options as never }));
  return (await call('POST /api/v1/passkeys', { body: { ticket, name, response } })).recoveryCodes;
}

/** `secondStep`: the ticket that the password gave; without it the key signs in alone. */
export async function signInByPasskey(secondStep?: string): Promise<SessionView> {
  const { options, ticket } = await call('POST /api/v1/sign-in/passkey/begin', {
    body: secondStep === undefined ? {} : { ticket: secondStep },
  });
  const response = await prove(options);
  return call('POST /api/v1/sign-in/passkey', {
    body: { ticket, response, ...(secondStep === undefined ? {} : { secondStep }) },
  });
}

export async function stepUpByPasskey(): Promise<void> {
  const { options, ticket } = await call('POST /api/v1/step-up/passkey/begin', {});
  await call('POST /api/v1/step-up/passkey', { body: { ticket, response: await prove(options) } });
}
