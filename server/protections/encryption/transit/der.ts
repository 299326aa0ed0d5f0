/** The little of DER (X.690) that certificates and requests for them are written in. It only writes; reading is OpenSSL’s. */

type Part = Uint8Array;

export function tlv(tag: number, ...parts: readonly Part[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Part[]) => tlv(0x30, ...parts);
export const setOf = (...parts: readonly Part[]) => tlv(0x31, ...parts);
export const octets = (bytes: Part) => tlv(0x04, bytes);
export const bits = (bytes: Part, unused = 0) => tlv(0x03, Buffer.from([unused]), bytes);
export const text = (value: string) => tlv(0x0c, Buffer.from(value, 'utf8'));
export const truth = () => Buffer.from([0x01, 0x01, 0xff]);
/** A field with a number of its own: `[n]`, with others inside. */
export const field = (number: number, ...parts: readonly Part[]) => tlv(0xa0 | number, ...parts);
/** A field with a number of its own that holds a plain value. */
export const plainField = (number: number, bytes: Part) => tlv(0x80 | number, bytes);

/** A positive whole number from its bytes, the first the greatest. */
export function integer(bytes: Part): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const short = bytes.subarray(from);
  return tlv(0x02, ...((short[0] ?? 0) >= 0x80 ? [Buffer.from([0]), short] : [short]));
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
export function moment(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

export function pemOf(label: 'CERTIFICATE' | 'CERTIFICATE REQUEST', der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
