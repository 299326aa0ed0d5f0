/**
 * A flood of refused attempts must not become a flood of writing, and none of it may go uncounted. The first attempts of a minute are
 * entries of their own; those beyond are gathered, and every few seconds one entry says how many there were, from when till
 * when. Each node writes what it counted itself, so the sum over the log is exact, also when a node stops; one that is killed loses
 * what it gathered since the last writing. What could not be written is counted and written later.
 */
import type { ManyAtOnce } from '#contract';
import type { Clock } from '#kernel';
import type { Doer, Happening } from './entry.ts';

/** How many entries of their own the attempts of one `key` get in a minute. */
export type FloodLimit = { key: string; perMinuteMax: number };

export type Floods = {
  refuse(doer: Doer, what: Happening, limit: FloodLimit): Promise<void>;
  /** Writes what is gathered. @throws what the writing throws; the counts stay */
  flush(): Promise<void>;
};

/** Milliseconds for which counts wait in memory; what a kill can lose. */
const gatherFor = 5_000;
const windowsMax = 10_000;
const idsMax = 1_000;

type Gathered = { doer: Doer; what: Happening; ids: Set<string>; addresses: Set<string>; facts: ManyAtOnce };

export function openFloods(clock: Clock, write: (doer: Doer, what: Happening) => Promise<void>): Floods {
  const windows = new Map<string, { startedAt: number; written: number }>();
  const gathered = new Map<string, Gathered>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const gather = (doer: Doer, what: Happening): void => {
    const { organizationId, actor } = doer;
    const at = clock.now().toISOString();
    const key = [organizationId, actor?.personId, actor?.sessionId, actor?.apiKeyId, what.event, what.refused].join(
      '|',
    );
    let one = gathered.get(key);
    if (one === undefined) {
      one = { doer, what, ids: new Set(), addresses: new Set(), facts: { times: 0, firstAt: at, lastAt: at } };
      gathered.set(key, one);
    }
    one.facts = { ...one.facts, times: one.facts.times + 1, lastAt: at };
    for (const id of what.subjectIds ?? []) if (one.ids.size < idsMax) one.ids.add(id);
    if (doer.address !== null && one.addresses.size < idsMax) one.addresses.add(doer.address);
    timer ??= setTimeout(() => void flush().catch(() => {}), gatherFor).unref();
  };
  /** Takes one out, so that what comes meanwhile is gathered anew; puts it back together when it could not be written. */
  const writeOne = async (key: string, one: Gathered): Promise<void> => {
    gathered.delete(key);
    try {
      await write(...entryOf(one));
    } catch (error) {
      gathered.set(key, together(one, gathered.get(key)));
      throw error;
    }
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const result = writing.then(async () => {
      const results = await Promise.allSettled([...gathered].map(([key, one]) => writeOne(key, one)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed === undefined) return;
      timer ??= setTimeout(() => void flush().catch(() => {}), gatherFor).unref();
      throw failed.reason;
    });
    writing = result.catch(() => {});
    return result;
  };
  return {
    refuse: async (doer, what, limit) => {
      if (!admits(windows, `${doer.organizationId}|${limit.key}`, limit.perMinuteMax, clock.now().getTime())) {
        gather(doer, what);
        return;
      }
      try {
        await write(doer, what);
      } catch (error) {
        gather(doer, what);
        throw error;
      }
    },
    flush,
  };
}

function admits(
  windows: Map<string, { startedAt: number; written: number }>,
  key: string,
  perMinuteMax: number,
  now: number,
): boolean {
  const window = windows.get(key);
  if (window !== undefined && now - window.startedAt < 60_000) {
    window.written += 1;
    return window.written <= perMinuteMax;
  }
  windows.delete(key);
  if (windows.size >= windowsMax) windows.delete(windows.keys().next().value!);
  windows.set(key, { startedAt: now, written: 1 });
  return true;
}

function entryOf({ doer, what, ids, addresses, facts }: Gathered): [Doer, Happening] {
  const [address] = addresses;
  const one = addresses.size === 1;
  const where = { address: one ? address! : null, device: one ? doer.device : null };
  const who = { ...doer, ...where, requestId: null, cause: undefined };
  const from = addresses.size > 1 ? { addresses: addresses.size } : {};
  return [who, { ...what, facts: { ...what.facts, ...facts, ...from }, subjectIds: [...ids] }];
}

function together(earlier: Gathered, later: Gathered | undefined): Gathered {
  if (later === undefined) return earlier;
  return {
    ...earlier,
    ids: new Set([...earlier.ids, ...later.ids].slice(0, idsMax)),
    addresses: new Set([...earlier.addresses, ...later.addresses].slice(0, idsMax)),
    facts: { ...earlier.facts, times: earlier.facts.times + later.facts.times, lastAt: later.facts.lastAt },
  };
}
