/** Whoever holds the disk moves, alters, cuts and swaps ciphertexts: none of them opens. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId, Secret } from '#kernel';
import { open, seal } from './seal.ts';
import type { KeysAtHand, OrganizationSeals } from './seals.ts';
import { openSearchKey, sealsFrom, sealsOver } from './seals.ts';

const shut = { code: 'sealed.cannot_open' };
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const place = fc.string({ maxLength: 60 });
const organization = (): OrganizationSeals =>
  sealsFrom(newId(), new Secret(randomBytes(32)), new Secret(randomBytes(32)));

test('what was sealed opens under its key and place, byte for byte', () => {
  const key = randomBytes(32);
  fc.assert(
    fc.property(bytes, place, (plain, belongsTo) => {
      assert.deepEqual(open(key, seal(key, plain, belongsTo), belongsTo), plain);
    }),
  );
});

test('moved: at any other place it stays shut', () => {
  const key = randomBytes(32);
  fc.assert(
    fc.property(bytes, place, place, (plain, here, there) => {
      fc.pre(here !== there);
      assert.throws(() => open(key, seal(key, plain, here), there), shut);
    }),
  );
});

test('altered: any other bit anywhere, and it stays shut', () => {
  const key = randomBytes(32);
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (plain, where, bit) => {
      const sealed = seal(key, plain, 'here');
      sealed[where % sealed.length]! ^= 1 << bit;
      assert.throws(() => open(key, sealed, 'here'), shut);
    }),
  );
});

test('cut or stretched: at any length but its own it stays shut', () => {
  const key = randomBytes(32);
  const sealed = seal(key, Buffer.from('Коваленко Олена'), 'here');
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => open(key, sealed.subarray(0, length), 'here'), shut, `first ${length} bytes`);
    assert.throws(() => open(key, sealed.subarray(sealed.length - length), 'here'), shut, `last ${length} bytes`);
  }
  assert.throws(() => open(key, Buffer.concat([sealed, Buffer.alloc(1)]), 'here'), shut);
});

test('the same text sealed twice looks different, and no nonce comes twice', () => {
  const key = randomBytes(32);
  const nonces = new Set<string>();
  for (let count = 0; count < 5_000; count += 1) nonces.add(seal(key, Buffer.from('так'), 'x').toString('hex', 1, 13));
  assert.equal(nonces.size, 5_000);
});

test('a key of another organization, another table, another row or another part opens nothing', () => {
  const [ours, theirs] = [organization(), organization()];
  const [id, other] = [newId(), newId()];
  const record = ours.newRecord('contacts', id);
  const sealed = record.seal('fields', { lastName: 'Коваленко' });
  assert.deepEqual(ours.record('contacts', id, record.wrapped).open('fields', sealed), { lastName: 'Коваленко' });

  assert.throws(() => theirs.record('contacts', id, record.wrapped), shut, 'another organization');
  assert.throws(() => ours.record('contacts', other, record.wrapped), shut, 'the key moved to another row');
  assert.throws(() => ours.record('companies', id, record.wrapped), shut, 'the key moved to another table');
  assert.throws(() => record.open('audit/1', sealed), shut, 'another part of the same row');
  assert.throws(() => ours.newRecord('contacts', id).open('fields', sealed), shut, 'a new key for the same row');
  assert.throws(() => ours.open(`contacts/${id}/fields`, sealed), shut, 'the organization’s own key');
  assert.throws(() => theirs.open('cursor/contacts', ours.seal('cursor/contacts', 1)), shut);
});

test('two organizations of one key cannot read each other: the organization is part of every place', () => {
  const [sealing, index] = [new Secret(randomBytes(32)), new Secret(randomBytes(32))];
  const [first, second] = [sealsFrom(newId(), sealing, index), sealsFrom(newId(), sealing, index)];
  assert.throws(() => second.open('people/x', first.seal('people/x', 'Олена')), shut);
});

test('a record key never comes twice: what the first of six hundred sealed opens under no other', () => {
  const seals = organization();
  const id = newId();
  const [first, ...others] = Array.from({ length: 600 }, () => seals.newRecord('contacts', id));
  const sealed = first!.seal('fields', 'Олена');
  assert.equal(first!.open('fields', sealed), 'Олена');
  for (const other of others) assert.throws(() => other.open('fields', sealed), shut);
});

test('a value that stands often is sealed once for its place, and anew for another value, place or key', () => {
  const index = openSearchKey(0, new Secret(randomBytes(32)));
  const made = [1, 2].map((mark) => ({ mark, key: new Secret(randomBytes(32)) }));
  let sealing = (): KeysAtHand['opening'][number] => made[0]!;
  const seals = sealsOver(newId(), () => ({ sealing: () => sealing(), opening: made, index, indexes: [index] }));
  const first = seals.sealOften('a', 'Олена');
  assert.equal(seals.sealOften('a', 'Олена'), first);
  const others = [seals.sealOften('a', 'Оксана'), seals.sealOften('b', 'Олена')];
  // Attack: what was sealed before the key was rotated is given on, and cannot be read when that key is gone.
  sealing = () => made[1]!;
  const later = seals.sealOften('a', 'Олена');
  const all = [first, ...others, later];
  assert.equal(new Set(all.map((one) => Buffer.from(one, 'base64').subarray(5, 17).toString('hex'))).size, all.length);
  assert.deepEqual(
    all.map((one) => seals.open(one === others[1] ? 'b' : 'a', Buffer.from(one, 'base64'))),
    ['Олена', 'Оксана', 'Олена', 'Олена'],
  );
  assert.equal(Buffer.from(later, 'base64').readInt32BE(1), 2);
  sealing = () => {
    throw new Error('stale');
  };
  assert.throws(() => seals.sealOften('a', 'Олена'), /stale/);
});

test('of values that stand often a thousand are kept as they were sealed: memory is bounded, and each opens', () => {
  const seals = organization();
  const sealed = Array.from({ length: 1_001 }, (_, at) => seals.sealOften(`place ${at}`, `name ${at}`));
  assert.equal(seals.sealOften('place 1000', 'name 1000'), sealed[1_000]);
  assert.notEqual(seals.sealOften('place 0', 'name 0'), sealed[0]);
  for (const [at, one] of sealed.entries())
    assert.equal(seals.open(`place ${at}`, Buffer.from(one, 'base64')), `name ${at}`);
});
