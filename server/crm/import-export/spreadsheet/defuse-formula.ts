/**
 * A cell that a spreadsheet program would run as a formula is made a text by an apostrophe in front (OWASP, “CSV
 * Injection”). Not only at the beginning: opened with another list separator, `x,=cmd|…` falls apart into two cells.
 */

/** Whole E.164 numbers (ITU-T E.164: 7 to 15 digits) compute nothing, so one or a list of them stays as people know it. */
const phones = /^\+[1-9]\d{6,14}(?:[,;] ?\+[1-9]\d{6,14})*$/;
const dangerousStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Behind what another program may take for the end of a cell. A `- ` is a list item, a `+` a phone in a list. */
const dangerousInside = /([,;|\t\r\n])(?=[=@\uff1d\uff20]|-(?! )|\+(?![1-9]\d{6,14}(?:[,;|\s]|$)))/g;

/** The text, safe to be opened in Excel, LibreOffice or Google Sheets. */
export function defuseFormula(text: string): string {
  if (text === '') return text;
  const inside = /[=@+\-\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.replace(dangerousInside, "$1'") : text;
  return dangerousStart.test(inside) && !phones.test(inside) ? `'${inside}` : inside;
}

/** Takes those apostrophes away again, for reading back a file that Lubart wrote. */
export function restoreFormula(text: string): string {
  if (!text.includes("'")) return text;
  return text
    .replace(/^'(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/, '')
    .replace(/([,;|\t\r\n])'(?=[=@+\-\uff1d\uff20])/g, '$1');
}
