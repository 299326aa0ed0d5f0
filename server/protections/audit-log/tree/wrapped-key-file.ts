/** A signing key in a file of its own beside the root key, wrapped by it. Opened only while nobody else may read the file. */
import { lstat, readFile } from 'node:fs/promises';
import type { Secret } from '#kernel';
import { LubartError } from '#kernel';
import type { RootKey } from '#protections/encryption';
import { createPrivateFile, ed25519Pair, replacePrivateFile } from '#protections/encryption';

/** `name` stands in the heading of the file, and binds the key to what it is for. */
export type WrappedKey = { file: string; name: 'log-key' | 'witness-key'; root: RootKey };

/**
 * The seed in the file; a new one is made when `mayCreate`.
 * @throws start.keys_missing, start.keys_mode, start.keys_wrong
 */
export async function openWrappedKey(key: WrappedKey, mayCreate: boolean): Promise<Secret<Buffer>> {
  const { file, name, root } = key;
  if (!(await requirePrivate(file))) {
    if (!mayCreate) throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file } });
    await createPrivateFile(file, textOf(name, root.wrap(ed25519Pair().seed, name)));
  }
  const wrapped = await readWrapped(key);
  if (wrapped === undefined) throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { file } });
  try {
    return root.unwrap(wrapped, name);
  } catch (error) {
    const details = { file, fingerprint: root.fingerprint };
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details, cause: error });
  }
}

/** Writes the file anew from a recovery kit. What is there is never replaced. @throws key.file_exists */
export async function restoreWrappedKey({ file, name, root }: WrappedKey, seed: Secret<Buffer>): Promise<void> {
  if (await requirePrivate(file)) throw new LubartError('key.file_exists', { details: { file } });
  await createPrivateFile(file, textOf(name, root.wrap(seed, name)));
}

/** The file as something that is wrapped by the root key; for its rotation. */
export function wrappedKeyFile(key: WrappedKey) {
  const { file, name, root } = key;
  const read = async () => ((await requirePrivate(file)) ? readWrapped(key) : undefined);
  return {
    isCurrent: async () => {
      const wrapped = await read();
      return wrapped === undefined || root.isCurrent(wrapped);
    },
    wrapAnew: async () => {
      const wrapped = await read();
      if (wrapped === undefined) return;
      await replacePrivateFile(file, textOf(name, root.wrap(root.unwrap(wrapped, name), name)));
    },
  };
}

const headingOf = (name: string) => `lubart-${name}-1 `;
const textOf = (name: string, wrapped: Buffer) => `${headingOf(name)}${wrapped.toString('base64url')}\n`;

async function readWrapped({ file, name }: WrappedKey): Promise<Buffer | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => refuseFile(file, error));
  const match = new RegExp(`^${headingOf(name)}([A-Za-z0-9_-]+)\\s*$`, 'm').exec(text);
  return match === null ? undefined : Buffer.from(match[1]!, 'base64url');
}

/** false: there is no file. Attack: the key was put back from a copy in such a way that everybody on the machine reads it. */
async function requirePrivate(file: string): Promise<boolean> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? null : refuseFile(file, error),
  );
  if (found === null) return false;
  const othersMay = (found.mode & 0o077) !== 0 && process.platform !== 'win32';
  if (found.isFile() && !othersMay) return true;
  const details = { file, mode: (found.mode & 0o777).toString(8), wanted: '600' };
  throw new LubartError('start.keys_mode', { field: 'LUBART_KEYS', details });
}

function refuseFile(file: string, error: unknown): never {
  const reason = String((error as NodeJS.ErrnoException).code);
  throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file, reason }, cause: error });
}
