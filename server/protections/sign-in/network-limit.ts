/**
 * How often a network may ask for something that anybody may ask for. In memory: what is counted is not worth a write, and a node
 * that starts anew forgets it.
 */
import type { Clock } from '#kernel';
import { networkOf } from '#kernel';

export const windowMinutes = 15;
export const windowMillis = windowMinutes * 60_000;
const keptInMemoryMax = 20_000;

export type NetworkLimit = { admit(address: string): boolean };

/** `admittedMax` in a quarter of an hour: who is refused is refused whatever is asked. */
export function openNetworkLimit(clock: Clock, admittedMax: number): NetworkLimit {
  const counts = openCounts(clock);
  return { admit: (address) => counts.add(networkOf(address)) <= admittedMax };
}

/** Counts in fixed windows; the oldest are forgotten when there are too many. */
export function openCounts(clock: Clock) {
  const counts = new Map<string, { startedAt: number; count: number }>();
  const current = (key: string) => {
    const found = counts.get(key);
    return found !== undefined && clock.now().getTime() - found.startedAt < windowMillis ? found : undefined;
  };
  return {
    of: (key: string) => current(key)?.count ?? 0,
    takeOff: (key: string): void => {
      const found = current(key);
      if (found !== undefined) found.count -= 1;
    },
    add: (key: string) => {
      const found = current(key);
      if (found !== undefined) return (found.count += 1);
      counts.delete(key);
      if (counts.size >= keptInMemoryMax) counts.delete(counts.keys().next().value!);
      counts.set(key, { startedAt: clock.now().getTime(), count: 1 });
      return 1;
    },
  };
}
