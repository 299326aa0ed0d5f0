/**
 * Keys are replaced while people work: nothing stops, nothing is lost, nothing is missed by search, and nothing is left under the old key.
 * Not when processes are killed in the middle, when two begin at once, or when somebody brings back what is older.
 */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryBody } from '#contract';
import { runPosture } from '#protections/posture';
import { openKeyring, openRootKeyFile } from '#protections/encryption';
import { goOnRotating, sealedValues } from '#protections/encryption/rotation';
import type { Lubart } from '../server/lubart.ts';
import type { Client } from './client.ts';
import type { Company, InProcess } from './running-lubart.ts';
import {
  makePlace,
  openInProcess,
  openNode,
  password,
  requireOk,
  setUpCompany,
  signIn,
  startLubart,
  tryLubart,
  until,
} from './running-lubart.ts';
import { openClient } from './client.ts';
import { shortLeases } from './short-leases.ts';

const keyPace = { refreshMillis: 100, leaseMillis: 1_500 };
/** So long a retired key is kept at least; a little more. */
const thirtyLeases = `${30 * keyPace.leaseMillis + 500} milliseconds`;
let house: InProcess;
let company: Company;
let second: { lubart: Lubart; client: Client; origin: string };
const surnames = ['Коваль', 'Шевчук', 'Бондар', 'Ткач', 'Мельник', 'Гончар', 'Кравець', 'Швець'];

const contact = async (client: Client, lastName: string, phone: string) => {
  const made = await client.call('POST /api/v1/contacts', { body: { lastName, phones: [{ number: phone }] } });
  requireOk(made);
  return made.body as { id: string; version: number };
};
let count = 0;
const phone = () => `+3805000${String((count += 1)).padStart(5, '0')}`;
const find = async (client: Client, text: string): Promise<string[]> => {
  const found = await client.call('POST /api/v1/contacts/find', { body: { text } });
  requireOk(found);
  return found.body.rows.map((row: { id: string }) => row.id);
};
type Kind = 'root' | 'organization' | 'index';
const keysOf = async () => {
  const seen = await company.owner.client.call('GET /api/v1/security/keys', {});
  requireOk(seen);
  return seen.body as {
    root: { name: string };
    keys: { kind: string; name: string; retiredAt: string | null; destroyedAt: string | null }[];
    rotations: {
      kind: string;
      finishedAt: string | null;
      pausedAt: string | null;
      done: number;
      remaining: number | null;
      to: string;
    }[];
  };
};
const rotate = (kind: Kind, client = company.owner.client) =>
  client.call('POST /api/v1/security/keys/:kind/rotate', { params: { kind } });
const finished = (kind: Kind, times: number) =>
  until(`${kind} rotated`, 60, async () => {
    const rows = (await keysOf()).rotations.filter((row) => row.kind === kind && row.finishedAt !== null);
    return rows.length === times && rows;
  });
const checkOf = async (id: string) => (await runPosture(house.lubart.posture.filter((check) => check.id === id)))[0]!;
const entries = async (event: string) =>
  (await house.test.admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = ${event}`)[0]!['n'] as number;
const newest = async (event: string) => {
  const [row] = await house.test.admin`SELECT bytes FROM audit_entries WHERE event = ${event} ORDER BY id DESC LIMIT 1`;
  return JSON.parse((row!['bytes'] as Buffer).toString('utf8')) as EntryBody;
};
/** By the marks in the data, looked at from outside. */
const underOthers = async (mark: string) => {
  const head = Buffer.from(`02${mark}`, 'hex');
  let sum = 0;
  for (const { table, column } of sealedValues) {
    const [row] = await house.test.admin.unsafe(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${column} IS NOT NULL AND substr(${column}, 1, 5) <> $1`,
      [head],
    );
    sum += row!['n'] as number;
  }
  return sum;
};

before(async () => {
  house = await openInProcess(undefined, { keyPace });
  company = await setUpCompany(house.origin, house.setupToken);
  // It reads the keys seldom: whoever does not wait for it is found out.
  const node = await openNode(house, undefined, { keyPace: { ...keyPace, refreshMillis: 1_200 } });
  const client = openClient(node.origin);
  await signIn(client, company.owner);
  second = { lubart: node.lubart, client, origin: node.origin };
  for (const name of surnames) await contact(company.owner.client, name, phone());
});

test('rotation knows every column that holds sealed bytes, or it is named here why not', async () => {
  const others: Record<string, string> = {
    'audit_entries.bytes': 'hashed into the tree; the key of the names in it is kept',
    'audit_checkpoints.note': 'signed, not sealed',
    'audit_leaves.hash': 'a hash',
    'audit_tiles.hashes': 'hashes',
    'audit_trees.root': 'a hash',
    'audit_stamps.stamp': 'a time stamp, to be shown to anybody',
    'witnessed_logs.root': 'a hash, of the log of another',
    'organization_keys.wrapped': 'wrapped by the root key: its own rotation',
    'export_chunks.sealed': 'under the key of the export',
    'import_chunks.sealed': 'under the key of the import',
    'import_rejections.sealed': 'under the key of the import',
    'import_updates.before_sealed': 'under the key of the record',
    'contacts.sealed': 'under the key of the record',
    'companies.sealed': 'under the key of the record',
    'imports.sealed': 'under the key of the import',
  };
  const rows = await house.test.admin`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1`;
  const unsealed = /(_hash|\.hash|_root|public_key|credential_id|sign_in_token|signature|\.mark)$/;
  const known = new Set(sealedValues.map(({ table, column }) => `${table}.${column}`));
  const names = rows.map((row) => row['name'] as string);
  assert.ok(names.length > 50 && known.size > 20);
  const forgotten = names.filter((name) => !known.has(name) && others[name] === undefined && !unsealed.test(name));
  assert.deepEqual(forgotten, []);
  assert.deepEqual(
    [...known].filter((name) => !names.includes(name)),
    [],
  );
});

test('the key of an organization is replaced while two nodes write: all opens, nothing is left under the old key', async () => {
  let on = true;
  const made: { id: string; version: number }[] = [];
  const faults: unknown[] = [];
  const writers = [company.owner.client, second.client].map(async (client, at) => {
    while (on) {
      try {
        const one = await contact(client, `Писар${at}`, phone());
        const changed = await client.call('PATCH /api/v1/contacts/:id', {
          params: { id: one.id },
          body: { version: one.version, changes: { lastName: `Писар${at}а` } },
        });
        requireOk(changed);
        made.push(one);
      } catch (error) {
        faults.push(error);
      }
    }
  });
  requireOk(await rotate('organization'));
  const [row] = await finished('organization', 1);
  on = false;
  await Promise.all(writers);
  assert.deepEqual(faults, []);
  assert.ok(made.length > 10, `only ${made.length} written meanwhile`);
  assert.equal(row!.remaining, 0);
  assert.ok(row!.done >= surnames.length);
  assert.equal(await underOthers(row!.to), 0, 'counted from outside, after writing went on');
  for (const client of [company.owner.client, second.client]) {
    for (const one of made) requireOk(await client.call('GET /api/v1/contacts/:id', { params: { id: one.id } }));
  }
  assert.equal(await entries('keys.rotation_started'), 1);
  assert.equal(await entries('keys.rotated'), 1);
  assert.equal((await checkOf('encryption.nothing_under_old_keys')).ok, true);
});

test('the key of search is replaced and search never misses, on neither node', async () => {
  let on = true;
  let asked = 0;
  let made = 0;
  const letters = 'абвгдежзик';
  const missed: string[] = [];
  const seekers = [company.owner.client, second.client].map(async (client) => {
    while (on) {
      for (const name of surnames) {
        asked += 1;
        if ((await find(client, name)).length === 0) missed.push(name);
      }
      // A name of its own, so that the page of hits never cuts what was made a moment ago.
      const name = `Новак${letters[(made += 1) % 10]}${letters[Math.floor(made / 10) % 10]}`;
      const { id } = await contact(client, name, phone());
      for (const seeing of [company.owner.client, second.client]) {
        if (!(await find(seeing, name)).includes(id)) missed.push(name);
      }
    }
  });
  requireOk(await rotate('index'));
  const [row] = await finished('index', 1);
  await sleep(300);
  on = false;
  await Promise.all(seekers);
  assert.deepEqual(missed, []);
  assert.ok(asked > 20);
  const mark = Number.parseInt(row!.to, 16);
  const left = await house.test.admin`SELECT count(*)::int AS n FROM contact_search WHERE index_key <> ${mark}`;
  assert.equal(left[0]!['n'], 0);
  const began = await newest('keys.rotation_started');
  for (const event of ['keys.taken_into_use', 'keys.resealed', 'keys.rotated']) {
    const cause = { request: began.request, entry: began.id, job: 'keys.rotate' };
    assert.deepEqual((await newest(event)).cause, cause, event);
  }
});

test('a rotation rests when it is told to, and goes on from there', async () => {
  requireOk(await rotate('organization'));
  const pause = await company.owner.client.call('POST /api/v1/security/keys/:kind/pause', {
    params: { kind: 'organization' },
  });
  requireOk(pause);
  await sleep(1500);
  const resting = (await keysOf()).rotations.find((row) => row.kind === 'organization' && row.finishedAt === null);
  assert.notEqual(resting?.pausedAt, null);
  requireOk(
    await company.owner.client.call('POST /api/v1/security/keys/:kind/resume', { params: { kind: 'organization' } }),
  );
  await finished('organization', 2);
});

test('two nodes that begin at one moment begin one rotation', async () => {
  for (const [kind, times] of [
    ['root', 1],
    ['index', 2],
  ] as const) {
    const began = await Promise.all([rotate(kind), rotate(kind, second.client)]);
    assert.deepEqual(
      began.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
      kind,
    );
    assert.equal(began.find(({ status }) => status === 409)!.body.error.code, 'key.rotation_runs');
    await finished(kind, times);
  }
});

test('attack: several processes go on with one rotation at the same moment; one key seals at the end', async () => {
  const never = new AbortController().signal;
  const [times, id] = [(await keysOf()).rotations.length, company.organizationId];
  for (const kind of ['organization', 'index'] as const) {
    requireOk(await rotate(kind));
    const runners = [house.lubart, second.lubart, house.lubart, second.lubart];
    await Promise.all(runners.map(({ rotation }) => goOnRotating(rotation, id, never)));
  }
  await until('both are over', 30, async () => {
    const over = (await keysOf()).rotations.filter((row) => row.finishedAt !== null);
    return over.length === times + 2;
  });
  const current = await house.test.admin`SELECT purpose, count(*)::int AS n FROM organization_keys
    WHERE current_at IS NOT NULL AND retired_at IS NULL GROUP BY purpose ORDER BY purpose`;
  assert.deepEqual(
    current.map((row) => [row['purpose'], row['n']]),
    [
      ['index', 1],
      ['sealing', 1],
    ],
  );
  requireOk(await company.owner.client.call('GET /api/v1/contacts', {}));
});

test('the root key is replaced: the file holds one key, all is wrapped by it, people are still found by their e-mail', async () => {
  const older = join(dirname(house.keyFile), 'older.key');
  copyFileSync(house.keyFile, older);
  const was = (await keysOf()).root.name;
  requireOk(await rotate('root'));
  await finished('root', 2);
  assert.notEqual((await keysOf()).root.name, was);
  assert.equal([...readFileSync(house.keyFile, 'utf8').matchAll(/^lubart-root-key-1 /gm)].length, 1);
  const fresh = await openRootKeyFile(house.keyFile, false);
  const wrapped = await house.test.admin`SELECT wrapped FROM organization_keys WHERE destroyed_at IS NULL`;
  assert.ok(wrapped.length >= 2 && wrapped.every((row) => fresh.isCurrent(row['wrapped'] as Buffer)));
  const { email } = company.owner;
  requireOk(await openClient(second.origin).call('POST /api/v1/sign-in', { body: { email, password } }));
  // Attack: the file of before, put back.
  const old = await openRootKeyFile(older, false);
  await assert.rejects(openKeyring(old, house.test.database).of(company.organizationId), { code: 'start.keys_older' });
});

test('attack: killed between the new key file and the database, twice; the next process ends it', async () => {
  const { rotation } = house.lubart;
  let deaths = 0;
  const dying = {
    ...rotation,
    files: [
      {
        isCurrent: async () => false,
        wrapAnew: async () => {
          deaths += 1;
          throw new Error('killed');
        },
      },
    ],
    ask: async () => {},
  };
  await rotation.rootFile.begin(); // and nobody told the database
  const never = new AbortController().signal;
  for (const round of [1, 2]) {
    await assert.rejects(goOnRotating(dying, company.organizationId, never), /killed/);
    assert.equal(deaths, round);
    assert.equal((await openRootKeyFile(house.keyFile, false)).fingerprints.length, 2, 'both are still there');
    requireOk(await company.owner.client.call('GET /api/v1/contacts', {}));
  }
  await goOnRotating(rotation, company.organizationId, never);
  assert.equal((await openRootKeyFile(house.keyFile, false)).fingerprints.length, 1);
  await finished('root', 3);
  assert.equal((await checkOf('encryption.nothing_under_old_keys')).ok, true);
});

test('attack: a row of an old backup swapped in is seen, and opens no more once the key is destroyed', async () => {
  const { id } = await contact(company.owner.client, 'Давній', phone());
  const [before_] = await house.test.admin`SELECT record_key FROM contacts WHERE id = ${id}`;
  requireOk(await rotate('organization'));
  await finished('organization', 4);
  await house.test.admin`UPDATE contacts SET record_key = ${before_!['record_key']} WHERE id = ${id}`;
  const seen = await checkOf('encryption.nothing_under_old_keys');
  assert.equal(seen.ok, false);
  // Its key stays while something needs it: nothing is lost by destroying it too early.
  const goOn = () => goOnRotating(house.lubart.rotation, company.organizationId, new AbortController().signal);
  const destroyedOf = async (since: string) => {
    const [row] = await house.test.admin`SELECT count(destroyed_at)::int AS n FROM organization_keys
      WHERE retired_at > now() - ${since}::interval`;
    return row!['n'] as number;
  };
  await goOn();
  assert.equal(await destroyedOf('30 seconds'), 0, 'what was retired within thirty leases is kept in any case');
  await house.test.admin`UPDATE organization_keys SET created_at = created_at - ${thirtyLeases}::interval,
    current_at = current_at - ${thirtyLeases}::interval, retired_at = retired_at - ${thirtyLeases}::interval
    WHERE retired_at IS NOT NULL`;
  await goOn();
  requireOk(await company.owner.client.call('GET /api/v1/contacts/:id', { params: { id } }));
  await house.test.admin`UPDATE organization_keys SET wrapped = '', destroyed_at = now()
    WHERE purpose = 'sealing' AND retired_at IS NOT NULL AND destroyed_at IS NULL`;
  await sleep(1_500); // the other node reads its keys every 1.2 s
  // The other node has not opened it yet.
  const shut = await second.client.call('GET /api/v1/contacts/:id', { params: { id } });
  assert.equal(shut.body.error?.code, 'sealed.cannot_open');
});

test('an index key that nothing needs is destroyed after a while; its bytes are gone', async () => {
  await goOnRotating(house.lubart.rotation, company.organizationId, new AbortController().signal);
  const rows = await house.test
    .admin`SELECT wrapped, destroyed_at FROM organization_keys WHERE purpose = 'index' AND retired_at IS NOT NULL`;
  assert.equal(rows.length, 3);
  for (const row of rows) {
    assert.notEqual(row['destroyed_at'], null);
    assert.equal((row['wrapped'] as Buffer).length, 0);
  }
  assert.ok((await entries('keys.destroyed')) >= 2);
});

test('attack: a process that could not read the keys for a while seals nothing', async () => {
  let cut = false;
  const { database } = house.test;
  const broken = new Proxy(database, {
    get: (target, name) =>
      name === 'read' && cut ? () => Promise.reject(new Error('away')) : Reflect.get(target, name),
  });
  const keyring = openKeyring(await openRootKeyFile(house.keyFile, false), broken, keyPace);
  keyring.watch(() => {});
  const seals = await keyring.of(company.organizationId);
  const sealed = seals.seal('here', 1);
  cut = true;
  await sleep(keyPace.leaseMillis + 200);
  assert.throws(() => seals.seal('here', 2), { code: 'key.stale' });
  assert.throws(() => seals.newRecord('contacts', company.organizationId), { code: 'key.stale' });
  assert.equal(seals.open('here', sealed), 1, 'what is sealed may still be read');
  keyring.close();
});

test('a real process killed with -9 twice while all three keys are replaced goes on to the end', async () => {
  const place = makePlace();
  let server = await startLubart(place, {}, [], shortLeases);
  const { owner } = await setUpCompany(server.origin, server.setupToken!);
  for (const name of surnames) await contact(owner.client, name, phone());
  for (const kind of ['organization', 'index', 'root'] as const) requireOk(await rotate(kind, owner.client));
  for (const millis of [300, 2_400]) {
    await sleep(millis);
    await server.kill();
    server = await startLubart(place, {}, [], shortLeases);
  }
  const client = openClient(server.origin);
  await signIn(client, owner);
  await until('all three are over', 120, async () => {
    const seen = await client.call('GET /api/v1/security/keys', {});
    const over = seen.body.rotations.filter((row: { remaining: number | null }) => row.remaining === 0);
    return over.length === 3;
  });
  for (const name of surnames) assert.equal((await find(client, name)).length, 1, name);
  await server.stop();
  // Attack: an old key file in the place of the new one.
  const tried = await tryLubart({
    dataFolder: place.dataFolder,
    keyFile: join(dirname(place.keyFile), 'other', 'root.key'),
  });
  assert.ok('failed' in tried && tried.stderr.includes('start.keys_missing'));
});
