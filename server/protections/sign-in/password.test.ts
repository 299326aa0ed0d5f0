import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '#kernel';
import { hashesAtOnceMax, hashesWaitingMax, hashPassword, isOutdated, verifyPassword } from './password.ts';

test('a password opens its own hash and no other', async () => {
  const stored = await hashPassword('Верес-край-дороги-7');
  assert.match(stored, /^\$argon2id\$v=19\$m=32768,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await verifyPassword(stored, 'Верес-край-дороги-7'), true);
  assert.equal(await verifyPassword(stored, 'верес-край-дороги-7'), false);
  assert.notEqual(stored, await hashPassword('Верес-край-дороги-7'), 'every hash has a salt of its own');
});

test('a hash of the reference implementation is understood, and is to be made anew', async () => {
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await verifyPassword(stored, 'password'), true);
  assert.equal(await verifyPassword(stored, 'passwore'), false);
  assert.equal(isOutdated(stored), true);
  assert.equal(isOutdated(await hashPassword('Верес-край-дороги-7')), false);
});

test('one letter typed on two keyboards is one letter', async () => {
  const stored = await hashPassword('їжак-край-дороги');
  assert.equal(await verifyPassword(stored, 'їжак-край-дороги'.normalize('NFD')), true);
});

test('nobody’s password is never right', async () => {
  assert.equal(await verifyPassword(null, ''), false);
  assert.equal(await verifyPassword(null, 'Верес-край-дороги-7'), false);
});

test('a hash that cannot be read refuses, it does not let in', async () => {
  for (const broken of [
    '',
    '$argon2i$v=19$m=19456,t=2,p=1$c29tc2FsdA$x',
    '$2b$10$abcdefghijklmnopqrstuv',
    'Верес-край-дороги-7',
  ]) {
    await assert.rejects(verifyPassword(broken, broken), (error) => hasCode(error, 'server.failed'));
  }
});

test('hashing has a queue with an end, and the queue empties', async () => {
  const room = hashesAtOnceMax + hashesWaitingMax;
  const results = await Promise.allSettled(Array.from({ length: room + 5 }, () => verifyPassword(null, 'x')));
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 5);
  assert.ok(refused.every((result) => hasCode(result.reason, 'request.too_many')));
  assert.equal(await verifyPassword(null, 'x'), false, 'room again afterwards');
});
