/**
 * For whom a passkey is made: the host name people open (WebAuthn §5.1.2, RP ID). It is written into every key, so another name
 * loses them all; and an address of figures is no name.
 */
import { isIP } from 'node:net';
import { LubartError } from '#kernel';

export type RelyingParty = { id: string; origin: string };

/** @throws passkey.needs_host_name */
export function relyingPartyOf(origin: string): RelyingParty {
  const { hostname } = new URL(origin);
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) throw new LubartError('passkey.needs_host_name');
  return { id: hostname, origin };
}
