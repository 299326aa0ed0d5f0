import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstIdAt, idBytes, isId, momentOfId, newId, newIdAt } from './ids.ts';

test('ids are UUIDv7, each once, in the order of making', () => {
  const ids = Array.from({ length: 20_000 }, () => newId());
  assert.ok(ids.every(isId));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.toSorted(), ids);
  for (const id of [ids[0]!, newIdAt(0), newIdAt(Date.UTC(2024, 1, 3))]) {
    assert.equal(id[14], '7', 'version');
    assert.match(id[19]!, /[89ab]/, 'variant');
  }
});

test('an id of a moment in the past carries that moment', () => {
  const at = Date.UTC(2024, 1, 3, 4, 5, 6);
  assert.equal(idBytes(newIdAt(at)).readUIntBE(0, 6), at);
  assert.ok(newIdAt(at) < newIdAt(at + 1));
});

test('only lower-case UUIDs pass for ids', () => {
  for (const no of ['', 'x', '01A20B66-e76f-7064-996e-6c2565bd3d81', '01a20b66e76f7064996e6c2565bd3d81', 7, null])
    assert.equal(isId(no), false);
});

test('the first id of a moment parts what came before it from what came then', () => {
  const at = Date.UTC(2024, 1, 3, 4, 5, 6);
  assert.ok(newIdAt(at - 1) < firstIdAt(at));
  for (const id of [newIdAt(at), firstIdAt(at)]) assert.equal(momentOfId(id), at);
  assert.ok(firstIdAt(at) < newIdAt(at));
  assert.ok(firstIdAt(-1) < newIdAt(0), 'before 1970 is the beginning');
  assert.equal(firstIdAt(Number.MAX_SAFE_INTEGER).length, 36, 'and the end is the end');
});
