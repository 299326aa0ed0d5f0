/** What is to be reached (the measurements’ brief), and whether it was. */
import type { LoadResult } from './drive.ts';
import type { Load } from './requests.ts';

export type Verdict = { target: string; reached: boolean; missedBy: string };

type Target = { ratio: number; p95TimesFloor?: number; p95Millis?: number };

const targets: Partial<Record<Load, Target>> = {
  'list newest': { ratio: 0.7, p95TimesFloor: 2 },
  'find name prefix': { ratio: 0.8, p95Millis: 20 },
  'find two words': { ratio: 0.8, p95Millis: 20 },
  'find two common words': { ratio: 0.8, p95Millis: 30 },
  'find phone digits': { ratio: 0.8, p95Millis: 20 },
  'find e-mail': { ratio: 0.8, p95Millis: 20 },
  'open one': { ratio: 0.7 },
  'update phone': { ratio: 0.6 },
  'update note': { ratio: 0.6 },
};

/** Milliseconds are judged for one person at a time; with sixteen on this few cores they are waiting for each other. */
export function judge({ load, concurrency, ratio, floor, lubart }: LoadResult): Verdict | undefined {
  const target = targets[load];
  if (target === undefined) return undefined;
  const said = [`≥ ${target.ratio.toFixed(2)}`];
  const missed: string[] = [];
  if (ratio < target.ratio) missed.push(`${(ratio / target.ratio).toFixed(2)} of the target`);
  if (target.p95TimesFloor !== undefined) {
    said.push(`p95 ≤ ${target.p95TimesFloor}× floor`);
    const times = lubart.p95 / floor.p95;
    if (times > target.p95TimesFloor) missed.push(`p95 ${times.toFixed(1)}×`);
  }
  if (target.p95Millis !== undefined && concurrency === 1) {
    said.push(`p95 ≤ ${target.p95Millis} ms`);
    if (lubart.p95 > target.p95Millis) missed.push(`p95 ${lubart.p95.toFixed(0)} ms`);
  }
  return { target: said.join(', '), reached: missed.length === 0, missedBy: missed.join(', ') };
}

/** A figure of its own against a bound. */
export function judgeFigure(value: number, bound: number, direction: 'at least' | 'at most'): string {
  const reached = direction === 'at least' ? value >= bound : value <= bound;
  return reached ? 'reached' : `**missed**: ${(value / bound).toFixed(2)} of it`;
}
