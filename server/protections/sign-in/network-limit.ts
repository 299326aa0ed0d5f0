/** How often one network may ask for something that anybody may ask for. In memory: who is refused is refused whatever is asked. */
import type { Clock } from '#kernel';
import { networkOf } from './failures.ts';

const windowMillis = 15 * 60_000;
const keptMax = 20_000;

export type NetworkLimit = { admit(address: string): boolean };

/** `admittedMax` in a quarter of an hour. */
export function openNetworkLimit(clock: Clock, admittedMax: number): NetworkLimit {
  const windows = new Map<string, { startedAt: number; count: number }>();
  return {
    admit: (address) => {
      const network = networkOf(address);
      const now = clock.now().getTime();
      let window = windows.get(network);
      if (window === undefined || now - window.startedAt >= windowMillis) {
        windows.delete(network);
        if (windows.size >= keptMax) windows.delete(windows.keys().next().value!);
        windows.set(network, (window = { startedAt: now, count: 0 }));
      }
      window.count += 1;
      return window.count <= admittedMax;
    },
  };
}
