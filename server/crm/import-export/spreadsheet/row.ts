/**
 * What every reader of this room yields, and the limits that keep a hostile file from growing in memory.
 * Limits are in bytes as they stand in the file (for XLSX: of the text as UTF-8), so nobody can argue about characters.
 */

/** One row of a spreadsheet, read but not understood. */
export type Row = {
  /** CSV: the line of the file on which the row begins; XLSX: the row number of the sheet. From 1. */
  line: number;
  /** Texts as they stand; an absent cell inside the row is ''. */
  cells: string[];
  /**
   * CSV: exactly where the row begins, so that a reader opened there goes on with this very row.
   * XLSX: how far into the file reading has come, for progress only.
   */
  byteOffset: number;
};

/** What writers take. `Date` is an instant (written in UTC); a calendar day travels as 'YYYY-MM-DD' text. */
export type CellValue = string | number | boolean | Date | null | undefined;

export type Encoding = 'utf-8' | 'windows-1251' | 'utf-16le' | 'utf-16be';

export const columnsMax = 1_000;
export const cellBytesMax = 64 * 1024;
export const rowBytesMax = 1024 * 1024;
export const batchRowsDefault = 500;
