/** What is known of the last kit: beside the root key, for a restored database must not say that a kit was proven. No secret. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replacePrivateFile } from '#protections/encryption';

export type KnownKit = {
  id: string;
  /** Fingerprint of the root key on it. */
  key: string;
  needed: number;
  sheets: number;
  madeAt: string;
  provenAt: string | null;
};

export const kitFilePath = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'recovery-kit.json');

export async function readKnownKit(file: string): Promise<KnownKit | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return 'null';
    throw error;
  });
  return JSON.parse(text) as KnownKit | null;
}

export const rememberKit = (file: string, kit: KnownKit): Promise<void> =>
  replacePrivateFile(file, `${JSON.stringify(kit, null, 2)}\n`);
