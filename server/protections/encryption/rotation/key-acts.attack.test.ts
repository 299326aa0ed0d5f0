/**
 * Moving the root key file to another keeper and bringing it back from a kit leave their entry in every company’s log: when the database is
 * away, when the process is killed with -9 at any moment, when it came to nothing.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LubartError, Secret } from '#kernel';
import type { Keeper, RootKeyFile } from '#protections/encryption';
import { openRootKeyFile, systemReach } from '#protections/encryption';
import { runPosture } from '#protections/posture';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import { noteFacts, noteKeyAct, noteRefusal, readKeyActs, recordKeyActs } from './key-acts.ts';
import { moveKeys } from './move-keys.ts';
import { rotationPosture } from './posture.ts';
import type { RotationDeps } from './rotation-deps.ts';

const folder = makeTestFolder();
const doer = { address: 'local', device: 'Lubart CLI' };
const opening = randomBytes(32);
const keeper: Keeper = {
  make: async () => ({ facts: { algorithm: 'hkdf-sha256', salt: 'c2FsdA' }, opening: new Secret(opening) }),
  open: async () => new Secret(opening),
};
const closed = { by: 'systemd', keeper } as const;
let world: World;
let organizations: string[];
let count = 0;

before(async () => {
  world = await openWorld();
  organizations = [world.organizationId, world.cast.outsider.actor.organizationId];
});
after(async () => {
  await world.close();
  folder.remove();
});

const newFile = () => join(folder.path, `keys-${(count += 1)}`, 'root.key');
const depsFor = (rootFile: RootKeyFile): RotationDeps => ({
  database: world.database,
  keyring: world.keyring,
  rootFile,
  auditLog: world.auditLog,
  clock: { now: () => new Date() },
  organizations: async () => organizations,
  indexed: [],
  files: [],
  ask: async () => {},
});
/** Nobody answers. */
const away = (deps: RotationDeps): RotationDeps => ({
  ...deps,
  database: { ...deps.database, act: () => Promise.reject(new LubartError('server.failed')) },
});
type Entry = { event: string; outcome: string; refused?: string; device: string; facts: Record<string, string> };
/** Of this key, in the log of this organization. */
async function entriesOf(organizationId: string, key: string): Promise<Entry[]> {
  const rows = await world.database.read(systemReach(organizationId, 'all'), (tx) =>
    tx.unsafe(`SELECT bytes FROM audit_entries WHERE organization_id = $1 AND event LIKE 'keys.%' ORDER BY id`, [
      organizationId,
    ]),
  );
  return rows.map((row) => JSON.parse(String(row['bytes'])) as Entry).filter(({ facts }) => facts['key'] === key);
}
const notes = (file: string) => readdirSync(join(file, '..')).filter((name) => name.includes('.act-'));

test('a move leaves one entry in the log of every company, and no note', async () => {
  const rootFile = await openRootKeyFile(newFile(), true);
  await moveKeys(depsFor(rootFile), doer, closed);
  for (const organizationId of organizations) {
    const [entry, ...more] = await entriesOf(organizationId, rootFile.fingerprint);
    assert.deepEqual(
      [entry!.event, entry!.outcome, entry!.device, more.length],
      ['keys.moved', 'done', 'Lubart CLI', 0],
    );
    assert.deepEqual([entry!.facts['from'], entry!.facts['to']], ['file', 'systemd']);
  }
  assert.deepEqual(notes(rootFile.file), []);
});

test('a move that is refused leaves its entry with the reason; the file is as it was', async () => {
  const rootFile = await openRootKeyFile(newFile(), true);
  const text = readFileSync(rootFile.file, 'utf8');
  const shut: Keeper = { ...keeper, make: () => Promise.reject(new LubartError('start.keys_keeper_denied')) };
  const moving = moveKeys(depsFor(rootFile), doer, { by: 'vault', keeper: shut });
  await assert.rejects(moving, { code: 'start.keys_keeper_denied' });
  for (const organizationId of organizations) {
    const [entry, ...more] = await entriesOf(organizationId, rootFile.fingerprint);
    assert.deepEqual(
      [entry!.event, entry!.outcome, entry!.facts['to'], more.length],
      ['keys.moved', 'refused', 'vault', 0],
    );
  }
  assert.equal(readFileSync(rootFile.file, 'utf8'), text);
  assert.deepEqual(notes(rootFile.file), []);
});

test('a database that goes away in between gets the entries at the next start, also when it went after the first company', async () => {
  const rootFile = await openRootKeyFile(newFile(), true);
  const deps = depsFor(rootFile);
  await assert.rejects(moveKeys(away(deps), doer, closed), { code: 'server.failed' });
  assert.equal(rootFile.keptBy, 'systemd');
  assert.equal(notes(rootFile.file).length, 1);
  const isRecorded = async () => {
    const results = await runPosture(rotationPosture(deps));
    return results.find(({ id }) => id === 'encryption.key_acts_recorded')!.ok;
  };
  assert.equal(await isRecorded(), false);
  let acts = 0;
  const once = {
    ...deps.database,
    act: ((...given: Parameters<typeof deps.database.act>) =>
      (acts += 1) > 1
        ? Promise.reject(new LubartError('server.failed'))
        : deps.database.act(...given)) as typeof deps.database.act,
  };
  await assert.rejects(recordKeyActs({ ...deps, database: once }));
  await recordKeyActs(deps);
  await recordKeyActs(deps);
  for (const organizationId of organizations) {
    const entries = await entriesOf(organizationId, rootFile.fingerprint);
    assert.deepEqual(
      entries.map(({ event, outcome }) => [event, outcome]),
      [['keys.moved', 'done']],
    );
    assert.ok(Date.parse(entries[0]!.facts['at']!) <= Date.now(), 'it says when it was');
  }
  assert.equal(await isRecorded(), true);
});

test('attack: a move that is killed with -9 at any moment leaves an entry that says what came of it', async () => {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  let done = 0;
  // Later and later, until some went through.
  for (let round = 0; round < 30 && done < 3; round += 1) {
    const { file, fingerprint } = await openRootKeyFile(newFile(), true);
    const text = readFileSync(file, 'utf8');
    const script = `
      const { openRootKeyFile } = await import(${here('../index.ts')});
      const { Secret } = await import(${here('../../../kernel/index.ts')});
      const { moveKeys } = await import(${here('move-keys.ts')});
      const opening = () => new Secret(Buffer.from('${opening.toString('hex')}', 'hex'));
      const wait = () => new Promise((resolve) => setTimeout(resolve, 8));
      const keeper = {
        make: async () => (await wait(), { facts: { algorithm: 'hkdf-sha256', salt: 'c2FsdA' }, opening: opening() }),
        open: async () => (await wait(), opening()),
      };
      const rootFile = await openRootKeyFile(${JSON.stringify(file)}, false);
      process.stdout.write('moving');
      const never = () => new Promise(() => {});
      await moveKeys({ rootFile, organizations: never }, { address: 'local', device: 'Lubart CLI' }, { by: 'systemd', keeper });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', `setInterval(() => {}, 1000);${script}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, round * round));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const rootFile = await openRootKeyFile(file, false, () => keeper);
    const changed = readFileSync(file, 'utf8') !== text;
    const wasNoted = notes(file).length > 0;
    assert.ok(wasNoted || !changed, 'nothing is done before it is noted');
    await recordKeyActs(depsFor(rootFile));
    for (const organizationId of organizations) {
      const entries = await entriesOf(organizationId, fingerprint);
      assert.equal(entries.length, wasNoted ? 1 : 0);
      if (wasNoted) assert.equal(entries[0]!.outcome, changed ? 'done' : 'refused');
    }
    if (changed) done += 1;
  }
  assert.equal(done, 3);
});

test('a kit that is brought back where no database answers is recorded later; so is one that could not be read', async () => {
  const file = newFile();
  const lost = await noteKeyAct(file, doer, { event: 'keys.recovered', facts: {} });
  await noteRefusal(file, lost, new LubartError('key.kit_wrong'));
  await noteKeyAct(file, doer, { event: 'keys.recovered', facts: {} });
  const act = await noteKeyAct(file, doer, { event: 'keys.recovered', facts: {} });
  await noteFacts(file, act, { key: 'c04e18505cdd4c93' });
  const rootFile = await openRootKeyFile(file, true);
  await recordKeyActs(depsFor(rootFile));
  const rows = await world.database.read(systemReach(world.organizationId, 'all'), (tx) =>
    tx.unsafe(`SELECT bytes FROM audit_entries WHERE organization_id = $1 AND event = 'keys.recovered' ORDER BY id`, [
      world.organizationId,
    ]),
  );
  const outcomes = rows.map((row) => JSON.parse(String(row['bytes'])) as Entry).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ['refused', 'refused', 'done'], 'mistyped, given up, done');
  assert.deepEqual(notes(file), []);
});

test('attack: whoever mistypes a kit all night fills no disk; what is not a note stops no start', async () => {
  const file = newFile();
  for (let at = 0; at < 105; at += 1) {
    const act = await noteKeyAct(file, doer, { event: 'keys.recovered', facts: {} });
    await noteRefusal(file, act, new LubartError('key.kit_wrong'));
  }
  assert.equal(notes(file).length, 100);
  for (const name of notes(file)) rmSync(join(file, '..', name));
  const rootFile = await openRootKeyFile(file, true);
  for (const [name, text] of [
    ['a', 'not json'],
    ['b', '{"id":"b","event":"person.deleted","refused":null,"recorded":[],"at":"2026-11-27"}'],
    ['c', '{"id":"../../x","event":"keys.moved","refused":null,"recorded":[],"at":"2026-11-27"}'],
    ['d', '{"id":"d","event":"keys.moved","refused":"anything","recorded":[],"at":"2026-11-27"}'],
  ])
    writeFileSync(`${file}.act-${name}`, text!);
  await recordKeyActs(depsFor(rootFile));
  assert.deepEqual(await readKeyActs(file), []);
  assert.equal(notes(file).length, 4, 'posture shows them');
});

test('what another process is doing now is left to it', async () => {
  const rootFile = await openRootKeyFile(newFile(), true);
  const act = await noteKeyAct(rootFile.file, doer, { event: 'keys.moved', facts: { key: rootFile.fingerprint } });
  const put = (changed: object) =>
    writeFileSync(`${rootFile.file}.act-${act.id}`, JSON.stringify({ ...act, ...changed }));
  put({ pid: process.ppid });
  await recordKeyActs(depsFor(rootFile));
  assert.equal(notes(rootFile.file).length, 1);
  // Its number was given to somebody else since.
  put({ pid: process.ppid, at: new Date(Date.now() - 601_000).toISOString() });
  await recordKeyActs(depsFor(rootFile));
  assert.equal(notes(rootFile.file).length, 0);
});
