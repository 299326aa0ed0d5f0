/**
 * A full name in one cell → its parts. Ukrainian papers write «Шевченко Тарас Григорович», people write
 * «Тарас Шевченко», foreign programs write “Shevchenko, Taras”; the patronymic and the given name show which it is.
 * Each word of the cell ends up in exactly one part.
 */
import { foldName, givenNames } from './given-names.ts';

export type NameParts = { lastName: string; firstName: string; middleName: string };

const patronymicEnd =
  /(?:ович|евич|євич|йович|ілліч|ильич|лукич|кузьмич|фомич|хомич|івна|ївна|овна|евна|ична|инична|ovych|evych|yovych|iovych|ovich|evich|ivna|yivna|iivna|ovna|evna|ichna)$/;
const patronymicStem =
  /(?:ьович|йович|ійович|ович|ьевич|евич|євич|івна|ївна|овна|евна|iovych|yovych|ovych|evych|ovich|evich|iivna|yivna|ivna|ovna|evna)$/;
const surnameEnd =
  /(?:енко|єнко|ченко|ко|чук|щук|юк|ук|ський|ська|цький|цька|зький|зька|ский|ская|цкий|цкая|ов|ова|ев|ева|єв|єва|ін|іна|їн|їна|ин|ина|ець|ик|як|ак|ич|ів|шин|enko|chuk|iuk|yuk|uk|skyi|skyy|sky|ski|ska|tskyi|tska|ov|ova|ev|eva|yn|yna|in|ina|ets|yshyn|ych|ich)$/;
const eastern = /^(?:огли|оглу|кизи|гизи|ogly|oglu|kyzy)$/; // stands behind a patronymic and belongs to it
const initial = /^(?:\p{Lu}\.?){1,2}$/u;

/** The parts of a full name; a part that is not there is ''. Letters and their case stay as they are. */
export function splitName(fullName: string): NameParts {
  const comma = fullName.indexOf(',');
  if (comma > 0) {
    const before = wordsOf(fullName.slice(0, comma));
    const after = wordsOf(fullName.slice(comma + 1));
    if (before.length > 0 && after.length > 0) return parts(before, after.slice(0, 1), after.slice(1));
  }
  const words = wordsOf(fullName);
  if (words.length <= 1) return splitOne(words);
  const middle = findPatronymic(words);
  if (middle > 0) return splitAround(words, middle);
  return words.length === 2 ? splitTwo(words[0]!, words[1]!) : splitMany(words);
}

/** True when some word shows that this is a person’s name and not just any words. */
export function looksLikeFullName(text: string): boolean {
  if (text.length > 200) return false;
  const words = wordsOf(text);
  if (words.length < 2 || words.length > 5 || !/^[\p{L}\s.,'’ʼ`-]+$/u.test(text)) return false;
  return words.some((word) => isGiven(word) || isPatronymic(word));
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function splitOne(words: string[]): NameParts {
  const [word = ''] = words;
  return !isGiven(word) && isSurname(word) ? parts([word], [], []) : parts([], [word], []);
}

/** Where the patronymic stands: behind the given name, so never first. -1 when there is none. */
function findPatronymic(words: string[]): number {
  const places = words.map((word, i) => (i > 0 && isPatronymic(word) ? i : -1)).filter((i) => i > 0);
  const sure = places.find((i) => isGiven(words[i - 1]!));
  // Two words: «Адам Мицкевич» has a surname that only sounds like a patronymic.
  if (words.length === 2) return sure !== undefined && isNamedAfter(words[1]!) ? 1 : -1;
  return sure ?? places.at(-1) ?? -1;
}

function splitAround(words: string[], middle: number): NameParts {
  const end = eastern.test(foldName(words[middle + 1] ?? '')) ? middle + 2 : middle + 1;
  const surname = [...words.slice(0, middle - 1), ...words.slice(end)];
  return parts(surname, [words[middle - 1]!], words.slice(middle, end));
}

function splitTwo(first: string, second: string): NameParts {
  const lastFirst = parts([first], [second], []);
  const firstLast = parts([second], [first], []);
  if (isGiven(first) !== isGiven(second)) return isGiven(first) ? firstLast : lastFirst;
  if (isSurname(first) !== isSurname(second)) return isSurname(first) ? lastFirst : firstLast;
  return isCyrillic(first) ? lastFirst : firstLast;
}

function splitMany(words: string[]): NameParts {
  const [first, second] = words as [string, string];
  if (!isGiven(first) && (isGiven(second) || isCyrillic(first))) return parts([first], [second], words.slice(2));
  return parts(words.slice(-1), [first], words.slice(1, -1));
}

function isGiven(word: string): boolean {
  return initial.test(word) || givenNames.has(foldName(word));
}

function isPatronymic(word: string): boolean {
  return patronymicEnd.test(foldName(word));
}

/** «Григорович» comes from «Григорій», «Мицкевич» from no known name. */
function isNamedAfter(word: string): boolean {
  const folded = foldName(word);
  const stem = folded.replace(patronymicStem, '');
  if (stem === folded) return true; // «Ілліч», «Лукич»: listed whole
  return stem.length > 1 && [...givenNames].some((name) => name.startsWith(stem));
}

function isSurname(word: string): boolean {
  return surnameEnd.test(foldName(word));
}

function isCyrillic(word: string): boolean {
  return /\p{Script=Cyrillic}/u.test(word);
}

function parts(last: string[], first: string[], middle: string[]): NameParts {
  return { lastName: last.join(' '), firstName: first.join(' '), middleName: middle.join(' ') };
}
