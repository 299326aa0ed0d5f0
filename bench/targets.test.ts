import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult, SideResult } from './drive.ts';
import { judge, judgeFigure } from './targets.ts';

const side = (p95: number): SideResult => ({
  perSecond: 1,
  p50: 1,
  p95,
  p99: p95,
  requests: 1,
  errors: 0,
  bytes: 1,
  serverCpu: 1,
  databaseCpu: 1,
});
const result = (given: Partial<LoadResult>): LoadResult => ({
  load: 'list newest',
  concurrency: 1,
  ratio: 1,
  floor: side(1),
  lubart: side(1),
  driverCpuShare: 0,
  ...given,
});

test('a ratio below the target is missed, and by how much is said', () => {
  assert.equal(judge(result({ ratio: 0.7 }))?.reached, true);
  assert.deepEqual(judge(result({ ratio: 0.35 }))?.missedBy, '0.50 of the target');
});

test('a slow tail is missed even when the rate is not', () => {
  assert.equal(judge(result({ lubart: side(2.1) }))?.reached, false);
});

test('milliseconds of a search are judged for one person at a time', () => {
  const slow = { load: 'find e-mail', lubart: side(21) } as const;
  assert.equal(judge(result({ ...slow, concurrency: 1 }))?.reached, false);
  assert.equal(judge(result({ ...slow, concurrency: 16 }))?.reached, true);
});

test('what has no target gets no verdict', () => {
  assert.equal(judge(result({ load: 'create' })), undefined);
});

test('a bound is judged from its own side', () => {
  assert.equal(judgeFigure(15_000, 15_000, 'at least'), 'reached');
  assert.match(judgeFigure(7_500, 15_000, 'at least'), /missed.*0\.50/);
  assert.equal(judgeFigure(200, 200, 'at most'), 'reached');
});
