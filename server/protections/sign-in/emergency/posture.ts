/** Red from the moment a sheet was used, expired or lost its owner until a new one is made. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { findLastSheet } from './sheet-store.ts';
import { stateOf } from './show-sheet.ts';

type Deps = { database: Database; clock: Clock; organizations: () => Promise<string[]> };

export function emergencyPosture({ database, clock, organizations }: Deps): PostureCheck[] {
  return [
    {
      id: 'sign-in.emergency_sheet',
      protection: 1,
      promise: 'An emergency sheet that was used, expired or lost its owner was replaced by a new one',
      run: async () => {
        const seen = { organizations: 0, withSheet: 0, withoutSheet: 0, toReplace: 0 };
        for (const id of await organizations()) {
          const state = await database.read(systemReach(id), async (tx) => {
            const row = await findLastSheet(tx, id);
            return row === undefined ? 'none' : stateOf(tx, id, row, clock.now());
          });
          seen.organizations += 1;
          // None at all is a choice, as long as nobody believes there is one: it is shown, and is no broken promise.
          if (state === 'none' || state === 'withdrawn') seen.withoutSheet += 1;
          else if (state === 'standing') seen.withSheet += 1;
          else seen.toReplace += 1;
        }
        return { ok: seen.toReplace === 0, evidence: seen };
      },
    },
  ];
}
