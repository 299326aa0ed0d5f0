/**
 * Ukrainian alphabetical order by plain comparison of strings. A name is turned into a key once; keys are compared by
 * code units, the same in JavaScript and in a database under the "C" collation.
 *
 * First level: gaps between words, digits, Cyrillic (а б в г ґ д е є ж з и і ї й … ь ю я), Latin, then other scripts.
 * Apostrophes, quotes and accents do not count. Second level: small letters before capitals.
 */

const cyrillic = 'абвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюя';
const latin = 'abcdefghijklmnopqrstuvwxyz';
/** Letters that sort as others do. */
const expansions: ReadonlyMap<string, string> = /* @__PURE__ */ readPairs(
  'ß=ss ł=l ø=o đ=d ð=d æ=ae œ=oe þ=th ħ=h ı=i ŋ=n ј=й',
);

function readPairs(text: string): Map<string, string> {
  return new Map(text.split(' ').map((pair) => [pair[0]!, pair.slice(2)]));
}

/** Parts the first level from the second; below every weight, so that a shorter name comes first. */
const levelMark = '\u0001';
const gap = '\u0002';
const small = '\u0001';
const capital = '\u0002';
const firstDigit = 3;
const firstCyrillic = firstDigit + 10;
const firstLatin = firstCyrillic + cyrillic.length;

function weigh(letter: string): string {
  const digit = /^\d$/.test(letter) ? Number(letter) : -1;
  if (digit >= 0) return String.fromCharCode(firstDigit + digit);
  const at = cyrillic.indexOf(letter);
  if (at >= 0) return String.fromCharCode(firstCyrillic + at);
  const latinAt = latin.indexOf(letter);
  if (latinAt >= 0) return String.fromCharCode(firstLatin + latinAt);
  const expansion = expansions.get(letter);
  if (expansion !== undefined) return Array.from(expansion, weigh).join('');
  return letter;
}

/** First-level weight of one character: one or more code units, '' when it does not count. */
function weightOf(character: string): string {
  if (/^[\s\p{Z}\p{Pd}\p{Pc}.,;:/\\|&+()[\]]$/u.test(character)) return gap;
  if (!/^[\p{L}\p{N}]$/u.test(character) || /^\p{Lm}$/u.test(character)) return '';
  const letter = character.toLowerCase();
  // ї, й, ё and ў are letters of their own here, not a letter with a mark
  if (cyrillic.includes(letter)) return weigh(letter);
  const bare = letter.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
  return Array.from(bare, weigh).join('');
}

const tableSize = 0x530;
const weights: readonly string[] = /* @__PURE__ */ Array.from({ length: tableSize }, (_, code) =>
  weightOf(String.fromCharCode(code)),
);
const capitals: readonly boolean[] = /* @__PURE__ */ Array.from({ length: tableSize }, (_, code) =>
  /^\p{Lu}$/u.test(String.fromCharCode(code)),
);

/** The weights that are one code unit and no gap; 0 for the rest. */
const plainWeights: Uint16Array = /* @__PURE__ */ Uint16Array.from(weights, (weight) =>
  weight.length === 1 && weight !== gap ? weight.charCodeAt(0) : 0,
);

const isMark = (code: number): boolean => code >= 0x300 && code < 0x370;

/** A key whose plain comparison by code units gives Ukrainian alphabetical order. Linear in the length of the text. */
export function orderKey(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    // letters written as two characters (и and a breve) become one
    if (isMark(text.charCodeAt(at))) return keyOf(text.normalize('NFC'));
  }
  return keyOf(text);
}

function keyOf(name: string): string {
  let key = '';
  let cases = '';
  let casesUsed = 0;
  let gapPending = false;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    let weight = weights[code];
    let isCapital = capitals[code];
    if (weight === undefined) {
      const character = String.fromCodePoint(name.codePointAt(at)!);
      at += character.length - 1;
      weight = weightOf(character);
      isCapital = /^\p{Lu}$/u.test(character);
    }
    if (weight === '') continue;
    if (weight === gap) {
      gapPending = key !== '';
      continue;
    }
    if (gapPending) {
      key += gap;
      gapPending = false;
    }
    // small letters at the end are not written: the end of a string sorts where they would
    if (isCapital) {
      cases += small.repeat(key.length - casesUsed) + capital;
      casesUsed = key.length + 1;
    }
    key += weight;
  }
  return cases === '' ? key : key + levelMark + cases;
}

/** For `sort`: negative, zero or positive. A list that is sorted often keeps its `orderKey`s instead. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const weightA = plainWeights[a.charCodeAt(at)] ?? 0;
    const weightB = plainWeights[b.charCodeAt(at)] ?? 0;
    if (weightA === 0 || weightB === 0) break;
    if (weightA === weightB) continue;
    if (isMark(a.charCodeAt(at + 1)) || isMark(b.charCodeAt(at + 1))) break;
    return weightA - weightB;
  }
  return compareKeys(a, b);
}

function compareKeys(a: string, b: string): number {
  const keyA = orderKey(a);
  const keyB = orderKey(b);
  if (keyA !== keyB) return keyA < keyB ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
