/** The coarse alphabet of sealed names never contradicts the true one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderKey } from '#ukraine';
import { bucketOf, orderFromSample, plainOrder } from './name-order.ts';

const word = fc.string({
  unit: fc.constantFrom(...'абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБҐЄІЇabcxyz’- 0919ёў'),
  maxLength: 14,
});
const names = fc.array(word, { minLength: 2, maxLength: 40 });

function agrees(order: readonly string[], list: readonly string[]): void {
  const keys = list.map(orderKey).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const buckets = keys.map((key) => bucketOf(order, key));
  for (let at = 1; at < buckets.length; at += 1)
    assert.ok(buckets[at - 1]! <= buckets[at]!, `${list[at - 1]} ${list[at]}`);
}

test('a name that comes earlier in the alphabet never stands in a later bucket: plain cuts, any names', () => {
  fc.assert(fc.property(names, (list) => agrees(plainOrder, list)));
});

test('the same with cuts from any sample, whatever the names that come later', () => {
  const sample = fc.array(word, { minLength: 2_000, maxLength: 2_200, size: 'max' });
  fc.assert(
    fc.property(sample, names, (taken, list) => {
      const order = orderFromSample(taken);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => (a < b ? -1 : 1)),
        'cuts rise',
      );
      assert.equal(new Set(order).size, order.length);
      agrees(order, list);
    }),
    { numRuns: 15 },
  );
});

test('buckets fit a smallint, and cuts of an even sample share it evenly', () => {
  assert.ok(plainOrder.length < 32_767);
  const sample = Array.from({ length: 20_000 }, (_, at) => `імʼя ${String(at).padStart(6, '0')}`);
  const order = orderFromSample(sample);
  const counts = new Map<number, number>();
  for (const name of sample)
    counts.set(bucketOf(order, orderKey(name)), (counts.get(bucketOf(order, orderKey(name))) ?? 0) + 1);
  assert.ok(
    counts.size >= 1_000 && Math.max(...counts.values()) <= 40,
    `${counts.size} buckets, fullest ${Math.max(...counts.values())}`,
  );
});

test('a sample too small to say anything, or all of one name, makes no harm', () => {
  assert.equal(orderFromSample(['Коваль']), plainOrder);
  assert.equal(orderFromSample(Array.from({ length: 1_999 }, () => 'Коваль')), plainOrder);
  assert.equal(orderFromSample(Array.from({ length: 5_000 }, () => 'Коваль')).length, 1);
});
