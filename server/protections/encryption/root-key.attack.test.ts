/** A key that everybody has is no key: the one of the examples, zeros, a word typed over and over. It is refused by whatever way it comes. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Secret } from '#kernel';
import { makeTestFolder } from '#test/harness.ts';
import { openRootKeyFile, restoreRootKeyFile } from './root-key.ts';

const folder = makeTestFolder();
after(() => folder.remove());
let count = 0;
const newFile = () => join(folder.path, `root-${(count += 1)}.key`);
const line = (bytes: Buffer) => `lubart-root-key-1 ${bytes.toString('base64url')}\n`;
const file = (text: string) => {
  const path = newFile();
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const guessable: Readonly<Record<string, Buffer>> = {
  'the key of the examples': Buffer.from(Array.from({ length: 32 }, (_, at) => at)),
  zeros: Buffer.alloc(32),
  'one byte': Buffer.alloc(32, 0xff),
  'a word over and over': Buffer.alloc(32, 'secret!'),
  'seven different bytes': Buffer.alloc(32, Buffer.from([1, 2, 3, 4, 5, 6, 7])),
};

for (const [what, bytes] of Object.entries(guessable)) {
  test(`attack: ${what} is no root key: not in the file, not as the second one of a rotation, not from a kit`, async () => {
    const good = randomBytes(32);
    for (const text of [line(bytes), line(bytes) + line(good), line(good) + line(bytes)]) {
      const path = file(text);
      await assert.rejects(openRootKeyFile(path, false), { code: 'start.keys_default' });
      await assert.rejects(openRootKeyFile(path, true), { code: 'start.keys_default' });
      assert.equal(readFileSync(path, 'utf8'), text, 'nothing takes its place');
    }
    const restored = newFile();
    const keys = { root: new Secret(bytes), looking: new Secret(good) };
    await assert.rejects(restoreRootKeyFile(restored, keys), { code: 'start.keys_default' });
    assert.equal(existsSync(restored), false);
  });
}

test('the limit: a key of eight different bytes is taken for one', async () => {
  const eight = Buffer.alloc(32, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]));
  assert.match((await openRootKeyFile(file(line(eight)), false)).fingerprint, /^[0-9a-f]{16}$/);
});
