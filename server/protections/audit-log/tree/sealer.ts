/**
 * Seals by itself: looks twice a second which organizations have entries without a place, and gives them theirs. Every node does; the
 * database hands each tree to one of them at a time. What has its place is indexed behind it.
 */
import { indexEntries } from './index-entries.ts';
import { sealAll } from './seal-entries.ts';
import type { TreeDeps } from './seal-entries.ts';
import { standsIn } from './stands-in.ts';

/** Milliseconds between two looks: an entry is sealed within a second after its commit. */
const lookEvery = 400;
/** Milliseconds between two writings of the file of heads; what a lie that begins now can still cut off unseen. */
const rememberEvery = 5_000;

export type Sealer = {
  /** Looks now, and seals everything that waits. @throws what the database throws */
  sealNow(): Promise<void>;
  start(): void;
  /** Waits for the run that is going on. */
  close(): Promise<void>;
};

export function openSealer(deps: TreeDeps, failed: (error: unknown) => void): Sealer {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;
  let rememberedAt = 0;
  const remember = async (): Promise<void> => {
    rememberedAt = Date.now();
    await deps.heads?.write((organizationId, note) => standsIn(deps.database, organizationId, note));
  };
  const seal = async (): Promise<void> => {
    const waiting = await deps.database.outside(
      (sql) => sql`SELECT lubart_unsealed_organizations AS id FROM lubart_unsealed_organizations()`,
    );
    const failures: unknown[] = [];
    // One organization whose log cannot be sealed must not hold up the others.
    for (const row of waiting) {
      try {
        const organizationId = row['id'] as string;
        await sealAll(deps, organizationId, () => isClosed);
        await indexEntries(deps.database, organizationId);
      } catch (error) {
        failures.push(error);
      }
    }
    if (Date.now() - rememberedAt > rememberEvery) await remember();
    if (failures.length > 0) throw failures[0];
  };
  const sealNow = (): Promise<void> => {
    const result = running.then(seal);
    running = result.catch(() => {});
    return result;
  };
  const look = (): void => {
    timer = setTimeout(() => {
      sealNow()
        .catch(failed)
        .finally(() => {
          if (!isClosed) look();
        });
    }, lookEvery);
  };
  return {
    sealNow,
    start: look,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      return running.then(remember);
    },
  };
}
