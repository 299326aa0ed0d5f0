/**
 * A compound file ([MS-CFB], version 3): the file system in a file that holds an encrypted Office package. Written from front to
 * back, since all sizes are known: header, allocation tables, directory, small streams, and one big stream at the end, which
 * passes through without being held.
 */
const sectorBytes = 512;
const smallBytes = 64;
/** A stream shorter than this lies among the small ones (§2.2). */
const smallMax = 4096;
const idsPerSector = sectorBytes / 4;
const idsInHeader = 109;
const none = 0xff_ff_ff_ff;
const endOfChain = 0xff_ff_ff_fe;
const tableSector = 0xff_ff_ff_fd;
const listSector = 0xff_ff_ff_fc;
const entryBytes = 128;

/** A storage has entries, a stream has bytes; names are at most 31 characters (§2.6.1). */
export type Stored = { name: string; entries: Stored[] } | { name: string; bytes: Buffer };

type Big = { name: string; size: number; bytes: AsyncIterable<Uint8Array> };

type Entry = {
  name: string;
  type: 1 | 2 | 5;
  size: number;
  start: number;
  left: number;
  right: number;
  child: number;
};

/** The file of `stored` and a stream of `size` bytes, which are asked for last. */
export async function* writeCompoundFile(stored: readonly Stored[], big: Big): AsyncGenerator<Buffer> {
  if (big.size >= smallMax) yield* layOut(stored, big);
  else yield* layOut([...stored, { name: big.name, bytes: Buffer.concat(await Array.fromAsync(big.bytes)) }], null);
}

async function* layOut(stored: readonly Stored[], big: Big | null): AsyncGenerator<Buffer> {
  const entries: Entry[] = [
    { name: 'Root Entry', type: 5, size: 0, start: endOfChain, left: none, right: none, child: none },
  ];
  const small: { at: number; bytes: Buffer }[] = [];
  const bigEntry = big === null ? [] : [{ name: big.name, bytes: Buffer.alloc(0) }];
  entries[0]!.child = place([...stored, ...bigEntry], entries, small);

  let smallSectors = 0;
  const chains: number[] = [];
  for (const { at, bytes } of small) {
    const count = Math.ceil(bytes.length / smallBytes);
    entries[at]!.start = count === 0 ? endOfChain : smallSectors;
    for (let i = 1; i <= count; i += 1) chains.push(i === count ? endOfChain : smallSectors + i);
    smallSectors += count;
  }
  const smallStream = Buffer.concat(
    small.flatMap(({ bytes }) => [bytes, Buffer.alloc(restTo(bytes.length, smallBytes))]),
  );

  const directory = Math.ceil(entries.length / (sectorBytes / entryBytes));
  const smallTable = Math.ceil(smallSectors / idsPerSector);
  const smallHome = Math.ceil(smallStream.length / sectorBytes);
  const bigHome = Math.ceil((big?.size ?? 0) / sectorBytes);
  const others = directory + smallTable + smallHome + bigHome;
  const { tables, lists } = countTables(others);
  const startOf = { directory: tables + lists, smallTable: tables + lists + directory, small: 0, big: 0 };
  startOf.small = startOf.smallTable + smallTable;
  startOf.big = startOf.small + smallHome;

  Object.assign(entries[0]!, { start: smallHome === 0 ? endOfChain : startOf.small, size: smallStream.length });
  if (big !== null)
    Object.assign(
      entries.find(({ name }) => name === big.name)!,
      { start: startOf.big, size: big.size },
    );

  yield header({ tables, lists, startOf, smallTable });
  yield* allocation({ tables, lists, lengths: [directory, smallTable, smallHome, bigHome] });
  yield* tableList(tables, lists);
  yield padded(Buffer.concat(entries.map(entryForm)), directory * sectorBytes, (rest) => emptyEntries(rest));
  yield padded(numbers(chains), smallTable * sectorBytes, (rest) => Buffer.alloc(rest, 0xff));
  yield padded(smallStream, smallHome * sectorBytes, (rest) => Buffer.alloc(rest));
  if (big === null) return;
  let sent = 0;
  for await (const part of big.bytes) {
    sent += part.length;
    yield Buffer.from(part.buffer, part.byteOffset, part.length);
  }
  if (sent !== big.size) throw new RangeError('the big stream has another length');
  yield Buffer.alloc(restTo(sent, sectorBytes));
}

const restTo = (length: number, unit: number) => (unit - (length % unit)) % unit;

function padded(bytes: Buffer, length: number, rest: (length: number) => Buffer): Buffer {
  return Buffer.concat([bytes, rest(length - bytes.length)]);
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32LE(value, at * 4));
  return bytes;
}

/** Adds entries to the directory; returns the one at the root of their search tree (§2.6.4: by length, then by upper case). */
function place(stored: readonly Stored[], entries: Entry[], small: { at: number; bytes: Buffer }[]): number {
  const sorted = stored.toSorted(
    (a, b) => a.name.length - b.name.length || compare(a.name.toUpperCase(), b.name.toUpperCase()),
  );
  const ids = sorted.map((one) => {
    const at = entries.length;
    const isStorage = 'entries' in one;
    const size = isStorage ? 0 : one.bytes.length;
    entries.push({
      name: one.name,
      type: isStorage ? 1 : 2,
      size,
      start: isStorage ? 0 : endOfChain,
      left: none,
      right: none,
      child: none,
    });
    if (isStorage) entries[at]!.child = place(one.entries, entries, small);
    else if (size > 0) small.push({ at, bytes: one.bytes });
    return at;
  });
  return balance(ids, entries);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function balance(ids: readonly number[], entries: Entry[]): number {
  if (ids.length === 0) return none;
  const middle = ids.length >> 1;
  const root = entries[ids[middle]!]!;
  root.left = balance(ids.slice(0, middle), entries);
  root.right = balance(ids.slice(middle + 1), entries);
  return ids[middle]!;
}

/** How many sectors the allocation table takes, itself and its list included (§2.3, §2.5). */
function countTables(others: number): { tables: number; lists: number } {
  let tables = 0;
  let lists = 0;
  for (;;) {
    const needed = Math.ceil((others + tables + lists) / idsPerSector);
    const neededLists = Math.ceil(Math.max(0, needed - idsInHeader) / (idsPerSector - 1));
    if (needed === tables && neededLists === lists) return { tables, lists };
    tables = needed;
    lists = neededLists;
  }
}

function header(given: {
  tables: number;
  lists: number;
  startOf: { directory: number; smallTable: number };
  smallTable: number;
}): Buffer {
  const { tables, lists, startOf, smallTable } = given;
  const bytes = Buffer.alloc(sectorBytes);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xff_fe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(tables, 44);
  bytes.writeUInt32LE(startOf.directory, 48);
  bytes.writeUInt32LE(smallMax, 56);
  bytes.writeUInt32LE(smallTable === 0 ? endOfChain : startOf.smallTable, 60);
  bytes.writeUInt32LE(smallTable, 64);
  bytes.writeUInt32LE(lists === 0 ? endOfChain : tables, 68);
  bytes.writeUInt32LE(lists, 72);
  for (let at = 0; at < idsInHeader; at += 1) bytes.writeUInt32LE(at < tables ? at : none, 76 + at * 4);
  return bytes;
}

/** One number for each sector: which comes after it. Yielded in pieces, for the big stream has many. */
function* allocation({
  tables,
  lists,
  lengths,
}: {
  tables: number;
  lists: number;
  lengths: readonly number[];
}): Generator<Buffer> {
  let piece: number[] = [];
  let written = 0;
  const total = tables * idsPerSector;
  const taken = function* (): Generator<number> {
    for (let i = 0; i < tables; i += 1) yield tableSector;
    for (let i = 0; i < lists; i += 1) yield listSector;
    let at = tables + lists;
    for (const length of lengths) for (let i = 1; i <= length; i += 1) yield i === length ? (at++, endOfChain) : ++at;
  };
  for (const next of taken()) {
    piece.push(next);
    written += 1;
    if (piece.length < 16 * 1024) continue;
    yield numbers(piece);
    piece = [];
  }
  yield numbers([...piece, ...Array.from({ length: total - written }, () => none)]);
}

/** Where the sectors of the table are, beyond those that the header names; each sector ends with the next one (§2.5). */
function* tableList(tables: number, lists: number): Generator<Buffer> {
  for (let list = 0; list < lists; list += 1) {
    const from = idsInHeader + list * (idsPerSector - 1);
    const ids = Array.from({ length: idsPerSector - 1 }, (_, i) => (from + i < tables ? from + i : none));
    yield numbers([...ids, list === lists - 1 ? endOfChain : tables + list + 1]);
  }
}

function entryForm(entry: Entry): Buffer {
  const bytes = Buffer.alloc(entryBytes);
  bytes.write(entry.name, 0, 'utf16le');
  bytes.writeUInt16LE((entry.name.length + 1) * 2, 64);
  bytes[66] = entry.type;
  bytes[67] = 1; // black: a tree of black entries alone is one that every reader takes
  bytes.writeUInt32LE(entry.left, 68);
  bytes.writeUInt32LE(entry.right, 72);
  bytes.writeUInt32LE(entry.child, 76);
  bytes.writeUInt32LE(entry.start, 116);
  bytes.writeUInt32LE(entry.size, 120);
  return bytes;
}

function emptyEntries(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += entryBytes)
    for (const field of [68, 72, 76]) bytes.writeUInt32LE(none, at + field);
  return bytes;
}
