/**
 * How often a network may ask for something that anybody may ask for. In memory: what is counted is not worth a write, and a node
 * that starts anew forgets it.
 */
import type { Clock } from '#kernel';

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

/** The /24 of an IPv4 address, the /64 of an IPv6 address: whoever rents one of them has its neighbours too. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.replace(/\.\d+$/, '.0/24');
  const plain = address.split('%')[0]!;
  const [left, right] = plain.split('::') as [string, string | undefined];
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
