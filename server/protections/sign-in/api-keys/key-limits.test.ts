/** How fast keys may ask, with a clock that stands still unless it is moved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyBurstMax, keyPerSecondMax, missesBurstMax, openKeyLimits } from './key-limits.ts';

const openAt = () => {
  let now = 1_000_000;
  const limits = openKeyLimits({ now: () => new Date(now) });
  return { limits, pass: (millis: number) => (now += millis) };
};

test('a key asks a burst at once, then as fast as its bucket fills; another key has a bucket of its own', () => {
  const { limits, pass } = openAt();
  for (let at = 0; at < keyBurstMax; at += 1) assert.equal(limits.takeRequest('a'), 0, `request ${at}`);
  assert.equal(limits.takeRequest('a'), 1);
  assert.equal(limits.takeRequest('b'), 0);
  pass(1_000);
  for (let at = 0; at < keyPerSecondMax; at += 1) assert.equal(limits.takeRequest('a'), 0, `request ${at} later`);
  assert.equal(limits.takeRequest('a'), 1);
  pass(3_600_000);
  for (let at = 0; at < keyBurstMax; at += 1) assert.equal(limits.takeRequest('a'), 0);
  assert.equal(limits.takeRequest('a'), 1, 'an hour of rest fills it to the brim and no further');
});

test('a clock that is set back lends nothing', () => {
  const { limits, pass } = openAt();
  for (let at = 0; at < keyBurstMax; at += 1) limits.takeRequest('a');
  pass(-60_000);
  assert.equal(limits.takeRequest('a'), 1);
});

test('unknown keys are counted for the whole network of whoever tries', () => {
  const { limits, pass } = openAt();
  for (let at = 0; at < missesBurstMax; at += 1) {
    assert.equal(limits.missWait(`203.0.113.${at}`), 0);
    limits.countMiss(`203.0.113.${at}`);
  }
  assert.equal(limits.missWait('203.0.113.200'), 2);
  assert.equal(limits.missWait('203.0.114.1'), 0);
  pass(2_000);
  assert.equal(limits.missWait('203.0.113.200'), 0);
});
