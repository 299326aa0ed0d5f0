/** Ed25519, pure (RFC 8032 §5.1), over raw keys: seed and public key of 32 bytes, signature of 64. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { Secret } from '#kernel';

/** DER before the 32 bytes of a raw key: SubjectPublicKeyInfo and PKCS #8 (RFC 8410 §4, §7). */
const publicHead = Buffer.from('302a300506032b6570032100', 'hex');
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex');

const privateKeyOf = (seed: Secret<Buffer>) =>
  createPrivateKey({ key: Buffer.concat([privateHead, seed.expose()]), format: 'der', type: 'pkcs8' });

export const ed25519Sign = (seed: Secret<Buffer>, bytes: Uint8Array): Buffer => sign(null, bytes, privateKeyOf(seed));

/** A signer that parses its key once. */
export function ed25519Signer(seed: Secret<Buffer>): (bytes: Uint8Array) => Buffer {
  const key = privateKeyOf(seed);
  return (bytes) => sign(null, bytes, key);
}

export const ed25519PublicKey = (seed: Secret<Buffer>): Buffer =>
  createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' }).subarray(publicHead.length);

export const ed25519Verify = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === 32 &&
  signature.length === 64 &&
  verify(
    null,
    bytes,
    createPublicKey({ key: Buffer.concat([publicHead, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );

export function ed25519Pair(): { seed: Secret<Buffer>; publicKey: Buffer } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = new Secret(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(privateHead.length));
  return { seed, publicKey: ed25519PublicKey(seed) };
}
