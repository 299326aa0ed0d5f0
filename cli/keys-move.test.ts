/** The root key file moves to a passphrase and back, by real processes; what is wrapped by the root key does not notice, the log does. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { shortLeasesEnvironment } from '#test/short-leases.ts';
import { makeSoftToken, noSoftToken, softModule } from '../server/protections/encryption/keepers/soft-token.fixture.ts';
import { openCommandLine } from './command-line.fixture.ts';

const passphrase = 'верес край дороги сім журавлів';

test('the root key file is closed by a passphrase, opens with it only, and becomes open again', async () => {
  const lubart = await openCommandLine(shortLeasesEnvironment);
  const file = join(lubart.folder, 'keys', 'root.key');
  type Shown = { keeper: string; key: string };
  type Refused = { error: { code: string } };
  const typed = { stdin: `${passphrase}\n`, env: { LUBART_KEYS_FD: '0' } };
  try {
    const setup = ['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'olena@vezha.example'];
    assert.equal((await lubart.run(setup, { stdin: 'four random sturdy words' })).code, 0);

    const weak = await lubart.json<Refused>(['keys', 'move', 'passphrase'], { stdin: 'changeit\n' });
    assert.equal(weak.data.error.code, 'key.passphrase_weak');
    assert.match(await readFile(file, 'utf8'), /^lubart-root-key-1 /, 'and the file is as it was');

    const moved = await lubart.json<Shown>(['keys', 'move', 'passphrase'], { stdin: `${passphrase}\n` });
    assert.deepEqual([moved.code, moved.data.keeper], [0, 'passphrase']);
    assert.match(await readFile(file, 'utf8'), /^lubart-closed-keys-1 .*"memory":262144/);

    const none = await lubart.run(['status']);
    assert.equal(none.code, 5);
    assert.match(none.stderr, /LUBART_KEYS_FD/, 'the way out is said');
    const wrong = await lubart.json<Refused>(['status'], { ...typed, stdin: 'верес край дороги сім журавлиць' });
    assert.deepEqual([wrong.code, wrong.data.error.code], [5, 'start.keys_not_opened']);

    // The key of the log is wrapped by the root key: that it verifies proves that both are what they were.
    const verified = await lubart.run(['audit', 'verify'], typed);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    const rotated = await lubart.run(['keys', 'rotate', 'root'], typed);
    assert.equal(rotated.code, 0, rotated.stderr);
    const shown = await lubart.json<Shown>(['keys', 'keeper'], typed);
    assert.equal(shown.data.keeper, 'passphrase', 'a new root key lies under the same passphrase');
    assert.notEqual(shown.data.key, moved.data.key);

    const back = await lubart.json<Shown>(['keys', 'move', 'file'], typed);
    assert.deepEqual([back.data.keeper, back.data.key], ['file', shown.data.key]);
    const entries = await lubart.json<{ rows: { event: string; outcome: string }[] }>([
      'audit',
      'list',
      '--as',
      'olena@vezha.example',
    ]);
    const moves = entries.data.rows.filter(({ event }) => event === 'keys.moved').map(({ outcome }) => outcome);
    assert.deepEqual(moves.toSorted(), ['done', 'done', 'refused'], 'the weak passphrase too');
  } finally {
    await lubart.close();
  }
});

test(
  'a token takes the key file over and gives it back; a wrong PIN is said with the way out',
  { skip: noSoftToken },
  async () => {
    const lubart = await openCommandLine();
    type Shown = { keeper: string; key: string };
    type Refused = { error: { code: string } };
    try {
      const token = makeSoftToken(join(lubart.folder, 'soft'), 2_048);
      const env = { LUBART_PKCS11_MODULE: softModule, SOFTHSM2_CONF: process.env['SOFTHSM2_CONF']! };
      const setup = ['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'olena@vezha.example'];
      assert.equal((await lubart.run(setup, { stdin: 'four random sturdy words' })).code, 0);
      const move = ['keys', 'move', 'pkcs11', '--at', token.address];
      const moved = await lubart.json<Shown>(move, { stdin: token.pin, env });
      assert.deepEqual([moved.code, moved.data.keeper], [0, 'pkcs11'], moved.stderr);

      const given = { stdin: token.pin, env: { ...env, LUBART_KEYS_FD: '0' } };
      const wrong = await lubart.run(['status'], { ...given, stdin: '0000' });
      assert.equal(wrong.code, 5);
      assert.match(wrong.stderr, /root\.key\.pin-refused/);
      const held = await lubart.json<Refused>(['status'], given);
      assert.equal(held.data.error.code, 'start.keys_pin_held', 'also the right one, which came by itself');
      await rm(join(lubart.folder, 'keys', 'root.key.pin-refused'));
      const back = await lubart.json<Shown>(['keys', 'move', 'file'], given);
      assert.deepEqual([back.data.keeper, back.data.key], ['file', moved.data.key]);
    } finally {
      await lubart.close();
    }
  },
);
