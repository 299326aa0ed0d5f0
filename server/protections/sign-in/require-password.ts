/**
 * Which passwords are taken (OWASP ASVS 5.0 §6.2, NIST SP 800-63B §3.1.1.2): 12 to 128 characters of any kind, no rules of
 * composition, and none that an attacker tries first: what leaked and what is common in both alphabets and both layouts
 * (contract/passwords), one’s own e-mail, name or company.
 */
import { LubartError } from '#kernel';
import { passwordForm } from './password.ts';

export const passwordLengthMin = 12;
export const passwordLengthMax = 128;

/** @throws password.too_short, password.too_long, password.too_common; field `password` */
export async function requirePassword(
  password: string,
  about: { email: string; names: readonly string[] },
): Promise<void> {
  const length = [...passwordForm(password)].length;
  const refuse = (code: 'password.too_short' | 'password.too_long' | 'password.too_common') => {
    throw new LubartError(code, { field: 'password', details: { min: passwordLengthMin, max: passwordLengthMax } });
  };
  if (length < passwordLengthMin) refuse('password.too_short');
  if (length > passwordLengthMax) refuse('password.too_long');
  // The list of leaked passwords stays out of memory until somebody chooses one.
  const { guessesPower, guessesPowerMin } = await import('#passwords');
  if (guessesPower(password) < guessesPowerMin || isAbout(password, about)) refuse('password.too_common');
}

const legalForms = /^(тов|тзов|фоп|пп|ат|прат|дп|llc|ltd|inc|company|компанія)$/u;

/** One’s own e-mail, its first part, one’s name or the company’s: what an attacker who knows the person tries. */
function isAbout(password: string, { email, names }: { email: string; names: readonly string[] }): boolean {
  const plain = squeeze(password);
  const words = names.flatMap((name) => [name, ...name.split(/[\s"«»“”.,-]+/u)]).map(squeeze);
  const own = [email, email.split('@')[0]!, ...words.filter((word) => !legalForms.test(word))].map(squeeze);
  return own.some((word) => {
    if ([...word].length < 4 || !plain.includes(word)) return false;
    // A long passphrase may contain a short word of its own accord.
    return [...plain].length - [...word].length < passwordLengthMin;
  });
}

const squeeze = (text: string) =>
  passwordForm(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
