/**
 * When each log was last verified as a whole, up to which head, and what was found: remembered beside the key, where whoever owns the
 * database alone cannot write that all was well.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replacePrivateFile } from '#protections/encryption';

/** `note`: the newest signed head of the log that was verified. */
export type LastVerified = {
  readonly at: string;
  readonly size: number;
  readonly note: string | null;
  readonly findings: number;
};

export type VerifiedFile = {
  /** By organization. */
  read(): Promise<ReadonlyMap<string, LastVerified>>;
  remember(organizationId: string, last: LastVerified): Promise<void>;
};

export const verifiedFilePath = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'log-verified.json');

export function openVerifiedFile(file: string): VerifiedFile {
  const read = async (): Promise<Map<string, LastVerified>> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    return new Map(Object.entries(JSON.parse(text) as Record<string, LastVerified>));
  };
  return {
    read,
    remember: async (organizationId, last) => {
      const all = Object.fromEntries([...(await read()), [organizationId, last]]);
      await replacePrivateFile(file, `${JSON.stringify(all, null, 2)}\n`);
    },
  };
}
