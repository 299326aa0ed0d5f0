import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsSoon } from './ends-soon.ts';

const day = 86_400_000;
const from = new Date('2026-11-02T09:00:00Z');

test('a certificate ends soon when less than two weeks are left, or less than a quarter of its time', () => {
  for (const [goodFor, left, soon] of [
    [365, 14 * day + 1, false],
    [365, 14 * day, false],
    [365, 14 * day - 1, true],
    [365, -day, true],
    // A quarter of 56 days is two weeks.
    [56, 14 * day, false],
    [56, 14 * day - 1, true],
    [8, 2 * day + 1, false],
    [8, 2 * day, false],
    [8, 2 * day - 1, true],
  ] as const) {
    const until = new Date(from.getTime() + goodFor * day);
    const now = new Date(until.getTime() - left);
    assert.equal(endsSoon(from, until, now), soon, `good for ${goodFor} days, ${left} ms left`);
  }
});
