/**
 * A piece of a log as one file that somebody else verifies: its entries byte for byte, what the rest of the tree consists of, and the
 * signed heads where they belong. Read from front to back with a handful of hashes in memory, so a million entries take no more room
 * than ten. Nothing in the file is believed: entries are hashed (RFC 6962 §2.1), heads are recomputed, signatures are checked against
 * keys that the reader brings from elsewhere.
 *
 *   lubart-log-evidence-1
 *   key <verifier key of the log>            (C2SP signed-note; said by the file, so worth nothing by itself)
 *   tree <level> <base64 hash>               a complete subtree of 2^level entries that are not in this file
 *   entry <base64>                           an entry, its exact bytes
 *   gone <base64 hash>                       an entry of which only the hash is left: its bytes were not there
 *   head <base64 of a signed note>           the head of the tree of everything above it
 *   stamp <base64>                           a time stamp (RFC 3161) of the note in the line above
 *   end <entries in the tree>
 */
import type { Certificate, StampMeans } from '../stamps/index.ts';
import { readStamp, stampFaults } from '../stamps/index.ts';
import { fromBase64, fromDecimal, fromUtf8, same, toBase64, toUtf8 } from './bytes.ts';
import { readCheckpoint, readHash } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { leafHash, nodeHash } from './merkle.ts';
import type { NoteKey, Verify } from './note.ts';
import { readKey, readNote, signersOf } from './note.ts';
import { openPruned } from './pruned.ts';

export const evidenceHeading = 'lubart-log-evidence-1';

export const evidenceFindings = [
  'not_readable',
  'entry_gone',
  'pruned_young',
  'kept_unreadable',
  'count_differs',
  'cut_short',
  'entry_unreadable',
  'head_forged',
  'head_not_of_log',
  'witness_forged',
  'head_elsewhere',
  'log_cut',
  'clock_back',
  'after_witness',
  'after_stamp',
  'nothing_signed',
  ...stampFaults,
] as const;
/** `at`: the line, the position of an entry, or the size of a head that it is about. */
export type EvidenceFinding = { readonly kind: (typeof evidenceFindings)[number]; readonly at: number };

/** How somebody outside saw the log: how often, first, and last. `at`: milliseconds since 1970. */
export type SeenBy = {
  readonly times: number;
  readonly first: { readonly size: number; readonly at: number };
  readonly newest: { readonly size: number; readonly at: number };
};

export type EvidenceReport = {
  /** Whose log it says it is. */
  readonly origin: string | null;
  /** The key that the file names, as a line; the reader compares it with what was handed over before. */
  readonly keyInFile: string | null;
  /** Whether the signatures were checked against a key of the reader’s own. */
  readonly keyIsOwn: boolean;
  readonly size: number;
  readonly entries: number;
  /** Entries that the file has the hash of alone, and how many of them were deleted by the rules of keeping. */
  readonly gone: number;
  readonly pruned: number;
  /** Entries that lie before, between or behind those in the file. */
  readonly elsewhere: number;
  readonly heads: number;
  /** How many entries the newest head that holds covers. */
  readonly signedSize: number;
  readonly witnesses: ReadonlyMap<string, SeenBy>;
  /** By the name in the certificate of each authority. */
  readonly stamps: ReadonlyMap<string, SeenBy>;
  /** Whether the reader brought root certificates, and how many stamps none of them stands behind. */
  readonly rootsAreOwn: boolean;
  readonly stampsUnknown: number;
  /** Sizes of the heads that the reader kept, and that this log goes on from. */
  readonly remembered: readonly number[];
  /** The earliest moment at which somebody outside saw a head over everything that is in the file. */
  readonly dated: { readonly by: string; readonly at: number } | null;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly findings: readonly EvidenceFinding[];
};

/** Clocks of nodes, and acts that overlap, may differ so much without a word, milliseconds. */
export const clockTolerance = 120_000;
const findingsMax = 100;

/**
 * Entries that stand one after another, read apart from the rest (by another thread). Only what gives no word of its own: each readable,
 * none before its time. `parts`: the complete subtrees that they are, from left to right.
 */
export type EntryRun = {
  readonly start: number;
  readonly count: number;
  readonly parts: readonly { level: number; node: Uint8Array }[];
  readonly firstAt: string;
  readonly lastAt: string;
  /** Milliseconds since 1970. */
  readonly earliest: number;
  readonly latest: number;
};

export type EvidenceReader = {
  /** One line of the file, without its end. */
  line(text: string): void;
  /** In place of the lines of these entries. False: here there is something to be said about them; they must come line by line. */
  run(run: EntryRun): boolean;
  end(): EvidenceReport;
};

type Given = {
  hash: Hash;
  verify: Verify;
  /** Of the log and of witnesses, brought by the reader. */
  keys: readonly NoteKey[];
  /** Signed heads that the reader kept from before. */
  remembered: readonly string[];
  now: number;
  /** How time stamps are read, with the root certificates that the reader brings; absent: they are passed over. */
  stamps?: {
    means: StampMeans;
    roots: readonly Certificate[] | null;
    /** Is given each stamp of a head that holds, before it is judged. */
    take?(note: string, response: Uint8Array): void;
  };
};

export function openEvidence({ hash, verify, keys, remembered, now, stamps }: Given): EvidenceReader {
  const findings: EvidenceFinding[] = [];
  const find = (kind: EvidenceFinding['kind'], at: number) => {
    if (findings.length < findingsMax) findings.push({ kind, at });
  };
  const ownLogKeys = keys.filter(({ kind }) => kind === 'log');
  const witnessKeys = keys.filter(({ kind }) => kind === 'witness');
  const state = {
    lines: 0,
    keyInFile: null as string | null,
    logKeys: ownLogKeys as readonly NoteKey[],
    origin: null as string | null,
    entries: 0,
    gone: 0,
    elsewhere: 0,
    heads: 0,
    signedSize: 0,
    ended: false,
    firstAt: null as string | null,
    lastAt: null as string | null,
    latest: -Infinity,
    stampsUnknown: 0,
    dated: null as EvidenceReport['dated'],
    /** The head in the line above, when it holds. */
    above: null as { note: string; size: number } | null,
  };
  const tree = openStack(hash);
  const absent = openPruned(now);
  const witnesses = new Map<string, SeenBy>();
  const authorities = new Map<string, SeenBy>();
  const goesOn = new Set<number>();
  const expected = new Map<number, Uint8Array[]>();
  for (const note of remembered) {
    const head = readCheckpoint(readNote(note)?.text ?? '');
    if (head === undefined) find('kept_unreadable', 0);
    else expected.set(head.size, [...(expected.get(head.size) ?? []), head.root]);
  }
  const grow = (level: number, leaf: Uint8Array) => {
    if (!tree.push(level, leaf)) return find('not_readable', state.lines);
    for (const root of expected.get(tree.size()) ?? [])
      if (same(tree.root(), root)) goesOn.add(tree.size());
      else find('head_elsewhere', tree.size());
  };
  const seen = (by: Map<string, SeenBy>, name: string, at: number) => {
    const now = { size: tree.size(), at };
    const known = by.get(name);
    const isAgain = known?.newest.size === now.size;
    if (!isAgain) by.set(name, { times: (known?.times ?? 0) + 1, first: known?.first ?? now, newest: now });
    if (state.dated === null || at < state.dated.at) state.dated = { by: name, at };
  };
  const readEntry = (bytes: Uint8Array) => {
    state.dated = null;
    const at = timeOf(bytes);
    if (at === undefined) return find('entry_unreadable', tree.size());
    state.firstAt ??= at;
    state.lastAt = at;
    const moment = Date.parse(at);
    if (moment < state.latest - clockTolerance) find('clock_back', tree.size());
    state.latest = Math.max(state.latest, moment);
  };
  const readRun = ({ start, count, parts, firstAt, lastAt, earliest, latest }: EntryRun): boolean => {
    const end = start + count;
    if (state.lines === 0 || state.ended || start !== tree.size() || earliest < state.latest - clockTolerance)
      return false;
    // A head that the reader kept is compared where it belongs.
    if ([...expected.keys()].some((size) => size > start && size < end)) return false;
    state.lines += count;
    state.dated = null;
    for (const { level, node } of parts) grow(level, node);
    state.entries += count;
    state.firstAt ??= firstAt;
    state.lastAt = lastAt;
    state.latest = Math.max(state.latest, latest);
    return true;
  };
  const readHead = (text: string | undefined) => {
    const note = text === undefined ? undefined : readNote(text);
    const head = note === undefined ? undefined : readCheckpoint(note.text);
    if (note === undefined || head === undefined) return find('not_readable', state.lines);
    state.heads += 1;
    state.origin ??= head.origin;
    if (head.size !== tree.size() || !same(head.root, tree.root())) return find('head_not_of_log', head.size);
    if (!isSigned(note, state.logKeys, verify, head.origin)) return find('head_forged', head.size);
    state.signedSize = head.size;
    state.above = { note: text!, size: head.size };
    for (const key of witnessKeys) {
      const at = cosignedAt(note, key, verify);
      if (at === 'forged') find('witness_forged', head.size);
      else if (at !== undefined) {
        seen(witnesses, key.name, at * 1000);
        // What a witness saw cannot have happened afterwards: a clock that runs ahead, or entries put in under an old head.
        if (state.latest > at * 1000 + clockTolerance) find('after_witness', head.size);
      }
    }
  };
  const readStampOf = (above: { note: string; size: number }, response: Uint8Array) => {
    if (stamps === undefined) return;
    stamps.take?.(above.note, response);
    const read = readStamp(stamps.means, { response, head: toUtf8(above.note), roots: stamps.roots });
    if (read.holds) {
      seen(authorities, read.authority, read.at.getTime());
      if (state.latest > read.at.getTime() + clockTolerance) find('after_stamp', above.size);
    } else if (read.why === 'stamp_root_unknown') state.stampsUnknown += 1;
    else find(read.why, above.size);
  };
  const take: Readonly<Record<string, (rest: string) => void>> = {
    key: (rest) => {
      state.keyInFile = rest;
      const key = readKey(hash, rest);
      if (key === undefined) find('not_readable', state.lines);
      else if (ownLogKeys.length === 0) state.logKeys = [key];
    },
    tree: (rest) => {
      const [levelText = '', hashText = ''] = rest.split(' ');
      const [level, node] = [fromDecimal(levelText), readHash(hashText)];
      if (level === undefined || level > 52 || node === undefined) return find('not_readable', state.lines);
      state.elsewhere += 2 ** level;
      grow(level, node);
    },
    entry: (rest) => {
      const bytes = fromBase64(rest);
      if (bytes === undefined) return find('not_readable', state.lines);
      readEntry(bytes);
      absent.entry(bytes);
      state.entries += 1;
      grow(0, leafHash(hash, bytes));
    },
    gone: (rest) => {
      const leaf = readHash(rest);
      if (leaf === undefined) return find('not_readable', state.lines);
      state.gone += 1;
      absent.gone(tree.size(), state.latest);
      grow(0, leaf);
    },
    head: (rest) => {
      const bytes = fromBase64(rest);
      state.above = null;
      readHead(bytes === undefined ? undefined : fromUtf8(bytes));
    },
    stamp: (rest) => {
      const bytes = fromBase64(rest);
      // Of a head that does not hold enough is said already.
      if (bytes === undefined || state.heads === 0) return find('not_readable', state.lines);
      if (state.above?.size === tree.size()) readStampOf(state.above, bytes);
    },
    end: (rest) => {
      state.ended = true;
      if (fromDecimal(rest) !== tree.size()) find('count_differs', tree.size());
    },
  };
  return {
    line: (text) => {
      state.lines += 1;
      if (state.lines === 1) {
        if (text !== evidenceHeading) find('not_readable', 1);
        return;
      }
      if (text === '') return;
      const space = text.indexOf(' ');
      const read = Object.hasOwn(take, text.slice(0, space)) ? take[text.slice(0, space)] : undefined;
      if (read === undefined || state.ended) find('not_readable', state.lines);
      else read(text.slice(space + 1));
    },
    run: readRun,
    end: () => {
      if (!state.ended) find('cut_short', tree.size());
      const { pruned, gone: taken, tooYoung } = absent.end();
      for (const at of taken) find('entry_gone', at);
      for (const at of tooYoung) find('pruned_young', at);
      for (const size of expected.keys()) if (size > tree.size()) find('log_cut', size);
      if (state.signedSize === 0) find('nothing_signed', 0);
      const { origin, keyInFile, entries, gone, elsewhere, heads, signedSize, firstAt, lastAt } = state;
      const counted = { origin, keyInFile, entries, gone, pruned, elsewhere, heads, signedSize, firstAt, lastAt };
      const { stampsUnknown, dated } = state;
      return {
        ...counted,
        keyIsOwn: ownLogKeys.length > 0,
        size: tree.size(),
        witnesses,
        stamps: authorities,
        rootsAreOwn: stamps !== undefined && stamps.roots !== null,
        stampsUnknown,
        remembered: [...goesOn].toSorted((one, other) => one - other),
        dated,
        findings,
      };
    },
  };
}

/** The complete subtrees that everything so far consists of; two of one size become one. */
function openStack(hash: Hash) {
  const parts: { level: number; node: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    /** False when a subtree of this size cannot begin here. */
    push: (level: number, node: Uint8Array): boolean => {
      if (size % 2 ** level !== 0) return false;
      size += 2 ** level;
      let top = { level, node };
      while (parts.at(-1)?.level === top.level)
        top = { level: top.level + 1, node: nodeHash(hash, parts.pop()!.node, top.node) };
      parts.push(top);
      return true;
    },
    root: (): Uint8Array =>
      parts.length === 0
        ? hash(new Uint8Array())
        : parts.map(({ node }) => node).reduceRight((right, left) => nodeHash(hash, left, right)),
  };
}

/** When an entry says it was written. */
export function timeOf(bytes: Uint8Array): string | undefined {
  try {
    const { at } = JSON.parse(fromUtf8(bytes) ?? '') as { at?: unknown };
    return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : undefined;
  } catch {
    return undefined;
  }
}

type ReadNote = NonNullable<ReturnType<typeof readNote>>;

function isSigned(note: ReadNote, keys: readonly NoteKey[], verify: Verify, origin: string): boolean {
  try {
    return signersOf(note, keys, verify).some(({ key }) => key.name === origin);
  } catch {
    return false;
  }
}

function cosignedAt(note: ReadNote, key: NoteKey, verify: Verify): number | 'forged' | undefined {
  try {
    return signersOf(note, [key], verify)[0]?.at ?? undefined;
  } catch {
    return 'forged';
  }
}

export const evidenceLines = {
  key: (key: string) => `key ${key}\n`,
  tree: (level: number, node: Uint8Array) => `tree ${level} ${toBase64(node)}\n`,
  entry: (bytes: Uint8Array) => `entry ${toBase64(bytes)}\n`,
  gone: (leaf: Uint8Array) => `gone ${toBase64(leaf)}\n`,
  head: (note: string) => `head ${toBase64(toUtf8(note))}\n`,
  stamp: (stamp: Uint8Array) => `stamp ${toBase64(stamp)}\n`,
  end: (size: number) => `end ${size}\n`,
} as const;
