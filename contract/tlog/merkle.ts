/**
 * The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashes of leaves and nodes, which subtrees a root or a proof consists of, and
 * the checking of proofs (RFC 9162 §2.1.3.2, §2.1.4.2). Pure: the hash is given, the subtrees are fetched by whoever asks.
 *
 * A tree over n leaves is described by its complete subtrees: `{ level, index }` is the subtree over the leaves
 * [index · 2^level, (index + 1) · 2^level). They never change once they are full, so they are what is kept (see tiles.ts).
 */
import { join, same } from './bytes.ts';

/** SHA-256 of bytes: 32 bytes. `into`: the same written where it belongs, if there is a way; a million hashes then leave nothing behind. */
export type Hash = {
  (bytes: Uint8Array): Uint8Array;
  readonly into?: (bytes: Uint8Array, room: Uint8Array, at: number) => void;
};

/** A complete subtree. */
export type Subtree = { readonly level: number; readonly index: number };

/** Leaves from `start` up to `end`, not included. */
type Range = readonly [start: number, end: number];

/** Leaves and nodes are hashed with different prefixes, so that neither passes for the other (RFC 6962 §2.1). */
const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** Filled anew for each leaf that fits; its first byte, the prefix, stays. */
const leafBytes = new Uint8Array(1 + 65_536);
const leafRoom = leafBytes.subarray(1);
/** The beginnings of both, each made once: most entries are about as long as others. */
const leafOf = beginningsOf(leafBytes);
const entryOf = beginningsOf(leafRoom);
const lengthsMax = 4_096;

function beginningsOf(room: Uint8Array): (length: number) => Uint8Array {
  const byLength: Uint8Array[] = [];
  return (length) => {
    if (length >= lengthsMax) return room.subarray(0, length);
    return (byLength[length] ??= room.subarray(0, length));
  };
}

export function leafHash(hash: Hash, entry: Uint8Array): Uint8Array {
  if (entry.length > leafRoom.length) return hash(join(leafPrefix, entry));
  leafRoom.set(entry);
  return hash(leafOf(1 + entry.length));
}

/** The same, written into a row of hashes. */
export function writeLeafHash(hash: Hash, entry: Uint8Array, hashes: Uint8Array, at: number): void {
  if (entry.length > leafRoom.length) hashes.set(leafHash(hash, entry), at);
  else {
    leafRoom.set(entry);
    writeHash(hash, leafOf(1 + entry.length), hashes, at);
  }
}

/**
 * The same for an entry that is written where it is hashed: `write` answers with its length, or undefined when it could not. Returns the entry,
 * which lies there until the next one is hashed.
 */
export function writeLeafHashOf(
  hash: Hash,
  write: (room: Uint8Array) => number | undefined,
  hashes: Uint8Array,
  at: number,
): Uint8Array | undefined {
  const length = write(leafRoom);
  if (length === undefined) return undefined;
  writeHash(hash, leafOf(1 + length), hashes, at);
  return entryOf(length);
}

function writeHash(hash: Hash, bytes: Uint8Array, hashes: Uint8Array, at: number): void {
  if (hash.into === undefined) hashes.set(hash(bytes), at);
  else hash.into(bytes, hashes, at);
}

/** Filled anew for each node: a million of them are made in a row, and a hash is done with its bytes when it returns. */
const nodeBytes = new Uint8Array(1 + 2 * 32);
nodeBytes.set(nodePrefix, 0);

export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== 32 || right.length !== 32) return hash(join(nodePrefix, left, right));
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 33);
  return hash(nodeBytes);
}

/** The hash of the node over the two hashes that begin at `from`, written at `to` in the same row. */
export function writeNodeHash(hash: Hash, hashes: Uint8Array, from: number, to: number): void {
  for (let at = 0; at < 64; at += 1) nodeBytes[1 + at] = hashes[from + at]!;
  writeHash(hash, nodeBytes, hashes, to);
}

/** The largest power of two that is smaller than `count` (at least 2). */
function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The complete subtrees that a range of leaves consists of, from left to right. The range begins where a subtree of its size may. */
function subtreesOf([start, end]: Range): Subtree[] {
  const parts: Subtree[] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    parts.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return parts;
}

/** Gives the hash of a complete subtree; throws when it has none. */
export type FindSubtree = (subtree: Subtree) => Uint8Array;

function hashOf(hash: Hash, range: Range, find: FindSubtree): Uint8Array {
  const hashes = subtreesOf(range).map(find);
  return hashes.reduceRight((right, left) => nodeHash(hash, left, right));
}

/** What a root of `size` leaves is made of. */
export const subtreesOfRoot = (size: number): Subtree[] => subtreesOf([0, size]);

/** What the leaves from `start` up to `end` consist of, each subtree where one of its size may begin. */
export const subtreesOfRange = (start: number, end: number): Subtree[] => subtreesOf([start, end]);

/** MTH(D[0:size]); of nothing: the hash of nothing. */
export const rootOf = (hash: Hash, size: number, find: FindSubtree): Uint8Array =>
  size === 0 ? hash(new Uint8Array()) : hashOf(hash, [0, size], find);

/** PATH(index, D[0:size]) as ranges, from the leaf’s sibling to the root’s child (RFC 6962 §2.1.1). */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + splitOf(end - start);
    const isLeft = index < middle;
    ranges.push(isLeft ? [middle, end] : [start, middle]);
    if (isLeft) end = middle;
    else start = middle;
  }
  return ranges.toReversed();
}

/** PROOF(old, D[0:size]) as ranges (RFC 6962 §2.1.2). */
function consistencyRanges(old: number, size: number): Range[] {
  if (old === 0 || old === size) return [];
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  // Whether the subtree that the old tree ends with is the old tree itself, whose root the reader has.
  let isOldRoot = true;
  while (end !== old) {
    const middle = start + splitOf(end - start);
    if (old <= middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
      isOldRoot = false;
    }
  }
  if (!isOldRoot) ranges.push([start, end]);
  return ranges.toReversed();
}

/** What has to be fetched before `inclusionProof` can be asked. */
export const subtreesOfInclusion = (index: number, size: number): Subtree[] =>
  inclusionRanges(index, size).flatMap(subtreesOf);

/** What has to be fetched before `consistencyProof` can be asked. */
export const subtreesOfConsistency = (old: number, size: number): Subtree[] =>
  consistencyRanges(old, size).flatMap(subtreesOf);

/** Proof that the leaf `index` stands in the tree of `size` leaves; 0 ≤ index < size. */
export const inclusionProof = (hash: Hash, index: number, size: number, find: FindSubtree): Uint8Array[] =>
  inclusionRanges(index, size).map((range) => hashOf(hash, range, find));

/** Proof that the tree of `old` leaves is how the tree of `size` leaves begins; 0 ≤ old ≤ size. */
export const consistencyProof = (hash: Hash, old: number, size: number, find: FindSubtree): Uint8Array[] =>
  consistencyRanges(old, size).map((range) => hashOf(hash, range, find));

const half = (value: number) => Math.floor(value / 2);
const isOdd = (value: number) => value % 2 === 1;

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(
  hash: Hash,
  given: { leaf: Uint8Array; index: number; size: number; proof: readonly Uint8Array[]; root: Uint8Array },
): boolean {
  const { leaf, index, size, proof, root } = given;
  if (index >= size) return false;
  let [fn, sn] = [index, size - 1];
  let reached = leaf;
  for (const part of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      reached = nodeHash(hash, part, reached);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      reached = nodeHash(hash, reached, part);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(reached, root);
}

/** RFC 9162 §2.1.4.2; any tree begins with the empty one, whose proof is empty. */
export function verifyConsistency(
  hash: Hash,
  given: {
    old: number;
    oldRoot: Uint8Array;
    size: number;
    root: Uint8Array;
    proof: readonly Uint8Array[];
  },
): boolean {
  const { old, oldRoot, size, root, proof } = given;
  if (old > size) return false;
  if (old === size) return proof.length === 0 && same(oldRoot, root);
  if (old === 0) return proof.length === 0 && same(oldRoot, rootOf(hash, 0, neverAsked));
  const path = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : proof;
  if (path.length === 0) return false;
  let [fn, sn] = [old - 1, size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr] = [path[0]!, path[0]!];
  for (const part of path.slice(1)) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(hash, part, fr);
      sr = nodeHash(hash, part, sr);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(hash, sr, part);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(fr, oldRoot) && same(sr, root);
}

function neverAsked(): never {
  throw new RangeError('the empty tree has no subtrees');
}
