/**
 * The one form of a JSON value that is signed: JSON Canonicalization Scheme, RFC 8785. Names sorted by their UTF-16 code units (§3.2.3),
 * no spaces, numbers and strings as ECMAScript writes them (§3.2.2). What I-JSON (RFC 7493) does not know is refused, not guessed.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** @throws TypeError for NaN, infinities, lone surrogates and what is no JSON */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('not a JSON number');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('not a Unicode text');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one as Json)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError('no JSON');
  const members = Object.entries(value as { [name: string]: Json })
    // `<` compares UTF-16 code units, which is the order of the standard; a locale would not.
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
