/**
 * The root key wraps the keys of organizations and nothing else. It lies in a file of its own, outside the data folder, so that
 * a copy of the data alone says nothing. Other keepers (a key management service, a hardware module) take this seam: RootKey.
 */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open as openFile, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LubartError } from '#kernel';
import { open, seal } from './seal.ts';

export type RootKey = {
  /** Which root key this is; safe to show. */
  readonly fingerprint: string;
  wrap(plain: Buffer, belongsTo: string): Buffer;
  unwrap(wrapped: Buffer, belongsTo: string): Buffer;
  /** A keyed hash for looking things up before an organization is known (HMAC-SHA-256, RFC 2104). */
  token(purpose: string, value: string): Buffer;
};

const heading = 'lubart-root-key-1 ';
const fileForm = /^lubart-root-key-1 ([A-Za-z0-9_-]{43})\s*$/m;

/** A root key over 32 given bytes; each use has a key of its own (HKDF, RFC 5869). */
export function rootKeyFrom(secret: Buffer): RootKey {
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `lubart ${info}`, 32));
  const wrapping = derive('wrap organization keys');
  const looking = derive('look up before sign-in');
  return {
    fingerprint: createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16),
    wrap: (plain, belongsTo) => seal(wrapping, plain, belongsTo),
    unwrap: (wrapped, belongsTo) => open(wrapping, wrapped, belongsTo),
    token: (purpose, value) => createHmac('sha256', looking).update(`${purpose}\0${value}`).digest(),
  };
}

/**
 * Opens the root key file; makes it when `mayCreate` (only while the database holds nothing that needs the old one).
 * @throws start.keys_missing, start.keys_mode, start.keys_wrong
 */
export async function openRootKeyFile(file: string, mayCreate: boolean): Promise<RootKey> {
  if ((await statOf(file)) === null) {
    if (!mayCreate) throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file } });
    await createKeyFile(file).catch((error: unknown) => refuseFile(file, error));
  }
  const found = await statOf(file);
  if (found !== null) requirePrivate(file, found.isFile(), found.mode);
  const match = fileForm.exec(await readFile(file, 'utf8').catch((error: unknown) => refuseFile(file, error)));
  if (match === null) throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { file } });
  return rootKeyFrom(Buffer.from(match[1]!, 'base64url'));
}

const statOf = (file: string) =>
  lstat(file).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : refuseFile(file, error)));

function refuseFile(file: string, error: unknown): never {
  const reason = String((error as NodeJS.ErrnoException).code);
  throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file, reason }, cause: error });
}

function requirePrivate(file: string, isFile: boolean, mode: number): void {
  const othersMay = (mode & 0o077) !== 0 && process.platform !== 'win32';
  if (!isFile || othersMay) {
    const details = { file, mode: (mode & 0o777).toString(8), wanted: '600' };
    throw new LubartError('start.keys_mode', { field: 'LUBART_KEYS', details });
  }
}

/**
 * Written whole and flushed before it gets its name: half a key file would look like a lost key. Two that start at one moment
 * end with one key: a link, unlike a rename, never takes the place of what is there.
 */
async function createKeyFile(file: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `.root-key-${randomBytes(6).toString('hex')}`);
  const handle = await openFile(unfinished, 'wx', 0o600);
  try {
    const text = `${heading}${randomBytes(32).toString('base64url')}\n`;
    const advice =
      '# Without this file the data cannot be read. Keep a copy in another place, never beside the backups.\n';
    await handle.writeFile(text + advice);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(unfinished);
  }
  await flushFolder(folder);
}

/** So that the name of the file survives a power cut, too; Windows cannot and need not. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await openFile(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
