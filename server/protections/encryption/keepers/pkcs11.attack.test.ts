/**
 * The key file under a token, against a real library (SoftHSM2): another PIN, another key, an altered file, a library of somebody else. A
 * PIN that was refused is never sent twice by itself, and the last try is left to a human being.
 */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LubartError } from '#kernel';
import { makeTestFolder } from '#test/harness.ts';
import { openRootKeyFile } from '../root-key.ts';
import type { AskSecret, KeySources } from './keeper.ts';
import { openKeepers } from './open-keepers.ts';
import { pkcs11Keeper } from './pkcs11.ts';
import type { SoftToken } from './soft-token.fixture.ts';
import { makeSoftToken, noSoftToken as skip, softModule, standInTool } from './soft-token.fixture.ts';
import { readTokenPlace } from './token-place.ts';

const folder = makeTestFolder();
after(() => folder.remove());
let token: SoftToken;
before(() => {
  if (skip === false) token = makeSoftToken(join(folder.path, 'soft'));
});

let count = 0;
/** A key file with a place for the mark of a refused PIN, as the configuration names it. */
function newHome(module = softModule) {
  const file = join(folder.path, `keys-${(count += 1)}`, 'root.key');
  const credentialsFolder = join(folder.path, `credentials-${count}`);
  mkdirSync(credentialsFolder);
  const sources: KeySources = { pkcs11Module: module, refusedPinFile: `${file}.pin-refused`, credentialsFolder };
  const give = (pin: string) => writeFileSync(join(credentialsFolder, 'lubart-pin'), pin);
  const start = (ask?: AskSecret) => openRootKeyFile(file, false, openKeepers(sources, ask));
  return { file, sources, give, start };
}

async function closedByToken() {
  const home = newHome();
  const key = await openRootKeyFile(home.file, true);
  const asked: string[] = [];
  const ask = async (prompt: string) => (asked.push(prompt), token.pin);
  await key.move({ by: 'pkcs11', keeper: pkcs11Keeper(home.sources, ask, readTokenPlace(token.address)) });
  assert.deepEqual(asked, [`PIN, ${token.label}: `], 'asked once, although the token proves that it opens');
  return { ...home, fingerprint: key.fingerprint };
}

const listing = (flags: string) => `
case "$*" in *--list-token-slots*) cat <<'END'
Available slots:
Slot 0 (0x1): A reader
  token label        : another
  token flags        : login required, user PIN locked
Slot 1 (0x2): A reader
  token label        : Lubart
  token flags        : login required, token initialized, ${flags}
END
exit 0;; esac`;

test('a token opens the key file; the file names it and holds neither the PIN nor the key', { skip }, async () => {
  const { file, give, start, fingerprint } = await closedByToken();
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^lubart-closed-keys-1 \{"by":"pkcs11","algorithm":"rsa-oaep"/);
  assert.ok(!text.includes(token.pin) && !text.includes(softModule), 'which library is loaded is a setting');
  give(`${token.pin}\n`);
  const key = await start();
  assert.deepEqual([key.keptBy, key.fingerprint], ['pkcs11', fingerprint]);
  // Its token is pulled out: what runs reads the file again, replaces the root key, and goes on.
  const { SOFTHSM2_CONF: settings } = process.env;
  process.env['SOFTHSM2_CONF'] = '/dev/null';
  try {
    await key.begin();
    await key.forgetOld();
    assert.notEqual(key.fingerprint, fingerprint);
    await assert.rejects(start(), /start.keys_(keeper_down|token_missing)/);
  } finally {
    process.env['SOFTHSM2_CONF'] = settings;
  }
  assert.equal((await start()).fingerprint, key.fingerprint);
});

test(
  'attack: a refused PIN is not sent again, at no restart, until the right one is typed or the mark taken away',
  { skip },
  async () => {
    const { file, give, start, fingerprint } = await closedByToken();
    const mark = `${file}.pin-refused`;
    const flags = () => /token flags.*/.exec(token.tool('--list-token-slots'))![0];
    give('0043');
    await assert.rejects(start(), ({ code, details }: LubartError) => {
      assert.deepEqual(
        [code, details],
        ['start.keys_pin_wrong', { by: 'pkcs11', reason: 'CKR_PIN_INCORRECT', file: mark }],
      );
      return true;
    });
    assert.match(flags(), /user PIN count low/);
    assert.ok(!readFileSync(mark, 'utf8').includes('0043'));
    // Somebody uses the token otherwise; whether Lubart asks it again is seen by its count.
    token.tool('--login', '--pin', token.pin, '--list-objects');
    for (const pin of ['0043', '0044', '0043']) {
      give(pin);
      await assert.rejects(start(), { code: 'start.keys_pin_held', field: 'LUBART_KEYS' });
    }
    assert.doesNotMatch(flags(), /user PIN count low/, 'the token heard nothing');

    rmSync(join(file, '..', '..', `credentials-${count}`, 'lubart-pin'));
    await assert.rejects(start(), { code: 'start.keys_locked' });
    await assert.rejects(
      start(async () => ''),
      { code: 'start.keys_locked' },
    );
    await assert.rejects(
      start(async () => '0045'),
      { code: 'start.keys_pin_wrong' },
    );
    assert.equal((await start(async () => token.pin)).fingerprint, fingerprint);
    assert.equal(existsSync(mark), false, 'and whoever types the right one mends it');
    give(token.pin);
    await start();
    give('0043');
    await assert.rejects(start(), { code: 'start.keys_pin_wrong' });
    rmSync(mark);
    give(token.pin);
    await start();
  },
);

test('attack: one keeper that is asked again does not send the refused PIN again', { skip }, async () => {
  const { sources } = await closedByToken();
  const keeper = pkcs11Keeper(
    { ...sources, refusedPinFile: undefined },
    async () => '0043',
    readTokenPlace(token.address),
  );
  await assert.rejects(keeper.make(), { code: 'start.keys_pin_wrong' });
  await assert.rejects(keeper.make(), { code: 'start.keys_pin_held' });
  token.tool('--login', '--pin', token.pin, '--list-objects');
});

test(
  'attack: every character of the wrapped key and each fact is altered, and no such file opens',
  { skip },
  async () => {
    const { file, give, start } = await closedByToken();
    give(token.pin);
    const text = readFileSync(file, 'utf8');
    const put = (pattern: RegExp, by: string) => writeFileSync(file, text.replace(pattern, by));
    for (const [pattern, by, code] of [
      [/"wrapped":"(.)/, '"wrapped":"_', 'start.keys_not_opened'],
      [/"wrapped":".{20}/, '"wrapped":"', 'start.keys_not_opened'],
      [/"wrapped":"[^"]*"/, '"wrapped":""', 'start.keys_not_opened'],
      [/"id":"01"/, '"id":"02"', 'start.keys_token_missing'],
      [/"token":"Lubart вежа"/, '"token":"Lubart"', 'start.keys_token_missing'],
      [/"token":"Lubart вежа"/, '"token":"--so-pin"', 'start.keys_wrong'],
      [/"id":"01"/, '"id":"--delete-object"', 'start.keys_wrong'],
      [/"hash":"\w+"/, '"hash":"constructor"', 'start.keys_wrong'],
      [/"hash":"\w+"/, '"hash":"md5"', 'start.keys_wrong'],
      [/"algorithm":"rsa-oaep"/, '"algorithm":"rsa"', 'start.keys_wrong'],
      [/\n./, '\n_', 'start.keys_not_opened'],
    ] as const) {
      put(pattern, by);
      assert.notEqual(readFileSync(file, 'utf8'), text, by);
      await assert.rejects(start(), { code }, by);
    }
    put(/"by":"pkcs11"/, '"module":"/tmp/evil.so","by":"pkcs11"');
    await assert.rejects(start(), { code: 'start.keys_not_opened' }, 'a library named by the file is not loaded');
  },
);

test(
  'a key that the token does not have, or that is too short, or another token, gets no key file',
  { skip },
  async () => {
    const home = newHome();
    const key = await openRootKeyFile(home.file, true);
    const text = readFileSync(home.file, 'utf8');
    token.tool('--login', '--pin', token.pin, '--keypairgen', '--key-type', 'rsa:1024', '--id', '05');
    token.tool('--login', '--pin', token.pin, '--keypairgen', '--key-type', 'EC:prime256v1', '--id', '06');
    token.tool('--login', '--pin', token.pin, '--keypairgen', '--key-type', 'rsa:2048', '--id', '07');
    token.tool('--login', '--pin', token.pin, '--delete-object', '--type', 'privkey', '--id', '07');
    const label = encodeURIComponent(token.label);
    for (const [address, code] of [
      [`pkcs11:token=${label};id=%02`, 'start.keys_token_missing'],
      [`pkcs11:token=${label};id=%05`, 'start.keys_wrong'],
      [`pkcs11:token=${label};id=%06`, 'start.keys_wrong'],
      [`pkcs11:token=${label};id=%07`, 'start.keys_token_missing'],
      ['pkcs11:token=Another;id=%01', 'start.keys_token_missing'],
    ] as const) {
      const keeper = pkcs11Keeper(home.sources, async () => token.pin, readTokenPlace(address));
      await assert.rejects(key.move({ by: 'pkcs11', keeper }), { code }, address);
      assert.equal(readFileSync(home.file, 'utf8'), text);
    }
  },
);

test('the address of a key has a token and an id, and can carry no PIN and no library', () => {
  assert.deepEqual(readTokenPlace('pkcs11:token=My%20token;id=%01%aF'), { token: 'My token', id: '01af' });
  assert.deepEqual(readTokenPlace(`pkcs11:id=%01;token=${'в'.repeat(32)}`), { token: 'в'.repeat(32), id: '01' });
  for (const text of [
    'pkcs11:token=a',
    'pkcs11:id=%01',
    'pkcs11:token=a;id=%01?pin-value=1234',
    'pkcs11:token=a;id=%01;pin-value=1234',
    'pkcs11:token=a;id=%01?module-path=/tmp/evil.so',
    'pkcs11:token=-p;id=%01',
    'pkcs11:token=a%00b;id=%01',
    'pkcs11:token=%20;id=%01',
    `pkcs11:token=${'a'.repeat(33)};id=%01`,
    `pkcs11:token=a;id=${'%01'.repeat(65)}`,
    'pkcs11:token=a;id=',
    'token=a;id=%01',
    '',
  ])
    assert.throws(() => readTokenPlace(text), { code: 'start.keys_wrong' }, text);
});

test('attack: the last try and a locked token are left alone; another token’s flags do not matter', async () => {
  const { sources } = newHome(process.execPath);
  const place = readTokenPlace('pkcs11:token=Lubart;id=%01');
  for (const [flags, reason] of [
    ['final user PIN try', 'last_try'],
    ['user PIN count low, user PIN locked', 'locked'],
  ] as const) {
    const tool = standInTool(join(folder.path, reason), listing(flags));
    try {
      const keeper = pkcs11Keeper(sources, () => Promise.reject(new Error('nobody is asked')), place);
      await assert.rejects(keeper.make(), ({ code, details }: LubartError) => {
        assert.deepEqual([code, details!['reason']], ['start.keys_pin_held', reason]);
        return true;
      });
      assert.equal(tool.calls().length, 1, 'it was only looked at');
    } finally {
      tool.away();
    }
  }
});

test('attack: the PIN is no argument, and the settings of Lubart are not in the environment of the tool', async () => {
  const { sources } = newHome(process.execPath);
  process.env['LUBART_VAULT_TOKEN'] = 'hvs.secret';
  const seen = join(folder.path, 'environment');
  const tool = standInTool(
    join(folder.path, 'environment-tool'),
    `${listing('login required')}\nenv > '${seen}'\necho 'error: PKCS11 function C_Login failed: rv = CKR_GENERAL_ERROR (0x5)' >&2\nexit 1`,
  );
  try {
    const keeper = pkcs11Keeper(sources, async () => '1234-5678', readTokenPlace('pkcs11:token=Lubart;id=%01'));
    await assert.rejects(keeper.make(), { code: 'start.keys_pin_wrong' }, 'some libraries say a wrong PIN so');
    const given = readFileSync(seen, 'utf8');
    assert.ok(given.includes('1234-5678') && !given.includes('hvs.secret'));
    assert.ok(tool.calls().length === 2 && !tool.calls().join('\n').includes('1234'));
    assert.ok(existsSync(sources.refusedPinFile!));
  } finally {
    tool.away();
    delete process.env['LUBART_VAULT_TOKEN'];
  }
});

test('no library, one that others may write, no tool, and one that hangs, are told apart', async () => {
  const place = readTokenPlace('pkcs11:token=Lubart;id=%01');
  const reasonOf = async (sources: KeySources, millis?: number): Promise<string> => {
    const failed = await pkcs11Keeper(sources, async () => '1234', place, millis)
      .make()
      .then(
        () => undefined,
        (error: LubartError) => error,
      );
    return `${failed?.code}: ${String(failed?.details?.['reason'])}`;
  };
  assert.equal(await reasonOf({}), 'start.keys_token_missing: module_not_named');
  const absent = { pkcs11Module: '/nowhere/token.so' };
  assert.equal(await reasonOf(absent), 'start.keys_token_missing: module_missing');
  const library = join(folder.path, 'library.so');
  copyFileSync('/bin/true', library);
  chmodSync(library, 0o666);
  // Attack: a library of somebody else hears the PIN.
  assert.equal(await reasonOf({ pkcs11Module: library }), 'start.keys_token_missing: module_writable_by_others');
  chmodSync(library, 0o644);
  if (skip === false) {
    assert.equal(await reasonOf({ pkcs11Module: library }), 'start.keys_token_missing: module_not_loaded');
  }
  const { PATH: path } = process.env;
  process.env['PATH'] = join(folder.path, 'empty');
  try {
    assert.equal(await reasonOf({ pkcs11Module: library }), 'start.keys_token_missing: pkcs11-tool_missing');
  } finally {
    process.env['PATH'] = path;
  }
  const hanging = standInTool(join(folder.path, 'hanging'), 'exec sleep 20');
  try {
    assert.equal(await reasonOf({ pkcs11Module: library }, 200), 'start.keys_keeper_down: no_answer');
  } finally {
    hanging.away();
  }
});
