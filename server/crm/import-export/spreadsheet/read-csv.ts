/** Reads a CSV file of any size as batches of rows, in memory that does not grow with the file. */
import { CsvScanner, type CsvForm, type CsvStart } from './csv-scanner.ts';
import { batchRowsDefault, type Row } from './row.ts';

export type ReadCsvOptions = CsvForm & {
  /** Rows in a batch; the last one has fewer. */
  batchRows?: number;
  /** To go on after a stop: the place of the first row not read yet; `source` begins at that very byte. */
  start?: CsvStart;
};

/**
 * Yields the rows of a CSV file (RFC 4180, any one-character delimiter) in batches. Blank lines, a byte order mark and
 * Excel's `sep=` line are passed over. Bytes that are wrong in the encoding become U+FFFD.
 * Throws `import.too_many_columns`, `import.cell_too_long`, `import.row_too_long`, `import.quote_unterminated`, each
 * with `details.line`; rows before the bad one have been yielded by then. Throws `request.invalid` with field
 * `delimiter` for one that is no single ASCII character, or is a quote or a line end.
 */
export async function* readCsv(source: AsyncIterable<Uint8Array>, options: ReadCsvOptions): AsyncGenerator<Row[]> {
  const batchRows = options.batchRows ?? batchRowsDefault;
  const scanner = new CsvScanner(options, options.start);
  const batch: Row[] = [];
  const take = (row: Row) => batch.push(row);
  try {
    for await (const chunk of inPieces(source)) {
      scanner.push(chunk, take);
      while (batch.length >= batchRows) yield batch.splice(0, batchRows);
    }
    scanner.end(take);
  } catch (error) {
    // What was read until then is good, and the count of rows must be right.
    while (batch.length > 0) yield batch.splice(0, batchRows);
    throw error;
  }
  while (batch.length > 0) yield batch.splice(0, batchRows);
}

const pieceBytes = 64 * 1024;

/** A source may hand over its whole file at once; its rows must not all be objects at the same time. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += pieceBytes) yield chunk.subarray(from, from + pieceBytes);
  }
}
