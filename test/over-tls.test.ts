/**
 * Lubart over its own TLS: all that works in plain works over HTTP/2 and over HTTP/1.1 – cookies, raw answers, uploads and exports that
 * stream –, browsers are told to come back so only, the plain door leads here, and a renewed certificate is written down.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { connect as connectHttp2, constants } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeAuthority, writePair } from '../server/protections/encryption/transit/certificates.fixture.ts';
import { makeTestFolder } from './harness.ts';
import { openAged, recipient } from './take-csv.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from './running-lubart.ts';

const folder = makeTestFolder();
const authority = makeAuthority();
const tls = writePair(folder.path, authority.issue(['localhost']));
let running: InProcess;
let company: Company;
let session: ClientHttp2Session;

before(async () => {
  setDefaultCACertificates([...getCACertificates('default'), authority.pem]);
  running = await openInProcess(undefined, { tls });
  company = await setUpCompany(running.origin, running.setupToken);
  session = connectHttp2(running.origin);
});
after(() => {
  session?.destroy();
  folder.remove();
});

type Answer = { status: number; headers: IncomingHttpHeaders; bytes: Buffer };

/** One stream of HTTP/2. */
async function ask(method: string, path: string, body?: Iterable<Buffer>): Promise<Answer> {
  const { client } = company.owner;
  const stream = session.request({
    ':method': method,
    ':path': path,
    origin: running.origin,
    cookie: `${client.cookie}; ${client.browser}`,
    ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
  });
  const answered = once(stream, 'response') as Promise<[IncomingHttpHeaders]>;
  for (const part of body ?? []) if (!stream.write(part)) await once(stream, 'drain');
  stream.end();
  const [headers] = await answered;
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return { status: Number(headers[':status']), headers, bytes: Buffer.concat(parts) };
}

test('HTTP/2 is agreed, and a page, the API and a refusal answer over it with HSTS', async () => {
  const page = await ask('GET', '/');
  assert.equal(session.alpnProtocol, 'h2');
  assert.equal(page.status, 200);
  const mine = await ask('GET', '/api/v1/session');
  assert.deepEqual([mine.status, mine.bytes.includes('Олена Коваленко')], [200, true]);
  const missing = await ask('GET', '/api/v1/nothing');
  assert.equal(missing.status, 404);
  for (const { headers } of [page, mine, missing]) {
    assert.match(String(headers['strict-transport-security']), /^max-age=31536000/);
    assert.equal(headers['connection'], undefined);
  }
  assert.match(company.owner.client.cookie, /^__Host-lubart=/);
});

test('many requests run beside one another on one connection', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask('GET', '/api/v1/contacts?limit=1')));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
});

test('a table of many megabytes comes in as a stream, and clients go out as one', async () => {
  const { client } = company.owner;
  const rows = 40_000;
  function* table() {
    yield Buffer.from('Прізвище,Ім’я,Телефон\n');
    for (let at = 0; at < rows; at += 1000) {
      const some = Array.from(
        { length: 1000 },
        (_, n) => `Коваленко${'о'.repeat(40)},Марія,+380671${at + n + 100_000}`,
      );
      yield Buffer.from(`${some.join('\n')}\n`);
    }
  }
  const sizeBytes = [...table()].reduce((sum, part) => sum + part.length, 0);
  const made = await client.call('POST /api/v1/imports', {
    body: { kind: 'contacts', fileName: 'klienty.csv', sizeBytes },
  });
  assert.equal(made.status, 200);
  const sent = await ask('PUT', `/api/v1/imports/${made.body.id}/file`, table());
  assert.equal(sent.status, 200, sent.bytes.toString().slice(0, 200));
  const look = await ask('GET', `/api/v1/imports/${made.body.id}/look`);
  assert.deepEqual([look.status, look.bytes.includes('Прізвище')], [200, true]);

  for (const lastName of ['Бойко', 'Шевчук'])
    requireOk(await client.call('POST /api/v1/contacts', { body: { lastName, firstName: 'Ганна' } }));
  const prepared = await client.call('POST /api/v1/contacts/export', {
    body: { format: 'csv', protection: 'age', recipient, filters: {} },
  });
  requireOk(prepared);
  const file = await ask('GET', `/api/v1/exports/${prepared.body.export.id}/file`);
  assert.match(String(file.headers['content-disposition']), /^attachment; filename/);
  assert.match(await openAged(file.bytes), /Бойко[\s\S]*Шевчук|Шевчук[\s\S]*Бойко/);
});

test('who does not speak HTTP/2 is served over HTTP/1.1', async () => {
  const { client } = company.owner;
  const asked = request(`${running.origin}/api/v1/session`, {
    ca: authority.pem,
    headers: { cookie: `${client.cookie}; ${client.browser}` },
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  assert.deepEqual([answer.statusCode, answer.httpVersion], [200, '1.1']);
  answer.resume();
  await once(answer, 'end');
});

test('a page of another site gets nothing over HTTP/2, a foreign name neither', async () => {
  const foreign = (headers: Record<string, string>) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/api/v1/session/end',
      cookie: company.owner.client.cookie,
      ...headers,
    });
    stream.resume().end();
    return once(stream, 'response').then(([given]) => (given as IncomingHttpHeaders)[':status']);
  };
  assert.equal(await foreign({ origin: 'https://zlo.example' }), 403);
  assert.equal(await foreign({ ':authority': 'zlo.example' }), 403);
});

/** A connection of its own, for whoever abuses it. */
async function connectApart(): Promise<ClientHttp2Session> {
  const apart = connectHttp2(running.origin);
  apart.on('error', () => {}); // it is meant to be cut
  await once(apart, 'remoteSettings');
  return apart;
}

test('one connection opens a hundred streams at a time, and no more', async () => {
  const apart = await connectApart();
  assert.equal(apart.remoteSettings.maxConcurrentStreams, 100);
  apart.destroy();
});

test('streams that are opened and reset by the hundred end their connection, and nobody else’s', async () => {
  const apart = await connectApart();
  const closed = new Promise((resolve) => apart.once('close', () => resolve(true)));
  for (let at = 0; at < 400 && !apart.destroyed; at += 1) {
    const stream = apart.request({ ':path': '/healthz' });
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_CANCEL);
    if (at % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
  }
  const ended = await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3_000, false))]);
  apart.destroy();
  assert.equal(ended, true);
  assert.equal((await ask('GET', '/healthz')).status, 200);
});

test('headers of more than 32 KiB are not read to their end', async () => {
  const sized = async (bytes: number) => {
    const apart = await connectApart();
    const fields = Object.fromEntries(
      Array.from({ length: bytes / 1024 }, (_, at) => [`x-field-${at}`, randomBytes(512).toString('hex')]),
    );
    const stream = apart.request({ ':path': '/healthz', ...fields });
    const answered = await Promise.race([
      once(stream, 'response').then(([headers]) => (headers as IncomingHttpHeaders)[':status']),
      once(stream, 'close').then(() => 'cut'),
    ]).catch(() => 'cut');
    apart.destroy();
    return answered;
  };
  assert.equal(await sized(16 * 1024), 200);
  assert.notEqual(await sized(48 * 1024), 200);
});

test('a renewed certificate stands in the audit log, and one that was refused, too', async () => {
  const events = async () => {
    const { body } = await company.owner.client.call('GET /api/v1/audit-entries', { query: { limit: '50' } });
    return (
      (body.rows as { event: string }[])
        .map(({ event }) => event)
        // A warning of the job may come between them, in its own time.
        .filter((event) => /certificate_(changed|refused)$/.test(event))
    );
  };
  writePair(folder.path, authority.issue(['localhost']));
  await running.lubart.reloadCertificate();
  writePair(folder.path, { ...authority.issue(['localhost']), cert: 'half a file' });
  await running.lubart.reloadCertificate();
  for (let tries = 0; (await events()).length < 2 && tries < 100; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual((await events()).toSorted(), ['system.certificate_changed', 'system.certificate_refused']);
});

/** Connects as a browser does; what is given to come back with comes after the handshake in TLS 1.3, and only after a whole one in 1.2. */
async function shake(maxVersion: 'TLSv1.2' | 'TLSv1.3', ALPNProtocols: string[], session?: Buffer) {
  const { port } = new URL(running.origin);
  const given = { port: Number(port), host: '127.0.0.1', servername: 'localhost', ca: authority.pem, timeout: 5_000 };
  const socket = connectTls({ ...given, maxVersion, ALPNProtocols, ...(session && { session }) });
  socket.once('timeout', () => socket.destroy(new Error('nothing came')));
  let ticket: Buffer | undefined;
  socket.on('session', (given: Buffer) => (ticket = given));
  try {
    await once(socket, 'secureConnect');
    const seen = { reused: socket.isSessionReused(), protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
    if (!seen.reused && ticket === undefined) await once(socket, 'session');
    return { ...seen, ticket: ticket ?? socket.getSession()!, sealed: socket.getTLSTicket() };
  } finally {
    socket.on('error', () => {}).destroy();
  }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: who was here comes back by the ticket without a whole handshake, until the certificate is another`, async () => {
    for (const alpn of [['h2', 'http/1.1'], ['http/1.1']]) {
      const first = await shake(version, alpn);
      assert.deepEqual([first.reused, first.protocol, first.alpn], [false, version, alpn[0]]);
      const again = await shake(version, alpn, first.ticket);
      assert.deepEqual([again.reused, again.protocol, again.alpn], [true, version, alpn[0]]);
      // A ticket that was bent is no ticket, and no harm: the handshake is whole.
      const bent = Buffer.from(first.ticket);
      const at = bent.indexOf(first.sealed!);
      assert.ok(at > 0 && first.sealed!.length > 100);
      bent[at + 60]! ^= 1;
      assert.equal((await shake(version, alpn, bent)).reused, false);
    }
    const before = await shake(version, ['h2']);
    writePair(folder.path, authority.issue(['localhost']));
    await running.lubart.reloadCertificate();
    assert.equal((await shake(version, ['h2'], before.ticket)).reused, false);
    const anew = await shake(version, ['h2']);
    assert.equal((await shake(version, ['h2'], anew.ticket)).reused, true);
  });
}
