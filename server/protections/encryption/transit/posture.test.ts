/** What the posture says of the connection it finds out by connecting: a server that is weak, forgetful or leads astray is red. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { after, test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { makeAuthority } from './certificates.fixture.ts';
import { transitPosture } from './posture.ts';
import { openRedirect } from './redirect.ts';
import { tlsRules } from './tls-rules.ts';

const authority = makeAuthority();
const pair = authority.issue(['localhost']);
const origin = 'https://crm.vezha.example';
const hsts = 'max-age=31536000; includeSubDomains';
const open = new Set<Server>();
after(() => {
  for (const server of open) server.close();
});

async function listen(server: Server): Promise<{ host: string; port: number }> {
  open.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}
const saying =
  (headers: Record<string, string>): RequestListener =>
  (_, answer) => {
    answer.writeHead(200, headers).end();
  };
const serve = (options: TlsOptions, headers: Record<string, string> = { 'strict-transport-security': hsts }) =>
  listen(createServer({ ...pair, ...options }, saying(headers)));

/** What the posture says of this server and its plain door. */
async function judge(
  place: { host: string; port: number } | null,
  plainDoor: { host: string; port: number } | null = null,
) {
  const checks = transitPosture({
    listening: () => place,
    plainDoor: () => plainDoor,
    origin: () => origin,
    facts: async () => null,
    trouble: async () => null,
    now: () => new Date(),
  });
  const found = await Promise.all(checks.map(async ({ id, run }) => [id, (await run()).ok] as const));
  return Object.fromEntries(found) as Record<string, boolean>;
}

test('our own rules with HSTS are what was promised; so is no TLS at all on this machine', async () => {
  const ours = await judge(await serve(tlsRules), await listen(openRedirect(() => origin)));
  assert.deepEqual([ours['transit.old_versions_refused'], ours['transit.browsers_stay_on_tls']], [true, true]);
  assert.deepEqual(Object.values(await judge(null)), [true, true, true]);
});

for (const [what, options] of [
  ['TLS 1.0', { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
  ['no TLS 1.3', { maxVersion: 'TLSv1.2' }],
] as const) {
  test(`a server with ${what} is red`, async () => {
    assert.equal((await judge(await serve({ ...tlsRules, ...options })))['transit.old_versions_refused'], false);
  });
}

test('a server that agrees to a cipher without forward secrecy is red', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cert = authority.issue(['localhost'], { key: privateKey });
  const ciphers = `${tlsRules.ciphers}:AES128-GCM-SHA256`;
  const rsa = { ...tlsRules, ...cert };
  assert.equal((await judge(await serve(rsa)))['transit.old_versions_refused'], true);
  assert.equal((await judge(await serve({ ...rsa, ciphers })))['transit.old_versions_refused'], false);
});

test('a server that forgets HSTS, or says it for a day, is red', async () => {
  for (const headers of [{}, { 'strict-transport-security': 'max-age=86400' }])
    assert.equal((await judge(await serve(tlsRules, headers)))['transit.browsers_stay_on_tls'], false);
});

test('a plain door that leads elsewhere, or nowhere, is red', async () => {
  const place = await serve(tlsRules);
  for (const location of ['https://zlo.example/', 'http://crm.vezha.example/', '/']) {
    const door = await listen(
      createPlain((_, answer) => {
        answer.writeHead(308, { location }).end();
      }),
    );
    assert.equal((await judge(place, door))['transit.browsers_stay_on_tls'], false, location);
  }
  const silent = await listen(createPlain(saying({})));
  assert.equal((await judge(place, silent))['transit.browsers_stay_on_tls'], false);
});
