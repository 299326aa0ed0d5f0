/** What every part of the log’s measurements is given, and how two sides are asked in turn. */
import type { Database, DatabaseAddress } from '#database';
import type { Clock } from '#kernel';
import type { Keyring, RootKeyFile } from '#protections/encryption';
import type { Company } from './prepare-company.ts';

export type LogBench = {
  company: Company;
  address: DatabaseAddress;
  database: Database;
  root: RootKeyFile;
  keyring: Keyring;
  clock: Clock;
};

export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Both sides alternately, who begins changes; the first round warms. Each side answers with its figure. */
export async function inTurn<Side extends string>(
  rounds: number,
  sides: Readonly<Record<Side, (round: number) => Promise<number>>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await sides[name](round);
      if (round > 0) taken[name].push(figure);
    }
  }
  return taken;
}
