/** A signing key is opened only from a file that nobody else may read, and only by the root key that wrapped it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret } from '#kernel';
import { rootKeyFrom } from '#protections/encryption';
import { makeTestFolder } from '#test/harness.ts';
import { openWrappedKey } from './wrapped-key-file.ts';

const { path: folder } = makeTestFolder();
const file = join(folder, 'witness.key');
const root = rootKeyFrom(new Secret(randomBytes(32)));
const key = { file, name: 'witness-key', root } as const;

test('the same key comes back; it is not made anew where it must be there, and stands nowhere in plain', async () => {
  await assert.rejects(openWrappedKey(key, false), { code: 'start.keys_missing' });
  const seed = await openWrappedKey(key, true);
  assert.deepEqual((await openWrappedKey(key, false)).expose(), seed.expose());
  assert.ok(!(await readFile(file, 'utf8')).includes(seed.expose().toString('base64url')));
  await assert.rejects(openWrappedKey({ ...key, root: rootKeyFrom(new Secret(randomBytes(32))) }, true), {
    code: 'start.keys_wrong',
  });
  await assert.rejects(openWrappedKey({ ...key, name: 'log-key' }, true), { code: 'start.keys_wrong' });
});

test(
  'a file that others may read is refused',
  { skip: process.platform === 'win32' ? 'no modes here' : false },
  async () => {
    await chmod(file, 0o644);
    await assert.rejects(openWrappedKey(key, true), { code: 'start.keys_mode' });
  },
);
