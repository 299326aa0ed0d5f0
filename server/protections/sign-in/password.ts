/**
 * Passwords are kept as argon2id (RFC 9106) in the PHC string form. Stronger than the least that the OWASP Password Storage Cheat
 * Sheet names (19 MiB, 2 passes): a sign-in is rare, a stolen table is tried for years. Hashing is capped: each one takes memory
 * and a core, and anybody may ask for one.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { LubartError } from '#kernel';

/** KiB of memory, passes over it, lanes. */
const cost = { memory: 32_768, passes: 3, parallelism: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;

/** Hashes that run at once (each takes 32 MiB), and requests that may wait for their turn. */
export const hashesAtOnceMax = 2;
export const hashesWaitingMax = 32;

/** The PHC string of a new password. @throws request.too_many when too many wait */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, cost, hashBytes);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${bare(salt)}$${bare(hash)}`;
}

/**
 * Whether the password is the one behind `stored`. With null (nobody known by that e-mail, or one who may not sign in) the same
 * work is done and the answer is no: the time tells nothing. `begun` is called when its turn has come.
 * @throws request.too_many
 */
export async function verifyPassword(stored: string | null, password: string, begun?: () => void): Promise<boolean> {
  const parts = read(stored ?? (decoy ??= decoyHash()));
  const hash = await derive(password, parts.salt, parts.cost, parts.hash.length, begun);
  return timingSafeEqual(hash, parts.hash) && stored !== null;
}

/** Whether a hash was made at another cost than the one in use now; then it is made anew at the next sign-in. */
export function isOutdated(stored: string): boolean {
  const { memory, passes, parallelism } = read(stored).cost;
  return memory !== cost.memory || passes !== cost.passes || parallelism !== cost.parallelism;
}

type Cost = { memory: number; passes: number; parallelism: number };

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43,86})$/;

function read(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const match = form.exec(stored);
  if (match === null) throw new LubartError('server.failed', { details: { reason: 'password hash is not readable' } });
  const [, memory, passes, parallelism, salt, hash] = match;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt!, 'base64'),
    hash: Buffer.from(hash!, 'base64'),
  };
}

/** Stands where a password was: nobody can find text whose hash is nothing but zeros. */
export function erasedHash(): string {
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${bare(Buffer.alloc(saltBytes))}$${bare(Buffer.alloc(hashBytes))}`;
}

let decoy: string | undefined;
/** A hash of nothing that anybody can type, at the cost in use. */
function decoyHash(): string {
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${bare(randomBytes(saltBytes))}$${bare(randomBytes(hashBytes))}`;
}

const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

let running = 0;
const waiting: (() => void)[] = [];

async function derive(
  password: string,
  nonce: Buffer,
  { memory, passes, parallelism }: Cost,
  tagLength: number,
  begun: () => void = () => {},
): Promise<Buffer> {
  if (running >= hashesAtOnceMax) {
    if (waiting.length >= hashesWaitingMax) throw new LubartError('request.too_many');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    const message = Buffer.from(passwordForm(password), 'utf8');
    return await new Promise((resolve, reject) => {
      argon2('argon2id', { message, nonce, parallelism, tagLength, memory, passes }, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
      begun();
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** NFKC (NIST SP 800-63B §5.1.1.2): the same password typed on another keyboard is the same password. */
export const passwordForm = (password: string) => password.normalize('NFKC');
