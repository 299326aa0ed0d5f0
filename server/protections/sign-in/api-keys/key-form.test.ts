/** How a key reads, and what is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '#kernel';
import { newSecret, readSecret } from './key-form.ts';

test('a key says of which organization it is and is found by its hash', () => {
  const organizationId = newId();
  const { secret, hash, hint } = newSecret(organizationId);
  assert.deepEqual(readSecret(secret), { organizationId, hash });
  assert.equal(secret.slice(40, 46), hint);
});

test('no two keys are alike, and every one has the same length', () => {
  const secrets = Array.from({ length: 2_000 }, () => newSecret(newId()).secret);
  assert.equal(new Set(secrets.map((secret) => secret.slice(40))).size, 2_000);
  assert.deepEqual([...new Set(secrets.map(({ length }) => length))], [89]);
});

test('one changed letter is no key, before the database is asked', () => {
  const { secret } = newSecret(newId());
  for (let at = 0; at < secret.length; at += 1) {
    const other = secret[at] === 'a' ? 'b' : 'a';
    assert.equal(readSecret(secret.slice(0, at) + other + secret.slice(at + 1)), undefined, `letter ${at}`);
  }
  for (const text of ['', secret.slice(1), `${secret}0`, ` ${secret}`, `${secret}\n`, secret.toUpperCase()])
    assert.equal(readSecret(text), undefined, JSON.stringify(text));
});
