/** The invented clients of the benchmark: the demo’s generator, one contact after another, each with a manager of his own. */
import { makeDemoContacts } from '../server/demo/index.ts';
import type { Fields } from '#crm/records';

export const seed = 1340;
const today = new Date('2026-11-02T00:00:00Z');

/** Contacts and the number of the manager who owns each: the same every time, no pattern between the two. */
export function* inventContacts(
  count: number,
  managers: number,
  withSeed = seed,
): Generator<{ fields: Fields; manager: number; createdAt: Date }> {
  let state = withSeed >>> 0;
  for (const { fields, createdAt } of makeDemoContacts(count, withSeed, today)) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield { fields: fields, manager: (state >>> 8) % managers, createdAt };
  }
}
