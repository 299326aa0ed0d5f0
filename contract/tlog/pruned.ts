/**
 * Entries whose time was over are deleted by rule; their hashes stay in the tree. The log itself says which: an entry of its own,
 * `audit.pruned`, names their places. So an entry that is not there is either named by one, or was taken out past the rules. Attack:
 * whoever owns the database takes out what happened last week and puts such an entry in: what stands before a place in the log was
 * written before it, and nothing younger than the shortest time of keeping is ever due.
 */
import { fromDecimal, fromUtf8 } from './bytes.ts';

/** No rule keeps entries for fewer days. */
export const keptDaysMin = 180;

export const pruningEvent = 'audit.pruned';
const mark = new TextEncoder().encode(`"event":"${pruningEvent}"`);
const day = 86_400_000;

type Gap = { from: number; to: number; after: number };

export type PrunedReport = {
  /** Entries that were deleted by rule. */
  readonly pruned: number;
  /** Places of entries that are not there and that no rule took, and of those that were too young for any. */
  readonly gone: readonly number[];
  readonly tooYoung: readonly number[];
};

export type PrunedReader = {
  /** The entry at this place is not there. `after`: the newest moment before it in the log, milliseconds; -Infinity when none is known. */
  gone(position: number, after: number): void;
  /** Every entry that is there; whatever is none of a pruning costs a look at its bytes. */
  entry(bytes: Uint8Array): void;
  end(): PrunedReport;
};

/** “0-57,60,63-80”, places in growing order. */
export function writePlaces(places: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const place of places) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === place - 1) last[1] = place;
    else parts.push([place, place]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** Ranges, ends included; null when it is something else. */
export function readPlaces(text: string): [from: number, to: number][] | null {
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const [from, to] = part.split('-').map(fromDecimal);
    if (from === undefined || (part.includes('-') && to === undefined)) return null;
    ranges.push([from, to ?? from]);
  }
  return ranges;
}

/** `now`: a pruning that says it is of tomorrow is taken as of today. */
export function openPruned(now: number): PrunedReader {
  const gaps: Gap[] = [];
  const prunings: { from: number; to: number; at: number }[] = [];
  return {
    gone: (position, after) => {
      const last = gaps.at(-1);
      if (last !== undefined && last.to === position - 1 && last.after === after) last.to = position;
      else gaps.push({ from: position, to: position, after });
    },
    entry: (bytes) => {
      if (!mayBePruning(bytes)) return;
      const said = readPruning(bytes);
      if (said !== undefined) prunings.push(...said);
    },
    end: () => {
      const gone: number[] = [];
      const tooYoung: number[] = [];
      let pruned = 0;
      prunings.sort((a, b) => a.from - b.from);
      for (const { from, to, after } of gaps) {
        for (let place = from; place <= to; place += 1) {
          const by = findRange(prunings, place);
          if (by === undefined) gone.push(place);
          else if (after > Math.min(by.at, now) - keptDaysMin * day) tooYoung.push(place);
          else pruned += 1;
        }
      }
      return { pruned, gone, tooYoung };
    },
  };
}

/** The range of a sorted list, without overlaps, that a place lies in. */
function findRange<R extends { from: number; to: number }>(ranges: readonly R[], place: number): R | undefined {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle]!;
    if (place < range.from) high = middle - 1;
    else if (place > range.to) low = middle + 1;
    else return range;
  }
  return undefined;
}

/** The places that an entry says were deleted by rule, ends included, and when; undefined when it says no such thing. */
export function readPruning(bytes: Uint8Array): { from: number; to: number; at: number }[] | undefined {
  try {
    const { at, event, facts } = JSON.parse(fromUtf8(bytes) ?? '') as {
      at: string;
      event: string;
      facts: { places?: unknown };
    };
    if (event !== pruningEvent || typeof facts.places !== 'string') return undefined;
    return readPlaces(facts.places)?.map(([from, to]) => ({ from, to, at: Date.parse(at) }));
  } catch {
    return undefined;
  }
}

/** How far the mark moves on when this byte stands under its end (Horspool 1980). */
const steps = new Uint8Array(256).fill(mark.length);
for (const [at, byte] of mark.subarray(0, -1).entries()) steps[byte] = mark.length - 1 - at;

/** Whether it may be a pruning: an entry writes its event early, and a million entries are not parsed for the few that are. */
export function mayBePruning(bytes: Uint8Array, length = bytes.length): boolean {
  const last = mark.length - 1;
  const end = Math.min(length, 400);
  for (let at = last; at < end; at += steps[bytes[at]!]!) {
    let back = 0;
    while (back <= last && bytes[at - back] === mark[last - back]) back += 1;
    if (back > last) return true;
  }
  return false;
}
