/**
 * What was erased, remembered in a file beside the keys: a restored database knows nothing of it, and would bring the erased back. Ids
 * and nothing else. Lines are added and never changed; one that is cut off by a crash is passed over, the database still has it.
 */
import { open as openFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Erased = { organizationId: string; kind: 'contact' | 'company'; id: string };

export type Journal = {
  read(): Promise<Erased[]>;
  /** On the disk when it returns. */
  add(erased: readonly Erased[]): Promise<void>;
};

export const journalPath = (rootKeyFile: string): string => join(dirname(rootKeyFile), 'erasures.journal');

const form = /^([0-9a-f-]{36}) (contact|company) ([0-9a-f-]{36})$/;

export function openJournal(file: string): Journal {
  return {
    read: async () => {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').flatMap((line) => {
        const [, organizationId, kind, id] = form.exec(line) ?? [];
        return id === undefined ? [] : [{ organizationId: organizationId!, kind: kind as Erased['kind'], id }];
      });
    },
    add: async (erased) => {
      if (erased.length === 0) return;
      const handle = await openFile(file, 'a', 0o600);
      try {
        // A line of its own also after one that was cut off.
        await handle.writeFile(
          `\n${erased.map(({ organizationId, kind, id }) => `${organizationId} ${kind} ${id}`).join('\n')}\n`,
        );
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
