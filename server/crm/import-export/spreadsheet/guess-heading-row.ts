/** Whether the first row of a sheet is its headings. */
import { findHeading } from './headings.ts';
import { looksLikeData } from './looks-like.ts';

/** True when the first row names columns: its words are known headings, or none of its cells looks like a value. */
export function looksLikeHeadings(rows: readonly (readonly string[])[]): boolean {
  const first = (rows[0] ?? []).map((cell) => cell.trim());
  const filled = first.filter((cell) => cell !== '');
  if (filled.length === 0 || filled.some((cell) => looksLikeData(cell))) return false;
  if (filled.some((cell) => findHeading(cell) !== undefined)) return true;
  const others = rows.slice(1).some((row) => row.some((cell) => looksLikeData(cell.trim())));
  return others && new Set(filled).size === filled.length && filled.length * 2 >= first.length;
}
