/** E-mail addresses: read as people type and paste them, and masked for those who may not see them. */

/** RFC 5321 §4.5.3.1: the local part has at most 64 octets, a path (with its brackets) 256, so an address 254. */
export const emailOctetsMax = 254;
const localOctetsMax = 64;
const labelOctetsMax = 63;

/** RFC 5322 §3.2.3 dot-atom, widened by RFC 6531 to letters of any alphabet. Quoted local parts are refused. */
const localForm = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const labelForm = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
const encoder = new TextEncoder();

const octets = (text: string): number => encoder.encode(text).length;

/**
 * The address with its domain in lower case, or null when it is none. `mailto:` and angle brackets are taken off;
 * international domains stay in their own letters.
 */
export function parseEmail(text: string): string | null {
  if (text.length > emailOctetsMax + 20) return null;
  const address = text
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/, '$1')
    .normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at < 1 || octets(address) > emailOctetsMax) return null;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1).toLowerCase();
  if (octets(local) > localOctetsMax || !localForm.test(local) || !isDomain(domain)) return null;
  return `${local}@${domain}`;
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const last = labels.at(-1)!;
  return (
    labels.length >= 2 &&
    last.length >= 2 &&
    !/^\d+$/.test(last) &&
    labels.every((label) => octets(label) <= labelOctetsMax && labelForm.test(label))
  );
}

/** «o···@p···.example»: always three dots, so that the mask does not tell the length. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 1) return '···';
  const domain = address.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  const initial = (part: string): string => String.fromCodePoint(part.codePointAt(0) ?? 0xb7);
  return dot < 1 ? `${initial(address)}···@···` : `${initial(address)}···@${initial(domain)}···${domain.slice(dot)}`;
}
