/**
 * Codes of firms and sole proprietors, with their check digits.
 *
 * ЄДРПОУ (8 digits): the register of enterprises (Ministry of Statistics, 1996). The first seven digits are weighed by
 * 1…7, or by 7,1…6 for codes from 30 000 000 to 60 000 000, modulo 11; a remainder of 10 is weighed again with every
 * weight raised by 2, and a second 10 counts as 0.
 * РНОКПП (10 digits): the tax number of a person, which a sole proprietor (ФОП) uses. Weights −1,5,7,9,4,6,10,5,7 modulo
 * 11, then modulo 10.
 */

const edrpouWeights = [1, 2, 3, 4, 5, 6, 7] as const;
const edrpouMiddleWeights = [7, 1, 2, 3, 4, 5, 6] as const;
const rnokppWeights = [-1, 5, 7, 9, 4, 6, 10, 5, 7] as const;

const digitAt = (digits: string, at: number): number => digits.charCodeAt(at) - 48;

function weigh(digits: string, weights: readonly number[], raise: number): number {
  let sum = 0;
  for (const [at, weight] of weights.entries()) sum += digitAt(digits, at) * (weight + raise);
  return sum % 11;
}

/** True for an ЄДРПОУ code: eight digits, the last of which checks the others. Codes of zeros only are no codes. */
export function isEdrpou(digits: string): boolean {
  if (!/^\d{8}$/.test(digits) || digits === '00000000') return false;
  const number = Number(digits);
  const weights = number > 30_000_000 && number < 60_000_000 ? edrpouMiddleWeights : edrpouWeights;
  const first = weigh(digits, weights, 0);
  const check = first < 10 ? first : weigh(digits, weights, 2) % 10;
  return check === digitAt(digits, 7);
}

/** True for a РНОКПП number: ten digits, the last of which checks the others. */
export function isRnokpp(digits: string): boolean {
  if (!/^\d{10}$/.test(digits) || digits === '0000000000') return false;
  // The weight −1 can make the sum negative; a remainder must not be.
  return ((weigh(digits, rnokppWeights, 0) + 11) % 11) % 10 === digitAt(digits, 9);
}

/** The code with its spaces taken out, when it is a valid ЄДРПОУ (8 digits) or РНОКПП (10 digits); otherwise null. */
export function parseEdrpou(text: string): string | null {
  if (text.length > 40) return null;
  const digits = text.replace(/\s/g, '');
  return isEdrpou(digits) || isRnokpp(digits) ? digits : null;
}
