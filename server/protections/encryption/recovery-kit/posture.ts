/** What the recovery kit proves: there is one of the key in use, and somebody typed it back within a year. */
import type { Clock } from '#kernel';
import type { RootKeyFile } from '#protections/encryption';
import type { PostureCheck } from '#protections/posture';
import { kitFilePath, readKnownKit } from './kit-file.ts';

export const provenDaysMax = 365;
const day = 86_400_000;

export function kitPosture({ rootFile, clock }: { rootFile: RootKeyFile; clock: Clock }): PostureCheck[] {
  return [
    {
      id: 'encryption.kit_proven',
      protection: 4,
      promise: 'There is a recovery kit of the root key in use, and it was typed back within a year',
      run: async () => {
        const kit = await readKnownKit(kitFilePath(rootFile.file));
        const ofThisKey = kit?.key === rootFile.fingerprint;
        const provenAt = kit?.provenAt ?? null;
        const days = provenAt === null ? null : Math.floor((clock.now().getTime() - Date.parse(provenAt)) / day);
        const ok = ofThisKey && days !== null && days <= provenDaysMax;
        return { ok, evidence: { made: kit !== null, ofThisKey, provenDaysAgo: days ?? 'never' } };
      },
    },
  ];
}
