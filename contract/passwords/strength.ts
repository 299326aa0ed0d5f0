/**
 * How many guesses a password stands (zxcvbn, Wheeler, USENIX Security 2016): what it is made of, not which signs are in it. The
 * list is offline: 49 000 leaked passwords and the words of people here. A password is read in every way an attacker reads it – as it
 * is, in the other keyboard layout, in Latin letters – and the worst reading counts. The server and the meter ask the same function.
 */
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { foldWords } from '../ukraine/index.ts';
import { inLatinLayout, inUkrainianLayout } from './layouts.ts';
import { isFigures, isRun } from './runs.ts';
import { ukrainianWords } from './ukrainian-words.ts';

/** Powers of ten. Below the least a password is refused: a stolen hash would be opened, however slow the hashing. */
export const guessesPowerMin = 10;
const levels = [guessesPowerMin, 12, 15] as const;
/** Characters that are looked at; a password that is long for a good reason is strong by then. */
const lengthMax = 128;

export type Strength = 'weak' | 'fair' | 'good' | 'strong';

let estimator: ZxcvbnFactory | undefined;
function open(): ZxcvbnFactory {
  const latin = ukrainianWords.flatMap((word) => foldWords(word)).filter((word) => word.length > 2);
  return new ZxcvbnFactory({
    dictionary: { ...dictionary, ukrainian: [...ukrainianWords], latin: [...new Set(latin)] },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: 20,
    maxLength: lengthMax,
  });
}

/** The power of ten of the guesses it stands. */
export function guessesPower(password: string): number {
  estimator ??= open();
  const plain = password.normalize('NFKC').slice(0, lengthMax);
  if (isRun(plain) || isFigures(plain)) return 0;
  const readings = new Set([plain, inLatinLayout(plain), inUkrainianLayout(plain), inLatinLetters(plain)]);
  return Math.min(...[...readings].map((reading) => estimator!.check(reading).guessesLog10));
}

/** «Славаукраїні1» as “slavaukraini1”: letters are folded, everything else stays where it is. */
const inLatinLetters = (text: string): string =>
  text.replace(/[\p{L}\p{M}’']+/gu, (word) => foldWords(word).join('') || word);

export function strengthOf(password: string): Strength {
  const power = guessesPower(password);
  if (power < levels[0]) return 'weak';
  if (power < levels[1]) return 'fair';
  return power < levels[2] ? 'good' : 'strong';
}
