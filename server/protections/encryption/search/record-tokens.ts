/**
 * What of a record can be found, as tokens: beginnings of its words, endings of its phones, its e-mails and codes. The
 * parts of an e-mail are words like others, so “koval” finds both Коваль and koval@….
 */
import { foldWords } from '#ukraine';
import type { SearchKey } from './search-key.ts';
import { BlockWriter, domains, makeToken } from './search-key.ts';

/** A record as search sees it: raw texts (the most telling name first), phones in E.164, e-mails, codes. */
export type SearchRecord = { words: string[]; phones: string[]; emails: string[]; codes: string[] };

/**
 * Lengths of the word beginnings that are indexed, in folded letters; others are looked up by the next shorter one and checked
 * after opening. Every token costs an import about a microsecond and a half, so there are only as many as narrow the answer.
 */
export const prefixSteps = [2, 3, 4, 5, 6, 8, 11] as const;
/** Lengths of the phone endings that are indexed, in digits: six of them leave one client in a million. */
export const endingSteps = [3, 4, 5, 6] as const;

/** Characters of one text that are indexed. */
export const indexedTextMax = 1000;

/** Legal forms, folded, that stand before the name of a firm. */
const legalForms: ReadonlySet<string> = new Set(
  foldWords('ТОВ ТДВ ПП ФОП АТ ПАТ ПрАТ ВАТ ЗАТ ДП КП НВП ВКП СФГ ФГ ГО LLC'),
);

/** The longest step that is not longer than `length`; 0 when there is none. */
export function stepFor(steps: readonly number[], length: number): number {
  let found = 0;
  for (const step of steps) if (step <= length) found = step;
  return found;
}

/** Only the digits: «+380 50…» and «38050…» are one number to the index. */
export const digitsOf = (text: string): string => text.replace(/\D+/g, '');

/** Addresses are compared without regard to case. */
export const emailForm = (address: string): string => address.trim().normalize('NFC').toLowerCase();

/**
 * The tokens of a record, sorted, each once, `tokensMax` at most: signed 32-bit integers for the `tokens` column.
 * Whole phones, e-mails and codes come before words, so that only words can fall out of an overlong record.
 */
export function tokensOf(key: SearchKey, record: SearchRecord): number[] {
  const writer = new BlockWriter(key);
  for (const phone of record.phones) addPhone(writer, digitsOf(phone));
  for (const email of record.emails) if (email !== '') writer.add(domains.emailWhole, emailForm(email));
  for (const code of record.codes) addCode(writer, code);
  addTexts(writer, record.words);
  for (const email of record.emails) for (const word of wordsToIndex(email)) addPrefixes(writer, word);
  return sortedOnce(writer.finish());
}

function addPhone(writer: BlockWriter, digits: string): void {
  if (digits === '') return;
  writer.add(domains.phoneWhole, digits);
  for (const step of endingSteps) {
    if (step <= digits.length) writer.add(domains.phoneEnding, digits.slice(digits.length - step));
  }
}

/**
 * ЄДРПОУ codes are in a public register: their beginnings are indexed like words. РНОКПП numbers of people are found
 * only whole, because they begin with the date of birth.
 */
function addCode(writer: BlockWriter, code: string): void {
  if (code === '') return;
  writer.add(domains.code, code);
  if (code.length <= 8) addPrefixes(writer, code);
}

function addTexts(writer: BlockWriter, texts: readonly string[]): void {
  let first = true;
  for (const text of texts) {
    const words = wordsToIndex(text);
    if (first && words.length > 0) {
      addFirstLetters(writer, words);
      first = false;
    }
    for (const word of words) addPrefixes(writer, word);
  }
}

function wordsToIndex(text: string): string[] {
  return foldWords(text.length > indexedTextMax ? text.slice(0, indexedTextMax) : text);
}

/** One letter typed alone finds by the first word; of «ТОВ «Альфа»» by both т and а. */
function addFirstLetters(writer: BlockWriter, words: readonly string[]): void {
  for (const word of words) {
    writer.add(domains.firstLetter, word, 1);
    if (!legalForms.has(word)) return;
  }
}

function addPrefixes(writer: BlockWriter, word: string): void {
  for (const step of prefixSteps) {
    if (step > word.length) return;
    writer.add(domains.wordPrefix, word, step);
  }
}

function sortedOnce(tokens: Int32Array): number[] {
  tokens.sort();
  const once: number[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (at === 0 || tokens[at] !== tokens[at - 1]) once.push(tokens[at]!);
  }
  return once;
}

/** The token of a whole phone (E.164 or its digits), to find the same phone in other records. */
export function phoneToken(key: SearchKey, phone: string): number {
  return makeToken(key, domains.phoneWhole, digitsOf(phone));
}

/** The token of a whole e-mail address, in any case. */
export function emailToken(key: SearchKey, address: string): number {
  return makeToken(key, domains.emailWhole, emailForm(address));
}

/** The token of a code (ЄДРПОУ, РНОКПП) as `parseEdrpou` returns it. */
export function codeToken(key: SearchKey, code: string): number {
  return makeToken(key, domains.code, code);
}
