/** Checks an opened record against what was typed, and says how well it fits. Pure. */
import type { FoldedWord } from '#ukraine';
import { readWords } from '#ukraine';
import type { DigitsTerm, EmailTerm, Term } from './parse-query.ts';
import type { SearchRecord } from './record-tokens.ts';
import { digitsOf, emailForm, indexedTextMax } from './record-tokens.ts';

/** Points of a hit. What is whole beats what only begins; the first text (the last name) beats the others. */
const points = { whole: 100, phoneEnding: 40, wordWhole: 50, wordPrefix: 20, firstText: 10, emailPart: 30 } as const;

type ReadWord = { readonly word: FoldedWord; readonly first: boolean };
type ReadRecord = { readonly words: ReadWord[]; phones: string[]; emails: string[]; codes: readonly string[] };

/** The sum of the points of all terms; −1 when a term is not satisfied. */
export function rankRecord(terms: readonly Term[], record: SearchRecord): number {
  const read: ReadRecord = {
    words: wordsOf(record),
    phones: record.phones.map(digitsOf),
    emails: record.emails.map(emailForm),
    codes: record.codes,
  };
  let sum = 0;
  for (const term of terms) {
    const best = rankTerm(term, read);
    if (best < 0) return -1;
    sum += best;
  }
  return sum;
}

function wordsOf(record: SearchRecord): ReadWord[] {
  const words: ReadWord[] = [];
  const firstText = record.words.findIndex((text) => text !== '');
  for (const [at, text] of record.words.entries()) {
    for (const word of readWords(text.slice(0, indexedTextMax), true)) words.push({ word, first: at === firstText });
  }
  for (const email of record.emails) {
    for (const word of readWords(email.slice(0, indexedTextMax), true)) words.push({ word, first: false });
  }
  return words;
}

function rankTerm(term: Term, record: ReadRecord): number {
  if (term.kind === 'word') return rankWord(term.word, record.words);
  return term.kind === 'digits' ? rankDigits(term, record) : rankEmail(term, record.emails);
}

function rankWord(typed: FoldedWord, words: readonly ReadWord[]): number {
  let best = -1;
  for (const { word, first } of words) {
    if (!begins(word, typed)) continue;
    const whole = word.folded.length === typed.folded.length ? points.wordWhole : points.wordPrefix;
    best = Math.max(best, whole + (first ? points.firstText : 0));
  }
  return best;
}

/**
 * Whether `typed` begins `word`. When both are Cyrillic it must end where a letter ends: «с» folds to s and «ш» to sh,
 * yet nobody who types «с» looks for «Шевченко».
 */
function begins(word: FoldedWord, typed: FoldedWord): boolean {
  if (!word.folded.startsWith(typed.folded)) return false;
  return word.ends === null || typed.ends === null || word.ends.includes(typed.folded.length);
}

function rankDigits(term: DigitsTerm, record: ReadRecord): number {
  let best = -1;
  for (const phone of record.phones) {
    if (!term.endings.some((ending) => phone.endsWith(ending))) continue;
    const whole = term.endings.some((ending) => ending.length >= 9 || ending === phone);
    best = Math.max(best, whole ? points.whole : points.phoneEnding);
  }
  if (term.plus) return best;
  for (const code of record.codes) {
    if (code === term.joined) best = Math.max(best, points.whole);
    else if (code.length <= 8 && code.startsWith(term.joined)) best = Math.max(best, points.phoneEnding);
  }
  return Math.max(best, rankWord(asWord(term.joined), record.words), rankGroups(term.groups, record.words));
}

const asWord = (digits: string): FoldedWord => ({ folded: digits, ends: null });

/** Groups of digits may also be numbers in a name: «Школа 17 2000». */
function rankGroups(groups: readonly string[], words: readonly ReadWord[]): number {
  let sum = 0;
  for (const group of groups) {
    const best = rankWord(asWord(group), words);
    if (best < 0) return -1;
    sum += best;
  }
  return sum;
}

function rankEmail(term: EmailTerm, emails: readonly string[]): number {
  let best = -1;
  for (const email of emails) {
    if (email === term.text) best = Math.max(best, points.whole);
    else if (email.startsWith(term.text)) best = Math.max(best, points.emailPart + points.firstText);
    else if (hasPart(email, term.text)) best = Math.max(best, points.emailPart);
  }
  return best;
}

/** As the folding has it: an apostrophe parts no words. */
const insideWord = /[\p{L}\p{M}\p{N}'’ʼ`′]/u;

/** Whether `part` stands in `email` at the beginning of one of its parts, or from its @ on. */
function hasPart(email: string, part: string): boolean {
  for (let at = email.indexOf(part); at >= 0; at = email.indexOf(part, at + 1)) {
    if (part.startsWith('@') || at === 0 || !insideWord.test(email[at - 1]!)) return true;
  }
  return false;
}
