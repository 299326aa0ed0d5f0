/**
 * The secret of a sheet: 256 random bits, split into two shares by XOR with as many others. Kept as a plain SHA-256: what nobody can
 * guess needs no slow hash, and a slow one would let strangers keep the server busy (as session tokens: session-store.ts).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EmergencyHalf } from '#contract';
import { readHalf, shareBytes, writeHalf } from '#contract';

export type SheetHashes = { secret: Buffer; first: Buffer; second: Buffer };
export type NewSheet = { number: string; halves: [string, string]; hashes: SheetHashes };

export function drawSheet(): NewSheet {
  const number = randomBytes(3).toString('hex');
  const secret = randomBytes(shareBytes);
  const first = randomBytes(shareBytes);
  const second = xor(secret, first);
  return {
    number,
    halves: [writeHalf({ half: 1, sheet: number, share: first }), writeHalf({ half: 2, sheet: number, share: second })],
    hashes: { secret: hashOf('secret', secret), first: hashOf('half', first), second: hashOf('half', second) },
  };
}

/** The hash of what both halves make together; undefined when they are not the two halves of one sheet. */
export function joinHalves(texts: readonly string[]): Buffer | undefined {
  const [one, other] = texts.map((text) => readHalf(text));
  if (one === undefined || other === undefined || one.half === other.half || one.sheet !== other.sheet)
    return undefined;
  return hashOf('secret', xor(one.share, other.share));
}

/** Whether this half is the one of which the hash is kept. */
export const isHalf = ({ share }: EmergencyHalf, hash: Buffer): boolean => timingSafeEqual(hashOf('half', share), hash);

const xor = (one: Uint8Array, other: Uint8Array) => Buffer.from(one.map((byte, at) => byte ^ other[at]!));
/** The two kinds are told apart, so that a share is never taken for a secret. */
const hashOf = (kind: 'secret' | 'half', bytes: Uint8Array) =>
  createHash('sha256').update(`lubart emergency ${kind}\0`).update(bytes).digest();
