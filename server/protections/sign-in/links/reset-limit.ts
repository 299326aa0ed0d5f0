/** How often one network may ask for password letters. In memory: who is refused here is refused whomever they ask about. */
import type { Clock } from '#kernel';
import { networkOf } from '../failures.ts';

export const resetsPerNetworkMax = 30;
const windowMillis = 15 * 60_000;
const keptMax = 20_000;

export type ResetLimit = { admit(address: string): boolean };

export function openResetLimit(clock: Clock): ResetLimit {
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
      return window.count <= resetsPerNetworkMax;
    },
  };
}
