/**
 * An entry fits a bundle of tlog-tiles: at most 65 535 bytes (C2SP tlog-tiles, uint16 length). What does not fit goes on in entries of its own
 * beside it, in the same transaction: the first one names them (`more`), each of them names the first (`of`). So every byte lies in
 * the tree, and before and after stay sealed under the key of the client wherever they stand.
 */
import type { Change, Happening } from './entry.ts';

/** Bytes of an entry, and of what one that goes on may carry before it is sealed and written in base64. */
export const entryBytesMax = 65_535;
const changesBytesMax = 40_000;
const factsBytesMax = 16_000;
const idsMax = 1_000;

/** A change too long for one entry stands there in two: what was, and what became. */
export type HalfChange = Change & { half?: 'before' | 'after' };

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');

/** The head without what is long, and what goes on. */
export function splitHappening(what: Happening): { head: Happening; rest: Happening[] } {
  const ids = what.subjectIds ?? [];
  const facts = factPieces(what.facts ?? {});
  const about = what.subjectKind === undefined ? {} : { subjectKind: what.subjectKind };
  const goesOn = { event: 'audit.continued' as const, ...about };
  const whom = { subjectIds: ids.slice(0, 1), subjectCount: what.subjectCount ?? ids.length };
  const { changes, facts: _facts, ...plain } = what;
  return {
    head: {
      ...plain,
      subjectIds: ids.slice(0, idsMax),
      subjectCount: whom.subjectCount,
      facts: facts[0] ?? {},
    },
    rest: [
      ...packed(changes?.list.flatMap(halves) ?? [], changesBytesMax).map((list) => ({
        ...goesOn,
        ...whom,
        changes: { under: changes!.under, list },
      })),
      ...piecesOf(ids.slice(idsMax), idsMax).map((subjectIds) => ({ ...goesOn, subjectIds })),
      ...facts.slice(1).map((some) => ({ ...goesOn, ...whom, facts: some })),
    ],
  };
}

function halves(change: Change): HalfChange[] {
  if (bytesOf(change) <= changesBytesMax / 2) return [change];
  return [
    { ...change, after: null, half: 'before' },
    { ...change, before: null, half: 'after' },
  ];
}

/** Puts halves together again, and what stands in several entries. */
export function joinChanges(list: readonly HalfChange[]): Change[] {
  const joined = new Map<string, Change>();
  for (const { half, ...change } of list) {
    const known = joined.get(change.field);
    if (known === undefined || half === undefined) joined.set(change.field, change);
    else joined.set(change.field, { ...known, [half]: change[half] });
  }
  return [...joined.values()];
}

/** Groups that each stay below the bytes. */
function packed<T>(all: readonly T[], max: number): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const one of all) {
    const size = bytesOf(one) + 1;
    if (size > room) {
      groups.push([]);
      room = max;
    }
    groups.at(-1)!.push(one);
    room -= size;
  }
  return groups;
}

/** Facts in groups; one that is too long by itself becomes its JSON, cut. */
function factPieces(facts: Record<string, unknown>): Record<string, unknown>[] {
  const pairs = Object.entries(facts).flatMap(([name, value]): [string, unknown][] => {
    if (bytesOf(value) <= factsBytesMax / 2) return [[name, value]];
    // A character of text is at most six bytes of JSON within JSON.
    const texts = cut(JSON.stringify(value), Math.floor(factsBytesMax / 12));
    return texts.map((text, at) => [`${name} ${at + 1}/${texts.length}`, text]);
  });
  return packed(pairs, factsBytesMax).map((group) => Object.fromEntries(group));
}

/** Never within a character: a lone half of one does not survive UTF-8. */
const cut = (text: string, length: number): string[] =>
  piecesOf([...text], length).map((characters) => characters.join(''));

const piecesOf = <T>(all: readonly T[], length: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / length) }, (_, at) => all.slice(at * length, (at + 1) * length));
