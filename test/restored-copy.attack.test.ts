/**
 * Yesterday’s copy is put back in the place of today’s data, with the keys of today beside it: the log says that its end is gone, at once, and
 * still says so when it has outgrown what was lost. And yesterday’s key file in the place of today’s is refused, with the way out.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import type { CommandLine } from '../cli/command-line.fixture.ts';
import { openCommandLine } from '../cli/command-line.fixture.ts';
import { openClient } from './client.ts';
import { shortLeases } from './short-leases.ts';
import type { Company, Place } from './running-lubart.ts';
import { makePlace, requireOk, setUpCompany, startLubart, tryLubart, until } from './running-lubart.ts';

const skip = process.platform === 'win32' ? 'copies with cp' : false;
let place: Place;
let lubart: CommandLine;
let settings: { env: Record<string, string> };

before(async () => {
  if (skip !== false) return;
  place = makePlace();
  lubart = await openCommandLine();
  settings = { env: { LUBART_DATA: place.dataFolder, LUBART_KEYS: place.keyFile } };
});

/** With owners and modes, as a backup keeps them. */
const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);
let company: Company;
/** Lubart runs, clients are added, it is stopped in order. The cookie of the owner outlives restarts. */
async function work(clients: number, then: () => Promise<unknown> = async () => {}): Promise<void> {
  const running = await startLubart(place, {}, [], shortLeases);
  company ??= await setUpCompany(running.origin, running.setupToken!);
  const owner = openClient(running.origin, company.owner.client.cookie);
  for (let at = 0; at < clients; at += 1)
    requireOk(await owner.call('POST /api/v1/contacts', { body: { lastName: 'Бойко', firstName: `Ганна ${at}` } }));
  await then();
  await running.stop();
}
async function verify() {
  const { stdout, stderr, code } = await lubart.run(['audit', 'verify'], settings);
  return { code, text: stdout + stderr };
}

test(
  'attack: a copy of before is put back: the log is shorter than it was, and when it has outgrown that it is another one',
  { skip },
  async () => {
    const [kept, today] = [join(dirname(place.dataFolder), 'kept'), join(dirname(place.dataFolder), 'today')];
    await work(2);
    assert.equal((await verify()).code, 0);
    copy(place.dataFolder, kept);
    await work(12);
    assert.equal((await verify()).code, 0);

    renameSync(place.dataFolder, today);
    copy(kept, place.dataFolder);
    const cut = await verify();
    assert.equal(cut.code, 6, cut.text);
    assert.match(cut.text, /The log is shorter than it was: a checkpoint saw \d+ entries/);
    await work(40);
    const forked = await verify();
    assert.equal(forked.code, 6, forked.text);
    assert.match(forked.text, /The checkpoint of \d+ entries is of another log: entries before it were rewritten/);
  },
);

test(
  'attack: the key file of before a rotation, put in the place of the new one, is refused with the way out',
  { skip },
  async () => {
    const older = `${place.keyFile}.older`;
    copyFileSync(place.keyFile, older);
    await work(0, async () => {
      const asked = await lubart.run(['keys', 'rotate', 'root'], settings);
      assert.equal(asked.code, 0, asked.stdout + asked.stderr);
      // While it is replaced the file holds both.
      const keysIn = (file: string) => [...readFileSync(file, 'utf8').matchAll(/^lubart-root-key-1 .*$/gm)].map(String);
      await until('the new root key', 90, async () => {
        const [only, ...more] = keysIn(place.keyFile);
        return more.length === 0 && only !== keysIn(older)[0];
      });
    });
    const newer = `${place.keyFile}.newer`;
    renameSync(place.keyFile, newer);
    copyFileSync(older, place.keyFile);
    const tried = await tryLubart(place);
    assert.ok('failed' in tried);
    assert.match(tried.stderr, /start\.keys_older/);
    renameSync(newer, place.keyFile);
    await work(1);
  },
);
