/**
 * The passphrase of the key file is asked for where people and services really give it: on a terminal, by the server and by a command,
 * and in the folder that systemd makes, readable by the account of the service and nobody else.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openCommandLine } from '../cli/command-line.fixture.ts';
import type { CommandLine } from '../cli/command-line.fixture.ts';
import { makeTestFolder } from './harness.ts';
import { noTerminal, openTerminal } from './terminal.ts';

const passphrase = 'верес край дороги сім журавлів';
const pathOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const server = pathOf('server/main.ts');
const commands = pathOf('cli/main.ts');
const credential = JSON.stringify(
  new URL('../server/protections/encryption/keepers/credential.ts', import.meta.url).href,
);
const folder = makeTestFolder();
let lubart: CommandLine;
let env: Record<string, string>;

before(async () => {
  lubart = await openCommandLine();
  env = {
    HOME: lubart.folder,
    LUBART_DATA: join(lubart.folder, 'data'),
    LUBART_KEYS: join(lubart.folder, 'keys', 'root.key'),
    LUBART_LANGUAGE: 'en',
    LUBART_PORT: '0',
    LANG: 'C',
  };
  const setup = ['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'olena@vezha.example'];
  assert.equal((await lubart.run(setup, { stdin: 'four random sturdy words' })).code, 0);
});
after(async () => {
  await lubart.close();
  folder.remove();
});

test(
  'a passphrase is typed twice on a terminal to close the key file, and never shown',
  { skip: noTerminal },
  async () => {
    const terminal = openTerminal(`exec '${process.execPath}' '${commands}' keys move passphrase`, env);
    try {
      await terminal.shows(/New passphrase: /);
      terminal.type(`${passphrase}\r`);
      await terminal.shows(/Once more: /);
      terminal.type(`${passphrase}\r`);
      assert.equal(await terminal.end, 0, terminal.screen());
      assert.match(terminal.screen(), /a passphrase opens the file/);
      assert.doesNotMatch(terminal.screen(), /верес|журавлів/);
    } finally {
      terminal.close();
    }
  },
);

test(
  'the server asks for it on its terminal; a wrong one ends the start, Ctrl-C too, the right one serves',
  { skip: noTerminal },
  async () => {
    const start = async (typed: string) => {
      const terminal = openTerminal(`exec '${process.execPath}' '${server}'`, env);
      await terminal.shows(/Passphrase of the Lubart keys/);
      terminal.type(typed);
      return terminal;
    };
    const wrong = await start('верес край дороги сім журавлиць\r');
    assert.equal(await wrong.end, 1);
    assert.match(wrong.screen(), /start\.keys_not_opened/);
    assert.doesNotMatch(wrong.screen(), /верес|журавлиць/);
    const left = await start('верес\u0003');
    assert.notEqual(await left.end, -1);
    assert.doesNotMatch(left.screen(), /верес|Lubart \d/);
    const right = await start(`${passphrase}\r`);
    try {
      await right.shows(/Lubart \d.*http:\/\//);
      assert.doesNotMatch(right.screen(), /верес|журавлів/);
      right.type('\u0003');
      assert.equal(await right.end, 0, right.screen());
    } finally {
      right.close();
    }
  },
);

test('a service reads it from the folder of its credentials, as systemd leaves it', async () => {
  const credentials = join(folder.path, 'credentials');
  mkdirSync(credentials, { mode: 0o700 });
  writeFileSync(join(credentials, 'lubart-passphrase'), passphrase, { mode: 0o400 });
  chmodSync(credentials, 0o500);
  const given = await lubart.json<{ keeper: string }>(['keys', 'keeper'], {
    env: { CREDENTIALS_DIRECTORY: credentials },
  });
  const moved = noTerminal === false ? 'passphrase' : 'file';
  assert.deepEqual([given.code, given.data.keeper], [0, moved], given.stderr);
  const none = await lubart.json<{ error?: { code: string } }>(['keys', 'keeper'], {
    env: { CREDENTIALS_DIRECTORY: folder.path },
  });
  assert.equal(none.data.error?.code, noTerminal === false ? 'start.keys_locked' : undefined);
});

test('attack: another account of the machine reads none of it, and what the service may not read is said', () => {
  const credentials = join(folder.path, 'of-another');
  mkdirSync(credentials, { mode: 0o700 });
  const file = join(credentials, 'lubart-root');
  writeFileSync(file, Buffer.alloc(32, 'x'), { mode: 0o400 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    chmodSync(folder.path, 0o755);
    for (const path of [file, credentials]) chownSync(path, 60_771, 60_771);
  } else chmodSync(file, 0o000);
  chmodSync(credentials, 0o500);
  const script = `
    const { readCredential } = await import(${credential});
    const said = await readCredential(${JSON.stringify(credentials)}, 'lubart-root')
      .then((read) => String(read?.length), ({ code, details }) => code + ' ' + details.reason);
    process.stdout.write(said);`;
  const as = (uid: number | undefined) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: '/',
      ...(uid === undefined ? {} : { uid, gid: uid }),
    }).stdout.toString();
  if (isRoot) assert.equal(as(60_771), '32', 'the account of the service reads it');
  assert.equal(as(isRoot ? 60_772 : undefined), 'start.keys_locked EACCES');
});
