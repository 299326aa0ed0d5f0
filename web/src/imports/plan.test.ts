import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapColumn } from './plan.ts';

const plan = { mapping: { 0: 'lastName', 1: 'phones' }, duplicates: { by: [], then: 'skip' as const }, defaults: {} };

test('a field that takes one column moves to the column that was chosen last', () => {
  assert.deepEqual(mapColumn(plan, 2, 'lastName').mapping, { 1: 'phones', 2: 'lastName' });
});

test('several columns may be phones', () => {
  assert.deepEqual(mapColumn(plan, 2, 'phones').mapping, { 0: 'lastName', 1: 'phones', 2: 'phones' });
});

test('a column can be left out', () => {
  assert.deepEqual(mapColumn(plan, 0, '').mapping, { 1: 'phones' });
});
