/**
 * The log on its way out: receivers that are away, break off, lie or are somebody else; entries taken out or changed before they were
 * sent; a server that is made to call where it must not. Nothing is lost, and what is missing is seen by who receives.
 */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { guardedLookup } from '#outside';
import { doerOf } from '#protections/audit-log';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeAuthority } from '../../encryption/transit/certificates.fixture.ts';
import { logKeyFrom } from '../tree/log-key.ts';
import { sealEntries } from '../tree/seal-entries.ts';
import { appendLines, forwardFile } from './append-file.ts';
import { makeClients } from './clients.fixture.ts';
import type { ForwardDeps } from './forward-log.ts';
import { forwardTo } from './forward-log.ts';
import { forwardDue, forwardHandlers, forwardPosture } from './index.ts';
import { readReceiver } from './receiver-address.ts';
import { writeSyslog } from './send-syslog.ts';
import { syslogServer } from './syslog-server.fixture.ts';
import type { Line } from './write-lines.ts';

let world: World;
let deps: ForwardDeps;
let handlers: ReturnType<typeof forwardHandlers>;
const logKey = logKeyFrom(ed25519Pair().seed);
const authority = makeAuthority();
const pair = authority.issue(['localhost', '127.0.0.1']);
const id = () => world.organizationId;

before(async () => {
  world = await openWorld();
  deps = { ...world, folder: await mkdtemp(join(tmpdir(), 'lubart-forward-')), version: '1.0' };
  handlers = forwardHandlers(deps);
});
beforeEach(async () => {
  await world.test.admin`DELETE FROM audit_forwards`;
  await record(3);
});
after(async () => {
  await rm(deps.folder, { recursive: true, force: true });
  await world.close();
});

async function record(count: number): Promise<void> {
  const seals = await world.keyring.of(id());
  const doer = doerOf(world.cast.manager.actor);
  await world.database.act(systemReach(id()), async (tx) => {
    for (let at = 0; at < count; at += 1) {
      await world.auditLog.record(tx, seals, doer, { event: 'contact.opened', facts: { at, note: 'Ґанок' } });
    }
  });
  await sealEntries({ database: world.database, logKey, clock: world.clock }, id());
}
type Added = { kind: 'syslog' | 'webhook' | 'file'; form: 'ocsf' | 'cef' } & Record<string, unknown>;
const add = (body: Added) =>
  handlers['POST /api/v1/security/forwards']({ actor: world.cast.owner.actor, body } as never);
const tryNow = (forwardId: string) =>
  handlers['POST /api/v1/security/forwards/:id/try']({
    actor: world.cast.owner.actor,
    params: { id: forwardId },
  } as never);
const change = (forwardId: string, body: Record<string, unknown>) =>
  handlers['PATCH /api/v1/security/forwards/:id']({
    actor: world.cast.owner.actor,
    params: { id: forwardId },
    body,
  } as never);
const pause = (forwardId: string, what: 'pause' | 'resume' = 'pause') =>
  handlers[`POST /api/v1/security/forwards/:id/${what}`]({
    actor: world.cast.owner.actor,
    params: { id: forwardId },
  } as never);
const view = async (forwardId: string) => {
  const { forwards } = await handlers['GET /api/v1/security/forwards']({ actor: world.cast.owner.actor } as never);
  return forwards.find((one) => one.id === forwardId)!;
};
const eventsOf = async (event: string) =>
  (await world.test.admin`SELECT count(*)::int AS count FROM audit_entries WHERE event = ${event}`)[0]![
    'count'
  ] as number;

type Placed = { index: number; leaf: string; previous: string };
/** What a receiver does: duplicates away, and then every index follows and names the leaf before. */
function gaps(got: readonly Placed[]): string[] {
  const found: string[] = [];
  let last: Placed | undefined;
  for (const one of got) {
    if (last !== undefined && one.index <= last.index) continue;
    if (last !== undefined && one.index !== last.index + 1) found.push(`${last.index}–${one.index}`);
    else if (last !== undefined && one.previous !== last.leaf) found.push(`another before ${one.index}`);
    last = one;
  }
  return found;
}
const placeOf = (message: string): Placed => {
  const [, index, leaf, previous] = /index="(\d+)" leaf="([0-9a-f]{64})" previous="([0-9a-f]{64})"/.exec(message)!;
  return { index: Number(index), leaf: leaf!, previous: previous! };
};

test('a syslog server gets every entry in order as RFC 5424 says, in OCSF and in CEF', async () => {
  const server = await syslogServer(pair);
  try {
    for (const form of ['ocsf', 'cef'] as const) {
      server.messages.length = 0;
      const { forward, secret } = await add({
        kind: 'syslog',
        form,
        address: server.address,
        authority: authority.pem,
        from: 'beginning',
      });
      assert.equal(secret, null);
      const { problem, waiting, next } = await tryNow(forward.id);
      assert.deepEqual([problem, waiting], [null, 0]);
      assert.equal(server.messages.length, next);
      const places = server.messages.map(placeOf);
      assert.deepEqual([places[0]!.index, places[0]!.previous, gaps(places)], [0, '0'.repeat(64), []]);
      for (const message of server.messages) {
        assert.match(
          message,
          /^<1(0[4-9]|1[01])>1 \d{4}-\d\d-\d\dT[\d:.]+Z [!-~]+ lubart - [!-~]{1,32} \[lubart@32473 /,
        );
        const text = message.slice(message.indexOf('] ') + 2);
        if (form === 'cef') assert.match(text, /^CEF:0\|Lubart\|/);
        else assert.equal(JSON.parse(text).metadata.sequence, placeOf(message).index);
      }
      assert.ok(server.messages.some((one) => one.includes(form === 'ocsf' ? String.raw`\u0490` : 'Ґанок')));
    }
  } finally {
    await server.close();
  }
});

test('a receiver that was away or broke off gets everything, from the last confirmed on', async () => {
  const server = await syslogServer({ ...pair, breakAfter: 2_000 });
  try {
    await record(300);
    const { forward } = await add({
      kind: 'syslog',
      form: 'ocsf',
      address: server.address,
      authority: authority.pem,
      from: 'beginning',
    });
    const failed = await eventsOf('forward.failed');
    for (const _ of [1, 2]) {
      const { problem, next } = await tryNow(forward.id);
      assert.ok(problem === 'unreachable' || problem === 'not_confirmed', String(problem));
      assert.equal(next, 0);
    }
    assert.equal(await eventsOf('forward.failed'), failed + 1, 'recorded when it begins');
    const [row] = await world.test.admin`SELECT next_at, failures FROM audit_forwards`;
    assert.ok(row!['next_at'] > world.clock.now() && row!['failures'] === 2, 'it is asked again later');
    const before = server.messages.length;
    await forwardDue(deps, id());
    assert.equal(server.messages.length, before, 'not before its pause is over');
    server.mood.breakAfter = Infinity;
    world.clock.move(3_600_000);
    await record(450);
    await forwardDue(deps, id());
    const { problem, waiting } = await view(forward.id);
    assert.deepEqual([problem, waiting], [null, 0]);
    assert.equal(await eventsOf('forward.recovered'), 1);
    const places = server.messages.map(placeOf);
    assert.deepEqual([Math.min(...places.map(({ index }) => index)), gaps(places)], [0, []]);
  } finally {
    await server.close();
  }
});

test('an entry that was taken out or changed before it was sent is named, and a line that is held back is a gap', async () => {
  const server = await syslogServer(pair);
  try {
    const at = { kind: 'syslog', form: 'ocsf', address: server.address, authority: authority.pem } as const;
    const { forward } = await add(at);
    await record(6);
    const [first, second] = await world.test.admin`
      SELECT l.entry_id AS id FROM audit_leaves l WHERE l.organization_id = ${id()} ORDER BY l.position DESC LIMIT 2`;
    await world.test.admin`DELETE FROM audit_entries WHERE id = ${first!['id']}`;
    await world.test.admin`UPDATE audit_entries SET bytes = bytes || ' '::bytea WHERE id = ${second!['id']}`;
    await tryNow(forward.id);
    const codes = server.messages.map((one) => JSON.parse(one.slice(one.indexOf('] ') + 2)).metadata.event_code);
    assert.deepEqual(codes.slice(-2), ['entry.changed', 'entry.gone']);
    const { gone, changed } = await view(forward.id);
    assert.deepEqual([gone, changed], [1, 1], 'and the page counts them');
    const places = server.messages.map(placeOf);
    assert.deepEqual(gaps(places), []);
    assert.deepEqual(gaps(places.toSpliced(2, 1)), [`${places[1]!.index}–${places[3]!.index}`]);
    const exchanged = places.toSpliced(2, 1, { ...places[2]!, leaf: 'f'.repeat(64) });
    assert.deepEqual(gaps(exchanged), [`another before ${places[3]!.index}`]);
  } finally {
    await server.close();
  }
});

test('a place does not move for a syslog server of another authority, and the row says why', async () => {
  const server = await syslogServer(makeAuthority().issue(['127.0.0.1']));
  try {
    const { forward } = await add({
      kind: 'syslog',
      form: 'cef',
      address: server.address,
      authority: authority.pem,
      from: 'beginning',
    });
    const tried = await tryNow(forward.id);
    assert.deepEqual([tried.problem, tried.next, server.messages.length], ['certificate_wrong', 0, 0]);
  } finally {
    await server.close();
  }
});

test('a webhook gets signed parts and confirms by 2xx alone; nothing is followed', async () => {
  const got: { headers: Record<string, unknown>; body: string }[] = [];
  const mood = { status: 500 };
  const server = createHttps(pair, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      response.writeHead(mood.status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=s3cret`;
    const { forward, secret } = await add({
      kind: 'webhook',
      form: 'ocsf',
      address,
      authority: authority.pem,
      from: 'beginning',
    });
    assert.ok(!JSON.stringify([forward, await view(forward.id)]).includes('s3cret'), 'the address may hold a token');
    for (const status of [500, 302]) {
      mood.status = status;
      const { problem, next } = await tryNow(forward.id);
      assert.deepEqual([problem, next], ['refused', 0]);
    }
    assert.equal(got.length, 2);
    mood.status = 204;
    assert.deepEqual([(await tryNow(forward.id)).problem, (await view(forward.id)).waiting], [null, 0]);
    const parts = got.slice(2);
    const places = parts.flatMap(({ body }) =>
      body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).unmapped.log as Placed),
    );
    assert.deepEqual(gaps(places), []);
    for (const { headers, body } of parts) {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      const key = Buffer.from(secret!.replace('whsec_', ''), 'base64');
      assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    assert.equal(got[0]!.headers['webhook-id'], got[2]!.headers['webhook-id'], 'the same part is known by its id');
    const [row] = await world.test.admin`
      SELECT row_to_json(f)::text || encode(sealed, 'escape') AS all FROM audit_forwards f WHERE id = ${forward.id}`;
    assert.ok(!String(row!['all']).includes('s3cret') && !String(row!['all']).includes(secret!));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('the server is not made to call where it must not: no plain http, no passwords, no addresses of clouds', async () => {
  const wrong: [kind: 'syslog' | 'webhook', address: string][] = [
    ['webhook', 'http://siem.vezha.example/hook'],
    ['webhook', 'https://user:word@siem.vezha.example/'],
    ['webhook', 'https://169.254.169.254/latest/meta-data/'],
    ['webhook', 'https://[::ffff:169.254.169.254]/'],
    ['webhook', 'https://[fe80::1]/'],
    ['webhook', 'file:///etc/passwd'],
    ['syslog', '169.254.169.254:6514'],
    ['syslog', '2852039166:6514'],
    ['syslog', 'siem.vezha.example/x'],
    ['syslog', 'user@siem.vezha.example'],
    ['syslog', ''],
  ];
  for (const [kind, address] of wrong)
    await assert.rejects(add({ kind, form: 'cef', address }), { code: 'forward.address_wrong' }, address);
  assert.equal(readReceiver('syslog', 'siem.vezha.example'), 'siem.vezha.example:6514');
  assert.equal(readReceiver('syslog', '[2001:db8::5]:443'), '[2001:db8::5]:443');
  // A name that leads there: it is judged when it is looked up, and what was looked up is what is dialled.
  for (const all of [true, false]) {
    const error = await new Promise((resolve) => guardedLookup('169.254.169.254', { all }, resolve));
    assert.equal((error as Error | null)?.constructor.name, 'ForbiddenAddress');
  }
  const [row] = await world.test.admin`SELECT count(*)::int AS count FROM audit_forwards`;
  assert.equal(row!['count'], 0);
  await assert.rejects(add({ kind: 'syslog', form: 'cef', address: 'siem.vezha.example', authority: pair.cert }), {
    code: 'forward.authority_wrong',
  });
});

test('names of who acted leave only where the receiver was added so; what is sealed never does', async () => {
  const texts: string[] = [];
  for (const withNames of [false, true]) {
    const { forward } = await add({ kind: 'file', form: 'ocsf', withNames, from: 'beginning' });
    await tryNow(forward.id);
    texts.push(await readFile((await view(forward.id)).address, 'utf8'));
  }
  assert.ok(!texts[0]!.includes(world.cast.manager.name));
  assert.ok(texts[1]!.includes(world.cast.manager.name));
  const [row] = await world.test.admin`SELECT convert_from(bytes, 'UTF8')::json AS body FROM audit_entries
    WHERE event = 'contact.opened' LIMIT 1`;
  const sealedName = (row!['body'] as { actor: { name: string } }).actor.name;
  assert.ok(texts.every((text) => text.length > 0 && !text.includes(sealedName)));
});

const lineOf = (index: number, text: string): Line => ({ index, about: 'whole', text, event: {} as never });

test('the file is its owner’s alone, is put aside when it is full, and a link in its place is not written through', async () => {
  const folder = join(deps.folder, randomBytes(4).toString('hex'));
  const target = { folder, id: 'siem', form: 'ocsf' as const, bytesMax: 300 };
  for (let at = 0; at < 40; at += 1) assert.equal(await appendLines(target, [lineOf(at, 'x'.repeat(99))]), null);
  const names = (await readdir(folder)).toSorted();
  assert.equal(names.length, 11, 'ten put aside and the one that grows');
  for (const name of names) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const file = forwardFile(target);
  await writeFile(file, 'half a li');
  assert.equal(await appendLines(target, [lineOf(40, 'whole')]), null);
  assert.equal(await readFile(file, 'utf8'), 'half a li\nwhole\n');
  await rm(file);
  await writeFile(join(folder, 'victim'), '');
  await symlink(join(folder, 'victim'), file);
  assert.equal(await appendLines(target, [lineOf(41, 'harm')]), 'not_written');
  assert.equal(await readFile(join(folder, 'victim'), 'utf8'), '');
});

test('a paused receiver gets nothing by whatever way, and goes on without a gap when it is resumed', async () => {
  const { forward } = await add({ kind: 'file', form: 'ocsf', from: 'beginning' });
  await tryNow(forward.id);
  const { address, next } = await view(forward.id);
  const got = async () =>
    (await readFile(address, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).unmapped.log as Placed);
  assert.ok((await pause(forward.id)).pausedAt !== null);
  await pause(forward.id);
  assert.equal(await eventsOf('forward.paused'), 1, 'what is so already is no act');
  await record(5);
  await forwardDue(deps, id());
  await assert.rejects(tryNow(forward.id), { code: 'forward.paused' });
  assert.equal((await got()).length, next);
  world.clock.move(1_000_000);
  const [check] = forwardPosture({ ...deps, organizations: async () => [id()] });
  const { ok, evidence } = await check!.run();
  assert.deepEqual([ok, (evidence as { paused: number }).paused], [false, 1], 'the posture does not forget it');
  assert.ok((await view(forward.id)).lagSeconds >= 1_000);
  assert.equal((await pause(forward.id, 'resume')).pausedAt, null);
  await forwardDue(deps, id());
  assert.deepEqual([gaps(await got()), (await view(forward.id)).waiting], [[], 0]);
  assert.equal(await eventsOf('forward.resumed'), 1);
});

test('a receiver that is changed keeps its place; a webhook of another address has another secret; the key is never given out', async () => {
  const clients = makeClients();
  const first = await syslogServer(pair);
  const second = await syslogServer({ ...pair, ca: clients.pem, requestCert: true });
  try {
    const at = { kind: 'syslog', form: 'ocsf', address: first.address, authority: authority.pem } as const;
    const { forward } = await add({ ...at, from: 'beginning' });
    const { next } = await tryNow(forward.id);
    await record(3);
    const client = clients.issue();
    const changed = await change(forward.id, { address: second.address, form: 'cef', client });
    assert.deepEqual([changed.forward.next, changed.forward.form, changed.secret], [next, 'cef', null]);
    assert.match(changed.forward.client!.subject, /lubart/);
    const tried = await tryNow(forward.id);
    assert.deepEqual([tried.problem, tried.again], [null, false]);
    assert.equal(placeOf(second.messages[0]!).index, next, 'it goes on where the other stopped');
    const [row] = await world.test.admin`
      SELECT row_to_json(f)::text || encode(sealed, 'escape') AS all FROM audit_forwards f WHERE id = ${forward.id}`;
    const [entry] = await world.test.admin`
      SELECT convert_from(bytes, 'UTF8') AS text FROM audit_entries WHERE event = 'forward.changed' ORDER BY id DESC LIMIT 1`;
    const secret = client.key.split('\n')[1]!;
    for (const text of [row!['all'], entry!['text'], JSON.stringify([changed, await view(forward.id)])])
      assert.ok(!String(text).includes(secret));
    assert.match(String(entry!['text']), /"fields":\["address","client","form"\]/);
    const without = await change(forward.id, { client: null });
    assert.equal(without.forward.client, null);
    assert.notEqual((await tryNow(forward.id)).problem, null);
    const failed = await view(forward.id);
    assert.equal(failed.lastFailure?.problem, failed.problem);
    await change(forward.id, { client });
    assert.equal((await tryNow(forward.id)).problem, null);
    assert.ok((await view(forward.id)).lastFailure !== null, 'what failed last is remembered when it is over');
  } finally {
    await first.close();
    await second.close();
  }
  const { forward, secret } = await add({ kind: 'webhook', form: 'cef', address: 'https://siem.vezha.example/a' });
  assert.equal((await change(forward.id, { form: 'ocsf' })).secret, null);
  const moved = await change(forward.id, { address: 'https://siem.stranger.example/b' });
  assert.ok(moved.secret !== null && moved.secret !== secret);
  await assert.rejects(change(forward.id, { client: clients.issue() }), { code: 'request.invalid' });
  await assert.rejects(change(forward.id, { address: 'https://169.254.169.254/' }), { code: 'forward.address_wrong' });
});

test('a try meets the receiver also where nothing waits: the newest entry goes once more, with its index', async () => {
  const server = await syslogServer(pair);
  try {
    const at = { kind: 'syslog', form: 'ocsf', address: server.address, authority: authority.pem } as const;
    const { forward } = await add({ ...at, from: 'beginning' });
    await tryNow(forward.id);
    await sealEntries({ database: world.database, logKey, clock: world.clock }, id());
    await forwardDue(deps, id());
    server.messages.length = 0;
    const { problem, sent, again, next } = await tryNow(forward.id);
    assert.deepEqual([problem, sent, again], [null, 1, true]);
    assert.deepEqual(
      server.messages.map((one) => placeOf(one).index),
      [next - 1],
    );
    await server.close();
    const tried = await tryNow(forward.id);
    assert.ok(tried.problem !== null, 'a receiver that is away is found out');
    assert.equal(tried.next, next);
  } finally {
    await server.close();
  }
});

test('whoever is sending stops when the receiver is changed meanwhile', async () => {
  const server = await syslogServer(pair);
  try {
    await record(450);
    const at = { kind: 'syslog', form: 'ocsf', address: server.address, authority: authority.pem } as const;
    const { forward } = await add({ ...at, from: 'beginning' });
    let parts = 0;
    // Paused while the first part is on its way.
    const read: typeof deps.database.read = async (...given) => {
      parts += 1;
      if (parts === 1) await pause(forward.id);
      return deps.database.read(...given);
    };
    await forwardTo({ ...deps, database: { ...deps.database, read } }, id(), forward.id);
    const { waiting, next } = await view(forward.id);
    assert.ok(parts === 1 && waiting > 0 && next === 200, `${parts} parts, ${next} sent, ${waiting} wait`);
  } finally {
    await server.close();
  }
});

test('a receiver that is changed while its old place fails is not paused for that', async () => {
  const held: Socket[] = [];
  const deaf = createTcp((socket) => held.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  try {
    await once(deaf, 'listening');
    const address = `127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const { forward } = await add({
      kind: 'syslog',
      form: 'ocsf',
      address,
      authority: authority.pem,
      from: 'beginning',
    });
    await world.test.admin`UPDATE audit_forwards SET failures = 8 WHERE id = ${forward.id}`;
    const sending = forwardTo(deps, id(), forward.id);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await change(forward.id, { form: 'cef' });
    for (const socket of held) socket.destroy();
    await sending;
    const [row] = await world.test
      .admin`SELECT problem, failures, next_at, busy_until FROM audit_forwards WHERE id = ${forward.id}`;
    assert.deepEqual([row!['problem'], row!['failures'], row!['busy_until']], [null, 0, null]);
    assert.ok(row!['next_at'] <= world.clock.now());
  } finally {
    deaf.close();
  }
});

test('two nodes that send at one moment send once', async () => {
  const { forward } = await add({ kind: 'file', form: 'cef', from: 'beginning' });
  await Promise.all([forwardTo(deps, id(), forward.id), forwardTo(deps, id(), forward.id)]);
  const { address, next, waiting } = await view(forward.id);
  const lines = (await readFile(address, 'utf8')).trim().split('\n');
  assert.deepEqual([lines.length, waiting], [next, 0]);
  // One of them died over it: another goes on when its time is over.
  await world.test.admin`UPDATE audit_forwards SET busy_until = ${new Date(world.clock.now().getTime() + 120_000)}`;
  await record(2);
  await forwardDue(deps, id());
  assert.equal((await view(forward.id)).waiting, 3, 'and that the receiver was added');
  world.clock.move(120_000);
  await forwardDue(deps, id());
  assert.equal((await view(forward.id)).waiting, 0);
});

test('the posture tells when a receiver is behind', async () => {
  const holds = async () => {
    const [check] = forwardPosture({ ...deps, organizations: async () => [id()] });
    return (await check!.run()).ok;
  };
  const { forward } = await add({ kind: 'file', form: 'cef' });
  await record(1);
  assert.equal(await holds(), true);
  world.clock.move(901_000);
  assert.equal(await holds(), false);
  await tryNow(forward.id);
  assert.equal(await holds(), true);
});

test('a message of syslog is one line, whatever the entry says', () => {
  const event = {
    severity_id: 2,
    time: 0,
    metadata: { event_code: 'x\n'.repeat(20) },
    unmapped: { log: { index: 1, leaf: 'a', previous: 'b' } },
  };
  assert.match(
    writeSyslog({ index: 1, about: 'whole', event: event as never, text: '{"a":"\u2028"}' }),
    /^<109>1 [^\n\u2028]*\\u2028"}$/,
  );
});
