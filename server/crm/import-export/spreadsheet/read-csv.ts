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
 * with `details.line`; rows before the bad one have been yielded by then.
 */
export async function* readCsv(source: AsyncIterable<Uint8Array>, options: ReadCsvOptions): AsyncGenerator<Row[]> {
  const batchRows = options.batchRows ?? batchRowsDefault;
  const scanner = new CsvScanner(options, options.start);
  const batch: Row[] = [];
  const take = (row: Row) => batch.push(row);
  for await (const chunk of inPieces(source)) {
    const refusal = attempt(() => scanner.push(chunk, take));
    while (batch.length >= batchRows) yield batch.splice(0, batchRows);
    if (refusal === undefined) continue;
    if (batch.length > 0) yield batch;
    throw refusal.error;
  }
  const refusal = attempt(() => scanner.end(take));
  while (batch.length > batchRows) yield batch.splice(0, batchRows);
  if (batch.length > 0) yield batch;
  if (refusal !== undefined) throw refusal.error;
}

const pieceBytes = 64 * 1024;

/** A source may hand over its whole file at once; its rows must not all be objects at the same time. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += pieceBytes) yield chunk.subarray(from, from + pieceBytes);
  }
}

function attempt(step: () => void): { error: unknown } | undefined {
  try {
    step();
  } catch (error) {
    return { error };
  }
  return undefined;
}
