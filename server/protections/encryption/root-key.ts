/**
 * The root key wraps the keys of organizations and nothing else. It lies in a file of its own, outside the data folder, so that
 * a copy of the data alone says nothing. The file is open, or closed by a keeper: a passphrase, a key service (keepers/).
 */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { LubartError, Secret } from '#kernel';
import type { ClosedText } from './keepers/closed-text.ts';
import { openClosed, readClosed, writeClosed } from './keepers/closed-text.ts';
import type { Keeper, KeeperKind } from './keepers/keeper.ts';
import type { Keepers } from './keepers/open-keepers.ts';
import { openKeepers } from './keepers/open-keepers.ts';
import { lookingPlace, readKeyText, writeKeyText } from './key-text.ts';
import { createPrivateFile, replacePrivateFile } from './private-file.ts';
import { markOf, open, seal } from './seal.ts';

export type RootKey = {
  /** Which root key this is; safe to show. */
  readonly fingerprint: string;
  wrap(key: Secret<Buffer>, belongsTo: string): Buffer;
  unwrap(wrapped: Buffer, belongsTo: string): Secret<Buffer>;
  /** Whether this was wrapped by the root key that wraps now. */
  isCurrent(wrapped: Buffer): boolean;
  /** Reads again where the key lies; another process may have begun to use a new one. */
  reload?(): Promise<void>;
  /** A keyed hash for looking things up before an organization is known (HMAC-SHA-256, RFC 2104). */
  token(purpose: string, value: string): Buffer;
};

/** A root key over 32 given bytes; each use has a key of its own (HKDF, RFC 5869). */
export function rootKeyFrom(secret: Secret<Buffer>): RootKey {
  return rootKeyOver([rootSecret(secret)], lookingKeyOf(secret));
}

/** One root key that is open. */
export type RootSecret = { readonly fingerprint: string; readonly mark: number; readonly wrapping: Secret<Buffer> };

const derive = (secret: Secret<Buffer>, info: string) =>
  new Secret(Buffer.from(hkdfSync('sha256', secret.expose(), Buffer.alloc(0), `lubart ${info}`, 32)));

export function rootSecret(secret: Secret<Buffer>): RootSecret {
  const shown = derive(secret, 'fingerprint').expose();
  const fingerprint = createHash('sha256').update(shown).digest('hex').slice(0, 16);
  const mark = Buffer.from(fingerprint, 'hex').readInt32BE(0);
  return { fingerprint, mark, wrapping: derive(secret, 'wrap organization keys') };
}

/** What people are looked up by must not change with the root key: codes and names are kept only as its hashes. */
export const lookingKeyOf = (secret: Secret<Buffer>): Secret<Buffer> => derive(secret, 'look up before sign-in');

/** The first secret wraps, all of them unwrap. */
export function rootKeyOver(secrets: readonly RootSecret[], looking: Secret<Buffer>): RootKey {
  const [current] = secrets;
  return {
    fingerprint: current!.fingerprint,
    wrap: (key, belongsTo) => seal(current!.wrapping.expose(), key.expose(), belongsTo, current!.mark),
    unwrap: (wrapped, belongsTo) => {
      const mark = markOf(wrapped);
      const fitting = mark === undefined ? secrets : secrets.filter((one) => one.mark === mark);
      for (const [at, { wrapping }] of fitting.entries()) {
        try {
          return new Secret(open(wrapping.expose(), wrapped, belongsTo));
        } catch (error) {
          if (at === fitting.length - 1) throw error;
        }
      }
      throw new LubartError('sealed.cannot_open', { details: { reason: 'no root key of this mark' } });
    },
    isCurrent: (wrapped) => markOf(wrapped) === current!.mark,
    token: (purpose, value) => createHmac('sha256', looking.expose()).update(`${purpose}\0${value}`).digest(),
  };
}

/** The root key as it lies in its file; while it is rotated there are two. */
export type RootKeyFile = RootKey & {
  readonly file: string;
  /** Fingerprints of all root keys in the file; the one that wraps first. */
  readonly fingerprints: readonly string[];
  reload(): Promise<void>;
  /** Puts a new root key in front: it wraps from now on, the old one still opens. @throws key.rotation_runs */
  begin(): Promise<{ from: string; to: string }>;
  /** Forgets every root key but the one that wraps. Only when nothing needs them. */
  forgetOld(): Promise<void>;
  /** What a recovery kit must hold. */
  forKit(): { root: Secret<Buffer>; looking: Secret<Buffer> };
  /** Who opens the file. */
  readonly keptBy: KeeperKind;
  /** The same keys, closed by another keeper, or open in the file. @throws start.keys_keeper…, start.keys_locked, key.passphrase_weak */
  move(to: 'file' | { by: Exclude<KeeperKind, 'file'>; keeper: Keeper }): Promise<void>;
};

/**
 * Opens the root key file; makes it when `mayCreate` (only while the database holds nothing that needs the old one).
 * @throws start.keys_missing, start.keys_mode, start.keys_wrong, start.keys_default, start.keys_locked, start.keys_not_opened,
 * start.keys_keeper_down, start.keys_keeper_denied
 */
export async function openRootKeyFile(
  file: string,
  mayCreate: boolean,
  keepers: Keepers = openKeepers({}),
): Promise<RootKeyFile> {
  if ((await statOf(file)) === null) {
    if (!mayCreate) throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file } });
    const text = writeKeyText([new Secret(randomBytes(32))]);
    await createPrivateFile(file, text).catch((error: unknown) => refuseFile(file, error));
  }
  let key = await readRing(file, keepers);
  const reload = async () => {
    key = await readRing(file, keepers, key);
  };
  const write = async (text: string, closing: Closing | undefined) => {
    const keys = readKeyText(text, file).secrets.map((secret) => rootSecret(secret).fingerprint);
    await replacePrivateFile(
      file,
      closing === undefined ? text : writeClosed({ ...closing, keys }, closing.opening, text),
    );
    key = await readRing(file, keepers, closing === undefined ? undefined : { ...key, closing, read: Buffer.alloc(0) });
  };
  const change = async (secrets: readonly Secret<Buffer>[]) => {
    // The lookup key travels along under the new root key: without it nobody could be found by their e-mail any more.
    const wrapped = rootKeyFrom(secrets[0]!).wrap(key.looking, lookingPlace);
    await write(writeKeyText(secrets, wrapped), key.closing);
  };
  return {
    file,
    get fingerprint() {
      return key.root.fingerprint;
    },
    get fingerprints() {
      return key.secrets.map((secret) => rootSecret(secret).fingerprint);
    },
    get keptBy() {
      return key.closing?.by ?? 'file';
    },
    wrap: (...given) => key.root.wrap(...given),
    unwrap: (...given) => key.root.unwrap(...given),
    isCurrent: (wrapped) => key.root.isCurrent(wrapped),
    token: (...given) => key.root.token(...given),
    reload,
    forKit: () => ({ root: key.secrets[0]!, looking: key.looking }),
    begin: async () => {
      await reload();
      if (key.secrets.length > 1) throw new LubartError('key.rotation_runs');
      const from = key.root.fingerprint;
      await change([new Secret(randomBytes(32)), ...key.secrets]);
      return { from, to: key.root.fingerprint };
    },
    forgetOld: async () => {
      await reload();
      await change(key.secrets.slice(0, 1));
    },
    move: async (to) => {
      await reload();
      const text = writeKeyText(key.secrets, key.wrappedLooking);
      await write(text, to === 'file' ? undefined : await closeBy(to.by, to.keeper));
    },
  };
}

/** Writes the file anew from a recovery kit. What is there is never replaced. @throws key.file_exists, start.keys_default */
export async function restoreRootKeyFile(
  file: string,
  { root, looking }: { root: Secret<Buffer>; looking: Secret<Buffer> },
): Promise<RootKey> {
  if ((await statOf(file)) !== null) throw new LubartError('key.file_exists', { details: { file } });
  const key = rootKeyFrom(root);
  const text = writeKeyText([root], key.wrap(looking, lookingPlace));
  readKeyText(text, file);
  await createPrivateFile(file, text).catch((error: unknown) => refuseFile(file, error));
  return key;
}

/** Attack on oneself: a keeper that encrypts and may not decrypt would lock everybody out. It proves that it opens before it is used. */
async function closeBy(by: ClosedText['by'], keeper: Keeper): Promise<Closing> {
  const { facts, opening } = await keeper.make();
  if (!(await keeper.open(facts)).expose().equals(opening.expose())) {
    throw new LubartError('start.keys_not_opened', { field: 'LUBART_KEYS', details: { by } });
  }
  return { by, facts, opening };
}

/** By what the file is closed; the opening key stays in memory, so that the keeper is asked once. */
type Closing = { by: ClosedText['by']; facts: ClosedText['facts']; opening: Secret<Buffer> };
/** What the file said. Its text is not kept: an open file is the key, and text cannot be wiped. */
type Ring = {
  secrets: Secret<Buffer>[];
  looking: Secret<Buffer>;
  wrappedLooking: Buffer | undefined;
  root: RootKey;
  /** SHA-256 of the file as it was read. */
  read: Buffer;
  closing: Closing | undefined;
};

async function readRing(file: string, keepers: Keepers, held?: Ring): Promise<Ring> {
  const found = await statOf(file);
  if (found === null) throw new LubartError('start.keys_missing', { field: 'LUBART_KEYS', details: { file } });
  requirePrivate(file, found.isFile(), found.mode);
  const bytes = await readFile(file).catch((error: unknown) => refuseFile(file, error));
  const read = createHash('sha256').update(bytes).digest();
  const text = held?.read.equals(read) === true ? undefined : bytes.toString('utf8');
  bytes.fill(0);
  if (text === undefined) return held!;
  const closed = readClosed(text, file);
  const closing = closed === undefined ? undefined : await openingOf(closed, keepers, held?.closing);
  const plain = closed === undefined ? text : openClosed(closed, closing!.opening, file);
  const { secrets, looking: wrapped } = readKeyText(plain, file);
  const roots = secrets.map(rootSecret);
  try {
    const looking =
      wrapped === undefined
        ? lookingKeyOf(secrets.at(-1)!)
        : rootKeyOver(roots, new Secret(Buffer.alloc(32))).unwrap(wrapped, lookingPlace);
    return { secrets, looking, wrappedLooking: wrapped, root: rootKeyOver(roots, looking), read, closing };
  } catch (error) {
    throw new LubartError('start.keys_wrong', { field: 'LUBART_KEYS', details: { file }, cause: error });
  }
}

/** Rotation closes the file anew under the same opening key: nobody is asked for what is in memory. */
async function openingOf({ by, facts }: ClosedText, keepers: Keepers, held: Closing | undefined): Promise<Closing> {
  const same = held?.by === by && JSON.stringify(held.facts) === JSON.stringify(facts);
  return same ? held : { by, facts, opening: await keepers(by).open(facts) };
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
