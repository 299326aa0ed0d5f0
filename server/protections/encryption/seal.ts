/**
 * Sealing: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce (§8.2.2). What a ciphertext belongs to is its associated
 * data, so a ciphertext that was moved to another row, column or organization does not open. The form of every sealed value is
 *   1 byte version ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag
 * Keys of 32 bytes come from the random generator of the operating system. A random nonce is safe for 2^32 values under one
 * key (§8.3): a record’s key seals that record only, an organization’s key wraps record keys only.
 */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { LubartError } from '#kernel';

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const overhead = 1 + nonceBytes + tagBytes;

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

/** Seals `plain` under `key` (32 bytes), bound to `belongsTo`. */
export function seal(key: Buffer, plain: Buffer, belongsTo: string): Buffer {
  const nonce = takeNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(belongsTo, 'utf8'));
  const sealed = Buffer.allocUnsafe(plain.length + overhead);
  sealed[0] = version;
  nonce.copy(sealed, 1);
  cipher.update(plain).copy(sealed, 1 + nonceBytes);
  cipher.final();
  cipher.getAuthTag().copy(sealed, 1 + nonceBytes + plain.length);
  return sealed;
}

/**
 * Opens what `seal` made.
 * @throws sealed.cannot_open when the key, the bytes or the place they belong to are not the same
 */
export function open(key: Buffer, sealed: Buffer, belongsTo: string): Buffer {
  if (sealed.length < overhead || sealed[0] !== version) throw new LubartError('sealed.cannot_open');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(belongsTo, 'utf8'));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const plain = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes));
    decipher.final();
    return plain;
  } catch (error) {
    throw new LubartError('sealed.cannot_open', { cause: error });
  }
}
