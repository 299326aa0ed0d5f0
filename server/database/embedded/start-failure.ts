/** Turns what the operating system or PostgreSQL said into one of our codes, with a reason a person can act on. */
import { LubartError } from '#kernel';
import type { ErrorDetails } from '#kernel';

/** `folder` is the data folder the failure is about. */
export function startFailure(error: unknown, folder: string): LubartError {
  if (error instanceof LubartError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const details: ErrorDetails = { folder, reason: code ?? 'unknown' };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LubartError('start.disk_full', { details, cause: error });
  if (code && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'ENOENT'].includes(code)) {
    return new LubartError('start.data_folder_unwritable', { details, cause: error });
  }
  return new LubartError('start.database_failed', { details, cause: error });
}

/** The same for what a PostgreSQL program printed before it gave up. */
export function programFailure(program: string, output: string, folder: string): LubartError {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.find((line) => /FATAL|PANIC|error:|could not/.test(line)) ?? lines.at(-1) ?? 'no output';
  const details = { folder, program, reason: telling.slice(0, 300) };
  const full = /No space left on device|Disk quota exceeded/.test(output);
  return new LubartError(full ? 'start.disk_full' : 'start.database_failed', { details });
}
