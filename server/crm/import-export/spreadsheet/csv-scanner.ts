/**
 * Finds rows and cells in the bytes of a CSV file (RFC 4180), without waiting for anything: bytes go in, rows come out.
 *
 * It looks at code units of one size: bytes for UTF-8 and Windows-1251 (neither hides a delimiter inside a letter),
 * 16-bit units for UTF-16. So positions are exact whatever the text is, even a broken one, and each row can be found
 * again by its byte offset. The buffer is made once: a row that does not fit is refused, so one line of 1 GB costs
 * no more memory than any other file.
 *
 * Lenient where RFC 4180 is silent and real exports differ: CR, LF and CRLF all end a row, blank lines are passed
 * over, a quote inside a cell that did not begin with one is a plain character, and so is text after a closing quote.
 */
import type { ErrorCode } from '#contract';
import { LubartError, type ErrorDetails } from '#kernel';
import { type CellCuts, decodeCells } from './decode-cells.ts';
import { cellBytesMax, columnsMax, type Encoding, rowBytesMax, type Row } from './row.ts';

const LF = 10;
const CR = 13;
const QUOTE = 34;
const intakeBytes = 256 * 1024;

/** Before a cell, in a plain cell, inside quotes, or after a quote that either closes the cell or begins a doubled one. */
const beforeCell = 0;
const inPlain = 1;
const inQuotes = 2;
const afterQuote = 3;

export type CsvForm = { encoding: Encoding; delimiter: string };
/** Where reading begins: the byte and the line of a row that was read before. */
export type CsvStart = { byteOffset: number; line: number };
export type TakeRow = (row: Row) => void;

export class CsvScanner {
  private readonly encoding: Encoding;
  private readonly delimiter: number;
  private readonly unitBytes: 1 | 2;
  private readonly bytes: Buffer;
  private readonly units: Uint8Array | Uint16Array;
  private readonly cellUnitsMax: number;
  private readonly rowUnitsMax: number;
  private readonly cuts: CellCuts;
  /** Bytes in the buffer, and where the first of them stands in the file. */
  private filled = 0;
  private bufferOffset: number;
  /** In units: the beginning of the row, of the cell, and the next unit to look at. */
  private rowAt = 0;
  private cellAt = 0;
  private at = 0;
  private state = beforeCell;
  private quoted = 0;
  /** All units of the row or-ed together: below 128 the row is ASCII. */
  private seen = 0;
  private afterCr = false;
  private line: number;
  private rowLine: number;
  private atFileStart: boolean;
  private firstRow: boolean;

  constructor({ encoding, delimiter }: CsvForm, start: CsvStart = { byteOffset: 0, line: 1 }) {
    this.encoding = encoding;
    // Beyond ASCII a delimiter would be found inside letters, a quote or line end would have two meanings.
    if (!/^[\t\u0020-\u0021\u0023-\u007e]$/.test(delimiter))
      throw new LubartError('request.invalid', { field: 'delimiter' });
    this.delimiter = delimiter.charCodeAt(0);
    this.unitBytes = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
    const room = new ArrayBuffer(rowBytesMax + 2 * intakeBytes);
    this.bytes = Buffer.from(room);
    this.units = this.unitBytes === 2 ? new Uint16Array(room) : new Uint8Array(room);
    this.cellUnitsMax = cellBytesMax / this.unitBytes;
    this.rowUnitsMax = rowBytesMax / this.unitBytes;
    // One place more than allowed: the cell that is one too many is written down, then refused.
    const places = columnsMax + 1;
    this.cuts = {
      count: 0,
      starts: new Int32Array(places),
      ends: new Int32Array(places),
      quoted: new Uint8Array(places),
    };
    this.bufferOffset = start.byteOffset;
    this.line = this.rowLine = start.line;
    this.atFileStart = this.firstRow = start.byteOffset === 0;
  }

  /** Takes a piece of the file and hands over each row that ends in it. Throws the `import.*` limits with `line`. */
  push(chunk: Uint8Array, take: TakeRow): void {
    for (let from = 0; from < chunk.length; from += intakeBytes) {
      const piece = chunk.subarray(from, from + intakeBytes);
      if (this.filled + piece.length > this.bytes.length) this.dropReadRows();
      this.takeIn(piece);
      if (this.atFileStart && this.filled < 3) continue; // too little to tell whether a mark stands here
      this.skipMark();
      this.scan(take);
    }
  }

  /** The file ends here. Throws `import.quote_unterminated` when a quote is still open. */
  end(take: TakeRow): void {
    this.skipMark();
    this.scan(take);
    if (this.state === inQuotes) this.refuse('import.quote_unterminated');
    if (this.at === this.rowAt) return; // the file ended with a line end
    this.endCell(this.at);
    this.endRow(take);
  }

  /** Copies bytes in, UTF-16 into the machine's order; an odd last byte waits for its other half. */
  private takeIn(piece: Uint8Array): void {
    this.bytes.set(piece, this.filled);
    const from = this.filled & ~1;
    this.filled += piece.length;
    if (this.encoding === 'utf-16be') this.bytes.subarray(from, this.filled & ~1).swap16();
  }

  /** Passes over a byte order mark. */
  private skipMark(): void {
    if (!this.atFileStart) return;
    this.atFileStart = false;
    const isMark = this.unitBytes === 2 ? this.units[0] === 0xfeff : this.bytes.readUIntBE(0, 3) === 0xefbbbf;
    if (isMark && this.encoding !== 'windows-1251') this.at = this.rowAt = this.cellAt = this.unitBytes === 2 ? 1 : 3;
  }

  /** Makes room: rows that were handed over leave the buffer. */
  private dropReadRows(): void {
    const gone = this.rowAt;
    this.bytes.copyWithin(0, gone * this.unitBytes, this.filled);
    this.filled -= gone * this.unitBytes;
    this.bufferOffset += gone * this.unitBytes;
    this.rowAt = 0;
    this.at -= gone;
    this.cellAt -= gone;
    for (let i = 0; i < this.cuts.count; i++) {
      this.cuts.starts[i]! -= gone;
      this.cuts.ends[i]! -= gone;
    }
  }

  private scan(take: TakeRow): void {
    const end = Math.floor(this.filled / this.unitBytes);
    const { units, delimiter } = this;
    while (this.at < end) {
      if (this.state === inQuotes) {
        this.passQuoted(end);
        continue;
      }
      const unit = units[this.at]!;
      if (unit === delimiter) this.beginNextCell();
      else if (unit === LF || unit === CR) this.endLine(unit, take);
      else if (unit === QUOTE && this.state !== inPlain) this.meetQuote();
      else this.passPlain(end);
    }
    this.requireShort(end); // a cell or row without an end must not wait for one
  }

  /** Goes to the end of a plain cell, or of what is there. */
  private passPlain(end: number): void {
    const { units, delimiter } = this;
    let { at, seen } = this;
    for (; at < end; at++) {
      const unit = units[at]!;
      if (unit === delimiter || unit === LF || unit === CR) break;
      seen |= unit;
    }
    if (this.state === afterQuote) this.quoted = 2;
    this.at = at;
    this.seen = seen;
    this.afterCr = false;
    this.state = inPlain;
  }

  /** Goes to the next quote inside quotes, counting the lines it passes. */
  private passQuoted(end: number): void {
    const { units } = this;
    let { at, seen } = this;
    for (; at < end; at++) {
      const unit = units[at]!;
      if (unit === QUOTE) break;
      seen |= unit;
      if (unit === CR || (unit === LF && !this.afterCr)) this.line++;
      this.afterCr = unit === CR;
    }
    this.at = at;
    this.seen = seen;
    if (at === end) return;
    this.at++;
    this.afterCr = false;
    this.state = afterQuote;
  }

  private meetQuote(): void {
    this.afterCr = false;
    this.quoted = 1;
    this.state = inQuotes; // opened, or doubled
    this.at++;
  }

  private beginNextCell(): void {
    this.endCell(this.at);
    if (this.cuts.count === columnsMax) this.refuse('import.too_many_columns', { max: columnsMax });
    this.at++;
    this.cellAt = this.at;
    this.afterCr = false;
    this.state = beforeCell;
  }

  private endLine(unit: number, take: TakeRow): void {
    const isHalfOfCrLf = unit === LF && this.afterCr && this.at === this.rowAt;
    if (!isHalfOfCrLf) {
      this.line++;
      if (this.at > this.rowAt) {
        this.endCell(this.at);
        this.endRow(take);
      }
    }
    this.at++;
    this.afterCr = unit === CR;
    this.rowAt = this.cellAt = this.at;
    this.rowLine = this.line;
    this.state = beforeCell;
  }

  private endCell(end: number): void {
    this.requireShort(end);
    const { cuts } = this;
    cuts.starts[cuts.count] = this.cellAt;
    cuts.ends[cuts.count] = end;
    cuts.quoted[cuts.count] = this.quoted;
    cuts.count++;
    this.quoted = 0;
  }

  private endRow(take: TakeRow): void {
    const cells = decodeCells(this.bytes, this.encoding, this.seen < 128, this.cuts);
    this.cuts.count = 0;
    this.seen = 0;
    const isNote = this.firstRow && isSeparatorNote(cells);
    this.firstRow = false;
    if (!isNote) take({ line: this.rowLine, cells, byteOffset: this.bufferOffset + this.rowAt * this.unitBytes });
  }

  /** Whichever limit was passed first is named, so the answer does not depend on how the file was cut into pieces. */
  private requireShort(end: number): void {
    const cellLimitAt = this.cellAt + this.cellUnitsMax + (this.quoted > 0 ? 2 : 0);
    const rowLimitAt = this.rowAt + this.rowUnitsMax;
    if (end <= cellLimitAt && end <= rowLimitAt) return;
    if (rowLimitAt <= cellLimitAt) this.refuse('import.row_too_long', { maxBytes: rowBytesMax });
    // A cell that is too long inside quotes is most often a quote that was never closed: say so.
    this.refuse('import.cell_too_long', { maxBytes: cellBytesMax, quoted: this.quoted > 0 });
  }

  private refuse(code: ErrorCode, details: ErrorDetails = {}): never {
    throw new LubartError(code, { details: { line: this.rowLine, ...details } });
  }
}

/** The line `sep=;` that Excel reads and writes at the top of a file. */
function isSeparatorNote(cells: string[]): boolean {
  if (cells.length === 2) return cells[0] === 'sep=' && cells[1] === '';
  return cells.length === 1 && /^sep=.$/.test(cells[0]!);
}
