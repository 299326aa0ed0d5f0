/** An import’s file as rows: what it is (or what the plan says it is), where its headings are, and rows from any place on. */
import type { ImportPlanValue } from '#contract';
import { LubartError } from '#kernel';
import type { Encoding, FileFormat, RandomAccessSource, Row } from './spreadsheet/index.ts';
import { detectFormat, headBytesMax, listSheets, looksLikeHeadings, readCsv, readXlsx } from './spreadsheet/index.ts';

export type FileShape = {
  format: 'csv' | 'xlsx';
  encoding: Encoding | null;
  delimiter: string | null;
  headingRow: boolean;
  sheets: string[];
  sheet: string | null;
  /** The first rows, headings included. */
  first: Row[];
};

type SourceFile = RandomAccessSource & { from(byte: number): AsyncGenerator<Uint8Array> };
type Wishes = Pick<ImportPlanValue, 'delimiter' | 'encoding' | 'headingRow' | 'sheet'>;

const firstRows = 100;
const encodings: readonly string[] = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be'] satisfies Encoding[];

/** Looks at the beginning of the file. @throws import.file_empty, import.encoding_unknown and the refusals of the readers */
export async function lookAtFile(file: SourceFile, fileName: string, wishes: Partial<Wishes>): Promise<FileShape> {
  if (file.size === 0) throw new LubartError('import.file_empty');
  if (wishes.encoding !== undefined && !encodings.includes(wishes.encoding)) {
    throw new LubartError('import.encoding_unknown', { field: 'encoding' });
  }
  const head = await file.read(0, Math.min(file.size, headBytesMax));
  const detected: FileFormat = detectFormat(head, fileName);
  const sheets =
    detected.kind === 'xlsx'
      ? (await listSheets(file)).filter((sheet) => !sheet.hidden).map((sheet) => sheet.name)
      : [];
  const shape = {
    format: detected.kind,
    encoding: detected.kind === 'csv' ? (wishes.encoding ?? detected.encoding) : null,
    delimiter: detected.kind === 'csv' ? (wishes.delimiter ?? detected.delimiter) : null,
    sheets,
    sheet: detected.kind === 'xlsx' ? (wishes.sheet ?? sheets[0] ?? null) : null,
  };
  const first: Row[] = [];
  for await (const batch of rowsOf(file, { ...shape, headingRow: false, first }, null, firstRows)) {
    first.push(...batch);
    break;
  }
  if (first.length === 0) throw new LubartError('import.file_empty');
  const headingRow = wishes.headingRow ?? looksLikeHeadings(first.slice(0, 20).map((row) => row.cells));
  return { ...shape, headingRow, first };
}

/** The headings; for a file without them as many '' as there are columns. */
export function headingsOf(shape: FileShape): string[] {
  const width = Math.max(...shape.first.map((row) => row.cells.length));
  const row = shape.headingRow ? shape.first[0]!.cells : [];
  return Array.from({ length: width }, (_, at) => (row[at] ?? '').trim());
}

/** Batches of data rows; `after` is the last row that is done already. */
export async function* rowsOf(
  file: SourceFile,
  shape: FileShape,
  after: { line: number; byteOffset: number } | null,
  batchRows: number,
): AsyncGenerator<Row[]> {
  const headingLine = shape.headingRow ? (shape.first[0]?.line ?? 0) : 0;
  const doneLine = Math.max(headingLine, after?.line ?? 0);
  const batches =
    shape.format === 'xlsx'
      ? readXlsx(file, { batchRows, afterLine: doneLine, ...(shape.sheet === null ? {} : { sheet: shape.sheet }) })
      : readCsv(file.from(after?.byteOffset ?? 0), {
          encoding: shape.encoding!,
          delimiter: shape.delimiter!,
          batchRows,
          ...(after === null ? {} : { start: { byteOffset: after.byteOffset, line: after.line } }),
        });
  for await (const batch of batches) {
    // The row at which reading went on was done before; the headings are no client.
    const rows = batch[0]!.line <= doneLine ? batch.filter((row) => row.line > doneLine) : batch;
    if (rows.length > 0) yield rows;
  }
}
