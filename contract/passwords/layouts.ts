/** One keyboard, two alphabets: what comes out when «пароль» is typed and the layout was not switched (“gfhjkm”), and the reverse. */

const latin = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./";
const ukrainian = "'йцукенгшщзхїфівапролджєячсмитьбю.";
/** Where the Russian layout differs. */
const alsoCyrillic: Readonly<Record<string, string>> = { ё: '`', ъ: ']', ы: 's', э: "'", '’': '`' };

const toLatin: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...ukrainian].slice(1, -1).map((letter, at) => [letter, latin[at + 1]!])),
  ...alsoCyrillic,
};
const toUkrainian = Object.fromEntries([...latin].map((sign, at) => [sign, ukrainian[at]!]));

const through = (text: string, table: Readonly<Record<string, string>>): string =>
  [...text].map((character) => table[character] ?? character).join('');

/** The keys that were pressed, read in the other layout; lower case. */
export const inLatinLayout = (text: string): string => through(text.toLowerCase(), toLatin);
export const inUkrainianLayout = (text: string): string => through(text.toLowerCase(), toUkrainian);
