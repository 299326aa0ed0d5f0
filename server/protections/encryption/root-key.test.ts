/** The root key file: made once, read only by its owner, never replaced, and the wrong one is known at once. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Secret } from '#kernel';
import { makeTestFolder } from '#test/harness.ts';
import { openRootKeyFile, rootKeyFrom } from './root-key.ts';

const folder = makeTestFolder();
after(() => folder.remove());
let count = 0;
const newFile = () => join(folder.path, `keys-${(count += 1)}`, 'root.key');

test('a new installation makes its key, and the next start reads the same', async () => {
  const file = newFile();
  const made = await openRootKeyFile(file, true);
  assert.equal((await openRootKeyFile(file, false)).fingerprint, made.fingerprint);
  if (process.platform !== 'win32') {
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  }
  assert.deepEqual(readdirSync(join(file, '..')), ['root.key'], 'nothing half-made lies beside it');
});

test('a lost key is said to be lost; no new one takes its place', async () => {
  const file = newFile();
  await assert.rejects(openRootKeyFile(file, false), { code: 'start.keys_missing' });
  assert.throws(() => statSync(file), { code: 'ENOENT' });
});

test('several that start at one moment end with one key', async () => {
  for (let round = 0; round < 40; round += 1) {
    const file = newFile();
    const start = async (_: unknown, at: number) => {
      await new Promise((resolve) => setTimeout(resolve, at % 4));
      return openRootKeyFile(file, true);
    };
    const keys = await Promise.all(Array.from({ length: 8 }, start));
    assert.equal(new Set(keys.map((key) => key.fingerprint)).size, 1);
    assert.equal((await openRootKeyFile(file, false)).fingerprint, keys[0]!.fingerprint);
  }
});

test(
  'a key file that others may read, or that is no file, is refused',
  { skip: process.platform === 'win32' },
  async () => {
    const file = newFile();
    await openRootKeyFile(file, true);
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(file, mode);
      await assert.rejects(openRootKeyFile(file, false), { code: 'start.keys_mode' }, mode.toString(8));
    }
    chmodSync(file, 0o600);
    const link = newFile();
    mkdirSync(join(link, '..'));
    symlinkSync(file, link);
    await assert.rejects(openRootKeyFile(link, true), { code: 'start.keys_mode' });
  },
);

test('a file that holds no key is refused and left as it is', async () => {
  for (const text of ['', 'lubart-root-key-1 short\n', 'lubart-root-key-2 ' + 'A'.repeat(43), 'secret']) {
    const file = newFile();
    mkdirSync(join(file, '..'));
    writeFileSync(file, text, { mode: 0o600 });
    await assert.rejects(openRootKeyFile(file, true), { code: 'start.keys_wrong' });
    assert.equal(readFileSync(file, 'utf8'), text);
  }
});

test('a place that cannot be written is a refusal with a reason, not a crash', async () => {
  const file = join(folder.path, 'plain-file', 'root.key');
  writeFileSync(join(folder.path, 'plain-file'), '');
  await assert.rejects(openRootKeyFile(file, true), { code: 'start.keys_missing' });
});

test('a key wraps for itself only, and its uses do not meet', () => {
  const [key, other] = [rootKeyFrom(new Secret(randomBytes(32))), rootKeyFrom(new Secret(randomBytes(32)))];
  const plain = randomBytes(32);
  const wrapped = key.wrap(new Secret(plain), 'here');
  assert.deepEqual(key.unwrap(wrapped, 'here').expose(), plain);
  assert.throws(() => key.unwrap(wrapped, 'there'), { code: 'sealed.cannot_open' });
  assert.throws(() => other.unwrap(wrapped, 'here'), { code: 'sealed.cannot_open' });
  assert.notEqual(key.fingerprint, other.fingerprint);
  assert.notDeepEqual(key.token('e-mail', 'a'), key.token('invitation', 'a'));
  assert.notDeepEqual(key.token('e-mail', 'a'), other.token('e-mail', 'a'));
});
