/**
 * The work of one thread: entries that stand one after another in a file of the log are decoded, hashed and folded into the subtrees that
 * they are (RFC 6962 §2.1). What is not in order is left alone, and read line by line by whoever asked; so both ways say the same.
 */
import { isUtf8 } from 'node:buffer';
import { parentPort } from 'node:worker_threads';
import type { EntryRun, Hash } from '../contract/tlog/index.ts';
import {
  clockTolerance,
  foldHashes,
  hashBytes,
  mayBePruning,
  subtreesOfRange,
  timeOf,
  writeBase64,
  writeLeafHashOf,
} from '../contract/tlog/index.ts';

export const entryMark = 'entry ';
/** Where lines of entries lie in a piece, and which place the first has. */
export type RunAt = { from: number; to: number; start: number; count: number };
export type Asked = { id: number; bytes: ArrayBuffer; runs: RunAt[] };
export type Answered = { id: number; bytes: ArrayBuffer; read: (EntryRun | null)[] };

export function serveRuns(hash: Hash): void {
  parentPort!.on('message', ({ id, bytes, runs }: Asked) => {
    const piece = Buffer.from(bytes);
    const read = runs.map((run) => readRun(hash, piece, run));
    parentPort!.postMessage({ id, bytes, read } satisfies Answered, [bytes]);
  });
}

export function readRun(hash: Hash, piece: Buffer, { from, to, start, count }: RunAt): EntryRun | null {
  // One text for all lines: what is cut out of it is not copied.
  const text = piece.toString('latin1', from, to);
  const leaves = new Uint8Array(count * hashBytes);
  let [firstAt, lastAt] = ['', ''];
  let [earliest, latest] = [Infinity, -Infinity];
  let [at, end] = [0, 0];
  let time: string | undefined;
  const write = (room: Uint8Array): number | undefined => {
    const length = writeBase64(text.slice(at + entryMark.length, end), room);
    // What may say that others were deleted is read by whoever asked.
    time = length === undefined || mayBePruning(room, length) ? undefined : quickTimeOf(room, length);
    return length;
  };
  for (let nth = 0; nth < count; nth += 1) {
    end = text.indexOf('\n', at);
    if (!writeLeafHashOf(hash, write, leaves, nth * hashBytes) || time === undefined) return null;
    if (time !== lastAt) {
      const moment = Date.parse(time);
      if (moment < latest - clockTolerance) return null;
      earliest = Math.min(earliest, moment);
      latest = Math.max(latest, moment);
    }
    if (nth === 0) firstAt = time;
    lastAt = time;
    at = end + 1;
  }
  if (at !== text.length) return null;
  const parts = subtreesOfRange(start, start + count).map(({ level, index }) => {
    const first = index * 2 ** level - start;
    return { level, node: foldHashes(hash, leaves.subarray(first * hashBytes, (first + 2 ** level) * hashBytes)) };
  });
  return { start, count, parts, firstAt, lastAt, earliest, latest };
}

/** How Lubart writes an entry: its moment stands third. */
const form = /^\{"v":1,"id":"[0-9a-f-]{36}","at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","organization":/;
const headBytes = 98;
const again = Buffer.from('"at":');
const escaped = Buffer.from('\\u');

/** In that form, and when the moment cannot stand there a second time under any spelling, the rest need not be parsed. */
function quickTimeOf(room: Uint8Array, length: number): string | undefined {
  const bytes = Buffer.from(room.buffer, room.byteOffset, length);
  const at = form.exec(bytes.toString('latin1', 0, headBytes))?.[1];
  const isPlain =
    at !== undefined &&
    bytes[bytes.length - 1] === 125 &&
    bytes.indexOf(again, headBytes) === -1 &&
    bytes.indexOf(escaped, headBytes) === -1 &&
    isUtf8(bytes);
  return isPlain && !Number.isNaN(Date.parse(at)) ? at : timeOf(bytes);
}
