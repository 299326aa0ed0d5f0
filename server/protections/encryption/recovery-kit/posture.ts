/** What the recovery kit proves: there is one of the key in use, and somebody typed it back within a year. */
import { firstIdAt } from '#kernel';
import type { PostureCheck } from '#protections/posture';
import { daysSinceProof, kitFilePath, readKnownKit, stateOfKit } from './kit-file.ts';
import type { KitDeps } from './prove-kit.ts';

/** A new installation may wait for its kit so long. */
const firstDays = 7;
const day = 86_400_000;

export function kitPosture({
  rootFile,
  clock,
  organizations,
}: Pick<KitDeps, 'rootFile' | 'clock' | 'organizations'>): PostureCheck[] {
  return [
    {
      id: 'encryption.kit_proven',
      protection: 4,
      promise:
        'There is a recovery kit of the root key in use, and it was typed back within a year; a new installation has a week for it',
      run: async () => {
        const kit = await readKnownKit(kitFilePath(rootFile.file));
        const now = clock.now();
        // Ids carry their time.
        const week = firstIdAt(now.getTime() - firstDays * day);
        const isNew = kit === null && (await organizations()).every((id) => id >= week);
        const ok = isNew || stateOfKit(kit, rootFile.fingerprint, now) === 'proven';
        const ofThisKey = kit?.key === rootFile.fingerprint;
        return { ok, evidence: { made: kit !== null, ofThisKey, provenDaysAgo: daysSinceProof(kit, now) ?? 'never' } };
      },
    },
  ];
}
