/** What a file is, judged by its first bytes and never by its name alone. */
import { LubartError } from '#kernel';
import { CsvScanner } from './csv-scanner.ts';
import { detectEncoding } from './detect-encoding.ts';
import { looksLikeHeadings } from './guess-heading-row.ts';
import type { Encoding, Row } from './row.ts';

export const headBytesMax = 256 * 1024;

export type CsvFormat = { kind: 'csv'; encoding: Encoding; delimiter: string; headingRow: boolean };
/** Sheets and headings of a workbook are known only after opening it: `listSheets`, `readXlsx`, `looksLikeHeadings`. */
export type XlsxFormat = { kind: 'xlsx'; encoding: null; delimiter: null; headingRow: null };
export type FileFormat = CsvFormat | XlsxFormat;

const delimiters = [';', ',', '\t', '|'] as const;
const sampleRowsMax = 200;
/** Below this a delimiter is only punctuation inside texts. */
const scoreMin = 0.5;

/**
 * The format of a file from its first bytes (up to 256 KiB, or all when it is smaller) and its name.
 * Throws `import.file_empty`, `import.file_encrypted` (a workbook with a password), `import.format_unsupported`
 * (xls, ods, xlsb, docx, pdf, html, pictures …), `import.encoding_unknown`.
 */
export function detectFormat(head: Uint8Array, fileName: string): FileFormat {
  if (head.length === 0) throw new LubartError('import.file_empty');
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytesMax));
  if (isZipOfSheets(bytes)) return { kind: 'xlsx', encoding: null, delimiter: null, headingRow: null };
  refuseKnownBinaries(bytes, fileName);
  const { encoding, markBytes } = detectEncoding(bytes);
  const text = textOf(bytes.subarray(markBytes), encoding);
  if (text.trim() === '') throw new LubartError('import.file_empty');
  refuseKnownTexts(text);
  const isWhole = head.length < headBytesMax;
  const delimiter = findNotedDelimiter(text) ?? guessDelimiter(bytes, encoding, isWhole, fileName);
  const rows = sampleRows(bytes, encoding, delimiter, isWhole);
  return { kind: 'csv', encoding, delimiter, headingRow: looksLikeHeadings(rows.map(({ cells }) => cells)) };
}

function isZipOfSheets(bytes: Buffer): boolean {
  if (bytes.readUIntBE(0, Math.min(4, bytes.length)) !== 0x504b0304) return false;
  const names = zipNames(bytes);
  const some = (form: RegExp) => names.some((name) => form.test(name));
  // The parts of a big workbook may lie beyond the head: what could be one is left to the reader to decide.
  const isForeign =
    some(/^xl\/workbook\.bin$|^mimetype$|^(?:word|ppt|meta-inf|index)\//i) && !some(/^xl\/worksheets\/.*\.xml$/i);
  if (isForeign || !some(/^xl\/|^\[Content_Types\]\.xml$|^(?:_rels|docprops)\//i)) {
    throw new LubartError('import.format_unsupported');
  }
  return true;
}

/** Names of the archive’s parts as their local headers in the head give them (APPNOTE 4.3.7). */
function zipNames(bytes: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; (at = bytes.indexOf('PK\u0003\u0004', at, 'latin1')) >= 0; at += 4) {
    if (at + 30 > bytes.length) break;
    const length = bytes.readUInt16LE(at + 26);
    names.push(bytes.toString('utf8', at + 30, at + 30 + length));
  }
  return names;
}

/** First bytes of what people try to import besides. */
const binaryMagics = [
  '504b0506',
  '504b0708',
  '25504446',
  '89504e47',
  'ffd8ff',
  '47494638',
  '424d',
  '52494646',
  '49492a00',
  '4d4d002a',
  '1f8b',
  '377abcaf271c',
  '526172211a07',
  'fd377a585a00',
  '28b52ffd',
  '7f454c46',
  '4d5a',
  '53514c69746520666f726d6174',
];

function refuseKnownBinaries(bytes: Buffer, fileName: string): void {
  const start = bytes.toString('hex', 0, 16);
  if (start.startsWith('d0cf11e0a1b11ae1')) {
    // An encrypted workbook is an OLE file with these streams (MS-OFFCRYPTO 2.3.4); a plain one is an old .xls.
    const isEncrypted =
      bytes.includes('EncryptedPackage', 0, 'utf16le') || bytes.includes('EncryptionInfo', 0, 'utf16le');
    const code = isEncrypted || /\.xls[xm]$/i.test(fileName) ? 'import.file_encrypted' : 'import.format_unsupported';
    throw new LubartError(code);
  }
  const magic = binaryMagics.find((known) => start.startsWith(known));
  // 'BM' and 'MZ' also begin words: a picture or program shows by its zeros.
  if (magic !== undefined && (magic.length > 4 || bytes.includes(0)))
    throw new LubartError('import.format_unsupported');
}

function refuseKnownTexts(text: string): void {
  const start = text.slice(0, 2000).trimStart();
  const isForeign =
    /^(?:<(?:!doctype|!--|\?xml|html|head|body|table|svg|meta)\b|\{\\rtf|%!PS|BEGIN:VC|\{\s*"|\[\s*\{)/i.test(start);
  if (isForeign || /^<[a-z!?]/i.test(start)) throw new LubartError('import.format_unsupported');
}

function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8');
  if (encoding === 'windows-1251') return bytes.toString('latin1'); // only ASCII is looked for
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return (encoding === 'utf-16be' ? even.swap16() : even).toString('utf16le');
}

/** The delimiter that the file itself names in Excel’s first line `sep=;`. */
function findNotedDelimiter(text: string): string | undefined {
  return /^"?sep=([\t\u0020-\u0021\u0023-\u007e])"?(?:\r|\n)/i.exec(text)?.[1];
}

/** The delimiter under which most rows have the same, largest number of cells. */
function guessDelimiter(bytes: Buffer, encoding: Encoding, isWhole: boolean, fileName: string): string {
  let best = { delimiter: /\.tsv$/i.test(fileName) ? '\t' : ';', score: scoreMin };
  for (const delimiter of delimiters) {
    const score = scoreOf(sampleRows(bytes, encoding, delimiter, isWhole));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function scoreOf(rows: Row[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let score = 0;
  for (const [columns, times] of counts) {
    // Agreement first: commas in addresses split rows too, but each one differently.
    if (columns > 1) score = Math.max(score, (times / rows.length) ** 2 * Math.log2(columns + 1));
  }
  const heading = rows[0]?.cells.length ?? 0;
  return heading > 1 ? score : score * 0.5;
}

function sampleRows(bytes: Buffer, encoding: Encoding, delimiter: string, isWhole: boolean): Row[] {
  const rows: Row[] = [];
  const take = (row: Row) => {
    if (rows.length < sampleRowsMax) rows.push(row);
  };
  try {
    const scanner = new CsvScanner({ encoding, delimiter }, { byteOffset: 0, line: 1 });
    scanner.push(bytes, take);
    if (isWhole || rows.length === 0) scanner.end(take);
  } catch (error) {
    if (!(error instanceof LubartError)) throw error; // limits end the sample; the reader will name them
  }
  return rows;
}
