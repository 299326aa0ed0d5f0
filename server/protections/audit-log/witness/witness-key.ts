/**
 * The key by which this installation confirms the logs of others: Ed25519, wrapped by the root key in a file beside it, never the key
 * that signs our own log. A lost one is made anew: whoever trusted the old one notices at once, and enters the new one.
 */
import { dirname, join } from 'node:path';
import type { NoteKey, Sign } from '#contract/tlog';
import { noteKey } from '#contract/tlog';
import type { Secret } from '#kernel';
import { logHash, openWrappedKey, wrappedKeyFile } from '#protections/audit-log/tree';
import type { RootKey } from '#protections/encryption';
import { ed25519PublicKey, ed25519Signer } from '#protections/encryption';

export type WitnessKey = { readonly sign: Sign; keyOf(organizationId: string): NoteKey };

const witnessKeyFile = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'witness.key');

export function witnessKeyFrom(seed: Secret<Buffer>): WitnessKey {
  const publicKey = ed25519PublicKey(seed);
  return {
    sign: ed25519Signer(seed),
    keyOf: (organizationId) => noteKey(logHash, `lubart.invalid/witness/${organizationId}`, 'witness', publicKey),
  };
}

const wrapped = (rootKeyFile: string, root: RootKey) => ({
  file: witnessKeyFile(rootKeyFile),
  name: 'witness-key' as const,
  root,
});

/** The file lies beside the root key. @throws start.keys_missing, start.keys_mode, start.keys_wrong */
export async function openWitnessKey(rootKeyFile: string, root: RootKey): Promise<WitnessKey> {
  return witnessKeyFrom(await openWrappedKey(wrapped(rootKeyFile, root), true));
}

/** For the rotation of the root key. */
export const wrappedWitnessKey = (rootKeyFile: string, root: RootKey) => wrappedKeyFile(wrapped(rootKeyFile, root));
