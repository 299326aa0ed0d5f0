/**
 * The one-time token that is printed at start while no organization exists. It lives in the memory of this process only: whoever
 * reads an old log or the disk finds nothing to use.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type SetupToken = {
  /** The token of this process; the same until it is spent. */
  create(): string;
  matches(token: string): boolean;
  /** Which token it is, for tickets; says nothing about the token. */
  mark(): string;
  spend(): void;
};

export function openSetupToken(): SetupToken {
  let token: string | undefined;
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return {
    create: () => (token ??= randomBytes(32).toString('base64url')),
    matches: (given) => token !== undefined && timingSafeEqual(hash(given), hash(token)),
    mark: () => hash(`mark ${token ?? ''}`).toString('base64url'),
    spend: () => {
      token = undefined;
    },
  };
}
