import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keptDaysMin, openPruned, readPlaces, writePlaces } from './pruned.ts';

test('places are written as ranges and read back as they were', () => {
  assert.equal(writePlaces([0, 1, 2, 5, 7, 8]), '0-2,5,7-8');
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 80 }), (list) => {
      const places = list.toSorted((a, b) => a - b);
      const back = readPlaces(writePlaces(places))!.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, nth) => from + nth),
      );
      assert.deepEqual(back, places);
    }),
  );
  for (const text of ['', 'x', '1-', '-1', '1,,2', '01', '1e3']) assert.equal(readPlaces(text), null, text);
});

test('each place that is not there is explained by a rule, too young for one, or gone', () => {
  const day = 86_400_000;
  const now = Date.parse('2026-11-27T00:00:00Z');
  const reader = openPruned(now);
  reader.gone(3, -Infinity);
  reader.gone(4, now - (keptDaysMin + 1) * day);
  reader.gone(5, now - (keptDaysMin - 1) * day);
  reader.gone(9, -Infinity);
  const said = { at: new Date(now).toISOString(), event: 'audit.pruned', facts: { places: '3-5' } };
  const broken = { ...said, facts: { places: 'усі' } };
  for (const entry of [said, broken, { ...said, event: 'contact.opened', facts: { places: '9' } }])
    reader.entry(new TextEncoder().encode(JSON.stringify(entry)));
  reader.entry(new TextEncoder().encode('{"event":"audit.pruned" not json'));
  assert.deepEqual(reader.end(), { pruned: 2, gone: [9], tooYoung: [5] });
});
