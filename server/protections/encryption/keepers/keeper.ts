/**
 * Who keeps the root key. The key file holds the root keys either open, or closed under an opening key of 32 random or derived bytes;
 * a keeper is whoever gives that opening key: a passphrase, a credential of systemd, a key service, a token. Its facts stand in the
 * file and are no secret. Rotation only closes the file anew under the opening key that is in memory, so that a keeper is asked once, at the
 * start, and what runs goes on when it is away.
 */
import type { keeperKinds } from '#contract';
import type { KeySources, Secret } from '#kernel';

export type KeeperKind = (typeof keeperKinds)[number];

export type Facts = Readonly<Record<string, string | number>>;

export type Keeper = {
  /** A new opening key, and what is remembered to get it again. @throws start.keys_locked, start.keys_keeper…, start.keys_token_missing, start.keys_pin… */
  make(): Promise<{ facts: Facts; opening: Secret<Buffer> }>;
  /** @throws start.keys_locked, start.keys_not_opened, start.keys_keeper_down, start.keys_keeper_denied, and for a token as above */
  open(facts: Facts): Promise<Secret<Buffer>>;
};

export type { KeySources };

/** How something secret is asked for on the terminal; undefined where nobody sits. */
export type AskSecret = ((prompt: string) => Promise<string>) | undefined;
