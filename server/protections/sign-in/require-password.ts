/**
 * Which passwords are taken (OWASP ASVS 5.0 §6.2): 12 to 128 characters of any kind, no rules of composition, and none that an
 * attacker tries first: common ones in both alphabets, runs and repetitions, one’s own e-mail, name or company.
 */
import { LubartError } from '#kernel';
import { passwordForm } from './password.ts';

export const passwordLengthMin = 12;
export const passwordLengthMax = 128;
/** Figures and signs alone are a date or a phone number, unless they are many. */
const figuresLengthMin = 20;

/** @throws password.too_short, password.too_long, password.too_common; field `password` */
export function requirePassword(password: string, about: { email: string; names: readonly string[] }): void {
  const length = [...passwordForm(password)].length;
  const refuse = (code: 'password.too_short' | 'password.too_long' | 'password.too_common') => {
    throw new LubartError(code, { field: 'password', details: { min: passwordLengthMin, max: passwordLengthMax } });
  };
  if (length < passwordLengthMin) refuse('password.too_short');
  if (length > passwordLengthMax) refuse('password.too_long');
  if (isCommon(password) || isAbout(password, about)) refuse('password.too_common');
}

/** Beginnings and middles of the passwords that leaked most, in the alphabets people here type. */
const commonWords = new Set(
  (
    'password passw0rd pass qwerty qwertyuiop asdfghjkl zxcvbnm admin administrator welcome letmein iloveyou monkey dragon master ' +
    'sunshine princess football baseball superman batman trustno login user test secret hello freedom whatever shadow michael ' +
    'google computer internet samsung abc abcdef changeme default root server company crm lubart ukraine ukraina kyiv kiev lviv ' +
    'lutsk odesa kharkiv dnipro natasha marina andrey sergey alexander vladimir ' +
    'пароль парольпароль йцукен йцукенгшщз йцукенгшщзх йцукенгшщзхї фівапролдж ячсмить адмін привіт україна слава славаукраїні ' +
    'героямслава київ львів луцьк любарт наташа марина сергій андрій олександр люблю кохання сонечко компанія любов'
  ).split(' '),
);

const rows = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890',
  'йцукенгшщзхї',
  'фівапролджє',
  'ячсмитьбю',
  'abcdefghijklmnopqrstuvwxyz',
];

const letters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

export function isCommon(password: string): boolean {
  const plain = passwordForm(password).toLowerCase();
  if (new Set(plain).size < 5 || isRepeated(plain) || isRun(plain)) return true;
  // A common word with figures and signs around it (“Password2026!!”), or common words one after another.
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (core === '') return [...plain].length < figuresLengthMin;
  const spelled = [...core].map((character) => letters[character] ?? character).join('');
  return [core, spelled].some((text) => consistsOfCommon(text.replace(/[^\p{L}]+/gu, '')));
}

/** “abcabcabcabc”. */
function isRepeated(text: string): boolean {
  for (let size = 1; size <= text.length / 2; size += 1) {
    if (
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

/** Mostly steps to a neighbour on the keyboard or in the alphabet, in either direction. */
function isRun(text: string): boolean {
  let steps = 0;
  for (let at = 1; at < text.length; at += 1) {
    const pair = text.slice(at - 1, at + 1);
    const back = pair[1]! + pair[0]!;
    if (
      pair[0] === pair[1] ||
      rows.some((row) => row.includes(pair) || row.includes(back)) ||
      pair === '90' ||
      pair === '09'
    )
      steps += 1;
  }
  return steps >= (text.length - 1) * 0.7;
}

function consistsOfCommon(word: string): boolean {
  for (let end = word.length; end >= 3; end -= 1) {
    if (commonWords.has(word.slice(0, end)) && (end === word.length || consistsOfCommon(word.slice(end)))) return true;
  }
  return false;
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
