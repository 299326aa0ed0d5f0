/**
 * The newest head of each log, remembered in a file beside the key: where whoever owns the database alone cannot reach. By it a log that
 * was cut, or brought back from an older copy, shows at once; the witnesses outside this machine show it when the machine itself lies.
 */
import { randomBytes } from 'node:crypto';
import { open as openFile, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCheckpoint, readNote } from '#contract/tlog';

export type HeadFile = {
  /** Notes by organization. */
  read(): Promise<ReadonlyMap<string, string>>;
  /** Kept at the next writing. */
  remember(organizationId: string, note: string): void;
  /**
   * Writes what is new. A head that is remembered gives way only to a tree in which it stands: a log that was rewritten and then grew
   * beyond it must not take its place. @throws RangeError when one does not
   */
  write(stands?: (organizationId: string, note: string) => Promise<boolean>): Promise<void>;
};

export const headFilePath = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'log-heads.json');

export function openHeadFile(file: string): HeadFile {
  const fresh = new Map<string, string>();
  const read = async (): Promise<Map<string, string>> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return new Map(Object.entries(parsed).flatMap(([id, note]) => (typeof note === 'string' ? [[id, note]] : [])));
  };
  return {
    read,
    remember: (organizationId, note) => void fresh.set(organizationId, note),
    write: async (stands) => {
      if (fresh.size === 0) return;
      const taken = [...fresh];
      const known = await read();
      // Attack: the log is cut, and the next sealing writes the shorter head over the one that would tell.
      const longer = taken.filter(([id, note]) => sizeOf(note) >= sizeOf(known.get(id)));
      const grown: typeof longer = [];
      for (const [id, note] of longer) {
        const before = known.get(id);
        if (before === undefined || stands === undefined || (await stands(id, before))) grown.push([id, note]);
      }
      const all = Object.fromEntries([...known, ...grown]);
      // Whole or not at all: half a file would look like a log that was cut.
      const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
      const handle = await openFile(unfinished, 'wx', 0o600);
      try {
        await handle.writeFile(`${JSON.stringify(all, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
      for (const [id, note] of taken) if (fresh.get(id) === note) fresh.delete(id);
      if (grown.length < longer.length) throw new RangeError('a remembered head is not one of the log any more');
    },
  };
}

const sizeOf = (note: string | undefined): number =>
  readCheckpoint((note === undefined ? undefined : readNote(note))?.text ?? '')?.size ?? 0;
