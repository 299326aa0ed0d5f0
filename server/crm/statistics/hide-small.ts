/**
 * What may be told of counts to somebody who may not see the rows. Threshold rule of five with secondary protection (Hundepool et al.,
 * Handbook on Statistical Disclosure Control, §5): a group is shown by itself only when at least five of its clients are hidden from
 * the reader; all others are one rest. Attack: total minus what is shown gives the one group that is not. Therefore one shown group is
 * always added to the rest, chosen by a fixed order and not by its size, so that “nobody” stays possible for every group in it.
 * Proof, and why there are no filters: docs/decisions.
 */

export const smallestGroup = 5;

/** `hidden`: how many of `count` the reader cannot see one by one. */
export type Cell = { readonly key: string; readonly count: number; readonly hidden: number };
export type Shown<C extends Cell> = { cells: C[]; rest: C[] | null };

/** `domain`: every group there could be, in a fixed order; a group that is not among `counted` has nobody. */
export function hideSmall<C extends Cell>(counted: readonly C[], domain: readonly string[]): Shown<C> {
  const large = counted
    .filter(({ hidden }) => hidden >= smallestGroup)
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  const isLarge = (key: string) => large.some((cell) => cell.key === key);
  const isEveryGroupLarge = domain.every(isLarge) && counted.every(({ key }) => isLarge(key));
  // Data must not choose what is put together: the smallest large group would tell how small the small ones are.
  const shown = isEveryGroupLarge ? large : large.slice(1);
  return { cells: shown, rest: isEveryGroupLarge ? null : counted.filter((cell) => !shown.includes(cell)) };
}

/** Few enough to be somebody: then nothing at all is told. */
export const isTooFew = (hidden: number): boolean => hidden < smallestGroup;
