/** Turns the events of a worksheet part (ECMA-376 part 1, §18.3.1.73) into rows of texts. */
import type { ErrorCode } from '#contract';
import { LubartError, type ErrorDetails } from '#kernel';
import { type NumberForm, textOfNumber } from './number-form.ts';
import { cellBytesMax, columnsMax, type Row, rowBytesMax } from './row.ts';
import type { SharedStrings } from './shared-strings.ts';
import { unescapeText } from './xlsx-text.ts';
import type { XmlEvents } from './xml-scanner.ts';

export type SheetContext = { shared: SharedStrings; forms: NumberForm[]; is1904: boolean };

const plain: NumberForm = { kind: 'plain' };
const rowNumberMax = 2 ** 31;

export class SheetRows implements XmlEvents {
  private readonly context: SheetContext;
  private readonly take: (row: Row) => void;
  /** Set by the reader before each piece, for progress. */
  byteOffset = 0;
  private line = 0;
  private cells: string[] = [];
  private rowBytes = 0;
  private column = -1;
  private type = 'n';
  private style = 0;
  private content = '';
  private inText = false;
  private inAid = false;

  constructor(context: SheetContext, take: (row: Row) => void) {
    this.context = context;
    this.take = take;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'c') this.beginCell(attributes);
    else if (name === 'v') this.inText = true;
    else if (name === 't') this.inText = !this.inAid;
    else if (name === 'row') this.beginRow(attributes['r']);
    else if (name === 'rPh') this.inAid = true;
  }

  /** Formulas (`f`) are not listened to: what Excel last computed stands in `v`. */
  text(piece: string): void {
    if (!this.inText) return;
    this.content += piece;
    if (this.content.length > cellBytesMax) this.refuse('import.cell_too_long', { maxBytes: cellBytesMax });
  }

  close(name: string): void {
    if (name === 'c') this.endCell();
    else if (name === 'v' || name === 't') this.inText = false;
    else if (name === 'row') this.endRow();
    else if (name === 'rPh') this.inAid = false;
  }

  private beginRow(number: string | undefined): void {
    const line = number === undefined ? this.line + 1 : Number(number);
    if (!(Number.isInteger(line) && line > this.line && line < rowNumberMax)) this.refuse('import.file_broken');
    this.line = line;
    this.cells = [];
    this.rowBytes = 0;
    this.column = -1;
  }

  private endRow(): void {
    if (this.cells.length > 0) this.take({ line: this.line, cells: this.cells, byteOffset: this.byteOffset });
    this.cells = [];
  }

  private beginCell(attributes: Record<string, string>): void {
    const reference = attributes['r'];
    this.column = reference === undefined ? this.column + 1 : columnOf(reference);
    if (this.column < 0) this.refuse('import.file_broken');
    this.type = attributes['t'] ?? 'n';
    this.style = Number(attributes['s'] ?? 0);
    this.content = '';
    this.inText = false;
  }

  /** Empty cells are left out, however far to the right a style reaches. */
  private endCell(): void {
    const value = this.value();
    if (value === '') return;
    if (this.column >= columnsMax) this.refuse('import.too_many_columns', { max: columnsMax });
    const bytes = Buffer.byteLength(value);
    this.rowBytes += bytes;
    if (bytes > cellBytesMax) this.refuse('import.cell_too_long', { maxBytes: cellBytesMax });
    if (this.rowBytes > rowBytesMax) this.refuse('import.row_too_long', { maxBytes: rowBytesMax });
    while (this.cells.length < this.column) this.cells.push('');
    this.cells[this.column] = value;
  }

  private value(): string {
    const { content: text, type, context } = this;
    if (text === '') return '';
    if (type === 's') return context.shared.find(Number(text)) ?? this.refuse('import.file_broken');
    if (type === 'n') return textOfNumber(text, context.forms[this.style] ?? plain, context.is1904);
    if (type === 'b') return text === '1' || text === 'true' ? 'TRUE' : 'FALSE';
    if (type === 'e') return ''; // #N/A and its like say that there is no value
    if (type === 'd') return text.replace(/T00:00:00(\.0+)?Z?$/, '').replace('T', ' ');
    return unescapeText(text); // inlineStr, str
  }

  private refuse(code: ErrorCode, details: ErrorDetails = {}): never {
    throw new LubartError(code, { details: { line: Math.max(this.line, 1), ...details } });
  }
}

/** 0 for 'A7', 27 for 'AB1', -1 for what is no reference. */
function columnOf(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < 3; at++) {
    const code = reference.charCodeAt(at);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  const next = reference.charCodeAt(at);
  return at > 0 && next >= 49 && next <= 57 ? column - 1 : -1;
}
