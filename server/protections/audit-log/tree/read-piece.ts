/**
 * A piece of the log is read in two steps: its places, then the entries between the first and the last of their ids. Ids carry their time,
 * so those are nearly the entries of the piece, and the index of ids is walked once; measured, PostgreSQL’s own join costs twice as much.
 */
import type { RowFound, Transaction } from '#database';
import { copyRows } from '#database';

/** Entries at places one after another; a place that is missing is passed over. */
export type Piece = {
  readonly positions: Float64Array<ArrayBuffer>;
  /** Where in `bytes` each entry lies; `froms` -1: the entry itself is not there any more. */
  readonly froms: Int32Array<ArrayBuffer>;
  readonly lengths: Int32Array<ArrayBuffer>;
  readonly bytes: Room;
};

/** What threads see without its being moved; moved back and forth, rooms cost one more sweep of the memory for every few pieces. */
export type Room = Uint8Array<SharedArrayBuffer>;
const makeRoom = (bytes: number): Room => new Uint8Array(new SharedArrayBuffer(bytes));

const idBytes = 16;
/** Entries between the ids of a piece that are passed over because they stand elsewhere. */
export const strayMax = 4_096;

/** Entries at places from one up to another. `room`: bytes that nobody needs any more. The organization’s id must be one. */
export async function readPiece(
  tx: Transaction,
  organizationId: string,
  places: readonly [start: number, end: number],
  room?: Room,
): Promise<Piece> {
  // Another process for one piece costs more than the piece.
  tx`SET LOCAL max_parallel_workers_per_gather = 0`.catch(() => {}); // thrown by what follows
  const { positions, ids } = await readPlaces(tx, organizationId, places);
  const packed = openPacked(positions.length, room);
  if (positions.length === 0) return { positions, ...packed.end() };
  const byId = orderOf(ids);
  const entries = `SELECT id, bytes FROM audit_entries WHERE organization_id = '${organizationId}' AND`;
  const [first, last] = [idAt(ids, byId[0]!), idAt(ids, byId.at(-1)!)];
  const max = positions.length + strayMax;
  const count = await copyRows(
    tx,
    `${entries} id >= '${first}' AND id <= '${last}' ORDER BY id LIMIT ${max}`,
    openMerge(ids, byId, packed.put),
  );
  // Attack: ids of long ago beside those of today, so that every piece would be the whole log. The rest is asked for one by one.
  const rest = count < max ? [] : [...byId].filter((nth) => !packed.has(nth));
  if (rest.length > 0) {
    const asked = rest.map((nth) => idAt(ids, nth)).join();
    await copyRows(tx, `${entries} id = ANY ('{${asked}}') ORDER BY id`, openMerge(ids, rest, packed.put));
  }
  return { positions, ...packed.end() };
}

/** Positions in their order, and the ids that stand there one after another. */
async function readPlaces(tx: Transaction, organizationId: string, [start, end]: readonly [number, number]) {
  const found = { positions: new Float64Array(), ids: Buffer.alloc(0) };
  await copyRows(
    tx,
    `SELECT string_agg(int8send(position), '' ORDER BY position), string_agg(uuid_send(entry_id), '' ORDER BY position)
      FROM audit_leaves WHERE organization_id = '${organizationId}' AND position >= ${start} AND position < ${end}`,
    (bytes, [from, idsFrom], [to, idsTo]) => {
      if (from === -1) return;
      found.positions = new Float64Array((to! - from!) / 8);
      for (let nth = 0; nth < found.positions.length; nth += 1)
        found.positions[nth] = Number(bytes.readBigInt64BE(from! + nth * 8));
      found.ids = Buffer.from(bytes.subarray(idsFrom, idsTo));
    },
  );
  return found;
}

/** Which of the ids comes when they are sorted; most often they are. */
function orderOf(ids: Buffer): Int32Array {
  const order = new Int32Array(ids.length / idBytes);
  let isSorted = true;
  for (let nth = 1; nth < order.length; nth += 1) {
    order[nth] = nth;
    isSorted &&= compareIds(ids, nth - 1, ids, nth * idBytes) < 0;
  }
  return isSorted ? order : order.sort((one, other) => compareIds(ids, one, ids, other * idBytes));
}

function compareIds(ids: Buffer, nth: number, other: Buffer, otherFrom: number): number {
  const from = nth * idBytes;
  for (let at = 0; at < idBytes; at += 1) {
    const difference = ids[from + at]! - other[otherFrom + at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

const idAt = (ids: Buffer, nth: number): string => ids.toString('hex', nth * idBytes, (nth + 1) * idBytes);

/** Takes entries in the order of their ids and puts each where its id stands; others are passed over. */
function openMerge(ids: Buffer, byId: ArrayLike<number>, put: Packed['put']): RowFound {
  let next = 0;
  return (bytes, froms, tos) => {
    while (next < byId.length) {
      const nth = byId[next]!;
      const order = compareIds(ids, nth, bytes, froms[0]!);
      if (order > 0) return;
      if (order === 0 && froms[1] !== -1) put(nth, bytes, froms[1]!, tos[1]!);
      next += 1;
    }
  };
}

type Packed = ReturnType<typeof openPacked>;

/** Entries one after another in one room, which grows as they need it. */
function openPacked(count: number, room = makeRoom(count * 1024)) {
  const froms = new Int32Array(count).fill(-1);
  const lengths = new Int32Array(count);
  let filled = 0;
  return {
    has: (nth: number): boolean => froms[nth] !== -1,
    put: (nth: number, entry: Buffer, from: number, to: number): void => {
      const length = to - from;
      if (filled + length > room.length) {
        const larger = makeRoom(2 * (filled + length));
        larger.set(room.subarray(0, filled));
        room = larger;
      }
      entry.copy(room, filled, from, to);
      froms[nth] = filled;
      lengths[nth] = length;
      filled += length;
    },
    end: () => ({ froms, lengths, bytes: room }),
  };
}
