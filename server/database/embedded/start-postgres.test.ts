import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { LubartError } from '#kernel';
import { findRunningPostgres, startEmbeddedPostgres } from './index.ts';
import type { EmbeddedPostgres, PostgresCrash } from './index.ts';

const place = mkdtempSync(join(tmpdir(), 'lubart-embedded-'));
const started: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(started.map((server) => server.stop()));
  await sleep(100);
  rmSync(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

const isRoot = process.getuid?.() === 0;
const settings = { shared_buffers: '16MB', fsync: 'off' };

async function start(dataFolder: string, onCrash?: (crash: PostgresCrash) => void): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataFolder, settings, ...(onCrash ? { onCrash } : {}) });
  started.push(server);
  return server;
}

function client(server: Pick<EmbeddedPostgres, 'socketFolder' | 'port'>): postgres.Sql {
  return postgres({ host: server.socketFolder, port: server.port, database: 'lubart', username: 'lubart', max: 1 });
}

async function refusal(act: () => Promise<unknown>): Promise<LubartError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof LubartError) return error;
    throw error;
  }
  return assert.fail('nothing was refused');
}

/** A Lubart of its own, as far as the database goes: says its server’s process id and stays. */
async function startElsewhere(dataFolder: string): Promise<{ child: ChildProcess; pid: number }> {
  const door = JSON.stringify(new URL('index.ts', import.meta.url).href);
  const script = `const { startEmbeddedPostgres } = await import(${door});
    const server = await startEmbeddedPostgres(${JSON.stringify({ dataFolder, settings })});
    console.log('pid ' + server.pid); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('close', () => reject(new Error(`ended early: ${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /pid (\d+)/.exec(output);
      if (found) resolve(Number(found[1]));
    });
  });
  return { child, pid };
}

/** True while a process that is no zombie has this number. */
function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

async function until(what: () => boolean, millisMax = 15_000): Promise<void> {
  const end = performance.now() + millisMax;
  while (!what()) {
    assert.ok(performance.now() < end, 'waited in vain');
    await sleep(25);
  }
}

test('a database starts, answers over its socket only, stops, and keeps its rows', async () => {
  const dataFolder = join(place, 'plain');
  const first = await start(dataFolder);
  let sql = client(first);
  const [row] = await sql`select current_setting('server_version_num')::int >= 180000 as new,
    current_setting('listen_addresses') as network, current_setting('data_checksums') as checksums,
    pg_encoding_to_char(encoding) as encoding, lower('ҐУДЗЬ') as folded from pg_database where datname = 'lubart'`;
  assert.deepEqual({ ...row }, { new: true, network: '', checksums: 'on', encoding: 'UTF8', folded: 'ґудзь' });
  await sql`create table kept (word text)`;
  await sql`insert into kept values ('замок')`;
  await sql.end();
  assert.deepEqual(findRunningPostgres(dataFolder), {
    pid: process.pid,
    socketFolder: first.socketFolder,
    port: first.port,
  });
  assert.equal(statSync(first.socketFolder).mode & 0o777, 0o700);
  await first.stop();
  assert.equal(isRunning(first.pid), false);
  assert.equal(existsSync(first.socketFolder), false);
  assert.equal(findRunningPostgres(dataFolder), undefined);

  const second = await start(dataFolder);
  sql = client(second);
  assert.equal((await sql`select word from kept`)[0]?.['word'], 'замок');
  await sql.end();
  await second.stop();
});

test('a second start on the same folder is refused, here and in another process, under any of its names', async () => {
  const dataFolder = join(place, 'plain');
  const server = await start(dataFolder);
  const here = await refusal(() => start(`${dataFolder}/../plain`));
  assert.deepEqual([here.code, here.details?.['pid']], ['start.data_folder_in_use', process.pid]);
  await assert.rejects(startElsewhere(dataFolder), /ended early.*start\.data_folder_in_use/s);
  const sql = client(server);
  await sql`select 1`; // and the first one did not notice
  await sql.end();
  await server.stop();
});

test('kill -9 of the application stops its database, with nobody starting anew', async () => {
  const dataFolder = join(place, 'killed');
  const { child, pid } = await startElsewhere(dataFolder);
  child.kill('SIGKILL');
  await until(() => !isRunning(pid));
});

test('kill -9 of the application does not keep the next start waiting', async () => {
  const dataFolder = join(place, 'killed');
  const { child, pid } = await startElsewhere(dataFolder);
  const left = findRunningPostgres(dataFolder)?.socketFolder ?? '';
  assert.ok(existsSync(left));
  child.kill('SIGKILL');
  const server = await start(dataFolder);
  assert.equal(isRunning(pid), false);
  assert.equal(existsSync(left), false, 'the socket folder of the killed one is gone');
  const sql = client(server);
  await sql`select 1`;
  await sql.end();
  await server.stop();
});

test('a postmaster.pid that names a stranger does not block', { skip: process.platform !== 'linux' }, async () => {
  const dataFolder = join(place, 'killed');
  const stranger = spawn('sleep', ['60']);
  children.push(stranger);
  const file = join(dataFolder, 'postgres', 'postmaster.pid');
  writeFileSync(file, `${stranger.pid}\n/nowhere\n1\n5432\n/nowhere\n\n 1 1\nready\n`);
  const { uid, gid } = statSync(join(dataFolder, 'postgres'));
  chownSync(file, uid, gid);
  const server = await start(dataFolder);
  await server.stop();
  assert.equal(stranger.exitCode, null, 'the stranger lives');
});

test('a database that is killed comes back by itself, at the same place', async () => {
  const crashes: PostgresCrash[] = [];
  const server = await start(join(place, 'killed'), (crash) => crashes.push(crash));
  const before = server.pid;
  process.kill(before, 'SIGKILL');
  await until(() => server.pid !== before);
  assert.deepEqual([crashes.length, crashes[0]?.signal], [1, 'SIGKILL']);
  const sql = client(server);
  await sql`select 1`;
  await sql.end();
  await server.stop();
});

test('a half-made database of a start that was cut is made anew', async () => {
  const dataFolder = join(place, 'cut');
  mkdirSync(join(dataFolder, 'postgres.new-1', 'base'), { recursive: true });
  const server = await start(dataFolder);
  assert.deepEqual(
    readdirSync(dataFolder).filter((name) => name.includes('.new')),
    [],
  );
  await server.stop();
});

test('a data folder deeper than a socket path may be long works', async () => {
  const server = await start(join(place, 'глибоко'.repeat(8), 'д'.repeat(60)));
  assert.ok(Buffer.byteLength(join(server.socketFolder, `.s.PGSQL.${server.port}`)) <= 107);
  await client(server).end();
  await server.stop();
});

test('files written by another major version are refused with both numbers', async () => {
  const dataFolder = join(place, 'cut');
  writeFileSync(join(dataFolder, 'postgres', 'PG_VERSION'), '17\n');
  const error = await refusal(() => start(dataFolder));
  assert.deepEqual(
    [error.code, error.details?.['found'], error.details?.['needed']],
    ['start.database_too_old', '17', '18'],
  );
});

test('a folder that cannot be written is named', async () => {
  writeFileSync(join(place, 'file'), '');
  const error = await refusal(() => start(join(place, 'file', 'data')));
  assert.deepEqual(
    [error.code, error.details?.['folder']],
    ['start.data_folder_unwritable', join(place, 'file', 'data')],
  );
});

test('a setting PostgreSQL does not take is said in its words', async () => {
  const act = () => startEmbeddedPostgres({ dataFolder: join(place, 'killed'), settings: { shared_buffers: 'many' } });
  const error = await refusal(act);
  assert.equal(error.code, 'start.database_failed');
  assert.match(String(error.details?.['reason']), /shared_buffers/);
  await (await start(join(place, 'killed'))).stop(); // and the folder is free again
});

test(
  'started by root, the database runs as somebody else, even below a private folder',
  { skip: !isRoot },
  async () => {
    const dataFolder = join(place, 'private', 'data');
    mkdirSync(dataFolder, { recursive: true });
    chmodSync(join(place, 'private'), 0o700);
    const server = await start(dataFolder);
    const { uid } = statSync(server.clusterFolder);
    assert.notEqual(uid, 0);
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, 'm'));
    assert.match(status, /^Groups:\s*$/m);
    assert.equal(statSync(server.clusterFolder).mode & 0o777, 0o700);
    await server.stop();
  },
);

test(
  'a full disk is called a full disk, and leaves nothing half made',
  { skip: !isRoot || process.platform !== 'linux' },
  async (t) => {
    const dataFolder = join(place, 'full');
    mkdirSync(dataFolder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dataFolder]);
    if (mounted.status !== 0) return t.skip('may not mount here');
    try {
      const error = await refusal(() => start(dataFolder));
      assert.equal(error.code, 'start.disk_full');
      assert.deepEqual(
        readdirSync(dataFolder).filter((name) => name.startsWith('postgres')),
        [],
      );
    } finally {
      spawnSync('umount', ['-l', dataFolder]);
    }
  },
);
