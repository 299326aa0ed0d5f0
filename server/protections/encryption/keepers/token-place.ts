/** Which key of which token: a PKCS #11 URI (RFC 7512) with a token label and a key id, `pkcs11:token=Lubart;id=%01`, and nothing else. */
import { LubartError } from '#kernel';
import type { Facts } from './keeper.ts';

/** `id` in hex, as tools write it. */
export type TokenPlace = { token: string; id: string };

/**
 * A PIN or a library in the address are refused (RFC 7512 §2.4): it is written into the key file, and shown.
 * @throws start.keys_wrong
 */
export function readTokenPlace(text: string): TokenPlace {
  const [, path = ''] = /^pkcs11:([^?#]+)$/.exec(text) ?? [];
  const parts = new Map(path.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  const bytesOf = (name: string) => decode(parts.get(name) ?? '');
  if (parts.size !== 2 || !parts.has('token') || !parts.has('id')) throw wrong('token_address');
  return requireTokenPlace({ token: bytesOf('token').toString('utf8'), id: bytesOf('id').toString('hex') });
}

/** @throws start.keys_wrong */
export function requireTokenPlace({ token, id }: Facts | TokenPlace): TokenPlace {
  // Attack: a name that is an option of the tool that gets it.
  const named = typeof token === 'string' && /^[^\p{C}-][^\p{C}]{0,31}$/u.test(token) && token.trim() === token;
  if (!named || !/^([0-9a-f]{2}){1,64}$/.test(String(id))) throw wrong('token_address');
  return { token, id: String(id) };
}

function decode(text: string): Buffer {
  const parts = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'))),
  );
}

export const wrong = (reason: string) =>
  new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { by: 'pkcs11', reason } });
