/** The plain door points to one address, whatever is asked, and takes nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Server } from 'node:http';
import { openRedirect } from './redirect.ts';

const origin = 'https://crm.vezha.example';
let server: Server;
before(async () => {
  const proofs = (path: string) => (path === '/.well-known/acme-challenge/abc' ? 'abc.proof' : null);
  server = openRedirect(() => origin, proofs);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
after(() => server.close());

/** Says these very bytes and reads the whole answer. */
async function say(request: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(request);
  let answer = '';
  for await (const bytes of socket.setEncoding('latin1')) answer += bytes;
  return answer;
}
const get = (target: string, headers = 'Host: crm.vezha.example') =>
  say(`GET ${target} HTTP/1.1\r\n${headers}\r\n\r\n`);
const locationOf = (answer: string) => /^location: (.*)\r$/im.exec(answer)?.[1];

test('who comes without https is sent to the same page with it', async () => {
  const answer = await get('/contacts?page=2');
  assert.match(answer, /^HTTP\/1\.1 308 /);
  assert.equal(locationOf(answer), `${origin}/contacts?page=2`);
});

test('no request chooses where it is sent', async () => {
  for (const target of [
    '//pastka.example/',
    'http://pastka.example/',
    '/\\pastka.example',
    '/@pastka.example',
    '*',
    '/%0d%0aset-cookie:a=b',
  ]) {
    const location = locationOf(await get(target, 'Host: pastka.example\r\nX-Forwarded-Host: pastka.example'));
    assert.ok(location?.startsWith(`${origin}/`), `${target} → ${location}`);
    assert.equal(new URL(location!).origin, origin);
  }
  assert.equal(locationOf(await get(`/${'a'.repeat(5000)}`)), `${origin}/`);
});

test('it sets no cookie, promises no HSTS over plain HTTP (RFC 6797 §7.2), and takes neither bodies nor keys', async () => {
  const page = await get('/', 'Host: x\r\nCookie: __Host-lubart=secret');
  assert.doesNotMatch(page, /set-cookie|strict-transport|secret/i);
  for (const [method, target] of [
    ['POST', '/api/v1/sign-in'],
    ['POST', '/'],
    ['GET', '/api/v1/contacts'],
    ['DELETE', '/api/v1/contacts/1'],
  ]) {
    const answer = await say(`${method} ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 403 /, `${method} ${target}`);
    assert.equal(locationOf(answer), undefined);
  }
});

test('what an authority asks is answered here, and only that', async () => {
  assert.match(await get('/.well-known/acme-challenge/abc'), /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nabc\.proof$/);
  assert.match(await get('/.well-known/acme-challenge/other'), /^HTTP\/1\.1 308 /);
});
