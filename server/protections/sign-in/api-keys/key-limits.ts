/**
 * How fast keys may ask: a token bucket for each key, and one for each network that tries keys nobody has. In the memory of this
 * node; the oldest buckets are forgotten when there are too many.
 */
import type { Clock } from '#kernel';
import { networkOf } from '#kernel';

/** Requests at once, and a second in the long run. */
export const keyBurstMax = 100;
export const keyPerSecondMax = 20;
/** Unknown keys of one network at once, and a minute in the long run. */
export const missesBurstMax = 30;
const missesPerSecond = 0.5;
const bucketsMax = 10_000;

export type KeyLimits = {
  /** Seconds to wait; 0 when the request is admitted and counted. */
  takeRequest(keyId: string): number;
  /** Seconds for which this network is not listened to; 0 when it is. */
  missWait(address: string): number;
  countMiss(address: string): void;
};

export function openKeyLimits(clock: Clock): KeyLimits {
  const requests = openBuckets(clock, keyBurstMax, keyPerSecondMax);
  const misses = openBuckets(clock, missesBurstMax, missesPerSecond);
  return {
    takeRequest: (keyId) => requests.take(keyId),
    missWait: (address) => misses.wait(networkOf(address)),
    countMiss: (address) => void misses.take(networkOf(address)),
  };
}

function openBuckets(clock: Clock, burst: number, perSecond: number) {
  const buckets = new Map<string, { left: number; at: number }>();
  const fill = (name: string) => {
    const now = clock.now().getTime();
    const known = buckets.get(name);
    const passed = known === undefined ? 0 : Math.max(0, now - known.at) / 1000;
    const bucket = { left: Math.min(burst, (known?.left ?? burst) + passed * perSecond), at: now };
    buckets.delete(name);
    if (buckets.size >= bucketsMax) buckets.delete(buckets.keys().next().value!);
    buckets.set(name, bucket);
    return bucket;
  };
  const waitOf = (left: number) => (left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)));
  return {
    wait: (name: string) => waitOf(fill(name).left),
    take: (name: string) => {
      const bucket = fill(name);
      const wait = waitOf(bucket.left);
      if (wait === 0) bucket.left -= 1;
      return wait;
    },
  };
}
