import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cell } from './hide-small.ts';
import { hideSmall as hide, isTooFew, smallestGroup } from './hide-small.ts';

const domain = ['a', 'b', 'c', 'd', 'e'];
const cells = (counts: readonly number[]): Cell[] =>
  counts.map((count, at) => ({ key: domain[at]!, count, hidden: count })).filter(({ count }) => count > 0);
/** As it is told: counts, and one number for the rest. */
const hideSmall = (counted: readonly Cell[], all: readonly string[]) => {
  const { cells: shown, rest } = hide(counted, all);
  return {
    cells: shown.map(({ key, count }) => ({ key, count })),
    rest: rest === null ? null : rest.reduce((sum, { count }) => sum + count, 0),
  };
};
const tables = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 5, maxLength: 5 });

test('four, five, six: the limit is five', () => {
  assert.deepEqual([4, 5, 6].map(isTooFew), [true, false, false]);
  const shown = (count: number) => hideSmall(cells([9, count, 0, 0, 0]), domain).cells.map(({ key }) => key);
  assert.deepEqual([4, 5, 6].map(shown), [[], ['b'], ['b']], 'the first large one goes to the rest');
});

test('when no group is small, all are shown', () => {
  const { cells: shown, rest } = hideSmall(cells([5, 6, 7, 8, 9]), domain);
  assert.deepEqual([shown.length, rest], [5, null]);
});

test('a small group that nobody expected hides among the others all the same', () => {
  const stray: Cell = { key: 'z', count: 2, hidden: 2 };
  const { cells: shown, rest } = hideSmall([...cells([5, 6, 7, 8, 9]), stray], domain);
  assert.deepEqual([shown.map(({ key }) => key), rest], [['b', 'c', 'd', 'e'], 7]);
});

test('nothing small is ever shown by itself, and nothing is lost', () => {
  fc.assert(
    fc.property(tables, (counts) => {
      const { cells: shown, rest } = hideSmall(cells(counts), domain);
      for (const { count } of shown) assert.ok(count >= smallestGroup);
      const sum = shown.reduce((total, { count }) => total + count, 0) + (rest ?? 0);
      assert.equal(
        sum,
        counts.reduce((total, count) => total + count, 0),
      );
    }),
  );
});

test('of no small group can it be proved that anybody is in it: a table without them looks just the same', () => {
  let seen = 0;
  fc.assert(
    fc.property(tables, (counts) => {
      const told = hideSmall(cells(counts), domain);
      const large = counts.filter((count) => count >= smallestGroup);
      if (told.rest === null || large.length === 0) return;
      seen += 1;
      const moved = counts.findIndex((count) => count >= smallestGroup);
      const others = counts.map((count, at) => (at === moved ? told.rest! : count >= smallestGroup ? count : 0));
      assert.deepEqual(hideSmall(cells(others), domain), told);
    }),
    { numRuns: 500 },
  );
  assert.ok(seen > 100);
});

test('what the reader sees already does not make a group large', () => {
  const { cells: shown } = hideSmall(
    [
      { key: 'a', count: 20, hidden: 20 },
      { key: 'b', count: 30, hidden: 4 },
      { key: 'c', count: 9, hidden: 5 },
    ],
    domain,
  );
  assert.deepEqual(shown, [{ key: 'c', count: 9 }]);
});
