/**
 * A credential of systemd opens the key file: 32 random bytes or more, which `systemd-creds` can seal to the TPM of this machine, so
 * that neither the file nor a copy of the disk opens elsewhere. The opening key is derived from them (HKDF, RFC 5869).
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { LubartError, Secret } from '#kernel';
import { readCredential } from './credential.ts';
import type { Keeper, KeySources } from './keeper.ts';

const rootCredential = 'lubart-root';
const credentialBytesMin = 32;

export function systemdKeeper({ credentialsFolder }: KeySources): Keeper {
  const open = async (salt: string) => {
    const secret = await readCredential(credentialsFolder, rootCredential);
    if (secret === undefined) throw refusal('credential_missing');
    // Attack: a word instead of random bytes. Nothing slows the guessing down here; the passphrase keeper is for words.
    if (secret.length < credentialBytesMin || distinctBytes(secret) < 8) throw refusal('credential_weak');
    const info = 'lubart open root key file';
    return new Secret(Buffer.from(hkdfSync('sha256', secret, Buffer.from(salt, 'base64url'), info, 32)));
  };
  return {
    make: async () => {
      const salt = randomBytes(16).toString('base64url');
      return { facts: { algorithm: 'hkdf-sha256', salt }, opening: await open(salt) };
    },
    open: async ({ salt }) => open(String(salt)),
  };
}

const distinctBytes = (secret: Buffer) => new Set(secret).size;

const refusal = (reason: string) =>
  new LubartError('start.keys_locked', { field: 'CREDENTIALS_DIRECTORY', details: { reason, name: rootCredential } });
