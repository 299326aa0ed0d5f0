/**
 * One half of an emergency sheet as it stands on paper: 64 letters and digits in sixteen groups of four. Base 32 without the letters
 * that are misread (Crockford), of 40 bytes:
 *
 *   half (1 byte: 1 or 2) · number of the sheet (3) · share (32) · CRC-32 of all before (4, ISO 3309)
 *
 * The secret of a sheet is share 1 XOR share 2, one of them drawn at random: each half alone is as good as a coin thrown 256 times
 * and says nothing of the secret (split knowledge, NIST SP 800-57 Part 1 Rev. 5). The checksum finds slips of whoever types. It
 * protects nothing: anybody can compute it.
 */
export type EmergencyHalf = { half: 1 | 2; sheet: string; share: Uint8Array };

export const shareBytes = 32;
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const sheetBytes = 3;
const plainBytes = 1 + sheetBytes + shareBytes;
const lettersCount = ((plainBytes + 4) * 8) / 5;

/** `sheet`: six hexadecimal digits, as on the paper. */
export function writeHalf({ half, sheet, share }: EmergencyHalf): string {
  const bytes = new Uint8Array(plainBytes + 4);
  bytes[0] = half;
  for (let at = 0; at < sheetBytes; at += 1) bytes[1 + at] = Number.parseInt(sheet.slice(at * 2, at * 2 + 2), 16);
  bytes.set(share, 1 + sheetBytes);
  new DataView(bytes.buffer).setUint32(plainBytes, crc32(bytes.subarray(0, plainBytes)));
  const letters = lettersOf(bytes);
  return Array.from({ length: letters.length / 4 }, (_, at) => letters.slice(at * 4, at * 4 + 4)).join(' ');
}

/** What was typed, in any spelling; undefined when it is no half, or a letter of it is wrong. */
export function readHalf(text: string): EmergencyHalf | undefined {
  const letters = halfLetters(text);
  if (letters.length !== lettersCount) return undefined;
  const bytes = bytesOf(letters);
  if (bytes === undefined) return undefined;
  const [half] = bytes;
  const sum = new DataView(bytes.buffer).getUint32(plainBytes);
  if ((half !== 1 && half !== 2) || sum !== crc32(bytes.subarray(0, plainBytes))) return undefined;
  const sheet = [...bytes.subarray(1, 1 + sheetBytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { half, sheet, share: bytes.slice(1 + sheetBytes, plainBytes) };
}

/** What counts of what was typed: O is 0, I and L are 1; blanks and dashes are nothing. */
export const halfLetters = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[\s·.,_-]+/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');

/** How many letters a whole half has. */
export const halfLettersCount = lettersCount;

function lettersOf(bytes: Uint8Array): string {
  let letters = '';
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    letters += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return letters;
}

function bytesOf(letters: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array((letters.length * 5) / 8);
  for (let at = 0; at < letters.length; at += 1) {
    const value = alphabet.indexOf(letters[at]!);
    if (value < 0) return undefined;
    for (let bit = 0; bit < 5; bit += 1) {
      const place = at * 5 + bit;
      if ((value >> (4 - bit)) & 1) bytes[place >> 3]! |= 0x80 >> (place & 7);
    }
  }
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
