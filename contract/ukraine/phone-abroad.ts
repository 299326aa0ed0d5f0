/**
 * Phones of every country. The only file here that loads the phone library (80 kB of metadata): the browser imports it
 * lazily, the server as it is.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { ParsedPhone } from './phone.ts';
import { bareNumber, parseUkrainianPhone } from './phone.ts';

/**
 * A phone in any usual spelling as E.164, or null; never throws. Ukrainian forms need no country code; others begin
 * with + or 00, or are complete numbers whose plus was lost on the way (as spreadsheets do).
 */
export function parsePhone(text: string): ParsedPhone | null {
  const here = parseUkrainianPhone(text);
  if (here !== null) return here;
  const bare = bareNumber(text.replace(/^\s*tel:/i, ''));
  if (bare === null) return null;
  const international = /^(?:\+|00)[1-9]/.test(bare.digits);
  if (!international && !/^[1-9]\d{10,14}$/.test(bare.digits)) return null;
  const phone = parsePhoneNumberFromString(`+${bare.digits.replace(/^(?:\+|00)/, '')}`);
  if (phone === undefined || !(international ? phone.isPossible() : phone.isValid())) return null;
  // Ukrainian numbers have one form and were read above; what is left under +380 is a mistyped one.
  if (phone.countryCallingCode === '380') return null;
  return bare.extension === undefined ? { number: phone.number } : { number: phone.number, extension: bare.extension };
}
