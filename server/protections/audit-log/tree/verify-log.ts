/**
 * The whole log of an organization, verified against what was signed: every entry is hashed anew, the tree is grown anew from nothing,
 * and each kept head must be the head of that tree under the log’s key. Nothing of the stored tree is believed. What an owner of the
 * database can do to the log – edit, delete, insert, cut, sign with another key – is a finding with its place; what stands before the
 * newest head that somebody else keeps cannot be done at all unseen (consistency proofs, RFC 6962 §2.1.2).
 */
import { findIn, readCheckpoint, readNote, rootOf, same, signersOf } from '#contract/tlog';
import type { NoteKey } from '#contract/tlog';
import type { HeadVerdict } from '#contract';
import type { Database } from '#database';
import { ed25519Verify, systemReach } from '#protections/encryption';
import type { Finding } from './findings.ts';
import { openFindings } from './findings.ts';
import type { Grown } from './grow-anew.ts';
import { tileOf } from './grow-anew.ts';
import { growHere, growInThread } from './grow-in-thread.ts';
import { sha256 } from './hash.ts';
import type { Checkpoint } from './tree-store.ts';
import { countWithoutPlace, listCheckpoints, findPruningsFrom, readTree } from './tree-store.ts';
import { piecesAhead, walkEntries } from './walk-entries.ts';

export type Verified = {
  /** Entries that have a place. */
  readonly size: number;
  /** Entries that were deleted by the rules of keeping. */
  readonly pruned: number;
  readonly heads: number;
  /** When the newest head was signed, and its note. */
  readonly signedAt: Date | null;
  readonly head: string | null;
  readonly findings: readonly Finding[];
  /** Holds a head that lies elsewhere against the tree that was grown. */
  judge(note: string): JudgedHead;
};

export type JudgedHead = { readonly verdict: HeadVerdict; readonly size: number };

/** An entry gets its place within a second; one without it after this long was put in past the door, or nobody seals. */
const placeSecondsMax = 60;
/** A shorter log is hashed before another thread would have started. */
const threadedSizeMin = 50_000;

export type VerifyLogDeps = {
  database: Database;
  /** As the verifier knows it, from elsewhere than this database. */
  key: NoteKey;
  now: Date;
  /** The note of a head, from elsewhere too. */
  remembered?: string;
  /** Hashed in a thread of its own from this size on. */
  threadedFrom?: number;
};

export async function verifyLog(deps: VerifyLogDeps, organizationId: string): Promise<Verified> {
  const { database, key, now, remembered } = deps;
  const reach = systemReach(organizationId);
  const heads = await database.read(reach, (tx) => listCheckpoints(tx, organizationId));
  const growth = growAnew(deps, organizationId, heads.at(-1)?.size ?? 0);
  const before = new Date(now.getTime() - placeSecondsMax * 1000);
  const counted = database.read(reach, (tx) => countWithoutPlace(tx, organizationId, before));
  // Signatures are checked while the tree is growing.
  const known = remembered === undefined ? [] : [headOf(remembered, now)];
  const signedHeads = [...heads, ...known].map((head) => ({ head, signed: readSigned(head, key) }));
  const [grown, waiting] = await Promise.all([growth, counted]);
  const { findings, find } = openFindings(grown.findings);
  const subtree = findIn(sha256, (at) => tileOf(grown, at));
  for (const { head, signed } of signedHeads) {
    if (signed === undefined) find('head_forged', head.size);
    else if (head.size > grown.size) find('log_cut', head.size);
    else if (!same(rootOf(sha256, head.size, subtree), signed.root)) find('head_not_of_log', head.size);
  }
  if (waiting > 0) find('without_place', waiting);
  const newest = heads.at(-1);
  const [signedAt, head] = [newest?.signedAt ?? null, newest?.note ?? null];
  const judge = (text: string): JudgedHead => {
    const { size } = headOf(text, now);
    const signed = readSigned({ note: text, size, signedAt: now }, key);
    if (signed === undefined) return { verdict: 'not_signed', size };
    if (size > grown.size) return { verdict: 'cut', size };
    return { verdict: same(rootOf(sha256, size, subtree), signed.root) ? 'holds' : 'forked', size };
  };
  return { size: grown.size, pruned: grown.pruned, heads: heads.length, signedAt, head, findings, judge };
}

/** Grows the tree from the entries themselves. `signed`: how long the log is said to be; what it is, is seen here. */
async function growAnew(
  { database, now, threadedFrom = threadedSizeMin }: VerifyLogDeps,
  organizationId: string,
  signed: number,
): Promise<Grown> {
  const reach = systemReach(organizationId);
  const isLong = signed >= threadedFrom;
  const grower = isLong ? growInThread() : growHere();
  const reading = isLong ? database.openForCopies(piecesAhead) : database;
  try {
    const stored = await reading.read(reach, (tx) => readTree(tx, organizationId));
    grower.begin({ size: stored.size, kept: stored.tiles, now: now.getTime() });
    const end = Math.min(stored.size, stored.end);
    let hasGap = false;
    for await (const piece of walkEntries(reading, organizationId, end, grower.spare)) {
      hasGap ||= piece.froms.subarray(0, piece.count).includes(-1);
      await grower.add(piece);
    }
    // Not before everything was read: what is pruned while the log is read says so in the transaction that takes it out, behind `end`.
    const prunings = hasGap ? await database.read(reach, (tx) => findPruningsFrom(tx, organizationId, end)) : [];
    return await grower.end(prunings.map(({ bytes }) => bytes));
  } finally {
    await Promise.all([grower.close(), isLong ? reading.close() : undefined]);
  }
}

/** A head that was kept elsewhere. */
function headOf(text: string, signedAt: Date): Checkpoint {
  const note = readNote(text);
  return { size: (note === undefined ? undefined : readCheckpoint(note.text))?.size ?? 0, note: text, signedAt };
}

/** The head that the log’s key signed; undefined when it did not, or the note says something else than the row. */
export function readSigned({ note: text, size }: Checkpoint, key: NoteKey): { root: Uint8Array } | undefined {
  const note = readNote(text);
  if (note === undefined) return undefined;
  try {
    if (!signersOf(note, [key], ed25519Verify).some((one) => one.key === key)) return undefined;
  } catch {
    return undefined;
  }
  const head = readCheckpoint(note.text);
  return head !== undefined && head.origin === key.name && head.size === size ? head : undefined;
}
