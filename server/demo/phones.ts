/** Phones that are plainly made up: after the operator’s code come three zeros, «+380 50 000 12 34». */

const operators = ['50', '66', '95', '99', '67', '68', '96', '97', '98', '63', '73', '93'] as const;
const perBlock = operators.length * 10_000;

/**
 * Phone number `number`, no two alike up to 12 000 000. The first 120 000 have the three zeros, those beyond one zero at least;
 * neighbours do not look like neighbours, for the multiplier has no common divisor with the size of a block.
 */
export function phoneOf(number: number): string {
  const block = String(Math.floor(number / perBlock) % 100).padStart(2, '0');
  const within = ((number % perBlock) * 48_271) % perBlock;
  const last = String(Math.floor(within / operators.length)).padStart(4, '0');
  return `+380${operators[within % operators.length]}0${block}${last}`;
}
