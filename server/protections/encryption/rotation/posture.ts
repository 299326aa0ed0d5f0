/** What rotation proves in the running system: keys are not too old, and nothing stands under a key that was replaced. */
import type { PostureCheck } from '#protections/posture';
import { systemReach } from '#protections/encryption';
import { currentOf } from './destroy-unneeded.ts';
import { countWrappedByOld } from './go-on.ts';
import { countNotes } from './key-acts.ts';
import type { RotationDeps } from './rotation-deps.ts';
import { countUnderOthers, listRotations, readKeyHistory } from './rotation-store.ts';
import { viewKeys } from './view-keys.ts';

/** NIST SP 800-57 part 1 rev. 5, §5.3.6: keys that wrap keys and seal data change within two years; a year leaves room. */
const daysMax = 365;
const day = 86_400_000;

export function rotationPosture(deps: RotationDeps): PostureCheck[] {
  return [
    {
      id: 'encryption.key_acts_recorded',
      protection: 4,
      promise: 'Whatever was done to the root key file stands in the audit log',
      run: async () => {
        const waiting = await countNotes(deps.rootFile.file);
        return { ok: waiting === 0, evidence: { waiting } };
      },
    },
    {
      id: 'encryption.keys_young',
      protection: 4,
      promise: 'The root key and the keys of every organization were replaced within a year',
      run: async () => {
        const now = deps.clock.now().getTime();
        let oldest = 0;
        for (const id of await deps.organizations()) {
          const view = await viewKeys(deps, id);
          const current = view.keys.filter((key) => key.currentAt !== null && key.retiredAt === null);
          for (const since of [view.root.since, ...current.map((key) => key.createdAt)])
            oldest = Math.max(oldest, Math.floor((now - Date.parse(since)) / day));
        }
        return { ok: oldest <= daysMax, evidence: { oldestDays: oldest } };
      },
    },
    {
      id: 'encryption.nothing_under_old_keys',
      protection: 4,
      promise: 'After a rotation nothing in the database stands under the key that was replaced',
      run: async () => {
        const evidence = { organizations: 0, retired: 0, underRetired: 0, wrappedByOldRoot: 0 };
        for (const id of await deps.organizations()) {
          evidence.organizations += 1;
          await deps.database.read(systemReach(id, 'all'), async (tx) => {
            const running = (await listRotations(tx, id)).filter((row) => row.finished_at === null);
            if (running.some((row) => row.kind === 'organization')) return;
            const keys = await readKeyHistory(tx, id);
            const retired = keys.filter((key) => key.purpose === 'sealing' && key.retired_at !== null).length;
            if (retired === 0) return; // what carries no mark yet is under the only key there ever was
            evidence.retired += retired;
            // Attack: rows of an old backup swapped in. They are counted by the mark of the key that sealed them.
            evidence.underRetired += await countUnderOthers(tx, id, currentOf(keys, 'sealing').mark);
          });
        }
        if (deps.rootFile.fingerprints.length === 1) evidence.wrappedByOldRoot = await countWrappedByOld(deps);
        return { ok: evidence.underRetired === 0 && evidence.wrappedByOldRoot === 0, evidence };
      },
    },
  ];
}
