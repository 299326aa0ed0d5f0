/** Text for a terminal: columns side by side, and nothing in them that a terminal would obey. */

/**
 * Attack: a client’s name or a file name with escape sequences rewrites what stands on the screen, or the title of the window.
 * Control characters (C0, C1) and direction marks become «·».
 */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, '·');
}

/** Rows under their headings; an empty table is no line at all. */
export function tableLines(headings: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  if (rows.length === 0) return [];
  const cells = [headings, ...rows].map((row) => row.map(plain));
  const widths = headings.map((_, at) =>
    Math.min(cellCharsMax, Math.max(...cells.map((row) => length(row[at] ?? '')))),
  );
  return cells.map((row) =>
    row
      .map((cell, at) => padded(cut(cell), widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}

/** “name: value” under one another. */
export function factLines(facts: readonly (readonly [string, unknown])[]): string[] {
  const width = Math.max(...facts.map(([name]) => length(name)));
  return facts.map(([name, value]) => `${padded(name, width)}  ${plain(value)}`);
}

const cellCharsMax = 48;
const length = (text: string) => [...text].length;
const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - length(text)));

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= cellCharsMax ? text : `${characters.slice(0, cellCharsMax - 1).join('')}…`;
}
