/**
 * The key that signs checkpoints: Ed25519, in a file of its own beside the root key, wrapped by the root key. It is not in the
 * database: whoever owns the database can write what they like there, and sign nothing of it. Each organization is a log of its own
 * (origin); the key signs for all of them.
 */
import { dirname, join } from 'node:path';
import type { NoteKey, Sign } from '#contract/tlog';
import { noteKey } from '#contract/tlog';
import type { Secret } from '#kernel';
import type { RootKey } from '#protections/encryption';
import { ed25519PublicKey, ed25519Signer } from '#protections/encryption';
import { sha256 } from './hash.ts';
import { openWrappedKey } from './wrapped-key-file.ts';

export type LogKey = {
  readonly publicKey: Buffer;
  readonly sign: Sign;
  /** By what name and key the log of an organization is known. */
  keyOf(organizationId: string): NoteKey;
};

/** The identity of an organization’s log; it stays when the address of the server changes. */
export const originOf = (organizationId: string): string => `lubart.invalid/audit-log/${organizationId}`;

export function logKeyFrom(seed: Secret<Buffer>): LogKey {
  const publicKey = ed25519PublicKey(seed);
  return {
    publicKey,
    sign: ed25519Signer(seed),
    keyOf: (organizationId) => noteKey(sha256, originOf(organizationId), 'log', publicKey),
  };
}

/** Where the key lies: beside the root key. */
export const logKeyFile = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'log.key');

/**
 * Opens the file; makes it when `mayCreate`, that is while no checkpoint was signed.
 * @throws start.keys_missing, start.keys_mode, start.keys_wrong
 */
export async function openLogKey(file: string, root: RootKey, mayCreate: boolean): Promise<LogKey> {
  return logKeyFrom(await openWrappedKey({ file, name: 'log-key', root }, mayCreate));
}
