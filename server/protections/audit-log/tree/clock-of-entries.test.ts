/** Moments of entries, read from their bytes: whatever an entry says, it neither hides a clock that was set back nor makes one up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClock } from './clock-of-entries.ts';

const id = '00000000-0000-7000-8000-000000000000';
const entry = (at: string) => Buffer.from(`{"v":1,"id":"${id}","at":"${at}","organization":"${id}"}`);
/** As nobody but Lubart’s neighbour writes it: the moment stands elsewhere. */
const otherwise = (at: string) => Buffer.from(JSON.stringify({ at, v: 1 }));
const noon = '2026-11-27T12:00:00.000Z';

test('a moment that is earlier by more than clocks differ is back, wherever in the entry it stands', () => {
  for (const [then, later, isBack] of [
    [noon, '2026-11-27T11:58:00.000Z', false],
    [noon, '2026-11-27T11:57:59.999Z', true],
    [noon, '2026-11-26T23:59:59.999Z', true],
    ['2026-12-01T00:01:59.000Z', '2026-11-30T23:59:59.000Z', false],
    ['2026-12-01T00:02:00.000Z', '2026-11-30T23:59:59.999Z', true],
    ['2024-02-29T12:00:00.000Z', '2024-02-28T12:00:00.000Z', true],
    // What no calendar has is before the next month all the same.
    ['2026-02-31T12:00:00.000Z', '2026-03-01T12:00:00.000Z', false],
    ['2026-03-01T12:00:00.000Z', '2026-02-31T12:00:00.000Z', false],
    ['2026-04-31T12:00:00.000Z', '2026-04-30T12:00:00.000Z', true],
    // No moments: nothing is said of them.
    [noon, `${'z'.repeat(23)}Z`, false],
    [noon, '2026-13-27T12:00:00.000Z', false],
    [noon, '2026-11-27T24:00:00.001Z', false],
    [noon, '2026-11-27T11:60:00.000Z', false],
  ] as const) {
    for (const first of [entry, otherwise]) {
      for (const second of [entry, otherwise]) {
        // The calendar is asked elsewhere, and there is no such day in it.
        if ((first === otherwise || second === otherwise) && /-(02|04)-31/.test(then + later)) continue;
        const clock = openClock();
        assert.equal(clock(first(then)), false);
        assert.equal(clock(second(later)), isBack, `${then} ${later}`);
      }
    }
  }
});

test('who says a moment that is none puts nothing back', () => {
  for (const none of [`${'z'.repeat(23)}Z`, '2026-02-3aT12:00:00.000Z', '9999-99-99T99:99:99.999Z', '']) {
    const clock = openClock();
    assert.equal(clock(entry(noon)), false);
    clock(entry(none));
    assert.equal(clock(entry('2026-11-27T11:59:00.000Z')), false, none);
    assert.equal(clock(entry('2026-11-26T12:00:00.000Z')), true, none);
    assert.equal(clock(entry('2026-11-27T12:00:00.001Z')), false, none);
  }
});
