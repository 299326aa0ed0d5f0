/** Writes rows as CSV (RFC 4180) that Excel in Ukraine opens right by a double click: UTF-8 with BOM, `;`, CRLF. */
import { defuseFormula } from './defuse-formula.ts';
import type { CellValue } from './row.ts';

export type WriteCsvOptions = {
  /** One character, not a quote or a line end. */
  delimiter?: string;
  /** The byte order mark by which Excel knows UTF-8. */
  mark?: boolean;
};

const pieceChars = 64 * 1024;

/**
 * Yields the bytes of the file, in pieces of about 64 KiB. Texts that a spreadsheet program would run as a formula get
 * an apostrophe in front; whole E.164 phones stay as they are. Dates are written in UTC, `null` as nothing.
 */
export async function* writeCsv(
  rows: AsyncIterable<readonly CellValue[]> | Iterable<readonly CellValue[]>,
  { delimiter = ';', mark = true }: WriteCsvOptions = {},
): AsyncGenerator<Uint8Array> {
  let text = mark ? '\ufeff' : '';
  for await (const row of rows) {
    text += rowText(row, delimiter);
    if (text.length < pieceChars) continue;
    yield Buffer.from(text, 'utf8');
    text = '';
  }
  if (text !== '') yield Buffer.from(text, 'utf8');
}

function rowText(row: readonly CellValue[], delimiter: string): string {
  let text = '';
  for (let i = 0; i < row.length; i++) text += (i === 0 ? '' : delimiter) + cellText(row[i], delimiter);
  return text === '' ? '""\r\n' : `${text}\r\n`; // a row of one empty cell is not a blank line
}

function cellText(value: CellValue, delimiter: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  const text = typeof value === 'string' ? defuseFormula(value) : instantText(value);
  return mustQuote(text, delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Also what another list separator would split, and spaces at the ends, which some programs cut off. */
function mustQuote(text: string, delimiter: string): boolean {
  return /["\r\n,;\t|]|^\s|\s$|^sep=/.test(text) || text.includes(delimiter);
}

function instantText(value: Date): string {
  return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 19).replace('T', ' ');
}
