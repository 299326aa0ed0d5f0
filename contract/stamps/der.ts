/** DER (ITU-T X.690) as far as time stamps and certificates need it: definite lengths only, and nothing beyond the end. */
export type Der = { readonly tag: number; readonly content: Uint8Array; readonly whole: Uint8Array };

/** The values that stand one after another. @throws RangeError */
export function readAll(bytes: Uint8Array): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const one = readAt(bytes, at);
    found.push(one);
    at += one.whole.length;
  }
  return found;
}

function readAt(bytes: Uint8Array, at: number): Der {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('no DER');
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 3 || at + 2 + lengthBytes > bytes.length) throw new RangeError('no DER length');
  const start = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  if (start + length > bytes.length) throw new RangeError('DER beyond the end');
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** The parts of the one value that `bytes` are. @throws RangeError */
export function readParts(bytes: Uint8Array, tag: number = tags.sequence): Der[] {
  const [one, ...more] = readAll(bytes);
  if (one?.tag !== tag || more.length > 0) throw new RangeError('another value was expected');
  return readAll(one.content);
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  shortTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** [0] to [3], constructed. */
  zero: 0xa0,
  one: 0xa1,
  two: 0xa2,
  three: 0xa3,
} as const;

export function write(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x10000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const writeOid = (dotted: string): Uint8Array => {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  return write(tags.oid, Uint8Array.from([first * 40 + second, ...rest.flatMap(inSevens)]));
};

function inSevens(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

export const isOid = (one: Der | undefined, dotted: string): boolean =>
  one !== undefined && isSame(one.whole, writeOid(dotted));

export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);
