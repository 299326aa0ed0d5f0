/** Reads one sheet of an XLSX workbook (ECMA-376, both dialects) as batches of rows, streamed from the archive. */
import { LubartError } from '#kernel';
import { batchRowsDefault, type Row } from './row.ts';
import { SheetRows } from './sheet-rows.ts';
import { type Book, readBook, readSharedStrings, readStyles, type SheetInfo } from './xlsx-book.ts';
import { XmlScanner } from './xml-scanner.ts';
import { type RandomAccessSource, ZipParts } from './zip-parts.ts';

export const sheetPartBytesMax = 4 * 1024 * 1024 * 1024;

export type ReadXlsxOptions = {
  /** Name of the sheet; without it the first that is not hidden. */
  sheet?: string;
  /** Rows in a batch; the last one has fewer. */
  batchRows?: number;
  /** Rows up to this line are passed over (to go on after a stop). */
  afterLine?: number;
};

/** Names of the sheets that hold rows, hidden ones marked, in the order of the book. Throws as `readXlsx` does. */
export async function listSheets(source: RandomAccessSource): Promise<{ name: string; hidden: boolean }[]> {
  const parts = await ZipParts.open(source);
  try {
    const { sheets } = await readBook(parts);
    return sheets.map(({ name, hidden }) => ({ name, hidden }));
  } finally {
    parts.close();
  }
}

/**
 * Yields the rows of a sheet in batches. Empty rows are left out, line numbers are those of the sheet; days come as
 * YYYY-MM-DD, numbers in full, booleans as TRUE and FALSE, formulas as the value kept beside them.
 * Throws `import.file_encrypted`, `import.file_broken`, `import.file_empty` (no sheet), `import.format_unsupported`,
 * `import.too_large` (zip bomb, more text than memory), `request.invalid` with field `sheet` (no such sheet), and the
 * limits `import.too_many_columns`, `import.cell_too_long`, `import.row_too_long` with `details.line`.
 */
export async function* readXlsx(source: RandomAccessSource, options: ReadXlsxOptions = {}): AsyncGenerator<Row[]> {
  const parts = await ZipParts.open(source);
  try {
    const book = await readBook(parts);
    const sheet = chooseSheet(book, options.sheet);
    const forms = await readStyles(parts, book.stylesPath);
    const shared = await readSharedStrings(parts, book.sharedPath);
    yield* readRows(parts, sheet, { shared, forms, is1904: book.is1904 }, options);
  } finally {
    parts.close();
  }
}

async function* readRows(
  parts: ZipParts,
  sheet: SheetInfo,
  context: ConstructorParameters<typeof SheetRows>[0],
  { batchRows = batchRowsDefault, afterLine = 0 }: ReadXlsxOptions,
): AsyncGenerator<Row[]> {
  const batch: Row[] = [];
  const rows = new SheetRows(context, (row) => {
    if (row.line > afterLine) batch.push(row);
  });
  const scanner = new XmlScanner(rows);
  const { folded, unfolded } = parts.sizeOf(sheet.path);
  let read = 0;
  try {
    for await (const chunk of parts.read(sheet.path, sheetPartBytesMax)) {
      scanner.push(chunk);
      read += chunk.length;
      rows.byteOffset = Math.floor(folded * (read / Math.max(unfolded, 1)));
      while (batch.length >= batchRows) yield batch.splice(0, batchRows);
    }
    scanner.end();
  } catch (error) {
    // What was read until then is good, and the count of rows must be right.
    while (batch.length > 0) yield batch.splice(0, batchRows);
    throw error;
  }
  while (batch.length > 0) yield batch.splice(0, batchRows);
}

function chooseSheet({ sheets }: Book, name: string | undefined): SheetInfo {
  if (sheets.length === 0) throw new LubartError('import.file_empty');
  if (name === undefined) return sheets.find(({ hidden }) => !hidden) ?? sheets[0]!;
  const sheet = sheets.find((candidate) => candidate.name === name);
  if (sheet === undefined) throw new LubartError('request.invalid', { field: 'sheet' });
  return sheet;
}
