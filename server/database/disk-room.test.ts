import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTestFolder } from '#test/harness.ts';
import { watchDiskRoom } from './disk-room.ts';

test('writing is refused while there is less room than the reserve, and goes on when there is enough', () => {
  const folder = makeTestFolder();
  assert.doesNotThrow(watchDiskRoom(folder.path, 1));
  assert.throws(watchDiskRoom(folder.path, Number.MAX_SAFE_INTEGER), { code: 'start.disk_full' });
  folder.remove();
});

test('a folder that cannot be asked about stops nobody', () => {
  assert.doesNotThrow(watchDiskRoom('/nowhere/at/all', Number.MAX_SAFE_INTEGER));
});
