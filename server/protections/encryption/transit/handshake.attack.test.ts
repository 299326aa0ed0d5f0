/**
 * What a listener of our TLS is offered, found out by connecting: old versions and weak ciphers are refused, nobody renegotiates,
 * resumption works, a renewed certificate is served without a restart and a broken one is not.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { ConnectionOptions, Server, TLSSocket } from 'node:tls';
import { connect, createServer } from 'node:tls';
import { systemClock } from '#kernel';
import { makeTestFolder } from '../../../../test/harness.ts';
import { makeAuthority, newKey, pemOfKey, writePair } from './certificates.fixture.ts';
import type { ServedCertificate } from './served-certificate.ts';
import { openServedCertificate } from './served-certificate.ts';
import { newTicketKeys } from './tls-rules.ts';

const folder = makeTestFolder();
const authority = makeAuthority();
const files = writePair(folder.path, authority.issue(['localhost']));
const told: (string | null)[] = [];
let served: ServedCertificate;
let server: Server;

before(async () => {
  served = await openServedCertificate({
    files,
    hostName: 'localhost',
    clock: systemClock,
    changed: (refusal) => told.push(refusal),
    lookMillis: 20,
  });
  server = createServer(served.options(), (socket) => {
    socket.on('error', () => {});
    socket.write('hello');
  });
  served.follow(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
after(() => {
  served.close();
  server.close();
  folder.remove();
});

/** The connection once something came over it, or the code by which it was refused. */
function reach(options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.pem, ...options });
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('data', () => resolve(socket));
  });
}

async function look<T>(read: (socket: TLSSocket) => T, options: ConnectionOptions = {}): Promise<T | string> {
  const socket = await reach(options);
  if (typeof socket === 'string') return socket;
  const seen = read(socket);
  socket.destroy();
  return seen;
}

test('TLS 1.0 and 1.1 are refused, 1.2 and 1.3 are spoken', async () => {
  // SECLEVEL=0, or our own client would not even try.
  const only = (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
    look((socket) => socket.getProtocol(), {
      minVersion: version,
      maxVersion: version,
      ...(version < 'TLSv1.2' ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}),
    });
  assert.match(String(await only('TLSv1')), /PROTOCOL_VERSION|ECONNRESET/);
  assert.match(String(await only('TLSv1.1')), /PROTOCOL_VERSION|ECONNRESET/);
  assert.deepEqual([await only('TLSv1.2'), await only('TLSv1.3')], ['TLSv1.2', 'TLSv1.3']);
});

test('only ciphers with forward secrecy and authentication of their own are agreed', async () => {
  const name = (socket: TLSSocket) => socket.getCipher().name;
  for (const weak of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'PSK', 'aNULL']) {
    const seen = await look(name, { maxVersion: 'TLSv1.2', ciphers: `${weak}:@SECLEVEL=0` });
    assert.match(seen, /HANDSHAKE_FAILURE|ECONNRESET|NO_CIPHERS/, weak);
  }
  assert.equal(await look(name, { maxVersion: 'TLSv1.2' }), 'ECDHE-ECDSA-AES256-GCM-SHA384');
});

test('the key agreement withstands a later quantum computer where the other side knows it', async () => {
  const info = await look((socket) => socket.getEphemeralKeyInfo() as { name?: string });
  assert.equal((info as { name?: string }).name, 'X25519MLKEM768');
  assert.notEqual(typeof (await look((socket) => socket.getProtocol(), { ecdhCurve: 'P-256' })), 'undefined');
});

test('a session is resumed with its ticket, and not after the ticket key is drawn anew', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = (await reach({ maxVersion })) as TLSSocket;
    const session = first.getSession()!;
    first.destroy();
    const again = { maxVersion, session };
    assert.equal(await look((socket) => socket.isSessionReused(), again), true, maxVersion);
    server.setTicketKeys(newTicketKeys());
    assert.equal(await look((socket) => socket.isSessionReused(), again), false, maxVersion);
  }
});

test('the ticket key is drawn anew by itself, and what was given out before is worth nothing then', async () => {
  const short = await openServedCertificate({
    files,
    hostName: 'localhost',
    clock: systemClock,
    changed: () => {},
    ticketMillis: 400,
  });
  const own = createServer(short.options(), (socket) => {
    socket.on('error', () => {});
    socket.write('hello');
  });
  try {
    short.follow(own);
    await once(own.listen(0, '127.0.0.1'), 'listening');
    const { port } = own.address() as AddressInfo;
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = (await reach({ port, maxVersion })) as TLSSocket;
      const again = { port, maxVersion, session: first.getSession()! };
      first.destroy();
      const isReused = () => look((socket) => socket.isSessionReused(), again);
      for (let tries = 0; (await isReused()) !== false && tries < 100; tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await isReused(), false, maxVersion);
    }
  } finally {
    short.close();
    own.close();
  }
});

test('a client cannot ask for handshake after handshake within one connection', async () => {
  const socket = (await reach({ maxVersion: 'TLSv1.2' })) as TLSSocket;
  const answer = await new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : String(error)));
  });
  assert.match(String(answer), /NO_RENEGOTIATION|no renegotiation|ECONNRESET/);
  socket.destroy();
});

const serial = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256;

test('a renewed certificate is served within moments, and connections that stand go on', async () => {
  const standing = (await reach()) as TLSSocket;
  const old = serial(standing);
  const sessions = new Map<'TLSv1.2' | 'TLSv1.3', Buffer>();
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const before = (await reach({ maxVersion })) as TLSSocket;
    sessions.set(maxVersion, before.getSession()!);
    before.destroy();
  }
  writePair(folder.path, authority.issue(['localhost']));
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(told, [null]);
  const fresh = await look(serial);
  assert.notEqual(fresh, old);
  assert.equal(fresh, served.facts().fingerprint);
  assert.equal(standing.destroyed, false);
  standing.destroy();
  // Whoever comes with a ticket of the old one meets the new one, whole.
  for (const [maxVersion, session] of sessions) {
    const given = { maxVersion, session };
    assert.equal(await look((socket) => socket.isSessionReused(), given), false, maxVersion);
    assert.equal(await look(serial, given), fresh, maxVersion);
  }
  assert.match(
    String(
      await look((socket) => socket.getProtocol(), {
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1.1',
        ciphers: 'DEFAULT:@SECLEVEL=0',
      }),
    ),
    /PROTOCOL_VERSION|ECONNRESET/,
  );
});

test('a broken, foreign or expired pair put in place is refused once and loudly; the old one is served on', async () => {
  const standing = await look(serial);
  for (const [pair, code] of [
    [{ cert: 'half a fi', key: pemOfKey(newKey()) }, 'start.certificate_unreadable'],
    [{ cert: authority.issue(['localhost']).cert, key: pemOfKey(newKey()) }, 'start.certificate_key_mismatch'],
    [makeAuthority(['pastka.example']).issue(['pastka.example']), 'start.certificate_wrong_host'],
    [authority.issue(['localhost'], { from: -9, until: -1 }), 'start.certificate_expired'],
  ] as const) {
    told.length = 0;
    writePair(folder.path, pair);
    assert.equal(await served.reload(), false);
    assert.equal(await served.reload(), false);
    assert.deepEqual([told, served.refused()], [[code], code]);
    assert.equal(await look(serial), standing, code);
  }
  writeFileSync(files.keyFile, '');
  assert.equal(await served.reload(), false);
  assert.equal(await look(serial), standing);
  writePair(folder.path, authority.issue(['localhost']));
  assert.equal(await served.reload(), true);
  assert.equal(served.refused(), null);
});
