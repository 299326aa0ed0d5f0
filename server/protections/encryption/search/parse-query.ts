/**
 * What a person typed into the one search box, understood: words in any order, a run of digits (a phone, its ending, a
 * code, or a number in a name), an e-mail or the beginning of one. Pure: knows nothing of keys.
 */
import { LubartError } from '#kernel';
import type { FoldedWord } from '#ukraine';
import { readWords } from '#ukraine';
import { emailForm } from './record-tokens.ts';

/** Characters; a longer text is refused with find.text_too_long. */
export const queryTextMax = 200;

/**
 * «тел.» before a number is pasted with it and says nothing. Written together with it only before a whole one: mail@tel24.example and
 * tel24@mail.example are looked for as they stand.
 */
const phoneLabel =
  /(?<![\p{L}\p{N}@._-])(?:тел|моб|tel|phone)(?:(?:[.:]+\s*|\s+)(?=[+(\d])|(?=[+(]?\d[\d()+-]{5,}(?![\p{L}\p{N}@.])))/giu;

/** A word that must begin some word of the record. */
export type WordTerm = { readonly kind: 'word'; readonly word: FoldedWord };
/** Digits, perhaps written in groups: `joined` is the groups without what stood between them. */
export type DigitsTerm = {
  readonly kind: 'digits';
  readonly joined: string;
  readonly groups: readonly string[];
  /** Written with a plus: a phone and nothing else. */
  readonly plus: boolean;
  /** How a phone could end when these digits are it or its ending: trunk and exit prefixes taken off. */
  readonly endings: readonly string[];
};
/** Part of an address with its @; `words` are its parts, each the beginning of a part of the address. */
export type EmailTerm = { readonly kind: 'email'; readonly text: string; readonly words: readonly FoldedWord[] };
export type Term = WordTerm | DigitsTerm | EmailTerm;

/** The terms of a typed text, all of which a record must satisfy. Throws find.text_too_long, find.text_too_short. */
export function parseQuery(text: string): Term[] {
  if (text.length > queryTextMax) {
    throw new LubartError('find.text_too_long', { field: 'text', details: { max: queryTextMax } });
  }
  const terms: Term[] = [];
  let groups: string[] = [];
  let plus = false;
  const endDigits = (): void => {
    if (groups.length > 0) terms.push(digitsTerm(groups, plus));
    groups = [];
    plus = false;
  };
  for (const chunk of text.normalize('NFKC').replace(phoneLabel, ' ').split(/\s+/u)) {
    const digits = chunk.match(/\d+/g) ?? [];
    if (digits.length > 0 && !chunk.includes('@') && !/\p{L}/u.test(chunk)) {
      if (chunk.startsWith('+')) {
        endDigits();
        plus = true;
      }
      groups.push(...digits);
      continue;
    }
    endDigits();
    terms.push(...(chunk.includes('@') ? emailTerms(chunk) : wordTerms(chunk)));
  }
  endDigits();
  if (terms.length === 0) throw new LubartError('find.text_too_short', { field: 'text' });
  return terms;
}

function wordTerms(chunk: string): Term[] {
  return readWords(chunk, false).map((word) =>
    // «д.0500000001»: digits beside a word are still a phone
    /^\d{3,}$/.test(word.folded) ? digitsTerm([word.folded], false) : { kind: 'word', word },
  );
}

function emailTerms(chunk: string): Term[] {
  const text = emailForm(chunk).replace(/^<|^mailto:|[>,;]+$/g, '');
  const words = readWords(text, false);
  return words.length === 0 ? [] : [{ kind: 'email', text, words }];
}

function digitsTerm(groups: readonly string[], plus: boolean): DigitsTerm {
  const joined = groups.join('');
  const endings = phoneEndings(joined);
  return { kind: 'digits', joined, groups, plus: plus && endings.length > 0, endings };
}

/**
 * Every ending of an E.164 number that these digits may stand for. “0012” may be the last four digits or an exit prefix,
 * so both readings stay; what is too short to tell a phone (under three digits) or too long for one is dropped.
 */
function phoneEndings(digits: string): string[] {
  const readings = [digits];
  if (digits.startsWith('00') && digits.length > 9) readings.push(digits.slice(2)); // 00 380 50 …
  else if (digits.startsWith('0') && digits.length > 6) readings.push(digits.slice(1)); // 0 50 …
  if (digits.startsWith('80') && digits.length === 11) readings.push(digits.slice(2)); // 8 0 50 …
  if (digits.startsWith('3800') && digits.length === 13) readings.push(digits.slice(4)); // +380 (0) 50 …
  return readings.filter((reading) => reading.length >= 3 && reading.length <= 15);
}
