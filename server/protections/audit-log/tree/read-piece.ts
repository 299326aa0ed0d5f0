/**
 * A piece of the log is read in two steps: its places, then the entries between the first and the last of their ids. Ids carry their time,
 * so those are nearly the entries of the piece, and the index of ids is walked once; measured, PostgreSQL’s own join costs twice as much.
 */
import type { RowFound, Transaction } from '#database';
import { copyRows } from '#database';

/** Room for entries, filled again and again. What threads share, they see without its being moved; made anew, it costs sweeps of the memory. */
export type Room = {
  readonly positions: Float64Array<SharedArrayBuffer>;
  /** Where in `bytes` each entry lies; `froms` -1: the entry itself is not there any more. */
  readonly froms: Int32Array<SharedArrayBuffer>;
  readonly lengths: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Their ids, one after another. */
  readonly ids: Uint8Array<SharedArrayBuffer>;
};

/** The first so many of a room: entries at places one after another; a place that is missing is passed over. */
export type Piece = Room & { readonly count: number };

const makeBytes = (count: number) => new Uint8Array(new SharedArrayBuffer(count));
const makeRoom = (entries: number): Room => ({
  positions: new Float64Array(new SharedArrayBuffer(8 * entries)),
  froms: new Int32Array(new SharedArrayBuffer(4 * entries)),
  lengths: new Int32Array(new SharedArrayBuffer(4 * entries)),
  bytes: makeBytes(1024 * entries),
  ids: makeBytes(idBytes * entries),
});

const idBytes = 16;
/** Entries between the ids of a piece that are passed over because they stand elsewhere. */
export const strayMax = 4_096;

/** Entries at places from one up to another. `spare`: a room that nobody needs any more. The organization’s id must be one. */
export async function readPiece(
  tx: Transaction,
  organizationId: string,
  places: readonly [start: number, end: number],
  spare?: Room,
): Promise<Piece> {
  // Another process for one piece costs more than the piece.
  tx`SET LOCAL max_parallel_workers_per_gather = 0`.catch(() => {}); // thrown by what follows
  const placesMax = places[1] - places[0];
  const room = spare !== undefined && spare.positions.length >= placesMax ? spare : makeRoom(placesMax);
  const count = await readPlaces(tx, organizationId, places, room);
  const ids = Buffer.from(room.ids.buffer, 0, count * idBytes);
  const packed = openPacked(room, count);
  if (count === 0) return packed.end();
  const byId = orderOf(ids);
  const entries = `SELECT id, bytes FROM audit_entries WHERE organization_id = '${organizationId}' AND`;
  const [first, last] = [idAt(ids, byId[0]!), idAt(ids, byId.at(-1)!)];
  const max = count + strayMax;
  const found = await copyRows(
    tx,
    `${entries} id >= '${first}' AND id <= '${last}' ORDER BY id LIMIT ${max}`,
    openMerge(ids, byId, packed.put),
  );
  // Attack: ids of long ago beside those of today, so that every piece would be the whole log. The rest is asked for one by one.
  const rest = found < max ? [] : [...byId].filter((nth) => !packed.has(nth));
  if (rest.length > 0) {
    const asked = rest.map((nth) => idAt(ids, nth)).join();
    await copyRows(tx, `${entries} id = ANY ('{${asked}}') ORDER BY id`, openMerge(ids, rest, packed.put));
  }
  return packed.end();
}

/** Writes positions in their order, and the ids that stand there; returns how many there are. */
async function readPlaces(
  tx: Transaction,
  organizationId: string,
  [start, end]: readonly [number, number],
  { positions, ids }: Room,
): Promise<number> {
  let count = 0;
  await copyRows(
    tx,
    `SELECT string_agg(int8send(position), '' ORDER BY position), string_agg(uuid_send(entry_id), '' ORDER BY position)
      FROM audit_leaves WHERE organization_id = '${organizationId}' AND position >= ${start} AND position < ${end}`,
    (bytes, [from, idsFrom], [, idsTo]) => {
      if (from === -1) return;
      count = bytes.copy(ids, 0, idsFrom, idsTo) / idBytes;
      for (let nth = 0, at = from!; nth < count; nth += 1, at += 8)
        positions[nth] = bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
    },
  );
  return count;
}

/** Which of the ids comes when they are sorted; most often they are. */
function orderOf(ids: Buffer): Int32Array {
  const count = ids.length / idBytes;
  let isSorted = true;
  for (let nth = 1; isSorted && nth < count; nth += 1) isSorted = compareIds(ids, nth - 1, ids, nth * idBytes) < 0;
  if (inOrder.length < count) inOrder = Int32Array.from({ length: count }, (_, nth) => nth);
  const order = inOrder.subarray(0, count);
  return isSorted ? order : order.toSorted((one, other) => compareIds(ids, one, ids, other * idBytes));
}

/** 0, 1, 2 …, as far as it was needed yet. */
let inOrder = new Int32Array();

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

/** Entries one after another in one room, whose bytes grow as they need it. */
function openPacked({ bytes: given, ...places }: Room, count: number) {
  const { froms, lengths } = places;
  froms.fill(-1);
  let bytes = given;
  let filled = 0;
  return {
    has: (nth: number): boolean => froms[nth] !== -1,
    put: (nth: number, entry: Buffer, from: number, to: number): void => {
      const length = to - from;
      if (filled + length > bytes.length) {
        const larger = makeBytes(2 * (filled + length));
        larger.set(bytes.subarray(0, filled));
        bytes = larger;
      }
      entry.copy(bytes, filled, from, to);
      froms[nth] = filled;
      lengths[nth] = length;
      filled += length;
    },
    end: (): Piece => ({ ...places, bytes, count }),
  };
}
