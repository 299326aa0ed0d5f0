/**
 * Two ways of doing the same, one after the other and again, each time in the other order: whatever else this machine does falls on both.
 * Slices of hundreds in turn differ by more than what is measured here.
 */
import { setImmediate } from 'node:timers/promises';
import { cpuMillis } from './processes.ts';

/** Milliseconds of one act of each side: by the clock, and of the processor time of Node and PostgreSQL, which holds also while others use the machine. */
export type Pair<Side extends string> = { clock: Record<Side, number>; processor: Record<Side, number> };

export type PairedActs<Side extends string> = {
  sides: readonly [Side, Side];
  act: (side: Side) => Promise<unknown>;
  /** Milliseconds of processor time that a side has used so far. */
  spent: (side: Side) => number;
};

const pairs = 3_000;
/** Until code is compiled and statements are planned for good. */
const pairsBefore = 600;

export async function inPairs<Side extends string>({ sides, act, spent }: PairedActs<Side>): Promise<Pair<Side>> {
  const [one, other] = sides;
  const lists = () => ({ [one]: [], [other]: [] }) as unknown as Record<Side, number[]>;
  const taken = { clock: lists(), processor: lists() };
  for (let pair = -pairsBefore; pair < pairs; pair += 1) {
    for (const side of pair % 2 === 0 ? sides : sides.toReversed()) {
      const spentBefore = spent(side);
      const startedAt = performance.now();
      await act(side);
      const took = performance.now() - startedAt;
      // What is still done behind the answer belongs to it.
      await setImmediate();
      if (pair < 0) continue;
      taken.clock[side].push(took);
      taken.processor[side].push(spent(side) - spentBefore);
    }
  }
  const most = (of: Record<Side, number[]>) =>
    ({ [one]: middleNinety(of[one]), [other]: middleNinety(of[other]) }) as Record<Side, number>;
  return { clock: most(taken.clock), processor: most(taken.processor) };
}

/** The processor time of this process and of one backend. */
export function spentHere(backend: number): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + cpuMillis(backend);
}

/** The mean of nine tenths, without the shortest and the longest. */
function middleNinety(values: readonly number[]): number {
  const aside = Math.floor(values.length / 20);
  const rest = values.toSorted((a, b) => a - b).slice(aside, values.length - aside);
  return rest.reduce((sum, one) => sum + one, 0) / rest.length;
}
