/** What systemd hands to the service alone: LoadCredential= and LoadCredentialEncrypted= (systemd.exec(5), “Credentials”). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LubartError } from '#kernel';

/** Undefined when the service was given none of this name. @throws start.keys_locked */
export async function readCredential(folder: string | undefined, name: string): Promise<Buffer | undefined> {
  if (folder === undefined) return undefined;
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code);
    if (reason === 'ENOENT') return undefined;
    throw new LubartError('start.keys_locked', { field: 'CREDENTIALS_DIRECTORY', details: { name, reason } });
  }
}
