/**
 * Entries that are no part of an act, refusals above all, are written together: while one transaction of an organization is on its way to
 * the disk, those that come meanwhile gather for the next one. Whoever gave an entry waits until it is committed, as if it had been
 * written alone. So a flood of refusals costs a few transactions, and not one each.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntryRow } from './entry.ts';

/** Resolves when these rows are committed; rejects when they are not. */
export type WriteTogether = (organizationId: string, rows: readonly EntryRow[]) => Promise<void>;

type Waiting = { rows: readonly EntryRow[]; written: () => void; failed: (error: unknown) => void };

/** Rows of one transaction; bounds how long somebody waits behind others. */
const rowsMax = 256;

export function openWriteTogether(write: (organizationId: string, rows: EntryRow[]) => Promise<void>): WriteTogether {
  const waiting = new Map<string, Waiting[]>();
  // What is written for many belongs to nobody’s request.
  const apart = AsyncLocalStorage.snapshot();
  const writeAll = async (organizationId: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const group = takeGroup(queue);
      try {
        await write(
          organizationId,
          group.flatMap(({ rows }) => rows),
        );
        for (const one of group) one.written();
      } catch (error) {
        if (group.length === 1) group[0]!.failed(error);
        else await writeEach(organizationId, group);
      }
    }
    waiting.delete(organizationId);
  };
  /** Attack: one entry that cannot be written takes those of others along. Each is tried by itself, and fails or not. */
  const writeEach = async (organizationId: string, group: readonly Waiting[]): Promise<void> => {
    for (const { rows, written, failed } of group) await write(organizationId, [...rows]).then(written, failed);
  };
  return (organizationId, rows) =>
    new Promise((written, failed) => {
      const queue = waiting.get(organizationId);
      if (queue !== undefined) return void queue.push({ rows, written, failed });
      const own: Waiting[] = [{ rows, written, failed }];
      waiting.set(organizationId, own);
      // One turn later, so that those who come at the same moment are together at once.
      apart(() => setImmediate(() => void writeAll(organizationId, own)));
    });
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let [count, rows] = [0, 0];
  while (count < queue.length && (count === 0 || rows + queue[count]!.rows.length <= rowsMax)) {
    rows += queue[count]!.rows.length;
    count += 1;
  }
  return queue.splice(0, count);
}
