import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waysOn } from './ways-on.ts';

const names = (given: Partial<Parameters<typeof waysOn>[0]>) =>
  waysOn({ requestId: null, address: null, device: null, ...given }).map(({ name }) => name);

test('an entry leads on by everything it knows of where it came from', () => {
  assert.deepEqual(names({ requestId: 'r-1', address: '198.51.100.9', device: 'Safari, iOS' }), [
    'requestOf',
    'addressOf',
    'networkOf',
    'deviceOf',
  ]);
  assert.deepEqual(names({}), []);
});

test('what the server did itself leads to all it did, and to no network', () => {
  assert.deepEqual(names({ requestId: 'cli', address: 'local', device: 'Lubart CLI' }), [
    'requestOf',
    'addressOf',
    'deviceOf',
  ]);
});
