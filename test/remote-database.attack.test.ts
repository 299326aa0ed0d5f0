/**
 * A database beyond this machine is believed only after its name and its authority were verified, by every connection that we open:
 * a real PostgreSQL with TLS, one of another name, one that somebody else vouches for, one that speaks in plain.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedPostgres } from '#database';
import { connect, requireVerifiedDatabase, startEmbeddedPostgres } from '#database';
import { prepareJobs } from '#jobs';
import type { LubartError } from '#kernel';
import { isLoopbackHost, readDatabaseUrl, Secret } from '#kernel';
import { makeAuthority, writePair } from '../server/protections/encryption/transit/certificates.fixture.ts';
import { openLubart } from '../server/lubart.ts';
import { freePort, makeTestFolder } from './harness.ts';

const skip = process.platform === 'win32' ? 'the files of the server cannot be given to its account on Windows' : false;
const data = makeTestFolder();
const keys = makeTestFolder();
const files = makeTestFolder();
const authority = makeAuthority(['localhost', 'db.vezha.example']);
const caFile = join(keys.path, 'ca.pem');
const foreignCa = join(keys.path, 'foreign.pem');
let postgres: EmbeddedPostgres;
let port: number;

before(async () => {
  if (skip) return;
  writeFileSync(caFile, authority.pem);
  writeFileSync(foreignCa, makeAuthority().pem);
  await (await startEmbeddedPostgres({ dataFolder: data.path, settings: { fsync: 'off' } })).stop();
  const { uid, gid } = statSync(join(data.path, 'postgres'));
  const { certFile, keyFile } = writePair(files.path, authority.issue(['localhost']));
  const doors = join(files.path, 'hba');
  writeFileSync(doors, 'hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n');
  for (const path of [files.path, certFile, keyFile, doors]) chownSync(path, uid, gid);
  port = await freePort();
  const tls = { ssl: 'on', ssl_cert_file: certFile, ssl_key_file: keyFile, hba_file: doors };
  const listening = { listen_addresses: '127.0.0.1', port: String(port) };
  postgres = await startEmbeddedPostgres({ dataFolder: data.path, settings: { fsync: 'off', ...listening, ...tls } });
});
after(async () => {
  await postgres?.stop();
  for (const folder of [data, keys, files]) folder.remove();
});

const addressOf = (host: string, ca = caFile) =>
  `postgres://lubart@${host}:${port}/lubart?sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`;
const reasonOf = (url: string) =>
  requireVerifiedDatabase(url).then(
    () => 'verified',
    ({ code, details }: LubartError) => [code, details?.['reason']].join(' '),
  );

test('Lubart runs over a verified database, and each of its connections is under TLS', { skip }, async () => {
  const url = addressOf('localhost');
  assert.equal(await reasonOf(url), 'verified');
  const config = {
    dataFolder: keys.path,
    keyFile: join(keys.path, 'root', 'root.key'),
    host: '127.0.0.1',
    port: 0,
    origin: undefined,
    proxies: [],
    tls: undefined,
    language: 'uk' as const,
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const lubart = await openLubart({ address: { url: new Secret(url) }, config, log, version: '0', connections: 2 });
  await lubart.startJobs();
  const admin = connect({ url: new Secret(url) }, 'admin');
  const rows = await admin`
    SELECT a.application_name AS name, s.ssl, s.version FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
    WHERE a.backend_type = 'client backend'`;
  await admin.end();
  await lubart.close();
  const names = new Set(rows.map((row) => String(row['name'])));
  assert.ok(names.has('lubart-jobs') && names.has('lubart-app'), [...names].join(', '));
  assert.deepEqual(new Set(rows.map((row) => `${row['ssl']} ${row['version']}`)), new Set(['true TLSv1.3']));
});

test('another name, an authority that nobody knows, a plain server: each is refused and named', { skip }, async () => {
  const told = [
    [addressOf('127.0.0.1'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [addressOf('localhost', foreignCa), /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/],
    [addressOf('localhost', 'system'), /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/],
    [addressOf('localhost', join(keys.path, 'no.pem')), 'authority_unreadable'],
  ] as const;
  for (const [url, reason] of told) {
    assert.match(
      await reasonOf(url),
      new RegExp(`^start.database_not_verified .*(${reason instanceof RegExp ? reason.source : reason})`),
    );
    // What explains is not what protects: both drivers refuse by themselves.
    const sql = await Promise.resolve()
      .then(() => connect({ url: new Secret(url) }, 'app'))
      .catch(() => null);
    if (sql !== null) {
      await assert.rejects(async () => sql`SELECT 1`);
      await sql.end({ timeout: 1 });
    }
    await assert.rejects(prepareJobs(null as never, { url: new Secret(url) }));
  }
});

test('a server that speaks in plain, or says more than it was asked, is refused before a password is said', async () => {
  for (const words of ['N', 'E', 'SX', '']) {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', (bytes) => {
          heard.push(bytes as Buffer);
          socket.end(words);
        });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `postgres://u:parol@127.0.0.1:${(server.address() as AddressInfo).port}/lubart?sslmode=verify-full`;
    assert.equal(await reasonOf(url), 'start.database_not_verified plain_server');
    assert.deepEqual(
      heard.map((bytes) => bytes.toString('hex')),
      ['0000000804d2162f'],
    );
    // The driver waits for ever for a server that hangs up on it; that it says nothing more is what counts.
    const sql = connect({ url: new Secret(url) }, 'app');
    const answered = await Promise.race([
      sql`SELECT 1`.then(
        () => true,
        () => false,
      ),
      sleep(300, false),
    ]);
    await sql.end({ timeout: 0 });
    assert.equal(answered, false);
    assert.ok(!Buffer.concat(heard).includes('parol'));
    server.close();
  }
});

test('an address beyond this machine is taken only with the whole verification, and leads where it says', () => {
  const judge = (text: string) => {
    try {
      const { tls } = readDatabaseUrl(text, isLoopbackHost);
      return tls === undefined ? 'plain' : 'verified';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const half = 'database_without_verify_full';
  for (const [text, verdict] of [
    ['postgres://u:p@127.0.0.1/a', 'plain'],
    ['postgres://u:p@[::1]:5433/a?sslmode=disable', 'plain'],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/a', 'plain'],
    ['postgres://u:p@db.vezha.example/a?sslmode=verify-full', 'verified'],
    ['postgres://u:p@10.0.0.7/a?sslrootcert=/etc/ca.pem', 'verified'],
    ['postgres://u:p@localhost/a?sslmode=verify-full', 'verified'],
    ['postgres://u:p@db.vezha.example/a', half],
    ['postgres://u:p@10.0.0.7/a', half],
    ['postgres://u:p@localhost.pastka.example/a', half],
    ['postgres://u:p@127.0.0.1.pastka.example/a', half],
    ...['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify', 'VERIFY-FULL', ''].map(
      (mode) => [`postgres://u:p@db.vezha.example/a?sslmode=${mode}`, half] as const,
    ),
    ['postgres://u:p@db.vezha.example/a?sslmode=require&sslrootcert=/etc/ca.pem', half],
    ['postgres://u:p@localhost/a?host=db.pastka.example', 'database_parameter_unknown'],
    ['postgres://u:p@localhost/a?hostaddr=10.6.6.6', 'database_parameter_unknown'],
    ['postgres://u:p@db.vezha.example/a?sslmode=verify-full&ssl=0', 'database_parameter_unknown'],
    ['postgres://u:p@db.vezha.example/a?sslmode=verify-full&sslnegotiation=direct', 'database_parameter_unknown'],
    ['postgres:///a', 'database_host_missing'],
    ['postgres://u:p@localhost,10.6.6.6/a', 'database_host_missing'],
  ] as const)
    assert.equal(judge(text), verdict, text);
});
