/**
 * Certificates that Lubart gets by itself: from an authority over ACME, against pebble, the test server of Let’s Encrypt (RFC 8555),
 * and from an authority of its own for an office without the internet.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { systemClock } from '#kernel';
import { authorityFile } from '#protections/encryption/transit';
import { makeAuthority, writePair } from '../server/protections/encryption/transit/certificates.fixture.ts';
import { freePort, makeTestFolder } from './harness.ts';
import type { InProcess } from './running-lubart.ts';
import { openInProcess, until } from './running-lubart.ts';

const missing = spawnSync('pebble', ['-version']).error !== undefined;
const skip = missing ? 'pebble is not here (Debian package pebble)' : false;
const folder = makeTestFolder();
const authority = makeAuthority();
const pebbles: ChildProcess[] = [];

/** Pebble comes to one plain door, so each Lubart is given one of its own. */
async function startPebble(): Promise<{ directory: string; redirectPort: number }> {
  const [listen, management, http, tls] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const { certFile, keyFile } = writePair(folder.path, authority.issue(['localhost']), 'pebble');
  const settings = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: certFile,
    privateKey: keyFile,
    httpPort: http,
    tlsPort: tls,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
  const file = join(folder.path, `pebble-${listen}.json`);
  writeFileSync(file, JSON.stringify({ pebble: settings }));
  // A fifth of all nonces is refused, as a busy authority may do.
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20' };
  pebbles.push(spawn('pebble', ['-config', file], { env, stdio: 'ignore' }));
  const directory = `https://localhost:${listen}/dir`;
  await until('pebble', 10, () =>
    fetch(directory)
      .then(({ ok }) => ok)
      .catch(() => false),
  );
  return { directory, redirectPort: http };
}

before(() => setDefaultCACertificates([...getCACertificates('default'), authority.pem]));
after(() => {
  for (const pebble of pebbles) pebble.kill();
  folder.remove();
});

/** Lubart with a certificate from there: from pebble, or from an authority of its own. */
async function openWith(pebble: { directory: string; redirectPort: number } | null, name: string) {
  const tlsFolder = join(folder.path, name);
  const tls = { certFile: join(tlsFolder, 'certificate.pem'), keyFile: join(tlsFolder, 'certificate.key') };
  const kind = pebble === null ? ('local' as const) : ('acme' as const);
  const running = await openInProcess(undefined, {
    tls,
    certificateFrom: { kind, directory: pebble?.directory ?? '', folder: tlsFolder },
    origin: 'https://localhost:0',
    ...(pebble && { redirectPort: pebble.redirectPort }),
  });
  return { running, tls, tlsFolder };
}

/** What the page about the connection is given. */
const connectionOf = ({ lubart }: InProcess) => lubart.handlers()['GET /api/v1/security/connection']({} as never);

const privateOnly = (path: string) =>
  readdirSync(path).every((name) => (statSync(join(path, name)).mode & 0o077) === 0);

test(
  'an authority gives a certificate over ACME, proved at the plain door, while some of its nonces fail',
  { skip },
  async () => {
    const pebble = await startPebble();
    const { running, tls, tlsFolder } = await openWith(pebble, 'acme');
    const leaf = new X509Certificate(readFileSync(tls.certFile));
    assert.match(leaf.subjectAltName ?? '', /DNS:localhost/);
    assert.match(leaf.issuer, /Pebble/);
    assert.ok(privateOnly(tlsFolder));
    const ids = running.lubart.posture.filter(({ id }) => id.startsWith('transit.'));
    assert.equal(ids.length, 3);
    for (const { id, run } of ids.slice(0, 2)) {
      const { ok, evidence } = await run();
      assert.equal(ok, true, `${id} ${JSON.stringify(evidence)}`);
    }
    const view = await connectionOf(running);
    assert.deepEqual([view.way, view.trouble, view.authority], ['acme', null, null]);
    assert.match(view.certificate?.issuer ?? '', /Pebble/);
    const gone = await fetch(`http://127.0.0.1:${pebble.redirectPort}/.well-known/acme-challenge/x`, {
      redirect: 'manual',
    });
    assert.equal(gone.status, 308);
  },
);

test(
  'a certificate near its end is renewed behind people’s backs, and served without a restart',
  { skip },
  async () => {
    const tlsFolder = join(folder.path, 'due');
    mkdirSync(tlsFolder, { mode: 0o700 });
    const pair = authority.issue(['localhost'], { from: -80, until: 10 });
    writeFileSync(join(tlsFolder, 'certificate.pem'), pair.cert);
    writeFileSync(join(tlsFolder, 'certificate.key'), pair.key, { mode: 0o600 });
    const { running } = await openWith(await startPebble(), 'due');
    await until('the renewal', 60, async () => /Pebble/.test((await connectionOf(running)).certificate?.issuer ?? ''));
    assert.deepEqual([(await connectionOf(running)).trouble, (await connectionOf(running)).renewal], [null, null]);
    assert.ok(privateOnly(tlsFolder));
  },
);

test('an office without the internet gets an authority of its own, and its devices then trust Lubart', async () => {
  const { running, tls, tlsFolder } = await openWith(null, 'local');
  const root = readFileSync(authorityFile(tlsFolder, 'localhost'), 'utf8');
  const leaf = new X509Certificate(readFileSync(tls.certFile));
  assert.ok(leaf.verify(new X509Certificate(root).publicKey));
  const days = (leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / 86_400_000;
  assert.ok(days > 29.9 && days < 30.1, String(days));
  assert.ok(privateOnly(tlsFolder));
  for (const name of readdirSync(tlsFolder).filter((one) => one.endsWith('.sealed')))
    assert.doesNotMatch(
      readFileSync(join(tlsFolder, name), 'latin1'),
      /PRIVATE KEY|prime256v1|\x06\x08\x2a\x86\x48\xce\x3d/,
    );
  for (const { id, run } of running.lubart.posture.filter((one) => one.id.startsWith('transit.'))) {
    const { ok, evidence } = await run();
    assert.equal(ok, true, `${id} ${JSON.stringify(evidence)}`);
  }
  assert.ok(systemClock.now() < leaf.validToDate);

  const view = await connectionOf(running);
  assert.deepEqual(
    [view.way, view.trouble, view.database, view.versions],
    ['local', null, 'here', ['TLSv1.3', 'TLSv1.2']],
  );
  assert.deepEqual([view.certificate?.names, view.certificate?.fingerprint], [['localhost'], leaf.fingerprint256]);
  // Renewed when two thirds are over, long before the end.
  const renewed = (Date.parse(view.renewsAt!) - leaf.validFromDate.getTime()) / 86_400_000;
  assert.ok(renewed > 19.9 && renewed < 20.1, String(renewed));
  // What devices are given is the authority, and nothing secret.
  assert.deepEqual(view.authority, { pem: root, fingerprint: new X509Certificate(root).fingerprint256 });
  assert.doesNotMatch(JSON.stringify(view), /PRIVATE/);

  writeFileSync(tls.certFile, 'half a file');
  await running.lubart.reloadCertificate();
  const after = await connectionOf(running);
  assert.deepEqual([after.trouble, after.certificate?.fingerprint], ['files_refused', leaf.fingerprint256]);
});
