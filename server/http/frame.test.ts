/** The frame for those who come in good faith: headers, cookies, files, health, the page, and the API described by itself. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { errorStatus, peopleRoutes, words } from '#contract';
import { LubartError } from '#kernel';
import type { World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, origin, password } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import type { Probe } from './frame.fixture.ts';
import { openProbe } from './frame.fixture.ts';
import { codedError, inWords, statusOf } from './problems.ts';
import { deviceName } from './visitor.ts';
import { serveWeb } from './web.ts';

let world: World;
let probe: Probe;
const folder = makeTestFolder();
before(async () => {
  world = await openWorld();
  probe = await openProbe(world);
  mkdirSync(join(folder.path, 'assets'));
  writeFileSync(join(folder.path, 'index.html'), '<!doctype html><style nonce="__LUBART_NONCE__"></style>');
  writeFileSync(join(folder.path, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(folder.path, 'icon.svg'), '<svg/>');
  await serveWeb(probe.frame.app, folder.path);
});
after(async () => {
  await probe.frame.app.close();
  await world.close();
  folder.remove();
});

const host = new URL(origin).host;
const get = (url: string, headers: Record<string, string> = {}) =>
  probe.frame.app.inject({ url, headers: { host, ...headers } });

test('every answer carries the headers that protect a browser', async () => {
  for (const url of ['/', '/healthz', '/api/v1/session', '/api/nothing', '/assets/app-1a2b.js']) {
    const { headers } = await get(url);
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
      url,
    );
    assert.ok(!/unsafe-|\*/.test(String(headers['content-security-policy'])), url);
    assert.deepEqual(
      ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-opener-policy'].map(
        (name) => headers[name],
      ),
      ['nosniff', 'DENY', 'no-referrer', 'same-origin'],
      url,
    );
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
  }
});

test('nothing of the API is kept by a cache; built files are, the page never', async () => {
  assert.equal((await get('/api/v1/session')).headers['cache-control'], 'no-store');
  assert.equal((await get('/')).headers['cache-control'], 'no-store');
  assert.match(String((await get('/assets/app-1a2b.js')).headers['cache-control']), /immutable/);
  assert.equal((await get('/icon.svg')).headers['cache-control'], 'no-cache');
});

test('the page carries a nonce of its own each time, the one its policy names', async () => {
  const [first, second] = [await get('/'), await get('/contacts/some-screen')];
  const nonces = [first, second].map((page) => {
    const nonce = /nonce="([^"]+)"/.exec(page.body)![1]!;
    assert.ok(String(page.headers['content-security-policy']).includes(`'nonce-${nonce}'`));
    assert.ok(Buffer.from(nonce, 'base64').length >= 16);
    return nonce;
  });
  assert.notEqual(nonces[0], nonces[1]);
});

test('a file that is not there is not answered with the page, nor one outside the folder', async () => {
  for (const url of ['/assets/gone.js', '/.env', '/assets/..%2f..%2fsecret.txt', '/index.html.bak']) {
    const answer = await get(url);
    assert.ok(answer.statusCode === 404 || answer.statusCode === 400, `${url} ${answer.statusCode}`);
  }
});

test('the session cookie is out of reach for scripts and other sites; over TLS it is bound to the host', async () => {
  for (const [changed, name, secure, person] of [
    [{}, 'lubart', false, world.cast.owner],
    [{ proxies: ['127.0.0.1/32'] }, '__Host-lubart', true, world.cast.head],
  ] as const) {
    const own = await openProbe(world, changed);
    const headers = { host, origin, ...(secure ? { 'x-forwarded-proto': 'https' } : {}) };
    world.clock.move(31_000);
    const { email } = person;
    const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, { body: { email, password } });
    const payload = { ticket, code: codeOf(person, world.clock) };
    const answer = await own.frame.app.inject({ method: 'POST', url: '/api/v1/sign-in/code', headers, payload });
    assert.equal(answer.statusCode, 200, answer.body);
    const cookie = String(answer.headers['set-cookie']);
    assert.ok(cookie.startsWith(`${name}=`), cookie);
    for (const flag of ['HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(cookie.includes(flag), cookie);
    assert.equal(cookie.includes('Secure'), secure);
    assert.ok(cookie.includes(`${name}-device=`), 'the browser has a cookie of its own');
    assert.ok(!cookie.includes('Domain'));
    assert.equal(answer.headers['strict-transport-security'] !== undefined, secure);
    await own.frame.app.close();
  }
});

test('a file goes out under its name, whatever is in it, and as nothing but a download', async () => {
  const answer = await get('/api/v1/probes/file');
  assert.equal(answer.body, 'a;b');
  assert.equal(answer.headers['x-evil'], undefined);
  assert.match(String(answer.headers['content-disposition']), /^attachment; filename\*=UTF-8''[A-Za-z0-9%._!'()*-]+$/);
});

test('health: it lives while the process does, and is ready while the database is', async () => {
  assert.equal((await get('/healthz')).body, '{"status":"alive"}');
  assert.equal((await get('/readyz')).body, '{"status":"ready"}');
  const { setReady } = probe.frame.app as unknown as { setReady(value: boolean): void };
  setReady(false);
  const answer = await get('/readyz');
  assert.deepEqual([answer.statusCode, answer.json().error.code], [503, 'server.starting']);
  assert.equal((await get('/healthz')).statusCode, 200);
  setReady(true);
});

test('a refusal speaks the language of who asks', async () => {
  const said = async (language: string) =>
    (await get('/api/v1/nothing', { 'accept-language': language })).json().error.message;
  assert.equal(await said('en-GB,en'), words.en.errors['request.not_found']);
  assert.equal(await said('uk'), words.uk.errors['request.not_found']);
  assert.equal(await said('pl'), words.uk.errors['request.not_found'], 'and the house’s own when it knows no other');
});

test('every code has its status, and its words leave no place unfilled when the details are there', () => {
  for (const code of Object.keys(errorStatus) as (keyof typeof errorStatus)[]) {
    assert.equal(statusOf(new LubartError(code)), errorStatus[code]);
    for (const language of ['uk', 'en'] as const) assert.ok(!/[{}]|undefined/.test(inWords({ code }, language)), code);
  }
  assert.equal(codedError(new Error('x')).code, 'server.failed');
  assert.equal(codedError(Object.assign(new Error('x'), { code: '53100' })).code, 'start.disk_full');
  assert.equal(codedError(undefined).code, 'server.failed');
});

test('a device is named by our own words', () => {
  for (const [agent, name] of [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0',
      'Edge, Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/20 Mobile Safari/604',
      'Safari, iPhone',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox, Linux'],
    ['curl/8.9', 'curl'],
    ['', '—'],
    ['\u202E<b>', '—'],
  ] as const)
    assert.equal(deviceName(agent), name);
});

type Described = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
};
type Operation = {
  summary: string;
  'x-permission': string;
  security?: unknown;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string }>;
};

test('the API describes itself: OpenAPI 3.1, every route with its permission, body, parameters and answers', async () => {
  const described = (await get('/api/openapi.json')).json<Described>();
  assert.match(described.openapi, /^3\.1\.\d$/);
  assert.ok(described.info.title.length > 0 && described.info.version.length > 0);
  assert.ok(!JSON.stringify(described).includes('"$ref":"#/components/schemas/def-'), 'no reference leads nowhere');
  const keys = Object.keys(peopleRoutes) as (keyof typeof peopleRoutes)[];
  assert.ok(keys.length >= 20);
  for (const key of keys) {
    const [method, path] = key.split(' ') as [string, string];
    const declared = peopleRoutes[key] as {
      permission: string;
      summary: string;
      body?: object;
      query?: { properties: object };
      params?: object;
    };
    const operation = described.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    assert.ok(operation !== undefined, key);
    assert.deepEqual([operation.summary, operation['x-permission']], [declared.summary, declared.permission], key);
    assert.equal(operation.security !== undefined, declared.permission !== 'anyone', key);
    assert.equal(operation.requestBody !== undefined, declared.body !== undefined, key);
    const named = (where: string) => (operation.parameters ?? []).filter((one) => one.in === where);
    assert.deepEqual(
      named('path').map(({ name }) => `:${name}`),
      path.match(/:\w+/g) ?? [],
      key,
    );
    assert.ok(
      named('path').every(({ required }) => required === true),
      key,
    );
    assert.equal(named('query').length, Object.keys(declared.query?.properties ?? {}).length, key);
    for (const [status, response] of Object.entries(operation.responses)) {
      assert.match(status, /^([1-5]\d\d|[1-5]XX|default)$/, `${key} ${status}`);
      assert.equal(typeof response.description, 'string', key);
    }
    assert.ok(Object.keys(operation.responses).length >= 2, key);
  }
  const paths = Object.keys(described.paths);
  assert.ok(
    !paths.some((path) => ['/healthz', '/metrics', '/api/openapi.json'].includes(path)),
    'only what the contract names',
  );
});

test('the reference for people names every route and every code, in two languages', async () => {
  for (const language of ['uk', 'en'] as const) {
    const { body } = await get('/api/reference', { 'accept-language': language });
    assert.ok(body.includes(`<html lang="${language}">`));
    for (const code of Object.keys(errorStatus)) assert.ok(body.includes(`<code>${code}</code>`), code);
    assert.ok(body.includes('/api/v1/people/{id}'));
    assert.ok(!/<script|style=/.test(body), 'as its policy asks');
  }
});
