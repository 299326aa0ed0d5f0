/** The keys go onto paper, are proven, lost and brought back, by real processes; an older kit and an existing file are refused. */
import assert from 'node:assert/strict';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { shortLeasesEnvironment } from '#test/short-leases.ts';
import { openCommandLine } from './command-line.fixture.ts';

type Made = { id: string; needed: number; sheets: string[][] };
type Refused = { error: { code: string } };
type Verified = { logs: { key: string }[] };
type Checked = { checks: { id: string; ok: boolean }[] };

test('a kit of two sheets of three is made, proven, and brings the key folder back', async () => {
  const lubart = await openCommandLine(shortLeasesEnvironment);
  const folder = join(lubart.folder, 'keys');
  const owner = ['--as', 'olena@vezha.example'];
  const text = ({ sheets }: Made, ...which: number[]) => which.map((at) => sheets[at]!.join('\n')).join('\n');
  const logKey = async () => (await lubart.json<Verified>(['audit', 'verify'])).data.logs[0]!.key;
  const proven = async () => {
    const { data } = await lubart.json<Checked>(['posture', ...owner]);
    return data.checks.find(({ id }) => id === 'encryption.kit_proven')!.ok;
  };
  try {
    const setup = ['setup', '--organization', 'Вежа', '--name', 'Олена', '--email', 'olena@vezha.example'];
    assert.equal((await lubart.run(setup, { stdin: 'four random sturdy words' })).code, 0);
    const older = (await lubart.json<Made>(['keys', 'kit'])).data;
    const kit = (await lubart.json<Made>(['keys', 'kit', '--sheets', '3', '--needed', '2'])).data;
    assert.equal(await proven(), false, 'a kit that nobody typed back is a hope');

    const few = await lubart.json<Refused>(['keys', 'prove'], { stdin: text(kit, 0) });
    assert.equal(few.data.error.code, 'key.kit_too_few');
    const old = await lubart.json<Refused>(['keys', 'prove'], { stdin: text(older, 0) });
    assert.equal(old.data.error.code, 'key.kit_older', 'a kit that was replaced proves nothing');
    assert.equal(await proven(), false);
    assert.equal((await lubart.run(['keys', 'prove'], { stdin: text(kit, 2, 0) })).code, 0);
    assert.equal(await proven(), true);

    const there = await lubart.json<Refused>(['keys', 'recover'], { stdin: text(kit, 0, 1) });
    assert.equal(there.data.error.code, 'key.file_exists');
    const signedBy = await logKey();
    const before = await readFile(join(folder, 'root.key'), 'utf8');
    await rename(folder, `${folder}-lost`);
    assert.equal((await lubart.run(['status'])).code, 5);
    const back = await lubart.run(['keys', 'recover'], { stdin: text(kit, 0, 1) });
    assert.equal(back.code, 0, back.stderr);
    const after = await readFile(join(folder, 'root.key'), 'utf8');
    assert.equal(after.split('\n')[0], before.split('\n')[0]);
    assert.equal((await stat(join(folder, 'root.key'))).mode & 0o777, 0o600);
    assert.equal(await logKey(), signedBy, 'the log is signed by the same key');

    const entries = await lubart.json<{ rows: { event: string }[] }>(['audit', 'list', ...owner]);
    const count = (event: string) => entries.data.rows.filter((row) => row.event === event).length;
    assert.deepEqual(['keys.kit_made', 'keys.kit_not_proven', 'keys.kit_proven'].map(count), [2, 2, 1]);
    assert.equal(count('keys.recovered'), 2, 'the one that was refused, and the one that brought it back');

    const fresh = (await lubart.json<Made>(['keys', 'kit'])).data;
    assert.equal((await lubart.run(['keys', 'prove'], { stdin: text(fresh, 0) })).code, 0);
    assert.equal(await proven(), true);
    assert.equal((await lubart.run(['keys', 'rotate', 'root'])).code, 0);
    assert.equal(await proven(), false, 'after a rotation the kit is old');
  } finally {
    await lubart.close();
  }
});
