/**
 * Ids are UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits, so that rows made later sort later
 * and an id tells nothing but its time. A counter in `rand_a` keeps ids of one millisecond in the order of making
 * (RFC 9562 §6.2, method 1).
 */
import { randomFillSync } from 'node:crypto';

declare const idBrand: unique symbol;
/** A UUID in lower-case text form. */
export type Id = string & { readonly [idBrand]?: never };

const hexOf: string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(8 * 512);
let poolAt = pool.length;
let lastMillis = 0;
let counter = 0;

/** A UUIDv7 for a moment in the past (Unix milliseconds), for records whose making is older than their coming here. */
export function newIdAt(at: number): Id {
  const random = randomFillSync(new Uint8Array(10));
  const time = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0');
  const h = (from: number, to: number) => Array.from(random.subarray(from, to), (byte) => hexOf[byte]!).join('');
  random[2] = 0x80 | (random[2]! & 0x3f);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${h(0, 2).slice(1)}-${h(2, 4)}-${h(4, 10)}`;
}

/** Before every id of this moment and after every one of an earlier moment. */
export function firstIdAt(at: number): Id {
  const time = Math.min(2 ** 48 - 1, Math.max(0, Math.floor(at)))
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** The millisecond that an id carries. */
export const momentOfId = (id: Id): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** A new UUIDv7. */
export function newId(): Id {
  const at = Date.now();
  if (poolAt >= pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  if (at > lastMillis) {
    lastMillis = at;
    counter = (pool[poolAt]! << 2) & 0x3ff; // starts low enough that a millisecond has room for 3 000 ids
  } else if (++counter > 0xfff) {
    lastMillis += 1;
    counter = 0;
  }
  const millis = lastMillis;
  const high = Math.floor(millis / 0x1_0000_0000);
  const low = millis >>> 0;
  const h = hexOf;
  const p = poolAt;
  poolAt += 8;
  return (
    h[(high >>> 8) & 0xff]! +
    h[high & 0xff]! +
    h[low >>> 24]! +
    h[(low >>> 16) & 0xff]! +
    '-' +
    h[(low >>> 8) & 0xff]! +
    h[low & 0xff]! +
    '-' +
    h[0x70 | (counter >>> 8)]! +
    h[counter & 0xff]! +
    '-' +
    h[0x80 | (pool[p]! & 0x3f)]! +
    h[pool[p + 1]!]! +
    '-' +
    h[pool[p + 2]!]! +
    h[pool[p + 3]!]! +
    h[pool[p + 4]!]! +
    h[pool[p + 5]!]! +
    h[pool[p + 6]!]! +
    h[pool[p + 7]!]!
  );
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a lower-case UUID in text form. */
export function isId(text: unknown): text is Id {
  return typeof text === 'string' && uuidForm.test(text);
}

/** The 16 bytes of an id. */
export function idBytes(id: Id): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
