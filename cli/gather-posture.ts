/** Runs the checks by which the protections prove themselves in the running system. */
import { companyKind, contactKind } from '#crm/records';
import type { Config } from '#kernel';
import { auditPosture } from '#protections/audit-log';
import { encryptionPosture } from '#protections/encryption';
import type { PostureResult } from '#protections/posture';
import { runPosture } from '#protections/posture';
import type { Lubart } from '../server/lubart.ts';

/** All checks of all protections, in the order of the protections. */
export async function gatherPosture(
  { database, keyring, signIn, organizations }: Lubart,
  { keyFile, dataFolder }: Pick<Config, 'keyFile' | 'dataFolder'>,
): Promise<PostureResult[]> {
  const checks = [
    ...signIn.posture,
    ...encryptionPosture({
      database,
      keyring,
      organizations,
      keyFile,
      dataFolder,
      declared: [companyKind, contactKind],
    }),
    ...auditPosture({ database, organizations }),
  ];
  return (await runPosture(checks)).toSorted((a, b) => a.protection - b.protection);
}
