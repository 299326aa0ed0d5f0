/**
 * The closed key file against whoever has it, or part of what opens it: another passphrase, an altered line, weakened parameters, a key
 * service that is sealed, says no, is slow or is somebody else. What runs goes on when its keeper is gone.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Secret } from '#kernel';
import { makeTestFolder } from '#test/harness.ts';
import { openRootKeyFile } from '../root-key.ts';
import type { Keeper } from './keeper.ts';
import type { Keepers } from './open-keepers.ts';
import { openKeepers } from './open-keepers.ts';
import { passphraseKeeper } from './passphrase.ts';
import { openTransit } from './transit.fixture.ts';
import { readVaultPlace, vaultKeeper } from './vault.ts';

const folder = makeTestFolder();
after(() => folder.remove());
let count = 0;
const newFile = () => join(folder.path, `keys-${(count += 1)}`, 'root.key');

const cheap = { memory: 19_456, passes: 1, lanes: 1 };
const words = 'верес край дороги сім журавлів';
const passphrase = (text = words): Keeper => passphraseKeeper({}, async () => text, cheap);
const only =
  (keeper: Keeper): Keepers =>
  () =>
    keeper;

async function closedByPassphrase(): Promise<{ file: string; fingerprint: string; token: Buffer }> {
  const file = newFile();
  const key = await openRootKeyFile(file, true);
  await key.move({ by: 'passphrase', keeper: passphrase() });
  return { file, fingerprint: key.fingerprint, token: key.token('e-mail', 'olena@firm.example') };
}

test('a file under a passphrase holds the same key, and says nothing without it', async () => {
  const file = newFile();
  const key = await openRootKeyFile(file, true);
  const [, secret] = /^lubart-root-key-1 (\S+)/.exec(readFileSync(file, 'utf8'))!;
  const { fingerprint } = key;
  const wrapped = key.wrap(new Secret(Buffer.from('a key of an organization')), 'here');
  await key.move({ by: 'passphrase', keeper: passphrase() });
  assert.equal(key.keptBy, 'passphrase');

  const text = readFileSync(file, 'utf8');
  assert.ok(!text.includes(secret!) && !text.includes(Buffer.from(secret!, 'base64url').toString('hex')));
  assert.match(text, /"algorithm":"argon2id","memory":19456/);
  const again = await openRootKeyFile(file, false, only(passphrase()));
  assert.equal(again.fingerprint, fingerprint);
  assert.equal(again.unwrap(wrapped, 'here').expose().toString(), 'a key of an organization');
  assert.deepEqual(readdirSync(join(file, '..')), ['root.key'], 'nothing half-made lies beside it');
});

test('attack: another passphrase, none, or one letter less does not open it', async () => {
  const { file } = await closedByPassphrase();
  for (const text of [`${words} `, words.slice(1), words.toUpperCase(), 'lubart', 'changeit']) {
    await assert.rejects(openRootKeyFile(file, false, only(passphrase(text))), { code: 'start.keys_not_opened' });
  }
  await assert.rejects(openRootKeyFile(file, false, only(passphrase(''))), { code: 'start.keys_locked' });
  await assert.rejects(openRootKeyFile(file, false), { code: 'start.keys_locked' });
  const composed = only(passphrase(words.normalize('NFD')));
  await openRootKeyFile(file, false, composed);
});

test('attack: every character of the closed file is altered once, and no such file opens', async () => {
  const file = newFile();
  const transit = await openTransit();
  try {
    const key = await openRootKeyFile(file, true);
    await key.move({ by: 'vault', keeper: transit.keeper() });
    const text = readFileSync(file, 'utf8');
    const opening = await transit.keeper().open(JSON.parse(/ (\{.*\})/.exec(text)![1]!) as Record<string, string>);
    // A keeper that always gives the right opening key: only the seal of the file stands in the way.
    const always: Keepers = () => ({ open: async () => opening, make: () => Promise.reject(new Error('never')) });
    await openRootKeyFile(file, false, always);
    const end = text.indexOf('\n', text.indexOf('\n') + 1);
    for (let at = 0; at < end - 1; at += 1) {
      const put = text[at] === 'A' ? 'B' : 'A';
      writeFileSync(file, text.slice(0, at) + put + text.slice(at + 1));
      await assert.rejects(openRootKeyFile(file, false, always), /keys/, `character ${at}`);
    }
  } finally {
    await transit.close();
  }
});

test('attack: parameters of Argon2id that were lowered or raised out of bounds are refused before any work', async () => {
  const { file } = await closedByPassphrase();
  const text = readFileSync(file, 'utf8');
  for (const [was, put] of [
    ['"memory":19456', '"memory":19455'],
    ['"memory":19456', '"memory":1048577'],
    ['"memory":19456', '"memory":"19456"'],
    ['"passes":1', '"passes":17'],
    ['"passes":1', '"passes":0'],
    ['"lanes":1', '"lanes":17'],
    ['"argon2id"', '"argon2i"'],
  ] as const) {
    writeFileSync(file, text.replace(was, put));
    await assert.rejects(openRootKeyFile(file, false, only(passphrase())), { code: 'start.keys_wrong' }, put);
  }
});

test('a passphrase of nineteen characters is refused, one of twenty is taken', async () => {
  const file = newFile();
  const key = await openRootKeyFile(file, true);
  for (const weak of ['верес край дороги с', 'a'.repeat(40), 'abcdefg'.repeat(4)]) {
    const moving = key.move({ by: 'passphrase', keeper: passphrase(weak) });
    await assert.rejects(moving, { code: 'key.passphrase_weak' }, weak);
    assert.equal((await openRootKeyFile(file, false)).fingerprint, key.fingerprint, 'the file is as it was');
  }
  await key.move({ by: 'passphrase', keeper: passphrase('верес край дороги сі') });
});

test('the root key is replaced under a passphrase without asking for it again, and the old file opens the old keys only', async () => {
  const { file, fingerprint, token } = await closedByPassphrase();
  const older = readFileSync(file, 'utf8');
  let asked = 0;
  const counting: Keeper = { ...passphrase(), open: (facts) => ((asked += 1), passphrase().open(facts)) };
  const key = await openRootKeyFile(file, false, only(counting));
  const other = await openRootKeyFile(file, false, only(counting));
  await key.begin();
  await other.reload();
  assert.equal(other.fingerprint, key.fingerprint, 'another process opens it with what it has in memory');
  await key.forgetOld();
  await other.reload();
  assert.equal(asked, 2);
  assert.notEqual(key.fingerprint, fingerprint);
  assert.deepEqual(key.token('e-mail', 'olena@firm.example'), token, 'people are still found');
  writeFileSync(file, older);
  assert.equal((await openRootKeyFile(file, false, only(passphrase()))).fingerprint, fingerprint);
});

test('a credential of systemd opens the file; a word in its place, or none, does not', async () => {
  const credentialsFolder = join(folder.path, 'credentials');
  mkdirSync(credentialsFolder);
  const put = (name: string, bytes: Buffer | string) => writeFileSync(join(credentialsFolder, name), bytes);
  const file = newFile();
  const key = await openRootKeyFile(file, true);
  const systemd = () => openKeepers({ credentialsFolder })('systemd');
  await assert.rejects(key.move({ by: 'systemd', keeper: systemd() }), { code: 'start.keys_locked' });
  for (const weak of [randomBytes(31), Buffer.alloc(32, 'a'), Buffer.from('changeit')]) {
    put('lubart-root', weak);
    await assert.rejects(key.move({ by: 'systemd', keeper: systemd() }), { code: 'start.keys_locked' });
  }
  put('lubart-root', randomBytes(32));
  await key.move({ by: 'systemd', keeper: systemd() });
  assert.equal((await openRootKeyFile(file, false, openKeepers({ credentialsFolder }))).fingerprint, key.fingerprint);
  put('lubart-root', randomBytes(32));
  await assert.rejects(openRootKeyFile(file, false, openKeepers({ credentialsFolder })), {
    code: 'start.keys_not_opened',
  });
});

test('Vault gives the opening key for a token and for a role; sealed, denied, slow and foreign are told apart', async () => {
  const transit = await openTransit();
  try {
    const file = newFile();
    const key = await openRootKeyFile(file, true);
    await key.move({ by: 'vault', keeper: transit.keeper() });
    assert.ok(!readFileSync(file, 'utf8').includes(transit.token), 'the token is not in the file');
    const open = (sources: object) => openRootKeyFile(file, false, only(vaultKeeper(sources, undefined, 300)));
    assert.equal((await open({ vaultToken: new Secret(transit.token) })).fingerprint, key.fingerprint);
    assert.equal((await open({ vaultRole: new Secret('role:se:cret') })).fingerprint, key.fingerprint);

    await assert.rejects(open({}), { code: 'start.keys_locked' });
    await assert.rejects(open({ vaultToken: new Secret('another') }), { code: 'start.keys_keeper_denied' });
    await assert.rejects(open({ vaultRole: new Secret('role:wrong') }), { code: 'start.keys_not_opened' });
    for (const [state, code] of [
      ['sealed', 'start.keys_keeper_down'],
      ['slow', 'start.keys_keeper_down'],
      ['no json', 'start.keys_keeper_down'],
      ['endless', 'start.keys_keeper_down'],
      ['elsewhere', 'start.keys_keeper_down'],
      ['other key', 'start.keys_not_opened'],
    ] as const) {
      transit.state = state;
      await assert.rejects(open({ vaultToken: new Secret(transit.token) }), { code }, state);
    }
    transit.state = 'up';
    const running = await open({ vaultToken: new Secret(transit.token) });
    await transit.close();
    // Its keeper is gone: what runs reads the file again, replaces the root key, and goes on.
    await running.reload();
    await running.begin();
    await running.forgetOld();
    assert.notEqual(running.fingerprint, key.fingerprint);
    await assert.rejects(open({ vaultToken: new Secret(transit.token) }), { code: 'start.keys_keeper_down' });
  } finally {
    await transit.close();
  }
});

test('a key service that encrypts and may not decrypt does not get the key', async () => {
  const transit = await openTransit();
  try {
    const file = newFile();
    const key = await openRootKeyFile(file, true);
    transit.state = 'encrypts only';
    await assert.rejects(key.move({ by: 'vault', keeper: transit.keeper() }), { code: 'start.keys_keeper_denied' });
    transit.state = 'other key';
    await assert.rejects(key.move({ by: 'vault', keeper: transit.keeper() }), { code: 'start.keys_not_opened' });
    assert.equal(key.keptBy, 'file');
    assert.equal((await openRootKeyFile(file, false)).fingerprint, key.fingerprint);
  } finally {
    await transit.close();
  }
});

test('attack: a token is sent to nobody over a plain network, and follows no redirect', async () => {
  let heard = 0;
  const other = createServer((_, response) => {
    heard += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const transit = await openTransit();
  try {
    for (const text of [
      'http://vault.example:8200/v1/transit/keys/lubart',
      'https://vault.example:8200/v1/transit/keys/../../sys/seal',
      'https://vault.example:8200/v1/transit/keys/a%2Fb',
      'https://vault.example:8200/',
      'https://169.254.169.254/v1/transit/keys/lubart',
      'https://user:word@vault.example/v1/transit/keys/lubart',
      'ftp://vault.example/v1/transit/keys/lubart',
      'vault',
    ])
      assert.throws(() => readVaultPlace(text), { code: 'start.keys_wrong' }, text);
    transit.state = 'elsewhere';
    transit.elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await assert.rejects(transit.keeper().make(), { code: 'start.keys_keeper_down' });
    assert.equal(heard, 0);
  } finally {
    await transit.close();
    other.close();
  }
});

test('from one keeper to another and back to the open file it stays one key', async () => {
  const transit = await openTransit();
  try {
    const { file, fingerprint, token } = await closedByPassphrase();
    const key = await openRootKeyFile(file, false, only(passphrase()));
    await key.move({ by: 'vault', keeper: transit.keeper() });
    assert.equal((await openRootKeyFile(file, false, only(transit.keeper()))).fingerprint, fingerprint);
    await assert.rejects(openRootKeyFile(file, false, only(passphrase())), { code: 'start.keys_wrong' });
    await key.move('file');
    const opened = await openRootKeyFile(file, false);
    assert.deepEqual([opened.keptBy, opened.fingerprint], ['file', fingerprint]);
    assert.deepEqual(opened.token('e-mail', 'olena@firm.example'), token);
  } finally {
    await transit.close();
  }
});

test('attack: a move that is killed with -9 at any moment leaves a whole file, open or closed, with the same key', async () => {
  const file = newFile();
  const { fingerprint } = await openRootKeyFile(file, true);
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    const { openRootKeyFile } = await import(${here('../root-key.ts')});
    const { passphraseKeeper } = await import(${here('passphrase.ts')});
    const keeper = passphraseKeeper({}, async () => ${JSON.stringify(words)}, ${JSON.stringify(cheap)});
    const key = await openRootKeyFile(${JSON.stringify(file)}, false, () => keeper);
    process.stdout.write('moving');
    for (;;) {
      await key.move(key.keptBy === 'file' ? { by: 'passphrase', keeper } : 'file');
    }`;
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 20 + round * 17));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const found = await openRootKeyFile(file, false, only(passphrase()));
    assert.equal(found.fingerprint, fingerprint);
  }
});
