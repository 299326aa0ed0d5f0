/** Bytes and base64 (RFC 4648 §4, canonical only), the same in a browser and on a server. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const toUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** undefined: the bytes are no UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** What newer engines bring themselves (ECMAScript 2026); a file of a million entries is a lot of base64. */
type WithBase64 = {
  toBase64?(): string;
  setFromBase64?(text: string, options: { lastChunkHandling: 'strict' }): { written: number };
};
const native = Uint8Array as unknown as {
  fromBase64?(text: string, options: { lastChunkHandling: 'strict' }): Uint8Array;
};

/** Node before that. */
type Older = Uint8Array & { toString(form: 'base64'): string };
type OlderMake = {
  (buffer: ArrayBufferLike, offset: number, length: number): Older;
  (text: string, form: 'base64'): Older;
};
const older = (globalThis as unknown as { Buffer?: { from: OlderMake } }).Buffer;

export function toBase64(bytes: Uint8Array): string {
  const { toBase64: own } = bytes as WithBase64;
  if (own !== undefined) return own.call(bytes);
  if (older !== undefined) return older.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * undefined: no base64, or not in its one canonical form. Attack: the same bytes written in two ways would let a note be altered
 * without its signature noticing.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (native.fromBase64 !== undefined) {
    try {
      const bytes = native.fromBase64(text, { lastChunkHandling: 'strict' });
      // White space is passed over there; here it would be another way to write the same.
      return text.length === Math.ceil(bytes.length / 3) * 4 ? bytes : undefined;
    } catch {
      return undefined;
    }
  }
  if (older !== undefined) {
    const bytes = older.from(text, 'base64');
    return bytes.toString('base64') === text ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** The same into a buffer; undefined also when it does not fit. */
export function writeBase64(text: string, room: Uint8Array): number | undefined {
  if ((text.length / 4) * 3 > room.length) return undefined;
  const { setFromBase64 } = room as WithBase64;
  if (setFromBase64 === undefined) {
    const bytes = fromBase64(text);
    if (bytes !== undefined) room.set(bytes);
    return bytes?.length;
  }
  try {
    const { written } = setFromBase64.call(room, text, { lastChunkHandling: 'strict' });
    return text.length === Math.ceil(written / 3) * 4 ? written : undefined;
  } catch {
    return undefined;
  }
}

/** The number of a decimal without leading zeroes; undefined for anything else, and beyond what a number holds exactly. */
export function fromDecimal(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
