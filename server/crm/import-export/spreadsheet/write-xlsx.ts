/**
 * Writes rows as XLSX while they come: no row is kept, texts stand in their cells (`inlineStr`) and are never formulas,
 * the heading row is bold and stays in sight. A book that outgrows a sheet goes on in the next one.
 */
import { strToU8, Zip, ZipDeflate } from 'fflate';
import { LubartError } from '#kernel';
import type { CellValue } from './row.ts';
import { serialOfDate } from './serial-date.ts';
import { escapeText } from './xlsx-text.ts';
import * as parts from './xlsx-parts.ts';

/** `date`: texts YYYY-MM-DD become days; what is no day stays a text. `width` is in characters. */
export type XlsxColumn = { heading: string; kind?: 'text' | 'date' | 'number'; width?: number };
export type WriteXlsxOptions = { columns: XlsxColumn[]; sheetName?: string; sheetRowsMax?: number };

/** What Excel can hold: characters of a cell, rows and columns of a sheet. */
export const excelCellCharsMax = 32_767;
export const excelRowsMax = 1_048_576;
export const excelColumnsMax = 16_384;

const pieceChars = 128 * 1024;

/**
 * Yields the bytes of the workbook. Texts travel whole, phones digit by digit; `Date` is written in UTC.
 * Throws `field.too_long` for a text beyond what an Excel cell holds, `import.too_many_columns` beyond 16 384 columns.
 */
export async function* writeXlsx(
  rows: AsyncIterable<readonly CellValue[]> | Iterable<readonly CellValue[]>,
  options: WriteXlsxOptions,
): AsyncGenerator<Uint8Array> {
  const { columns, sheetName = 'Lubart', sheetRowsMax = excelRowsMax } = options;
  if (columns.length > excelColumnsMax) throw new LubartError('import.too_many_columns');
  const out = new Folded();
  const names: string[] = [];
  let rowNumber = sheetRowsMax;
  let text = '';
  for await (const row of rows) {
    if (rowNumber === sheetRowsMax) {
      if (names.length > 0) out.end(text + parts.sheetEnd);
      names.push(parts.sheetTitle(sheetName, names.length));
      out.begin(`xl/worksheets/sheet${names.length}.xml`);
      text = parts.sheetStart(columns) + headingXml(columns);
      rowNumber = 1;
    }
    rowNumber++;
    text += rowXml(row, rowNumber, columns);
    if (text.length < pieceChars) continue;
    out.push(text);
    text = '';
    yield* out.taken();
  }
  if (names.length === 0) {
    names.push(parts.sheetTitle(sheetName, 0));
    out.begin('xl/worksheets/sheet1.xml');
    text = parts.sheetStart(columns) + headingXml(columns);
  }
  out.end(text + parts.sheetEnd);
  for (const [path, xml] of parts.bookParts(names)) {
    out.begin(path);
    out.end(xml);
  }
  out.close();
  yield* out.taken();
}

function headingXml(columns: readonly XlsxColumn[]): string {
  return `<row r="1">${columns.map(({ heading }, i) => textXml(heading, parts.cellName(i, 1), 's="1" ')).join('')}</row>`;
}

function rowXml(row: readonly CellValue[], number: number, columns: readonly XlsxColumn[]): string {
  let xml = `<row r="${number}">`;
  for (let i = 0; i < row.length; i++) xml += cellXml(row[i], parts.cellName(i, number), columns[i]?.kind ?? 'text');
  return `${xml}</row>`;
}

function cellXml(value: CellValue, name: string, kind: NonNullable<XlsxColumn['kind']>): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return `<c r="${name}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === 'number') return Number.isFinite(value) ? `<c r="${name}"><v>${value}</v></c>` : '';
  if (value instanceof Date) return instantXml(value, name);
  if (kind === 'number' && /^\d+(?:\.\d+)?$/.test(value)) return `<c r="${name}"><v>${value}</v></c>`;
  const serial = kind === 'date' ? serialOfDate(value) : null;
  return serial === null ? textXml(value, name, '') : `<c r="${name}" s="2"><v>${serial}</v></c>`;
}

function instantXml(value: Date, name: string): string {
  const iso = Number.isNaN(value.getTime()) ? '' : value.toISOString();
  const serial = serialOfDate(iso.slice(0, 10));
  if (serial === null) return iso === '' ? '' : textXml(iso, name, '');
  const fraction = (((value.getTime() % 86_400_000) + 86_400_000) % 86_400_000) / 86_400_000;
  return `<c r="${name}" s="3"><v>${serial + fraction}</v></c>`;
}

function textXml(text: string, name: string, style: string): string {
  if (text.length > excelCellCharsMax) throw new LubartError('field.too_long', { details: { max: excelCellCharsMax } });
  return `<c r="${name}" ${style}t="inlineStr"><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`;
}

/** The archive as it grows; bytes wait here until they are taken. */
class Folded {
  private waiting: Uint8Array[] = [];
  private error: Error | undefined;
  private part: ZipDeflate | undefined;
  private readonly zip = new Zip((error, bytes) => {
    if (error !== null) this.error = error;
    else if (bytes.length > 0) this.waiting.push(bytes);
  });

  begin(path: string): void {
    this.part = new ZipDeflate(path, { level: 3 });
    this.part.mtime = Date.UTC(2000, 0, 1); // the same rows make the same bytes
    this.zip.add(this.part);
  }

  push(xml: string): void {
    this.part?.push(strToU8(xml));
  }

  end(xml: string): void {
    this.part?.push(strToU8(xml), true);
  }

  close(): void {
    this.zip.end();
  }

  *taken(): Generator<Uint8Array> {
    if (this.error !== undefined) throw this.error;
    yield* this.waiting.splice(0);
  }
}
