/** How figures and rows are written in RESULTS.md. */

export const number = (value: number, digits = 0): string =>
  value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, digits > 0 ? '' : ' ');

export const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
