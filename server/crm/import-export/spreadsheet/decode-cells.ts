/**
 * Turns the bytes of one row into the texts of its cells. Where one unit is one character (ASCII, Windows-1251, UTF-16)
 * the row is decoded once and cut; in UTF-8 with other letters each cell is decoded by itself.
 */
import iconv from 'iconv-lite';
import type { Encoding } from './row.ts';

/** Where the cells of a row stand, in units of the buffer. */
export type CellCuts = {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  /** 0 plain, 1 quoted, 2 quoted with text after the closing quote. */
  quoted: Uint8Array;
};

type DecodeRange = (bytes: Buffer, start: number, end: number) => string;

const decodeRange: Record<Encoding, DecodeRange> = {
  'utf-8': (bytes, start, end) => bytes.toString('utf8', start, end),
  'windows-1251': (bytes, start, end) => iconv.decode(bytes.subarray(start, end), 'windows-1251'),
  'utf-16le': (bytes, start, end) => bytes.toString('utf16le', start * 2, end * 2),
  'utf-16be': (bytes, start, end) => bytes.toString('utf16le', start * 2, end * 2), // swapped on the way in
};

/** The texts of the cells; `isAscii` tells that no unit of the row is above 127. */
export function decodeCells(bytes: Buffer, encoding: Encoding, isAscii: boolean, cuts: CellCuts): string[] {
  const cells = new Array<string>(cuts.count);
  if (encoding === 'utf-8' && !isAscii) {
    for (let i = 0; i < cuts.count; i++) {
      cells[i] = unquote(bytes.toString('utf8', cuts.starts[i], cuts.ends[i]), cuts.quoted[i]!);
    }
    return cells;
  }
  const from = cuts.starts[0]!;
  const to = cuts.ends[cuts.count - 1]!;
  const row =
    isAscii && encoding === 'utf-8' ? bytes.toString('latin1', from, to) : decodeRange[encoding](bytes, from, to);
  for (let i = 0; i < cuts.count; i++) {
    cells[i] = unquote(row.slice(cuts.starts[i]! - from, cuts.ends[i]! - from), cuts.quoted[i]!);
  }
  return cells;
}

function unquote(raw: string, quoted: number): string {
  if (quoted === 0) return raw;
  if (quoted === 1) {
    const inner = raw.slice(1, -1);
    return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
  }
  let close = raw.indexOf('"', 1);
  while (raw[close + 1] === '"') close = raw.indexOf('"', close + 2);
  return raw.slice(1, close).replaceAll('""', '"') + raw.slice(close + 1);
}
