/**
 * The cryptography of time stamps for a page that was opened from a file: hashes and curves of the noble libraries, and RSA (RFC 8017
 * §8.2.2) in numbers, for only signatures are checked here and nothing is secret.
 */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { HashName, StampMeans } from '../contract/stamps/index.ts';
import { isOid, readAll, readParts, tags, write, writeOid } from '../contract/stamps/index.ts';

const hashes = { sha1, sha256, sha384, sha512 } as const;
const rsa = '1.2.840.113549.1.1.1';
const curves = { '1.2.840.10045.3.1.7': p256, '1.3.132.0.34': p384, '1.3.132.0.35': p521 } as const;
/** The hash as the signature of RSA names it (RFC 8017 §9.2). */
const hashOids = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
const modulusBytesMin = 256;
const modulusBytesMax = 1_024;

export const stampMeans: StampMeans = {
  hash: (name, bytes) => hashes[name](bytes),
  verify: (publicKey, name, message, signature) => {
    const [algorithm, key] = readParts(publicKey);
    const [kind, curve] = readAll(algorithm!.content);
    const bits = key!.content.subarray(1);
    const hashed = hashes[name](message);
    if (isOid(kind, rsa)) return verifyRsa(bits, name, hashed, signature);
    const known = Object.entries(curves).find(([oid]) => isOid(curve, oid))?.[1];
    return known?.verify(signature, hashed, bits, { prehash: false, lowS: false, format: 'der' }) ?? false;
  },
};

/** The whole padded block is made anew and compared: nothing of what the signature hides is read. */
function verifyRsa(key: Uint8Array, name: HashName, hashed: Uint8Array, signature: Uint8Array): boolean {
  const [modulus, exponent] = readParts(key).map(({ content }) => toNumber(content));
  const length = Math.ceil(modulus!.toString(16).length / 2);
  if (length < modulusBytesMin || length > modulusBytesMax || signature.length !== length) return false;
  if (exponent! < 3n || exponent! > 0xffffffffn || exponent! % 2n === 0n) return false;
  const given = toNumber(signature);
  if (given >= modulus!) return false;
  const algorithm = write(tags.sequence, writeOid(hashOids[name]), Uint8Array.of(0x05, 0x00));
  const info = write(tags.sequence, algorithm, write(tags.octets, hashed));
  const block = new Uint8Array(length).fill(0xff);
  block.set([0x00, 0x01]);
  block.set([0x00, ...info], length - info.length - 1);
  return power(given, exponent!, modulus!) === toNumber(block);
}

const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
