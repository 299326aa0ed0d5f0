/** What a single value looks like, whatever its column is called. Cheap and a little strict: it only feeds guesses. */
import { parseDate } from './parse-date.ts';

/** Longer cells are texts; the forms below are not made for them (some would take quadratic time). */
const charsMax = 200;

export function looksLikeEmail(text: string): boolean {
  return text.length <= charsMax && /^[^\s@,;<>]+@[^\s@,;<>]+\.\p{L}{2,}$/u.test(text);
}

/** 9 to 15 digits with the signs people put between them; as a number 8 digits are a code, not a phone. */
export function looksLikePhone(text: string): boolean {
  if (text.length > charsMax || !/^(?:тел\.?|tel\.?|моб\.?)?[\s:]*\+?[\d\s().\-–/]+$/i.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  if (/^\d{4}-\d{2}-\d{2}|^\d{1,2}\.\d{1,2}\.\d{4}/.test(text)) return false;
  if (text.trim().startsWith('+')) return digits.length >= 8 && digits.length <= 15;
  return /^(?:380\d{9}|80\d{9}|0\d{9}|[1-9]\d{8})$/.test(digits);
}

export function looksLikeDate(text: string): boolean {
  return text.length >= 6 && !/^\d+$/.test(text) && parseDate(text) !== null;
}

/** ЄДРПОУ: 8 digits of which the last is a check digit (the method of the State Statistics Service). */
export function looksLikeEdrpou(text: string): boolean {
  if (!/^\d{8}$/.test(text)) return false;
  const digits = Array.from(text, Number);
  const number = Number(text);
  const isMiddle = number >= 30_000_000 && number <= 60_000_000;
  const weights = isMiddle ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7];
  const rest = (shift: number) => weights.reduce((sum, weight, i) => sum + (weight + shift) * digits[i]!, 0) % 11;
  const control = rest(0) < 10 ? rest(0) : rest(2) % 11;
  return (control === 10 ? 0 : control) === digits[7];
}

export function looksLikeSite(text: string): boolean {
  return text.length <= charsMax && /^(?:https?:\/\/|www\.)\S+\.\S+$/i.test(text);
}

/** A value that no heading would be. */
export function looksLikeData(text: string): boolean {
  return (
    looksLikeEmail(text) ||
    looksLikePhone(text) ||
    looksLikeDate(text) ||
    looksLikeSite(text) ||
    /^[+-]?[\d\s.,]+$/.test(text)
  );
}
