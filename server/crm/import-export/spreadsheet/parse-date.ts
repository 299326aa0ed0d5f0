/**
 * Days as people and programs write them, in Ukrainian, English and Russian. What could mean two days is read day
 * first, as everywhere in Ukraine, unless the whole column says otherwise (`guessDateOrder`).
 */
import { dateOfSerial } from './serial-date.ts';

export type DateOrder = 'day-first' | 'month-first';
export type ParseDateOptions = {
  /** Which number comes first in 03/04/2024. Numbers with dots are always day first. */
  order?: DateOrder;
  /** Whether a bare number is an Excel day number, and of which calendar. */
  serial?: '1900' | '1904';
};

/** Longer texts are no dates, and would only keep the forms below busy. */
const charsMax = 60;
const yearMin = 1850;
const yearMax = 2200;
/** 00…29 are years of this century, 30…99 of the last one: the rule of Excel. */
const shortYearPivot = 30;

const time = String.raw`(?:[T,\s]+\d{1,2}[:.]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const yearWord = String.raw`(?:\s*(?:р|г|року|года|рік|год)\.?)?`;
const yearFirst = new RegExp(String.raw`^(\d{4})([-./])(\d{1,2})\2(\d{1,2})${time}$`, 'i');
const compact = /^(19|20)(\d{2})(\d{2})(\d{2})$/;
const numeric = new RegExp(String.raw`^(\d{1,2})([./-]|\s)(\d{1,2})\2(\d{4}|\d{2})${yearWord}${time}$`, 'i');
const dayWord = new RegExp(
  String.raw`^«?"?(\d{1,2})"?»?(?:st|nd|rd|th)?[\s.-]+(\p{L}+)\.?[\s,.-]+(\d{4}|\d{2})${yearWord}${time}$`,
  'iu',
);
const wordDay = new RegExp(String.raw`^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${time}$`, 'iu');

/** The first letters by which a month is known in all its cases and short forms. */
const monthBeginnings: readonly string[][] = [
  ['січ', 'янв', 'jan'],
  ['лют', 'фев', 'feb'],
  ['бер', 'мар', 'mar'],
  ['кві', 'апр', 'apr'],
  ['тра', 'май', 'мая', 'may'],
  ['чер', 'июн', 'jun'],
  ['лип', 'июл', 'jul'],
  ['сер', 'авг', 'aug'],
  ['вер', 'сен', 'sep'],
  ['жов', 'окт', 'oct'],
  ['лис', 'ноя', 'nov'],
  ['гру', 'дек', 'dec'],
];

/** 'YYYY-MM-DD' of a text that is a day of the years 1850…2200, else null. A time of day is left out. */
export function parseDate(text: string, { order = 'day-first', serial }: ParseDateOptions = {}): string | null {
  const bare = text.trim().replace(/\s+/g, ' ');
  if (bare.length > charsMax || !/\d/.test(bare)) return null;
  if (serial !== undefined && /^\d{1,7}(\.\d+)?$/.test(bare)) return dateOfSerial(Number(bare), serial === '1904');
  let match = yearFirst.exec(bare);
  if (match !== null) return dayOf(match[1]!, match[3]!, match[4]!);
  match = compact.exec(bare);
  if (match !== null) return dayOf(match[1]! + match[2]!, match[3]!, match[4]!);
  match = numeric.exec(bare);
  if (match !== null) return numericDay(match, order);
  match = dayWord.exec(bare);
  if (match !== null) return dayOf(match[3]!, monthNumber(match[2]!), match[1]!);
  match = wordDay.exec(bare);
  return match === null ? null : dayOf(match[3]!, monthNumber(match[1]!), match[2]!);
}

/** What the samples of one column say together about 03/04/2024; null when they do not say. */
export function guessDateOrder(samples: readonly string[]): DateOrder | null {
  let dayFirst = 0;
  let monthFirst = 0;
  for (const sample of samples) {
    const match = sample.length > charsMax ? null : numeric.exec(sample.trim());
    if (match === null || match[2] === '.') continue;
    const [first, second] = [Number(match[1]), Number(match[3])];
    if (first > 12 && second <= 12) dayFirst++;
    else if (second > 12 && first <= 12) monthFirst++;
  }
  // A few slips of the hand do not outvote a column; a real mixture says nothing.
  if (dayFirst > 9 * monthFirst) return 'day-first';
  return monthFirst > 9 * dayFirst ? 'month-first' : null;
}

function numericDay(match: RegExpExecArray, order: DateOrder): string | null {
  const [first, separator, second, year] = [match[1]!, match[2]!, match[3]!, match[4]!];
  const dayFirst = dayOf(year, second, first);
  if (separator === '.') return dayFirst;
  const monthFirst = dayOf(year, first, second);
  return order === 'day-first' ? (dayFirst ?? monthFirst) : (monthFirst ?? dayFirst);
}

function monthNumber(word: string): string {
  const beginning = word.toLowerCase().slice(0, 3);
  return String(monthBeginnings.findIndex((month) => month.includes(beginning)) + 1);
}

function dayOf(year: string, month: string, day: string): string | null {
  const [m, d] = [Number(month), Number(day)];
  const y = year.length === 2 ? Number(year) + (Number(year) < shortYearPivot ? 2000 : 1900) : Number(year);
  if (y < yearMin || y > yearMax || m < 1 || m > 12 || d < 1) return null;
  const date = new Date(Date.UTC(y, m - 1, d));
  return date.getUTCDate() === d ? date.toISOString().slice(0, 10) : null;
}
