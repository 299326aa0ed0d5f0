/**
 * Folding: how «Шевченко», «шевченко» and “Shevchenko” become one word, so that what was written in one alphabet is
 * found when typed in the other, letter by letter.
 *
 * The one idea: every character is spelled by a fixed few Latin letters, left to right, and a letter that repeats the
 * one before it is dropped. What comes out for a character depends only on what stands to its left, so the fold of a
 * beginning is always a beginning of the fold: find-as-you-type needs no list of variants.
 *
 * The official transliteration (Cabinet of Ministers of Ukraine, resolution № 55 of 27.01.2010) spells some letters by
 * position: є ye/ie, ї yi/i, й y/i, ю yu/iu, я ya/ia, зг zgh. They meet because i, y and j fold to one letter, g and h
 * fold to one letter, and doubles collapse: ye = ie, yi = ii = i, zgh = zhh = zh. As a gift -skyi, -skyy, -skiy and
 * -sky meet too, and so do Maria, Mariia and Mariya.
 */

/** A folded word. `ends` says where each written letter ends in `folded`; null unless the word is all Cyrillic. */
export type FoldedWord = { readonly folded: string; readonly ends: readonly number[] | null };

/** Written in the middle of words in place of the Ukrainian apostrophe; vanish. */
const apostrophes = "'`´ʹʻʼʽˈˊ‘’‛′＇՚";
const hyphens = '-‐‑‒–—−﹣－';

/** Letter and spelling side by side; a letter that is not here spells itself. ь and ъ vanish. */
const spellings: ReadonlyMap<string, string> = /* @__PURE__ */ readPairs(
  'а=a б=b в=v г=h ґ=h д=d е=e є=ie ж=zh з=z и=i і=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh ' +
    'щ=shch ь= ю=iu я=ia ы=i э=e ъ= ј=i љ=li њ=ni ђ=d ћ=c џ=dzh ' +
    'g=h y=i j=i w=v q=k x=ks ł=l ß=ss ø=o đ=d ð=d æ=ae œ=oe þ=th ħ=h ı=i ŋ=n ς=σ',
);

function readPairs(text: string): Map<string, string> {
  return new Map(text.split(' ').map((pair) => [pair[0]!, pair.slice(2)]));
}

const space = ' ';
const hyphen = '-';

/** How one character is spelled: letters, '' (vanishes), ' ' (parts words) or '-' (parts words that may be joined). */
function spell(character: string): string {
  if (apostrophes.includes(character) || /^[\p{M}\p{Cf}]$/u.test(character)) return '';
  if (hyphens.includes(character)) return hyphen;
  if (!/^[\p{L}\p{N}]$/u.test(character)) return space;
  let spelled = '';
  for (const part of character.normalize('NFKD').toLowerCase().normalize('NFKD')) {
    if (/\p{M}/u.test(part)) continue;
    spelled += spellings.get(part) ?? (/[\p{L}\p{N}]/u.test(part) ? part : '');
  }
  return spelled;
}

/** Latin, Greek and Cyrillic are looked up; everything else is spelled when met. */
const tableSize = 0x530;
const table: readonly string[] = /* @__PURE__ */ Array.from({ length: tableSize }, (_, code) =>
  spell(String.fromCharCode(code)),
);

const isCyrillic = (code: number): boolean => code >= 0x400 && code < 0x530;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Adds letters to a folded word, dropping a letter that repeats the one before it (digits always count). */
function append(word: string, letters: string): string {
  let longer = word;
  let last = word.length === 0 ? 0 : word.charCodeAt(word.length - 1);
  for (let at = 0; at < letters.length; at += 1) {
    const code = letters.charCodeAt(at);
    if (code !== last || isDigit(code)) longer += letters.length === 1 ? letters : letters[at];
    last = code;
  }
  return longer;
}

/** The words of a text; `endsOf`, when given, gets of each word where its letters end (see FoldedWord). */
function fold(text: string, joined: boolean, endsOf: (readonly number[] | null)[] | null): string[] {
  const words: string[] = [];
  let word = '';
  let ends: number[] | null = [];
  let chainStart = 0; // where in `words` the hyphenated chain begins

  const endWord = (): void => {
    if (word === '') return;
    words.push(word);
    word = '';
    if (endsOf === null) return;
    endsOf.push(ends);
    ends = [];
  };
  const endChain = (): void => {
    if (joined && words.length - chainStart > 1) {
      words.push(words.slice(chainStart).reduce(append));
      endsOf?.push(null);
    }
    chainStart = words.length;
  };

  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    let letters = table[code];
    if (letters === undefined) {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      at += character.length - 1;
      letters = spell(character);
    }
    if (letters === space) {
      endWord();
      endChain();
    } else if (letters === hyphen) {
      if (word === '') endChain();
      else endWord();
    } else if (letters !== '') {
      // ь and the apostrophe (spelled '') end where the letter before them ends
      word = append(word, letters);
      if (endsOf === null) continue;
      if (!isCyrillic(code)) ends = null;
      else ends?.push(word.length);
    }
  }
  endWord();
  endChain();
  return words;
}

/**
 * The folded words of a text in their order, with the ends of their letters. With `joined`, a chain of hyphenated words
 * is also given as one word, so that «Нечуй-Левицький» is found by «нечуйлев». Linear in the length of the text.
 */
export function readWords(text: string, joined: boolean): FoldedWord[] {
  const endsOf: (readonly number[] | null)[] = [];
  return fold(text, joined, endsOf).map((folded, at) => ({ folded, ends: endsOf[at] ?? null }));
}

/**
 * The folded words of a stored text, hyphenated names also joined. For any stored word and any beginning of it, typed in
 * Ukrainian letters or in the official transliteration, the fold of the beginning is a beginning of the folded word.
 */
export function foldWords(text: string): string[] {
  return fold(text, true, null);
}
