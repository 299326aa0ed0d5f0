/**
 * Texts inside XLSX: what XML cannot carry travels as `_xHHHH_`, and a text that looks like such an escape has its
 * first underscore escaped (ECMA-376 part 1, §22.9.2.19, ST_Xstring).
 */

/** Undoes `_xHHHH_`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

// Everything outside the Char production of XML 1.0 (§2.2), and CR, which a parser would turn into LF.
const unfit = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Cs}/gu;
const special = /[&<>"]/g;
/** What most texts have nothing of; asking once is four times faster than replacing thrice. */
const anySpecial = /[&<>"_\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;
const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for the inside of an element or attribute; half surrogates become U+FFFD, other unfit characters `_xHHHH_`. */
export function escapeText(text: string): string {
  if (!anySpecial.test(text)) return text;
  return text
    .replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replace(unfit, (char) => (char >= '\ud800' && char <= '\udfff' ? '\ufffd' : escapeChar(char)))
    .replace(special, (char) => names[char]!);
}

function escapeChar(char: string): string {
  return `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}
