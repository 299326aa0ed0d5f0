/**
 * Sealing: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce (§8.2.2). What a ciphertext belongs to is its associated
 * data, so a ciphertext that was moved to another row, column or organization does not open. The form of every sealed value is
 *   1 byte version = 1 ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag                    the key is known from where it lies
 *   1 byte version = 2 ‖ 4 bytes mark of the key ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag      the key may change
 * The version says the algorithm. A record’s key seals in the first form: it lies in the same row. Keys that are rotated seal in the
 * second, so that counting what still needs an old key reads the data itself and no setting.
 * Keys of 32 bytes come from the random generator of the operating system. A random nonce is safe for 2^32 values under one
 * key (§8.3): a record’s key seals that record only; an organization’s key wraps record keys, and
 * what stands in every entry of the log it seals once (`sealOften` in seals.ts).
 */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { LubartError } from '#kernel';

const plainForm = 1;
const markedForm = 2;
const markBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;

const pool = Buffer.alloc(nonceBytes * 1024);
let poolAt = pool.length;

/** Asking the system for random bytes costs more than the cipher: nonces are drawn a thousand at a time, and used once. */
function takeNonce(): Buffer {
  if (poolAt >= pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const nonce = pool.subarray(poolAt, poolAt + nonceBytes);
  poolAt += nonceBytes;
  return nonce;
}

/** Seals `plain` under `key` (32 bytes), bound to `belongsTo`; with the mark of the key in front when it is one that is rotated. */
export function seal(key: Buffer, plain: Buffer, belongsTo: string, mark?: number): Buffer {
  const head = mark === undefined ? 1 : 1 + markBytes;
  const nonce = takeNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(belongsTo, 'utf8'));
  const sealed = Buffer.allocUnsafe(head + nonceBytes + plain.length + tagBytes);
  sealed[0] = mark === undefined ? plainForm : markedForm;
  if (mark !== undefined) sealed.writeInt32BE(mark, 1);
  nonce.copy(sealed, head);
  cipher.update(plain).copy(sealed, head + nonceBytes);
  cipher.final();
  cipher.getAuthTag().copy(sealed, head + nonceBytes + plain.length);
  return sealed;
}

/** Whether the bytes have a form that `seal` gives; what they hold only a key can tell. */
export function hasSealedForm(bytes: Buffer): boolean {
  const head = bytes[0] === plainForm ? 1 : bytes[0] === markedForm ? 1 + markBytes : Infinity;
  return bytes.length >= head + nonceBytes + tagBytes;
}

/** The mark of the key that sealed this; undefined in the form that carries none. */
export function markOf(sealed: Buffer): number | undefined {
  return sealed[0] === markedForm && sealed.length > markBytes ? sealed.readInt32BE(1) : undefined;
}

/** The first bytes of whatever was sealed by the key of this mark; for counting in the database. */
export function markedHead(mark: number): Buffer {
  const head = Buffer.alloc(1 + markBytes);
  head[0] = markedForm;
  head.writeInt32BE(mark, 1);
  return head;
}

/**
 * Opens what `seal` made.
 * @throws sealed.cannot_open when the key, the bytes or the place they belong to are not the same
 */
export function open(key: Buffer, sealed: Buffer, belongsTo: string): Buffer {
  const head = sealed[0] === markedForm ? 1 + markBytes : 1;
  const known = sealed[0] === plainForm || sealed[0] === markedForm;
  if (!known || sealed.length < head + nonceBytes + tagBytes) throw new LubartError('sealed.cannot_open');
  const nonceEnd = head + nonceBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(head, nonceEnd), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(belongsTo, 'utf8'));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const plain = decipher.update(sealed.subarray(nonceEnd, sealed.length - tagBytes));
    decipher.final();
    return plain;
  } catch (error) {
    throw new LubartError('sealed.cannot_open', { cause: error });
  }
}
