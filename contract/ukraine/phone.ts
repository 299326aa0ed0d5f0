/**
 * Phones, Ukrainian first: the forms people write here are read by hand, with no library, so that the browser and a
 * large import stay fast. Other countries are in `phone-abroad.ts`. Numbers are kept as ITU-T E.164: «+380500000001».
 */

/** `extension` is what followed «дод.», «вн.» or “ext.”; it is no part of the number. */
export type ParsedPhone = { number: string; extension?: string };

/** Characters; longer texts are no phones. */
export const phoneTextMax = 60;

const extensionForm =
  /[\s,;(]*(?:дод(?:атковий)?|доб(?:авочный)?|вн(?:утр(?:ішній)?)?|ext(?:ension)?|x|#)[.:=\s]*(\d{1,6})\s*\)?\s*$/iu;
const labelForm = /^\s*(?:тел(?:ефон)?|моб(?:ільний)?|tel|phone|mob(?:ile)?)[.:\s]*/iu;
const punctuation = /[\s().\-‐‑‒–—−/_]/gu;
const markers = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** What stands before the nine national digits: +380 (0), 380, 00380, 8 0, 0 or, when a table ate the zero, nothing. */
const ukrainianForm = /^(?:\+?3800?|003800?|80|0)?([3-9]\d{8})$/;

/** Takes off labels, extension and punctuation: what is left is digits, perhaps after a plus. */
export function bareNumber(text: string): { digits: string; extension: string | undefined } | null {
  if (text.length > phoneTextMax) return null;
  const clean = text
    .replace(markers, '')
    .replace(labelForm, '')
    .replace(/^\s*(\d{9,15})\.0+\s*$/, '$1');
  const extension = extensionForm.exec(clean);
  const body = extension === null ? clean : clean.slice(0, extension.index);
  const digits = body.replace(punctuation, '').replace(/^＋/, '+');
  return /^\+?\d{5,20}$/.test(digits) ? { digits, extension: extension?.[1] } : null;
}

/** A Ukrainian number in any usual spelling, or null; never throws. Other countries: `parsePhone`. */
export function parseUkrainianPhone(text: string): ParsedPhone | null {
  const bare = bareNumber(text);
  const national = bare === null ? undefined : ukrainianForm.exec(bare.digits)?.[1];
  if (bare === null || national === undefined) return null;
  const number = `+380${national}`;
  return bare.extension === undefined ? { number } : { number, extension: bare.extension };
}

/** Country codes of one and two digits (ITU-T E.164 list of assigned codes); all others have three. */
const shortCountryCode = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** Splits «+48500000001» into the country code and the rest; undefined when it is not E.164. */
function splitNumber(number: string): { country: string; rest: string } | undefined {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (digits === undefined) return undefined;
  const country = shortCountryCode.exec(digits)?.[0] ?? digits.slice(0, 3);
  return { country, rest: digits.slice(country.length) };
}

/** Groups of three; the last one has two to four. */
function group(digits: string): string {
  return digits.replace(/(\d{3})(?=\d{2})/g, '$1 ');
}

/** For the eye: «+380 50 000 00 01», «+48 500 000 001». What is not E.164 comes back as it was. */
export function formatPhone(number: string): string {
  const split = splitNumber(number);
  if (split === undefined) return number;
  const { country, rest } = split;
  if (country === '380' && rest.length === 9) {
    return `+380 ${rest.slice(0, 2)} ${rest.slice(2, 5)} ${rest.slice(5, 7)} ${rest.slice(7)}`;
  }
  return `+${country} ${group(rest)}`;
}

/** «+380 50 ··· ·· 01»: country, operator in Ukraine, and the last two digits; nothing else. */
export function maskPhone(number: string): string {
  const split = splitNumber(number);
  if (split === undefined) return '···';
  const { country, rest } = split;
  return country === '380' && rest.length === 9
    ? `+380 ${rest.slice(0, 2)} ··· ·· ${rest.slice(7)}`
    : `+${country} ··· ··· ${rest.slice(-2)}`;
}
