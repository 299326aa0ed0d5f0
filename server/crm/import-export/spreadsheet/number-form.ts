/**
 * How a number of a sheet is to be read: a number format decides whether 33 000 is a sum or a day in 1990
 * (ECMA-376 part 1, §18.8.30). Numbers come out as plain decimal text, never as 3.805E+11.
 */
import { dateOfSerial, timeOfSerial } from './serial-date.ts';

/** `zeros` of a format such as 00000000 (a ЄДРПОУ kept as a number) give back the zeros in front. */
export type NumberForm = { kind: 'plain' | 'date' | 'moment' | 'time' } | { kind: 'zeros'; width: number };

const plain: NumberForm = { kind: 'plain' };

/** The form of a built-in format; 27–36 and 50–58 are dates in East Asian Excel. */
export function formOfBuiltIn(id: number): NumberForm {
  if (id === 22) return { kind: 'moment' };
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return { kind: 'date' };
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return { kind: 'time' };
  return plain;
}

/** The form of a format code such as `dd.mm.yyyy`. Only its first section counts. */
export function formOfCode(code: string): NumberForm {
  if (/\[(h+|m+|s+)\]/i.test(code)) return plain; // a duration, not a time of day
  const bare = code
    .slice(0, 255)
    .replace(/"[^"]*"|\\.|[_*]./g, '')
    .replace(/\[[^\]]*\]/g, '')
    .split(';')[0]!
    .toLowerCase();
  if (/^0{2,32}$/.test(bare)) return { kind: 'zeros', width: bare.length };
  if (bare.includes('general') || /[0#?]/.test(bare.replace(/[.,]0+/g, ''))) return plain;
  const hasDay = /[yd]/.test(bare) || (bare.includes('m') && !/[hs]/.test(bare));
  const hasTime = /[hs]/.test(bare);
  if (hasDay) return { kind: hasTime ? 'moment' : 'date' };
  return hasTime ? { kind: 'time' } : plain;
}

/**
 * The text of a stored number: a day as YYYY-MM-DD, a day with a time as YYYY-MM-DD HH:MM:SS, other numbers in full.
 * What is not a number comes back as it stands.
 */
export function textOfNumber(raw: string, form: NumberForm, is1904: boolean): string {
  if (form.kind === 'plain') return plainDecimal(raw);
  // To whole seconds: 0.9999999 is the next midnight, and must bring its day along.
  const value = Math.round(Number(raw) * 86_400) / 86_400;
  if (raw === '' || !Number.isFinite(value)) return raw;
  if (form.kind === 'zeros') return plainDecimal(raw).padStart(form.width, '0');
  if (form.kind === 'time' && value >= 0 && value < 1) return timeOfSerial(value);
  const date = dateOfSerial(value, is1904);
  if (date === null) return plainDecimal(raw);
  if (form.kind === 'date' || Number.isInteger(value)) return date;
  return `${date} ${timeOfSerial(value)}`;
}

/**
 * Integers stay digit by digit; fractions and exponents are rounded to the 15 digits that Excel itself keeps and
 * shows, and written out without an exponent.
 */
function plainDecimal(raw: string): string {
  if (isDigits(raw)) return raw;
  const value = Number(raw);
  if (!Number.isFinite(value) || raw.trim() === '') return raw;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e21 || size < 1e-15)) return raw;
  const text = String(Number(value.toPrecision(15)));
  return text.includes('e') ? value.toFixed(15).replace(/0+$/, '') : text;
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}
