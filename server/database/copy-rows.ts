/**
 * Rows of a query as COPY in its binary form (PostgreSQL 18, “COPY”, Binary Format): the bytes as they are. As rows of a query each byte
 * would travel as two letters.
 */
import type { Transaction } from './act.ts';
import type { TakePart } from './copy-socket.ts';
import { copySocketOf } from './copy-socket.ts';

/** Where the fields of a row lie in what arrived, each from and to; `from` -1: NULL. All are gone when the next row comes. */
export type RowFound = (bytes: Buffer, froms: Int32Array, tos: Int32Array) => void;

const fieldsMax = 8;

/** COPY takes no parameters: whoever writes `select` proves every value in it. Returns how many rows there were. */
export async function copyRows(tx: Transaction, select: string, found: RowFound): Promise<number> {
  let count = 0;
  let failure: { error: unknown } | undefined;
  const rest = spareRests.pop() ?? openRest();
  const takeRows = openCopyReader((bytes, froms, tos) => {
    count += 1;
    found(bytes, froms, tos);
  }, rest);
  /** The connection has other work after this, so the rest is let by. */
  const take: TakePart = (bytes, from, to) => {
    try {
      if (failure === undefined) takeRows(bytes, from, to);
    } catch (error) {
      failure = { error };
    }
  };
  const socket = copySocketOf(tx);
  // Before it is asked for: the first rows may come together with the answer that they come.
  socket?.takeCopies(take);
  try {
    const stream = await tx.unsafe(`COPY (${select}) TO STDOUT (FORMAT binary)`).readable();
    await new Promise<void>((resolve, reject) => {
      stream
        .on('data', (part: Buffer) => take(part, 0, part.length))
        .once('end', resolve)
        .once('error', reject);
    });
    if (failure !== undefined) throw failure.error;
    // Only here: what failed may still be given something.
    keepRest(rest);
    return count;
  } finally {
    socket?.takeCopies(undefined);
  }
}

const headBytes = 19;

/** The beginning of a row that is not all there yet. Used again for the next COPY: a room made anew for each costs sweeps of the memory. */
type Rest = ReturnType<typeof openRest>;
const spareRests: Rest[] = [];
const restBytesMax = 1024 * 1024;

function openRest() {
  let room = Buffer.alloc(0);
  let filled = 0;
  return {
    isEmpty: () => filled === 0,
    /** All there is, with this behind it. */
    add: (bytes: Buffer, from: number, to: number): Buffer => {
      const wanted = filled + to - from;
      if (wanted > room.length) {
        const larger = Buffer.alloc(2 * wanted);
        room.copy(larger, 0, 0, filled);
        room = larger;
      }
      bytes.copy(room, filled, from, to);
      filled = wanted;
      return room;
    },
    size: () => filled,
    /** Forgets the first so many bytes. */
    drop: (count: number): void => {
      room.copyWithin(0, count, filled);
      filled -= count;
    },
    roomBytes: () => room.length,
  };
}

function keepRest(rest: Rest): void {
  rest.drop(rest.size());
  if (rest.roomBytes() <= restBytesMax) spareRests.push(rest);
}

/** Takes rows out of what arrives, wherever the parts break. */
export function openCopyReader(found: RowFound, rest = openRest()): TakePart {
  const [froms, tos] = [new Int32Array(fieldsMax), new Int32Array(fieldsMax)];
  let isBegun = false;
  /** Where the row that begins at `start` ends; undefined while it is not all there. */
  const readRow = (bytes: Buffer, start: number, end: number): number | undefined => {
    if (end < start + 2) return undefined;
    const count = bytes.readInt16BE(start);
    if (count === -1) return end; // the end of the data
    let at = start + 2;
    for (let nth = 0; nth < count; nth += 1) {
      if (end < at + 4) return undefined;
      const length = bytes.readInt32BE(at);
      at += 4;
      froms[nth] = length === -1 ? -1 : at;
      tos[nth] = at += Math.max(0, length);
      if (end < at) return undefined;
    }
    found(bytes, froms, tos);
    return at;
  };
  /** Where that begins which is no whole row yet. */
  const readRows = (bytes: Buffer, from: number, to: number): number => {
    let at = from;
    if (!isBegun) {
      const end = to < from + headBytes ? to : from + headBytes + bytes.readInt32BE(from + headBytes - 4);
      if (end >= to) return from;
      [at, isBegun] = [end, true];
    }
    while (at < to) {
      const end = readRow(bytes, at, to);
      if (end === undefined) break;
      at = end;
    }
    return at;
  };
  return (bytes, from, to) => {
    if (rest.isEmpty()) {
      const at = readRows(bytes, from, to);
      if (at < to) rest.add(bytes, at, to);
    } else {
      const joined = rest.add(bytes, from, to);
      rest.drop(readRows(joined, 0, rest.size()));
    }
  };
}
