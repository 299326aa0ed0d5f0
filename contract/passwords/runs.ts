/** Steps to a neighbour, on the keyboard or in the alphabet: what an estimator for Latin letters does not see in ours. */

const rows = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890',
  'йцукенгшщзхї',
  'фівапролджє',
  'ячсмитьбю',
  'abcdefghijklmnopqrstuvwxyz',
  'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя',
  'абвгдежзийклмнопрстуфхцчшщьюя',
];
const shareMin = 0.7;
/** Figures and signs alone are a date or a phone number, unless they are many. */
const figuresLengthMin = 20;

/** Mostly steps to a neighbour, in either direction. */
export function isRun(text: string): boolean {
  const plain = text.toLowerCase();
  let steps = 0;
  for (let at = 1; at < plain.length; at += 1) {
    const pair = plain.slice(at - 1, at + 1);
    const back = pair[1]! + pair[0]!;
    if (pair[0] === pair[1] || rows.some((row) => row.includes(pair) || row.includes(back))) steps += 1;
  }
  return steps >= (plain.length - 1) * shareMin;
}

export const isFigures = (text: string): boolean => !/\p{L}/u.test(text) && [...text].length < figuresLengthMin;
