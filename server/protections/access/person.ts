/** A person who works in the organization: how names and e-mails are read, and what of a person is sealed. */
import { parseEmail } from '#ukraine';
import { LubartError } from '#kernel';

/** What `people.sealed` holds. */
export type PersonSecret = { name: string; email: string };

export const personPlace = (id: string) => `people/${id}/sealed`;

/**
 * One line as a person typed it: trimmed, inner spaces single, NFC.
 * @throws request.invalid when nothing is left or it holds control or direction-changing characters
 */
export function readLine(text: string, field: string): string {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  // Bidirectional controls let one name pass for another in lists and in the audit log.
  if (line === '' || /[\p{Cc}\u202A-\u202E\u2066-\u2069\p{Cs}]/u.test(line)) {
    throw new LubartError('request.invalid', { field, details: { reason: 'text' } });
  }
  return line;
}

/** @throws field.email_invalid */
export function readEmail(text: string, field: string): string {
  const email = parseEmail(text);
  if (email === null) throw new LubartError('field.email_invalid', { field });
  return email;
}

/** The one form in which an e-mail is looked up: letter case does not tell people apart. Never throws. */
export function signInEmail(text: string): string {
  return (parseEmail(text) ?? text.trim().normalize('NFC')).toLowerCase();
}
