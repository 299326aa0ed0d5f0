import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keptDaysMin, mayBePruning, openPruned, readPlaces, writePlaces } from './pruned.ts';

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

test('the mark of a pruning is found wherever it stands in the beginning, and nothing else is taken for it', () => {
  const mark = '"event":"audit.pruned"';
  const isFound = (text: string, length?: number) => mayBePruning(new TextEncoder().encode(text), length);
  for (let at = 0; at <= 378; at += 1) assert.equal(isFound('x'.repeat(at) + mark + '"'.repeat(300)), true, String(at));
  assert.equal(isFound('x'.repeat(379) + mark), false, 'an entry says its event earlier');
  assert.equal(isFound(`xx${mark}`, 2 + mark.length), true);
  assert.equal(isFound(`xx${mark}`, 1 + mark.length), false, 'what stands behind the entry is none of it');
  const near = fc.constantFrom(
    '"',
    'e',
    'event":',
    '"event":"',
    'audit.',
    'pruned',
    mark,
    mark.slice(1),
    mark.slice(0, -1),
  );
  fc.assert(
    fc.property(fc.array(near, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      assert.equal(isFound(text), text.slice(0, 400).includes(mark));
    }),
  );
});
