/**
 * A database that runs out of disk in the middle of writing its log stops with a panic. Before that happens writing is refused in
 * words, reading goes on, and when there is room again everything goes on by itself.
 */
import { statfsSync } from 'node:fs';
import { LubartError } from '#kernel';

/** Bytes that stay free for the database’s own log and for what is being written already. */
export const reserveBytes = 64 * 1024 * 1024;
/** How long an answer of the file system holds, milliseconds. */
const answerHolds = 250;

/** A check that throws start.disk_full while the file system of `folder` has less room than the reserve. */
export function watchDiskRoom(folder: string, reserve = reserveBytes): () => void {
  let askedAt = Number.NEGATIVE_INFINITY;
  let hasRoom = true;
  return () => {
    const now = performance.now();
    if (now - askedAt > answerHolds) {
      askedAt = now;
      hasRoom = freeBytes(folder) >= reserve;
    }
    if (!hasRoom) throw new LubartError('start.disk_full');
  };
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // a file system that does not tell is left to the database
  }
}
