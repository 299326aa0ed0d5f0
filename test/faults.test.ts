/**
 * What goes wrong with machines: processes that are killed, a full or read-only disk, a taken port, a lost key. With the real
 * server process on a real disk; what was acknowledged must be there, nothing twice, and the way out in words.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, findRunningPostgres } from '#database';
import type { Client } from './client.ts';
import { openClient } from './client.ts';
import { makeTestFolder } from './harness.ts';
import type { Company, LubartProcess, Place } from './running-lubart.ts';
import {
  importEnd,
  makePlace,
  requireOk,
  setUpCompany,
  startImport,
  startLubart,
  strangeId,
  tryLubart,
  until,
} from './running-lubart.ts';
import { takeCsv } from './take-csv.ts';

const place: Place = makePlace();
let running: LubartProcess;
let company: Company;
/** The owner’s cookie outlives a restart of the server; its port does not. */
const ownerAt = (origin: string): Client => openClient(origin, company.owner.client.cookie);

before(async () => {
  running = await startLubart(place);
  company = await setUpCompany(running.origin, running.setupToken!);
});

const postmasterPid = (dataFolder: string) =>
  Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

/** As the owner of the tables, past every policy. */
async function query<T>(dataFolder: string, text: string): Promise<T[]> {
  const address = findRunningPostgres(dataFolder)!;
  const admin = connect({ ...address, superuser: 'lubart', database: 'lubart' }, 'admin');
  try {
    return (await admin.unsafe(text)) as unknown as T[];
  } finally {
    await admin.end({ timeout: 5 });
  }
}

const rowsInFile = 12_000;
/** Every 600th row cannot be taken, every 1000th repeats the phone of the row above it. */
function makeFile(): { bytes: Buffer; phones: Set<string>; rejected: number; skipped: number } {
  const phones = new Set<string>();
  let [rejected, skipped] = [0, 0];
  const lines = ['Прізвище;Ім’я;Телефон'];
  for (let row = 1; row <= rowsInFile; row += 1) {
    const bad = row % 600 === 0;
    const twin = row % 1000 === 7;
    const phone = `+3806700${String(twin ? row - 1 : row).padStart(5, '0')}`;
    lines.push(`Коваль-${row};Олена;${bad ? '12' : phone}`);
    if (bad) rejected += 1;
    else if (twin) skipped += 1;
    else phones.add(phone);
  }
  return { bytes: Buffer.from(`${lines.join('\n')}\n`), phones, rejected, skipped };
}

test('an import whose server is killed goes on by itself, and ends with exactly the rows of the file', async () => {
  const file = makeFile();
  const client = ownerAt(running.origin);
  const id = await startImport(client, {
    bytes: file.bytes,
    mapping: { 0: 'lastName', 1: 'firstName', 2: 'phones' },
    duplicates: { by: ['phone'], then: 'skip' },
  });
  const half = await until('some batches', 60, async () => {
    const { body } = await client.call('GET /api/v1/imports/:id', { params: { id } });
    return body.rowsRead >= 2000 && body;
  });
  assert.equal(half.state, 'running', 'the kill comes in the middle');
  await running.kill();

  running = await startLubart(place);
  assert.equal(running.setupToken, undefined, 'a company that exists is not set up again');
  const again = ownerAt(running.origin);
  const end = await importEnd(again, id, 90);
  assert.deepEqual(
    {
      state: end['state'],
      read: end['rowsRead'],
      created: end['rowsCreated'],
      skipped: end['rowsSkipped'],
      rejected: end['rowsRejected'],
    },
    { state: 'finished', read: rowsInFile, created: file.phones.size, skipped: file.skipped, rejected: file.rejected },
  );
  const exported = await takeCsv(again);
  const found = exported.text.match(/\+3806700\d{5}/g) ?? [];
  assert.equal(found.length, file.phones.size, 'none doubled, none missing');
  assert.deepEqual(new Set(found), file.phones);

  const rejected = await again.text('GET /api/v1/imports/:id/rejected', { params: { id } });
  assert.equal(rejected.text.match(/Коваль-\d+/g)?.length, file.rejected);
  const entries = (
    await query<{ bytes: Buffer }>(
      place.dataFolder,
      `SELECT bytes FROM audit_entries WHERE event LIKE 'import.%' ORDER BY id`,
    )
  ).map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as { event: string; facts: Record<string, number> });
  const batches = entries.filter(({ event }) => event === 'import.batch_created');
  assert.equal(
    batches.reduce((sum, { facts }) => sum + facts['created']!, 0),
    file.phones.size,
  );
  assert.deepEqual(
    batches.map(({ facts }) => facts['batch']),
    batches.map((_, at) => at + 1),
    'each batch once',
  );
  assert.ok(batches.length >= rowsInFile / 1000 && batches.length <= rowsInFile / 1000 + 2);
  for (const event of ['import.started', 'import.finished'])
    assert.equal(entries.filter((one) => one.event === event).length, 1, event);
});

test(
  'when the database is killed during edits, every acknowledged edit is there and the server goes on by itself',
  { timeout: 90_000 },
  async () => {
    const client = ownerAt(running.origin);
    const edited: { id: string; version: number }[] = [];
    for (let at = 0; at < 8; at += 1) {
      const made = await client.call('POST /api/v1/contacts', { body: { lastName: 'Правка' } });
      requireOk(made);
      edited.push(made.body);
    }
    const acknowledged = new Map(edited.map(({ id, version }) => [id, { version, text: '' }]));
    const tried = new Map<string, string>();
    let stop = false;
    let failed = 0;
    let count = 0;
    const edit = async (id: string) => {
      while (!stop) {
        const { version } = acknowledged.get(id)!;
        const text = `Посада ${(count += 1)}`;
        tried.set(id, text);
        const reply = await client.call('PATCH /api/v1/contacts/:id', {
          params: { id },
          body: { version, changes: { position: text } },
        });
        if (reply.status === 200) acknowledged.set(id, { version: reply.body.version, text });
        else if (reply.status === 409)
          acknowledged.set(id, { version: reply.body.error.current.version, text: reply.body.error.current.position });
        else {
          failed += 1;
          assert.ok(reply.status >= 500, `answered ${reply.status} ${JSON.stringify(reply.body)}`);
          await sleep(20);
        }
      }
    };
    const editors = edited.map(({ id }) => edit(id));
    await sleep(500);
    const before = count;
    process.kill(postmasterPid(place.dataFolder), 'SIGKILL');
    await until('a failed edit', 15, async () => failed > 0);
    await until('every editor’s edits to succeed again', 60, async () => {
      const listed = await client.call('GET /api/v1/contacts', { query: { limit: '1' } });
      if (listed.status !== 200) return false;
      const seen = [...acknowledged].map(([id, { version }]) => [id, version] as const);
      await sleep(500);
      return seen.every(([id, version]) => acknowledged.get(id)!.version > version);
    });
    stop = true;
    await Promise.all(editors);
    assert.ok(before > 8, 'there were edits before the crash');
    for (const [id, { version, text }] of acknowledged) {
      const { status, body } = await client.call('GET /api/v1/contacts/:id', { params: { id } });
      assert.equal(status, 200, JSON.stringify(body));
      const inFlight = body.version === version + 1 && body.position === tried.get(id);
      assert.ok(
        (body.version === version && body.position === text) || inFlight,
        `${id}: ${version} ${text}, found ${body.version} ${body.position}`,
      );
    }
    const wrong = await query(
      place.dataFolder,
      `SELECT c.id FROM contacts c WHERE c.version - 1 <> (SELECT count(*) FROM audit_entries e WHERE e.event = 'contact.updated' AND e.subject_ids @> ARRAY[c.id])`,
    );
    assert.deepEqual([...wrong], [], 'each version has its entry, and each entry its version');
  },
);

test('after both were killed at once, a plain start is enough', async () => {
  const pid = postmasterPid(place.dataFolder);
  const count = (await query<{ n: number }>(place.dataFolder, 'SELECT count(*)::int AS n FROM contacts'))[0]!.n;
  process.kill(pid, 'SIGKILL');
  await running.kill();
  running = await startLubart(place);
  const listed = await ownerAt(running.origin).call('GET /api/v1/contacts');
  assert.equal(listed.status, 200);
  assert.equal((await query<{ n: number }>(place.dataFolder, 'SELECT count(*)::int AS n FROM contacts'))[0]!.n, count);
});

test('a second start on the same data folder is refused, and the first does not notice', async () => {
  await refused('start.data_folder_in_use');
  assert.equal((await ownerAt(running.origin).call('GET /api/v1/session')).status, 200);
});

test('Ctrl-C leaves no process, no socket and no lock behind', async () => {
  const { socketFolder } = findRunningPostgres(place.dataFolder)!;
  const family = processesOf(running.pid);
  assert.ok(family.length > 3, `only ${family.length} processes`);
  const hanging = await leaveHalfUpload();
  const exit = await running.stop();
  hanging.destroy();
  assert.deepEqual(exit, { code: 0, signal: null });
  await until('the last process to go', 5, async () => family.every((pid) => !existsSync(`/proc/${pid}`)));
  assert.equal(existsSync(socketFolder), false);
  assert.equal(existsSync(join(place.dataFolder, 'postgres', 'postmaster.pid')), false);
  assert.equal(findRunningPostgres(place.dataFolder), undefined);
});

/** Somebody’s upload that was refused in the middle and still holds its connection open. */
async function leaveHalfUpload(): Promise<ClientRequest> {
  const upload = request(`${running.origin}/api/v1/imports/${strangeId()}/file`, {
    method: 'PUT',
    headers: {
      origin: running.origin,
      cookie: company.owner.client.cookie,
      'content-type': 'application/octet-stream',
      'content-length': '40000000',
    },
  });
  upload.on('error', () => {});
  upload.write(Buffer.alloc(1_000_000));
  const status = await new Promise((resolve) => upload.once('response', (answer) => resolve(answer.statusCode)));
  assert.equal(status, 404);
  return upload;
}

/** A process with all that came out of it, from /proc. */
function processesOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // gone meanwhile
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

/** A start that must not succeed: its code is on stderr, it ends by itself, and not with success. */
async function refused(
  code: string,
  env: Record<string, string> = {},
  where: Pick<Place, 'dataFolder' | 'keyFile'> = place,
): Promise<void> {
  const tried = await tryLubart(where, { LUBART_LOG_LEVEL: 'silent', ...env });
  if ('started' in tried) {
    await tried.started.stop();
    assert.fail(`it started, though ${code}`);
  }
  assert.match(tried.stderr, new RegExp(`\\[${code.replaceAll('.', '\\.')}[ \\]]`));
  assert.ok((tried.failed.code ?? 0) > 0, `exit code ${tried.failed.code}`);
  assert.doesNotMatch(tried.stderr, /\bat .+:\d+:\d+/, 'no stack');
}

test('a key file that is missing, too open, or another one is refused, and nothing is changed by it', async () => {
  const kept = `${place.keyFile}.kept`;
  const other = makePlace();
  renameSync(place.keyFile, kept);
  await refused('start.keys_missing');
  assert.equal(existsSync(place.keyFile), false, 'no new key was made over data that needs the old one');

  writeFileSync(
    place.keyFile,
    `lubart-root-key-1 ${Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7 + 3)).toString('base64url')}\n`,
    { mode: 0o600 },
  );
  await refused('start.keys_wrong');
  writeFileSync(place.keyFile, 'not a key\n', { mode: 0o600 });
  await refused('start.keys_wrong');

  copyFileSync(kept, place.keyFile);
  chmodSync(place.keyFile, 0o644);
  await refused('start.keys_mode');
  chmodSync(place.keyFile, 0o600);
  assert.equal(existsSync(other.dataFolder), false);
});

test('a taken port is refused by name, and with everything in order again all clients are there', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  try {
    await refused('start.port_in_use', { LUBART_PORT: String(port) });
  } finally {
    taken.close(); // left open it would keep this file from ending
  }

  running = await startLubart(place);
  const client = ownerAt(running.origin);
  const found = await client.call('POST /api/v1/contacts/find', { body: { text: 'коваль-42' } });
  assert.equal(found.status, 200);
  assert.ok(found.body.rows.some((row: { lastName: string }) => row.lastName === 'Коваль-42'));
  await running.stop();
});

const mounted: string[] = [];
after(() => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
});

/** A small file system of its own; undefined where only the administrator could make one. */
function mountSmall(mebibytes: number): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const { path } = makeTestFolder();
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'lubart-test', path]);
  if (done.status !== 0) {
    rmSync(path, { recursive: true, force: true });
    return undefined;
  }
  mounted.push(path);
  return path;
}

test('a data folder that cannot be written to is refused', async (t) => {
  const folder = mountSmall(1);
  if (folder !== undefined) {
    mkdirSync(join(folder, 'data'));
    spawnSync('mount', ['-o', 'remount,ro', folder]);
    await refused('start.data_folder_unwritable', {}, { dataFolder: join(folder, 'data'), keyFile: place.keyFile });
    await refused('start.data_folder_unwritable', {}, { dataFolder: join(folder, 'new'), keyFile: place.keyFile });
    return;
  }
  if (process.getuid?.() === 0) return t.skip('no mount, and to the administrator everything is writable');
  const { path } = makeTestFolder();
  chmodSync(path, 0o500);
  await refused('start.data_folder_unwritable', {}, { dataFolder: join(path, 'data'), keyFile: place.keyFile });
  chmodSync(path, 0o700);
});

test('on a full disk nothing is half done, the answer says so, and with space again the work goes on', async (t) => {
  const folder = mountSmall(240);
  if (folder === undefined) return t.skip('needs the administrator’s right to mount a small file system');
  const small = { dataFolder: join(folder, 'data'), keyFile: makePlace().keyFile };
  const lubart = await startLubart(small);
  const { owner } = await setUpCompany(lubart.origin, lubart.setupToken!);
  const announced = await owner.client.call('POST /api/v1/imports', {
    body: { kind: 'contacts', fileName: 'a.csv', sizeBytes: 40_000_000 },
  });
  requireOk(announced);
  const path = `/api/v1/imports/${announced.body.id}/file`;
  const filler = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 6_000_000)));

  const refusedUpload = await owner.client.put(path, Buffer.alloc(30_000_000, 'Коваль;0500000011\n'));
  // Where the journal itself finds no space the database stops short, and which of the two is said is a matter of bytes.
  assert.match(refusedUpload.body.error.code, /^(start\.disk_full|server\.failed)$/);
  assert.ok([500, 507].includes(refusedUpload.status), String(refusedUpload.status));
  assert.doesNotMatch(JSON.stringify(refusedUpload.body), /No space|PANIC|CONNECTION|pg_wal/);
  rmSync(filler);
  const created = await until('the server to work again', 90, async () => {
    const reply = await owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Місце' } });
    return reply.status === 200 && reply;
  });
  assert.equal(created.body.lastName, 'Місце');
  const put = await owner.client.put(path, Buffer.from('Прізвище\nКоваль\n'));
  assert.equal(put.body.state, 'ready', 'the same upload can be made again');
  assert.equal((await lubart.stop()).code, 0, lubart.output().slice(-3000));
});
