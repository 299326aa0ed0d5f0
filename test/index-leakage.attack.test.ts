/**
 * What a thief of the database learns from the search index by counting alone. The thief has the tokens of every record, not the
 * key, and knows the statistics of the country as well as one can: a plain base of other people, drawn from the same distribution.
 * Two attacks: by frequency (tokens that always come together are beginnings of one word; the surname whose counts are nearest is the
 * guess), and with known clients (whoever knows some of the clients marks their tokens and finds the namesakes). The numbers stand in
 * THREATS.md; the seeds are fixed, so that they are the same each time:
 *   npm test -- test/index-leakage.attack.test.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeIndexKey, tokensOf } from '#protections/encryption';
import { foldWords } from '#ukraine';
import { femaleNames, maleNames, surnames } from '../server/demo/names.ts';
import { randomOf } from '../server/demo/random.ts';
import { prefixSteps } from '../server/protections/encryption/search/record-tokens.ts';
import { domains, makeToken } from '../server/protections/encryption/search/search-key.ts';

const records = 20_000;
const surnameCount = 6_000;
/** Zipf–Mandelbrot, 1/(rank + q): the commonest surname has 0.3 %, as Мельник in Ukraine. */
const flatness = 80;

type Person = { surname: string; words: string[]; phone: string; email: string };

/** Surnames that are borne in Volyn first, then invented ones of usual stems and endings. */
function listSurnames(): string[] {
  const stems = surnames.map(([man]) => man.replace(/(енко|чук|ський|цький|юк|ук|ик|ець|ко|ий|ак|як|ар|а|о)$/u, ''));
  const endings = [
    'енко',
    'ук',
    'чук',
    'ський',
    'ович',
    'ець',
    'ак',
    'ин',
    'ій',
    'аренко',
    'иць',
    'овський',
    'ура',
    'иха',
  ];
  const all = new Set(surnames.map(([man]) => man));
  for (const ending of endings) for (const stem of stems) if (stem.length > 2) all.add(stem + ending);
  for (const second of ['', 'ов', 'ин', 'ур', 'ил', 'ан'])
    for (const ending of endings) for (const stem of stems) if (stem.length > 2) all.add(stem + second + ending);
  return [...all].slice(0, surnameCount);
}

const names = listSurnames();
const sums: number[] = [];
names.forEach((_, rank) => sums.push((sums.at(-1) ?? 0) + 1 / (rank + flatness)));

function drawSurname(share: number): string {
  const wanted = share * sums.at(-1)!;
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return names[low]!;
}

/** An office’s clients: three words of a name, a phone, an address at one of a few houses, half of them with the surname in it. */
function inventPeople(seed: number): Person[] {
  return Array.from({ length: records }, (_, at) => {
    const random = randomOf(seed, at);
    const surname = drawSurname(random.below(1_000_000) / 1_000_000);
    const woman = random.chance(0.54);
    const [, son, daughter] = random.pick(maleNames);
    const first = woman ? random.pick(femaleNames) : random.pick(maleNames)[0];
    const house = random.weighted([
      ['ukr.example', 4],
      ['gmail.example', 9],
      ['meta.example', 1],
    ] as const);
    const own = random.chance(0.5) ? foldWords(surname).join('') : `user${random.below(9_000_000)}`;
    return {
      surname,
      words: [surname, first, woman ? daughter : son],
      phone: `+380${500_000_000 + random.below(490_000_000)}`,
      email: `${own}${random.below(99)}@${house}`,
    };
  });
}

type Rows = number[][];
const key = makeIndexKey(new Uint8Array(32).fill(9));
const otherKey = makeIndexKey(new Uint8Array(32).fill(4));
const rowsOf = (people: readonly Person[], with_ = key): Rows =>
  people.map(({ words, phone, email }) => tokensOf(with_, { words, phones: [phone], emails: [email], codes: [] }));

const people = inventPeople(1340);
const others = inventPeople(1432);
const stolen = rowsOf(people);

function countOf(rows: Rows): Map<number, number[]> {
  const holders = new Map<number, number[]>();
  rows.forEach((tokens, at) => {
    for (const token of tokens) {
      const list = holders.get(token);
      if (list === undefined) holders.set(token, [at]);
      else list.push(at);
    }
  });
  return holders;
}

/** What stands in all of these rows. */
function sharedBy(rows: Rows, holders: readonly number[]): number[] {
  let shared = rows[holders[0]!]!;
  for (const at of holders.slice(1)) {
    const has = new Set(rows[at]);
    shared = shared.filter((token) => has.has(token));
  }
  return shared;
}

const descending = (a: number, b: number) => b - a;

/** Counts of all beginnings of each word that enough rows share, and the rows; by counting alone. */
function chainsIn(rows: Rows): { counts: number[]; holders: number[] }[] {
  const holders = countOf(rows);
  const seen = new Set<string>();
  const chains = [];
  for (const [, list] of holders) {
    if (list.length < 8 || list.length > records / 50) continue;
    const shared = sharedBy(rows, list);
    const name = shared.join();
    if (seen.has(name)) continue;
    seen.add(name);
    chains.push({ counts: shared.map((token) => holders.get(token)!.length).toSorted(descending), holders: list });
  }
  return chains;
}

/** The same counts as they are to be expected for each surname, from the base of other people that the thief has in plain text. */
function expectedChains(shape: (rows: Rows, people: readonly Person[]) => Rows): Map<string, number[]> {
  const rows = shape(rowsOf(others, otherKey), others);
  const holders = countOf(rows);
  const byName = new Map<string, number[]>();
  others.forEach(({ surname }, at) => byName.set(surname, [...(byName.get(surname) ?? []), at]));
  const expected = new Map<string, number[]>();
  for (const [surname, list] of byName) {
    if (list.length < 6) continue;
    expected.set(
      surname,
      sharedBy(rows, list)
        .map((token) => holders.get(token)!.length)
        .toSorted(descending),
    );
  }
  return expected;
}

const distance = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length ? a.reduce((sum, count, at) => sum + (Math.sqrt(count) - Math.sqrt(b[at]!)) ** 2, 0) : Infinity;

/** Share of records whose surname the thief names rightly, and of those that are named at all. */
function attackByFrequency(shape: (rows: Rows, people: readonly Person[]) => Rows) {
  const chains = chainsIn(shape(stolen, people));
  const pairs = [];
  for (const [surname, expected] of expectedChains(shape))
    for (const chain of chains) {
      const far = distance(chain.counts, expected);
      if (far < 30) pairs.push({ surname, chain, far });
    }
  const taken = new Set<unknown>();
  const guess = new Map<number, string>();
  for (const { surname, chain } of pairs.toSorted((a, b) => a.far - b.far)) {
    if (taken.has(surname) || taken.has(chain)) continue;
    taken.add(surname).add(chain);
    for (const at of chain.holders) if (!guess.has(at)) guess.set(at, surname);
  }
  return scoreOf(guess);
}

function scoreOf(guess: ReadonlyMap<number, string>, except = 0) {
  const right = [...guess].filter(([at, surname]) => at >= except && people[at]!.surname === surname);
  const percent = (count: number) => Math.round((count / (records - except)) * 1000) / 10;
  const surnamesRight = new Set(right.map(([, surname]) => surname)).size;
  const all = new Set(people.map(({ surname }) => surname)).size;
  return {
    named: percent(guess.size),
    right: percent(right.length),
    surnames: Math.round((surnamesRight / all) * 1000) / 10,
  };
}

/** The first `known` records are known in full: what all bearers of a surname share, and no other known client has, marks it. */
function attackByKnown(rows: Rows, known: number) {
  const byName = new Map<string, number[]>();
  for (let at = 0; at < known; at += 1)
    byName.set(people[at]!.surname, [...(byName.get(people[at]!.surname) ?? []), at]);
  const knownHolders = countOf(rows.slice(0, known));
  const holders = countOf(rows);
  const guess = new Map<number, string>();
  for (const [surname, list] of byName) {
    if (list.length < 2) continue;
    const marks = sharedBy(rows, list).filter((token) => knownHolders.get(token)!.length === list.length);
    if (marks.length === 0) continue;
    const rarest = Math.min(...marks.map((token) => holders.get(token)!.length));
    const mark = marks.find((token) => holders.get(token)!.length === rarest)!;
    for (const at of holders.get(mark)!) if (at >= known && !guess.has(at)) guess.set(at, surname);
  }
  return scoreOf(guess, known);
}

/** Without the beginnings that are longer than `letters`: those who share four letters look the same. */
const shortened =
  (letters: number) =>
  (rows: Rows, whose: readonly Person[]): Rows => {
    const with_ = whose === people ? key : otherKey;
    const cut = new Set<number>();
    for (const person of whose)
      for (const word of [...person.words, person.email].flatMap((text) => foldWords(text)))
        for (const step of prefixSteps)
          if (step > letters && step <= word.length) cut.add(makeToken(with_, domains.wordPrefix, word.slice(0, step)));
    return rows.map((tokens) => tokens.filter((token) => !cut.has(token)));
  };

/** Every record also carries the tokens of `others_` words that are not its own, drawn as evenly as surnames can be. */
const padded =
  (strangers: number) =>
  (rows: Rows, whose: readonly Person[]): Rows => {
    const with_ = whose === people ? key : otherKey;
    return rows.map((tokens, at) => {
      const random = randomOf(77, at);
      const words = Array.from({ length: strangers }, () => random.pick(names));
      return [...new Set([...tokens, ...tokensOf(with_, { words, phones: [], emails: [], codes: [] })])];
    });
  };

const asItIs = (rows: Rows): Rows => rows;

test('counting tokens tells some surnames; how many is known, and no more than is written down', (t) => {
  const blind = Math.round((people.filter(({ surname }) => surname === names[0]).length / records) * 1000) / 10;
  const frequency = attackByFrequency(asItIs);
  const known = [20, 200, 2000].map((count) => [count, attackByKnown(stolen, count)] as const);
  const measures = {
    'beginnings up to 6 letters': attackByFrequency(shortened(6)),
    'beginnings up to 4 letters': attackByFrequency(shortened(4)),
    'one stranger’s word in each record': attackByFrequency(padded(1)),
    'three strangers’ words in each record': attackByFrequency(padded(3)),
  };
  t.diagnostic(`commonest surname for everybody: ${blind} %`);
  t.diagnostic(`by frequency: ${JSON.stringify(frequency)}`);
  for (const [count, score] of known) t.diagnostic(`with ${count} known clients: ${JSON.stringify(score)}`);
  for (const [name, score] of Object.entries(measures)) t.diagnostic(`${name}: ${JSON.stringify(score)}`);
  assert.ok(frequency.right > blind, 'the attack is one');
  assert.ok(known[2]![1].right > known[0]![1].right);
});
