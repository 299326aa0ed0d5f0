/**
 * How a sheet of the recovery kit is written: twelve numbered lines of sixteen characters and two check characters. The alphabet is the
 * base32 of Crockford (no I, L, O, U; what looks alike is read alike, Cyrillic letters too). The check of a line knows its number, so that a mistyped, left
 * out or exchanged line is named before anything is tried.
 */
import { createHash } from 'node:crypto';
import { LubartError } from '#kernel';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const lineBytes = 10;
/** As on paper: who types with a Ukrainian keyboard sees no difference. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [...'АВСЕНКМОРТХІУ'].map((letter, at) => [letter, 'ABCEHKMOPTXIY'[at]!]),
);
export const sheetLines = 12;
export const sheetBytes = lineBytes * sheetLines;

export function writeSheet(bytes: Buffer): string[] {
  return Array.from({ length: sheetLines }, (_, at) => {
    const part = bytes.subarray(at * lineBytes, (at + 1) * lineBytes);
    const groups = toBase32(part).match(/.{4}/g)!;
    return `${String(at + 1).padStart(2, '0')} ${groups.join(' ')} ${checkOf(at + 1, part)}`;
  });
}

/** Sheets as they were typed, one after the other; other lines of a sheet are passed over. @throws key.kit_unreadable */
export function readSheets(text: string): Buffer[] {
  const sheets: Buffer[][] = [];
  const latin = text.toUpperCase().replace(/[А-ЯІ]/g, (letter) => lookAlikes.get(letter) ?? letter);
  for (const line of latin.split(/\r?\n/)) {
    const found = /^\s*(\d{1,2})[\s.:)]+([0-9A-Z][0-9A-Z\s-]*)$/.exec(line);
    if (found === null) continue;
    const number = Number(found[1]);
    if (number === 1) sheets.push([]);
    const sheet = sheets.at(-1) ?? [];
    const part = readLine(found[2]!, number);
    if (number !== sheet.length + 1 || part === undefined) throw unreadable(Math.max(1, sheets.length), number);
    sheet.push(part);
  }
  for (const [at, sheet] of sheets.entries())
    if (sheet.length !== sheetLines) throw unreadable(at + 1, sheet.length + 1);
  if (sheets.length === 0) throw unreadable(1, 1);
  return sheets.map((sheet) => Buffer.concat(sheet));
}

function readLine(typed: string, number: number): Buffer | undefined {
  const text = typed.replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (text.length !== 18 || [...text].some((character) => !alphabet.includes(character))) return undefined;
  const part = fromBase32(text.slice(0, 16));
  return checkOf(number, part) === text.slice(16) ? part : undefined;
}

function checkOf(number: number, part: Buffer): string {
  const hash = createHash('sha256').update(`lubart sheet line ${number}\0`).update(part).digest();
  return alphabet[hash[0]! & 31]! + alphabet[hash[1]! & 31]!;
}

function toBase32(bytes: Buffer): string {
  let text = '';
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31]!;
  }
  return text;
}

function fromBase32(text: string): Buffer {
  const bytes = Buffer.alloc((text.length * 5) >> 3);
  for (const [at, character] of [...text].entries()) {
    const value = alphabet.indexOf(character);
    for (let bit = 0; bit < 5; bit += 1) {
      const place = at * 5 + bit;
      if ((value >> (4 - bit)) & 1) bytes[place >> 3]! |= 128 >> (place & 7);
    }
  }
  return bytes;
}

const unreadable = (sheet: number, line: number) => new LubartError('key.kit_unreadable', { details: { sheet, line } });
