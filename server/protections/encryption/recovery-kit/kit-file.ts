/** What is known of the last kit: beside the root key, for a restored database must not say that a kit was proven. No secret. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KitState } from '#contract';
import { replacePrivateFile } from '#protections/encryption';

export type KnownKit = {
  id: string;
  /** Fingerprint of the root key on it. */
  key: string;
  needed: number;
  sheets: number;
  madeAt: string;
  /** Ids of people; null: whoever may run commands on this machine. */
  madeBy: string | null;
  provenAt: string | null;
  provenBy: string | null;
};

/** Paper gets lost and goes mouldy: a proof is good for so long. */
export const provenDaysMax = 365;
const day = 86_400_000;

export const kitFilePath = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'recovery-kit.json');

export async function readKnownKit(file: string): Promise<KnownKit | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return 'null';
    throw error;
  });
  const kit = JSON.parse(text) as KnownKit | null;
  // Files of before it was remembered by whom.
  return kit === null ? null : { ...kit, madeBy: kit.madeBy ?? null, provenBy: kit.provenBy ?? null };
}

export const rememberKit = (file: string, kit: KnownKit): Promise<void> =>
  replacePrivateFile(file, `${JSON.stringify(kit, null, 2)}\n`);

export function stateOfKit(kit: KnownKit | null, key: string, now: Date): KitState {
  if (kit === null) return 'none';
  if (kit.key !== key) return 'older';
  const days = daysSinceProof(kit, now);
  if (days === null) return 'unproven';
  return days > provenDaysMax ? 'stale' : 'proven';
}

export const daysSinceProof = (kit: KnownKit | null, now: Date): number | null =>
  kit === null || kit.provenAt === null ? null : Math.floor((now.getTime() - Date.parse(kit.provenAt)) / day);
