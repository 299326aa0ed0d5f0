/**
 * The key that signs checkpoints: Ed25519, in a file of its own beside the root key, wrapped by the root key. It is not in the
 * database: whoever owns the database can write what they like there, and sign nothing of it. Each organization is a log of its own
 * (origin); the key signs for all of them.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NoteKey, Sign } from '#contract/tlog';
import { noteKey } from '#contract/tlog';
import { LubartError } from '#kernel';
import type { RootKey } from '#protections/encryption';
import {
  createPrivateFile,
  ed25519Pair,
  ed25519PublicKey,
  ed25519Signer,
  replacePrivateFile,
} from '#protections/encryption';
import { sha256 } from './hash.ts';

export type LogKey = {
  readonly publicKey: Buffer;
  readonly sign: Sign;
  /** By what name and key the log of an organization is known. */
  keyOf(organizationId: string): NoteKey;
};

const heading = 'lubart-log-key-1 ';
const fileForm = /^lubart-log-key-1 ([A-Za-z0-9_-]+)\s*$/m;
const wrappedAs = 'log-key';

/** The identity of an organization’s log; it stays when the address of the server changes. */
export const originOf = (organizationId: string): string => `lubart.invalid/audit-log/${organizationId}`;

export function logKeyFrom(seed: Buffer): LogKey {
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
 * @throws start.keys_missing, start.keys_wrong
 */
export async function openLogKey(file: string, root: RootKey, mayCreate: boolean): Promise<LogKey> {
  const text = (await readText(file)) ?? (mayCreate ? await createFile(file, root) : undefined);
  if (text === undefined) throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file } });
  const match = fileForm.exec(text);
  if (match === null) throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { file } });
  try {
    return logKeyFrom(root.unwrap(Buffer.from(match[1]!, 'base64url'), wrappedAs));
  } catch (error) {
    const details = { file, fingerprint: root.fingerprint };
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details, cause: error });
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new LubartError('start.keys_missing', {
      field: 'LUBART_KEYS',
      details: { file, reason: String(code) },
      cause: error,
    });
  }
}

async function createFile(file: string, root: RootKey): Promise<string> {
  await createPrivateFile(file, textOf(root.wrap(ed25519Pair().seed, wrappedAs)));
  return readFile(file, 'utf8');
}

const textOf = (wrapped: Buffer) => `${heading}${wrapped.toString('base64url')}\n`;

/** The file as something that is wrapped by the root key; for its rotation. */
export function wrappedLogKey(file: string, root: RootKey) {
  const read = async () => {
    const match = fileForm.exec((await readText(file)) ?? '');
    return match === null ? undefined : Buffer.from(match[1]!, 'base64url');
  };
  return {
    isCurrent: async () => {
      const wrapped = await read();
      return wrapped === undefined || root.isCurrent(wrapped);
    },
    wrapAnew: async () => {
      const wrapped = await read();
      if (wrapped === undefined) return;
      await replacePrivateFile(file, textOf(root.wrap(root.unwrap(wrapped, wrappedAs), wrappedAs)));
    },
  };
}
