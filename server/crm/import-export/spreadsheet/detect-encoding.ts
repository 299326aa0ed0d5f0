/**
 * Which encoding the bytes of a text are in. Marks are believed; without one the bytes are judged: valid UTF-8 with
 * other letters is hardly ever anything else, UTF-16 shows by its zeros, and Windows-1251 has to look like Ukrainian or
 * Russian words. What looks like none of them is refused instead of read wrongly.
 */
import { LubartError } from '#kernel';
import type { Encoding } from './row.ts';

export type FoundEncoding = { encoding: Encoding; markBytes: number };

/** Throws `import.encoding_unknown` for binary data and for encodings Lubart does not read (KOI8-U, CP866 …). */
export function detectEncoding(head: Uint8Array): FoundEncoding {
  const marked = encodingOfMark(head);
  if (marked !== undefined) return marked;
  const wide = looksUtf16(head);
  if (wide !== undefined) return { encoding: wide, markBytes: 0 };
  if (countControls(head) > head.length / 1000) throw unknownEncoding();
  if (looksUtf8(head)) return { encoding: 'utf-8', markBytes: 0 };
  if (looksWindows1251(head)) return { encoding: 'windows-1251', markBytes: 0 };
  throw unknownEncoding();
}

function encodingOfMark(head: Uint8Array): FoundEncoding | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', markBytes: 3 };
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) throw unknownEncoding(); // UTF-32
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  return undefined;
}

/** A text has delimiters and line ends, and in UTF-16 each of them brings a zero, always on the same side. */
function looksUtf16(head: Uint8Array): Encoding | undefined {
  const length = head.length & ~1;
  if (length < 4 || !head.includes(0)) return undefined;
  const even = plausibleUnits(head, length, 0);
  const odd = plausibleUnits(head, length, 1);
  const enough = (length / 2) * 0.98;
  if (Math.max(even, odd) < enough) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Units that would be letters, digits, punctuation or line ends if the high byte stood at `highAt`. */
function plausibleUnits(head: Uint8Array, length: number, highAt: 0 | 1): number {
  let count = 0;
  for (let i = 0; i < length; i += 2) {
    const high = head[i + highAt]!;
    const low = head[i + 1 - highAt]!;
    if (high === 0 ? low >= 0x20 || (low >= 9 && low <= 13) : high <= 5 || (high >= 0x1e && high <= 0x27)) count++;
  }
  return count;
}

function countControls(head: Uint8Array): number {
  let count = 0;
  for (const byte of head) if ((byte < 0x20 && !(byte >= 9 && byte <= 13) && byte !== 0x1a) || byte === 0x7f) count++;
  return count;
}

/** Well-formed UTF-8 (RFC 3629), but for one damaged place in twenty letters and a letter cut by the end. */
function looksUtf8(head: Uint8Array): boolean {
  let letters = 0;
  let damaged = 0;
  for (let i = 0; i < head.length;) {
    const byte = head[i]!;
    const size =
      byte < 0x80
        ? 1
        : byte >= 0xc2 && byte <= 0xdf
          ? 2
          : byte >= 0xe0 && byte <= 0xef
            ? 3
            : byte >= 0xf0 && byte <= 0xf4
              ? 4
              : 0;
    if (size === 1) i++;
    else if (size > 0 && i + size > head.length && isTail(head, i + 1, head.length)) break;
    else if (size > 0 && isTail(head, i + 1, i + size)) {
      letters++;
      i += size;
    } else {
      damaged++;
      i++;
    }
  }
  return damaged * 20 <= letters;
}

function isTail(head: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((head[i]! & 0xc0) !== 0x80) return false;
  return to <= head.length;
}

/** Letters of Ukrainian and Russian in Windows-1251 beside А…я: Ґ ґ Ё ё Є є Ї ї І і, and ў Ў of neighbours. */
const otherSmall = new Set([0xb4, 0xb8, 0xba, 0xbf, 0xb3, 0xa2]);
const otherCapital = new Set([0xa5, 0xa8, 0xaa, 0xaf, 0xb2, 0xa1]);
/** « » “ ” ’ ‘ – — … № • € ™ © ® ° § · and the hard space: what office programs put into texts. */
const punctuation = new Set([
  0xab, 0xbb, 0x93, 0x94, 0x84, 0x91, 0x92, 0x82, 0x96, 0x97, 0x85, 0xb9, 0x95, 0x88, 0x99, 0xa9, 0xae, 0xb0, 0xa7,
  0xb7, 0xa0, 0xb1,
]);

/** А Е И О У Ы Э Ю Я, small and capital; Є І Ї and ё are added below. */
const vowels = new Set(
  [0xc0, 0xc5, 0xc8, 0xce, 0xd3, 0xdb, 0xdd, 0xde, 0xdf].flatMap((capital) => [capital, capital + 0x20]),
);
for (const byte of [0xa8, 0xb8, 0xaa, 0xba, 0xb2, 0xb3, 0xaf, 0xbf]) vowels.add(byte);

/** The same vowels where KOI8 has them. */
const koiVowels = new Set(
  [0xc0, 0xc1, 0xc5, 0xc9, 0xcf, 0xd1, 0xd5, 0xd9, 0xdc].flatMap((small) => [small, small + 0x20]),
);

/**
 * Five questions: are the high bytes letters; do they stand together as words; are they apart from Latin letters (other
 * than in «Müller»); do capitals begin words instead of ending them, and are there no more vowels when it is read as KOI8,
 * whose «Привіт» looks like «рТЙЧ¦Ф» here?
 */
function looksWindows1251(head: Uint8Array): boolean {
  const count = {
    high: 0,
    letters: 0,
    foreign: 0,
    vowels: 0,
    koiVowels: 0,
    pairs: 0,
    falls: 0,
    rises: 0,
    besideLatin: 0,
  };
  for (let i = 0; i < head.length; i++) {
    const byte = head[i]!;
    if (byte < 0x80) continue;
    count.high++;
    if (!isLetter(byte)) {
      if (!punctuation.has(byte)) count.foreign++;
      continue;
    }
    count.letters++;
    if (vowels.has(byte)) count.vowels++;
    if (koiVowels.has(byte)) count.koiVowels++;
    const before = i > 0 ? head[i - 1]! : 0x20;
    if (isLatin(before) || isLatin(head[i + 1] ?? 0x20)) count.besideLatin++;
    if (!isLetter(before)) continue;
    count.pairs++;
    if (isSmall(before) && !isSmall(byte)) count.rises++;
    if (!isSmall(before) && isSmall(byte)) count.falls++;
  }
  const areLetters = count.letters >= count.high * 0.7 && count.foreign <= count.high * 0.03;
  const areWords = count.pairs > 0 && count.besideLatin <= count.letters * 0.2;
  const areCased = count.rises <= count.falls * 0.3 + count.pairs * 0.02;
  const areSpoken = count.letters < 20 || count.koiVowels <= count.vowels * 1.1;
  return areLetters && areWords && areCased && areSpoken;
}

function isSmall(byte: number): boolean {
  return byte >= 0xe0 || otherSmall.has(byte);
}

function isLetter(byte: number): boolean {
  return byte >= 0xc0 || otherSmall.has(byte) || otherCapital.has(byte);
}

function isLatin(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function unknownEncoding(): LubartError {
  return new LubartError('import.encoding_unknown');
}
