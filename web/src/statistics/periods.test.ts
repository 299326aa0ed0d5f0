import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodsUntil } from './periods.ts';

test('the newest first, over the turn of the year, each once', () => {
  const { years, quarters, months } = periodsUntil(new Date(2026, 0, 31, 12));
  assert.deepEqual(years, ['2026', '2025', '2024', '2023']);
  assert.deepEqual(quarters.slice(0, 3), ['2026-Q1', '2025-Q4', '2025-Q3']);
  assert.deepEqual([months[0], months[1], months[11]], ['2026-01', '2025-12', '2025-02']);
  assert.equal(new Set(quarters).size, 8);
});
