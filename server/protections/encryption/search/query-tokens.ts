/**
 * From a typed text to what the database is asked and how its answers are checked. The index is a sieve: it may let
 * through a record that does not fit (tokens collide, beginnings are cut at 12 letters), never hold back one that does.
 * So each hit is opened and checked with `matches`, and the best are put first by `rank`.
 */
import { LubartError } from '#kernel';
import type { DigitsTerm, Term } from './parse-query.ts';
import { parseQuery } from './parse-query.ts';
import { rankRecord } from './rank-record.ts';
import type { SearchRecord } from './record-tokens.ts';
import { endingSteps, prefixSteps, stepFor } from './record-tokens.ts';
import type { Domain, SearchKey } from './search-key.ts';
import { domains, makeToken } from './search-key.ts';

/** Alternatives the database is asked at most. */
export const alternativesMax = 12;
/** Tokens of one alternative at most; the longest words are kept. */
export const tokensPerAlternativeMax = 8;

export type Query = {
  /**
   * A record may fit when it carries all tokens of at least one alternative; the most telling alternative comes first.
   * When every alternative has one token, one question with “any of” answers them all.
   */
  readonly any: number[][];
  /** Whether an opened record really fits. */
  readonly matches: (record: SearchRecord) => boolean;
  /** How well an opened record fits: higher is better, −1 when it does not fit (so one call checks and ranks). */
  readonly rank: (record: SearchRecord) => number;
};

type Wanted = { readonly domain: Domain; readonly text: string };

/** Reads a typed text, for every key that records may be indexed by. Throws find.text_too_short (nothing to look for) and find.text_too_long. */
export function queryTokens(keys: SearchKey | readonly SearchKey[], text: string): Query {
  const terms = parseQuery(text);
  const alternatives = alternativesOf(terms);
  const all = 'cipher' in keys ? [keys] : keys;
  const any = all.flatMap((key) => alternatives.map((wanted) => tokensOfAlternative(key, wanted)));
  if (any.length === 0) throw new LubartError('find.text_too_short', { field: 'text' });
  const rank = (record: SearchRecord): number => rankRecord(terms, record);
  return { any, rank, matches: (record) => rank(record) >= 0 };
}

function tokensOfAlternative(key: SearchKey, wanted: readonly Wanted[]): number[] {
  const longestFirst = wanted.toSorted((a, b) => b.text.length - a.text.length);
  const tokens = longestFirst.slice(0, tokensPerAlternativeMax).map(({ domain, text }) => makeToken(key, domain, text));
  return [...new Set(tokens)];
}

/** Every term narrows; a term with several readings multiplies the alternatives, while they stay few. */
function alternativesOf(terms: readonly Term[]): Wanted[][] {
  let all: Wanted[][] = [[]];
  for (const term of terms) {
    const readings = readingsOf(term);
    // leaving a term out of the sieve is always safe: the check after opening still asks for it
    if (readings.length === 0 || all.length * readings.length > alternativesMax) continue;
    all = all.flatMap((alternative) => readings.map((reading) => [...alternative, ...reading]));
  }
  const telling = all.filter((alternative) => alternative.length > 0);
  return telling.length > 0 ? telling : firstLetters(terms);
}

/** How a term may stand in the index: alternatives of tokens that all must be there; none when it is too short. */
function readingsOf(term: Term): Wanted[][] {
  if (term.kind === 'digits') return digitReadings(term);
  const words = term.kind === 'word' ? [term.word] : term.words;
  const wanted = words.flatMap((word) => wordPrefix(word.folded));
  return wanted.length === 0 ? [] : [wanted];
}

function digitReadings(term: DigitsTerm): Wanted[][] {
  const phones = term.endings.map((ending) => {
    const step = stepFor(endingSteps, ending.length);
    return [{ domain: domains.phoneEnding, text: ending.slice(ending.length - step) }];
  });
  if (term.plus) return onceEach(phones);
  const code = term.joined.length === 10 ? [[{ domain: domains.code, text: term.joined }]] : [];
  const joined = wordPrefix(term.joined);
  const groups = term.groups.length > 1 ? term.groups.flatMap(wordPrefix) : joined;
  if (groups.length === 0) return []; // single digits apart («школа 5 а 1») are in no index
  return onceEach([...phones, ...code, joined, groups].filter((reading) => reading.length > 0));
}

function onceEach(readings: Wanted[][]): Wanted[][] {
  const named = readings.map(
    (wanted) => [wanted.map(({ domain, text }) => `${domain}${text}`).join(' '), wanted] as const,
  );
  return [...new Map(named).values()];
}

function wordPrefix(word: string): Wanted[] {
  const step = stepFor(prefixSteps, word.length);
  return step === 0 ? [] : [{ domain: domains.wordPrefix, text: word.slice(0, step) }];
}

/** One letter alone answers with those whose first name in the list begins with it. */
function firstLetters(terms: readonly Term[]): Wanted[][] {
  const letters = terms.map((term) => {
    if (term.kind === 'digits') return term.joined;
    return term.kind === 'word' ? term.word.folded : (term.words[0]?.folded ?? '');
  });
  return [...new Set(letters)].map((letter) => [{ domain: domains.firstLetter, text: letter.slice(0, 1) }]);
}
