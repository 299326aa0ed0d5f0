/** Pages of other sites, foreign names, broken requests and curious eyes: refused in one form that tells nothing of the inside. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorStatus } from '#contract';
import { GateRefusal } from '#protections/access';
import type { World } from '#test/cast.ts';
import { openWorld, origin, readEntries } from '#test/cast.ts';
import type { Probe } from './frame.fixture.ts';
import { openProbe, secret } from './frame.fixture.ts';

let world: World;
let probe: Probe;
before(async () => {
  world = await openWorld();
  probe = await openProbe(world);
});
after(async () => {
  await probe.frame.app.close();
  await world.close();
});

type Asked = {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  payload?: string | Buffer;
  remoteAddress?: string;
};
const host = new URL(origin).host;
const ask = async ({ method = 'GET', headers = {}, ...rest }: Asked) => {
  const answer = await probe.frame.app.inject({ method: method as 'GET', headers: { host, ...headers }, ...rest });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body };
};
const codeOf = (answer: { text: string }) => JSON.parse(answer.text).error.code as string;
const lastEntry = async () => (await readEntries(world)).at(-1)!;

test('a page of another site cannot act with the cookie of a signed-in person', async () => {
  const cookie = probe.cookieOf(world.cast.manager);
  const change = (headers: Record<string, string>) =>
    ask({ method: 'POST', url: '/api/v1/sign-out', headers: { cookie, ...headers } });
  const foreign = [
    { origin: 'https://zlo.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://inshe.vezha.example' },
    { 'sec-fetch-site': 'cross-site', origin },
    { origin: `${origin}.zlo.example` },
    { origin: origin.replace('https', 'http') },
  ].filter((headers) => !(headers.origin === origin)); // a browser never says cross-site about our own origin
  for (const headers of foreign) {
    const answer = await change(headers);
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'request.cross_site'], JSON.stringify(headers));
  }
  const entry = await lastEntry();
  assert.deepEqual([entry.event, entry.outcome], ['request.cross_site_denied', 'refused']);
  assert.notEqual(
    await world.signIn.actorOf(world.cast.manager.token, {
      address: '192.0.2.10',
      device: '—',
      requestId: '1',
      language: 'uk',
    }),
    null,
  );
  // This machine by its own name, as it is called before a name was given to it.
  for (const name of ['127.0.0.1:4477', 'localhost:4477']) {
    const answer = await change({ host: name, origin: 'http://zlo.example' });
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'request.cross_site'], name);
    assert.notEqual((await change({ host: name, origin: `http://${name}`, cookie: '' })).status, 403);
  }
});

test('our own page, and a program that carries no stolen cookie, are not mistaken for another site', async () => {
  for (const headers of [{ origin }, { 'sec-fetch-site': 'same-origin', origin }, { 'sec-fetch-site': 'none' }, {}]) {
    const answer = await ask({ method: 'POST', url: '/api/v1/probes/body', headers: headers, payload: '{}' });
    assert.notEqual(answer.status, 403, JSON.stringify(headers));
  }
});

test('a link on a page of another site leads in: what only reads is not refused', async () => {
  const headers = { origin: 'https://zlo.example', 'sec-fetch-site': 'cross-site' };
  for (const method of ['GET', 'HEAD']) assert.equal((await ask({ method, url: '/healthz', headers })).status, 200);
});

test('a session that is not for here and now opens nothing that asks for one, and is not ended by looking', async () => {
  const { manager } = world.cast;
  const elsewhere = await openProbe(world, {
    actorOf: () => Promise.reject(new GateRefusal('session.network_denied', manager.actor)),
  });
  const answerTo = (url: string) =>
    elsewhere.frame.app.inject({ method: 'GET', url, headers: { host, cookie: elsewhere.cookieOf(manager) } });
  for (const url of ['/api/v1/probes/contacts', '/api/v1/session']) {
    const answer = await answerTo(url);
    assert.deepEqual([answer.statusCode, answer.json().error.code], [403, 'session.network_denied'], url);
  }
  const open = await answerTo('/api/v1/probes/query');
  assert.deepEqual([open.statusCode, open.headers['set-cookie']], [200, undefined]);
  await elsewhere.frame.app.close();
});

test('DNS rebinding: a foreign name that leads to this machine gets nothing, not even the page', async () => {
  for (const name of ['zlo.example', `${host}.zlo.example`, '192.0.2.7', 'localhost.zlo.example', '[::2]']) {
    for (const url of ['/', '/healthz', '/api/v1/session', '/api/openapi.json', '/metrics']) {
      const answer = await ask({ url, headers: { host: name } });
      assert.equal(answer.status, 403, `${name} ${url}`);
    }
  }
  for (const name of ['localhost:4477', '127.0.0.1', '[::1]:4477', host.toUpperCase(), `${host}:443`]) {
    assert.equal((await ask({ url: '/healthz', headers: { host: name } })).status, 200, name);
  }
});

test('a forwarded host is not believed where no proxy was declared', async () => {
  const answer = await ask({ url: '/healthz', headers: { host: 'zlo.example', 'x-forwarded-host': host } });
  assert.equal(answer.status, 403);
});

test('what goes wrong inside stays inside: one form, a code, an id, and not a word of the cause', async () => {
  for (const [url, status, code] of [
    ['/api/v1/probes/failure', 500, 'server.failed'],
    ['/api/v1/probes/database', 400, 'request.invalid'],
    ['/api/v1/nothing', 404, 'request.not_found'],
    ['/nothing.php', 404, 'request.not_found'],
    ['/api/v1/%zz', 404, 'request.not_found'],
    [`/api/v1/probes/contacts/${'x'.repeat(400)}`, 404, 'request.not_found'],
  ] as const) {
    const answer = await ask({ url });
    const { error } = JSON.parse(answer.text);
    assert.ok(Object.keys(errorStatus).includes(error.code), `${url} ${answer.text}`);
    if (url.length < 100) assert.deepEqual([answer.status, error.code], [status, code], url);
    assert.ok(answer.status < 500 || url.endsWith('failure'), url);
    assert.ok(error.message.length > 0 && error.requestId.length > 0);
    assert.deepEqual(
      Object.keys(error).filter((key) => !['code', 'message', 'requestId', 'field', 'details'].includes(key)),
      [],
    );
    assert.ok(!/Коваленко|node_modules|at .*\.ts|%zz/.test(answer.text), answer.text);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', url);
  }
  const failure = probe.logged.find(({ text }) => text === 'failed')!;
  assert.match(JSON.stringify(failure.facts), /"kind":"Error".*frame\.fixture\.ts/);
  assert.ok(!JSON.stringify(probe.logged).includes(secret.slice(0, 9)), 'nor does the log quote it');
});

test('malformed, oversized and mistyped bodies are refused with a code and a place', async () => {
  const send = (payload: string | Buffer, type = 'application/json') =>
    ask({ method: 'POST', url: '/api/v1/probes/body', headers: { 'content-type': type }, payload });
  const refused = async (payload: string | Buffer, type?: string) => {
    const answer = await send(payload, type);
    return [answer.status, codeOf(answer), JSON.parse(answer.text).error.field ?? null];
  };
  assert.deepEqual(await refused('{"text":'), [400, 'request.invalid', null]);
  assert.deepEqual(await refused('{"text":"12345678901"}'), [400, 'request.invalid', 'text']);
  assert.deepEqual(await refused('{"text":"a","role":"owner"}'), [400, 'request.invalid', 'role']);
  assert.deepEqual(await refused('{}'), [400, 'request.invalid', 'text']);
  assert.deepEqual(await refused('{"text":"a","when":"yesterday"}'), [400, 'request.invalid', 'when']);
  assert.deepEqual(await refused('{"text":"a","__proto__":{"x":1}}'), [400, 'request.invalid', null]);
  assert.deepEqual((await refused('[]'))[0], 400);
  assert.deepEqual((await refused('<a/>', 'text/xml'))[0], 400);
  assert.deepEqual((await refused('text', 'text/plain'))[0], 400);
  assert.deepEqual((await refused(Buffer.from('bytes'), 'application/octet-stream'))[0], 400);
  assert.deepEqual((await refused(JSON.stringify({ text: 'x'.repeat(1_100_000) }))).slice(0, 2), [
    413,
    'request.too_large',
  ]);
});

test('an upload that is no bytes is refused, not a crash', async () => {
  const put = (payload: string | undefined, headers: Record<string, string>) =>
    ask({ method: 'PUT', url: '/api/v1/probes/upload', headers, ...(payload === undefined ? {} : { payload }) });
  assert.equal((await put('abc', { 'content-type': 'application/octet-stream' })).text, '{"bytes":3}');
  for (const answer of [
    await put('{"a":1}', { 'content-type': 'application/json' }),
    await put(undefined, {}),
    await put('a', { 'content-type': 'text/plain' }),
  ]) {
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'request.invalid']);
  }
});

test('an upload that was refused in the middle, or before it, holds its connection no longer, and with it no stop', async () => {
  const own = await openProbe(world);
  const { port } = new URL(await own.frame.app.listen({ host: '127.0.0.1', port: 0 }));
  const answers = await Promise.all(
    ['broken-off', 'none'].map(async (name) => {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.write(
        `PUT /api/v1/probes/${name} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/octet-stream\r\n` +
          `Content-Length: 30000000\r\n\r\n${'x'.repeat(100_000)}`,
      );
      const [answer] = await once(socket, 'data');
      return String(answer).split('\r\n', 1)[0];
    }),
  );
  assert.deepEqual(answers, ['HTTP/1.1 507 Insufficient Storage', 'HTTP/1.1 404 Not Found']);
  const startedAt = performance.now();
  await own.frame.app.close();
  assert.ok(performance.now() - startedAt < 8_000, 'neither is waited for until its sender gives up');
});

test('headers that are never sent to their end hold no stop', { timeout: 30_000 }, async () => {
  const own = await openProbe(world);
  const { port } = new URL(await own.frame.app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  socket.write(`GET /api/v1/probes/query HTTP/1.1\r\nHost: ${host}\r\nX-Half: `);
  await sleep(300); // has begun to be read there
  await own.frame.app.close();
});

test('queries are read as what they are declared, and nothing else gets in', async () => {
  const query = async (text: string) => {
    const answer = await ask({ url: `/api/v1/probes/query?${text}` });
    return answer.status === 200 ? JSON.parse(answer.text).query : codeOf(answer);
  };
  assert.deepEqual(await query('count=5&on=true'), { count: 5, on: true });
  for (const bad of ['count=6', 'count=x', 'on=maybe', 'other=1', 'count=1&count=2'])
    assert.equal(await query(bad), 'request.invalid', bad);
});

test('an answer carries what its shape declares, and no field more', async () => {
  const answer = await ask({
    method: 'POST',
    url: '/api/v1/probes/body',
    headers: { 'content-type': 'application/json' },
    payload: '{"text":"a"}',
  });
  assert.equal(answer.text, '{"text":"a"}');
});

test('without a session, with an invented one, without the right: refused, and each leaves an entry', async () => {
  const url = '/api/v1/probes/contacts';
  const none = await ask({ url });
  assert.deepEqual([none.status, codeOf(none)], [401, 'session.missing']);
  assert.equal((await lastEntry()).event, 'session.denied');
  const invented = await ask({ url, headers: { cookie: 'lubart=invented' } });
  assert.equal(invented.status, 401);
  const manager = await ask({ url, headers: { cookie: probe.cookieOf(world.cast.manager) } });
  assert.deepEqual([manager.status, codeOf(manager)], [403, 'access.denied']);
  const entry = await lastEntry();
  assert.deepEqual(
    [entry.event, entry.outcome, entry.actorId],
    ['contact.export.denied', 'refused', world.cast.manager.personId],
  );
  assert.equal(
    (await ask({ url, headers: { cookie: probe.cookieOf(world.cast.former) } })).status,
    401,
    'the dismissed',
  );
});

test('a page that nobody signed in on yet writes no refusal; whatever is shown in place of a session does', async () => {
  const denied = async () => (await readEntries(world)).filter(({ event }) => event === 'session.denied').length;
  const at = '/api/v1/session';
  const before = await denied();
  const first = await ask({ url: at, headers: { cookie: 'lubart-device=somebody; theme=dark' } });
  assert.deepEqual([first.status, codeOf(first)], [401, 'session.missing']);
  assert.equal((await ask({ url: at })).status, 401);
  assert.equal(await denied(), before);

  const { former } = world.cast;
  const ended = probe.cookieOf(former);
  const shown: [string, Record<string, string>, string][] = [
    ['an invented cookie', { cookie: 'lubart=invented' }, 'session.missing'],
    ['an empty cookie', { cookie: 'lubart=' }, 'session.missing'],
    ['the cookie of the door under TLS', { cookie: `__Host-${ended}` }, 'session.missing'],
    ['the cookie of an ended session', { cookie: ended }, 'session.expired'],
    ['a password in a header', { authorization: `Basic ${btoa('olena:password')}` }, 'session.missing'],
  ];
  for (const [number, [what, headers, code]] of shown.entries()) {
    assert.equal(codeOf(await ask({ url: at, headers })), code, what);
    assert.equal(await denied(), before + number + 1, what);
  }
  await ask({ url: '/api/v1/probes/contacts' });
  assert.equal(await denied(), before + shown.length + 1, 'any other route');
});

test('groping for a client that is not one’s own is written down with the id', async () => {
  const id = world.cast.owner.personId; // any id will do
  const answer = await ask({
    url: `/api/v1/probes/contacts/${id}`,
    headers: { cookie: probe.cookieOf(world.cast.manager) },
  });
  assert.equal(answer.status, 404);
  const [row] = await world.test
    .admin`SELECT event, subject_ids FROM audit_entries WHERE event = 'contact.missed' ORDER BY id DESC LIMIT 1`;
  assert.deepEqual(row!['subject_ids'], [id]);
});

test('shapes are for who may ask: a stranger learns nothing of a body’s fields', async () => {
  const answer = await ask({
    method: 'PATCH',
    url: '/api/v1/profile',
    headers: { 'content-type': 'application/json' },
    payload: '{"nonsense":1}',
  });
  assert.equal(codeOf(answer), 'session.missing');
});

test('a flood of refusals does not become a flood of writing, and the count is not lost', async () => {
  const countNow = async () => (await readEntries(world)).filter(({ event }) => event === 'session.denied').length;
  const before = await countNow();
  for (let time = 0; time < 200; time += 1) await ask({ url: '/api/v1/probes/contacts' });
  assert.ok((await countNow()) - before <= 120);
});

test('the address is the connection’s own: who says to come from elsewhere is not believed', async () => {
  const cookie = probe.cookieOf(world.cast.manager);
  const lying = { cookie, 'x-forwarded-for': '192.0.2.99', 'x-real-ip': '192.0.2.99', forwarded: 'for=192.0.2.99' };
  await ask({ url: '/api/v1/probes/contacts', headers: lying, remoteAddress: '::ffff:198.51.100.4' });
  const [row] = await world.test
    .admin`SELECT bytes FROM audit_entries WHERE event = 'contact.export.denied' ORDER BY id DESC LIMIT 1`;
  assert.equal(JSON.parse((row!['bytes'] as Buffer).toString('utf8')).address, '198.51.100.4');
});

test('a hostile browser name writes nothing into the log', async () => {
  const cookie = probe.cookieOf(world.cast.manager);
  await ask({
    url: '/api/v1/probes/contacts',
    headers: { cookie, 'user-agent': 'Firefox/1 <script>alert(1)</script> Linux' },
  });
  const [row] = await world.test
    .admin`SELECT bytes FROM audit_entries WHERE event = 'contact.export.denied' ORDER BY id DESC LIMIT 1`;
  assert.equal(JSON.parse((row!['bytes'] as Buffer).toString('utf8')).device, 'Firefox, Linux');
});

test('numbers are for this machine; behind a proxy or from elsewhere there is no such address', async () => {
  const metrics = (remoteAddress: string, headers: Record<string, string> = {}) =>
    ask({ url: '/metrics', headers, remoteAddress });
  assert.equal((await metrics('127.0.0.1')).status, 200);
  assert.equal((await metrics('::1')).status, 200);
  for (const address of ['198.51.100.4', '10.0.0.5', '::ffff:198.51.100.4', 'fe80::1'])
    assert.equal((await metrics(address)).status, 404, address);
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
    assert.equal((await metrics('127.0.0.1', { [name]: 'x' })).status, 404, name);
  const { text } = await metrics('127.0.0.1');
  assert.ok(!text.includes(world.cast.owner.personId), 'routes stand by their pattern, without ids');
  assert.match(text, /lubart_refusals_total\{code="session.missing"\}/);
});

test('a raw request without a host, or half a request, does not bring the server down', async () => {
  await probe.frame.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = probe.frame.app.server.address() as { port: number };
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.end(text));
      socket
        .on('data', (data) => (answer += data))
        .on('close', () => resolve(answer))
        .on('error', reject);
    });
  assert.match(await raw('GET /healthz HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 40\d /);
  assert.match(await raw('GET /healthz HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 40\d /);
  assert.match(await raw('\u0000\u0001nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(
    await raw(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  assert.match(await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /);
});
