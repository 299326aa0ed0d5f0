/**
 * Heads of the log are kept outside over real HTTP: by a time stamping authority (openssl), in a chat, and in a bucket that is never
 * overwritten. Whoever owns the server, its database and its keys cannot make them forget; and who forges an answer is not believed.
 */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { readCheckpoint, readNote, signText, writeCheckpoint, writeNote } from '#contract/tlog';
import { openPostOffice } from './post-office.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';
import type { StampAuthority } from './stamp-authority.ts';
import { openStampAuthority, opensslThere } from './stamp-authority.ts';

const skip = opensslThere ? false : 'needs the Debian package openssl';
let running: InProcess;
let company: Company;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
});

type Key = Parameters<Company['owner']['client']['call']>[0];
const call = async (key: Key, given: object = {}) => {
  const reply = await company.owner.client.call(key, given);
  requireOk(reply);
  return reply.body;
};
const add = async (settings: object, everyMinutes = 60): Promise<string> =>
  (await call('POST /api/v1/security/anchors', { body: { everyMinutes, settings } })).id;
const tryNow = (id: string) => call('POST /api/v1/security/anchors/:id/try', { params: { id } });
const keptOf = (id: string) => call('GET /api/v1/security/anchors/:id/kept', { params: { id } });
const check = (head: string) => call('POST /api/v1/security/heads/check', { body: { head } });
const eventsOf = async (event: string, id: string) => {
  await running.lubart.auditLog.flush();
  const { rows } = await call('GET /api/v1/audit-entries', { query: { event } });
  return rows.filter(({ subjectIds }: { subjectIds: string[] }) => subjectIds[0] === id);
};
const headNow = async (): Promise<string> => {
  await running.lubart.auditLog.flush();
  return until('sealed', 10, async () => (await call('GET /api/v1/audit-log/head')).checkpoint ?? false);
};

type Asked = { method: string; path: string; headers: Record<string, string | undefined>; body: string };
type Said = { status: number; body?: string; headers?: Record<string, string> };
async function openServer(answer: (asked: Asked) => Said): Promise<string> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(pieces).toString('utf8');
      const said = answer({ method: method!, path: url!, headers: headers as Asked['headers'], body });
      response.writeHead(said.status, said.headers ?? {}).end(said.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The log is cut at a head that it had, as by whoever owns the database; returns what gives it back. */
async function cutLog(): Promise<() => Promise<void>> {
  const { admin } = running.test;
  const [to] = await admin`SELECT size FROM audit_checkpoints ORDER BY size LIMIT 1`;
  const size = Number(to!['size']);
  assert.ok(size > 0 && size < 256);
  const copy = ['audit_leaves', 'audit_checkpoints', 'audit_tiles', 'audit_trees'];
  await admin.begin(async (tx) => {
    await tx`LOCK audit_trees IN EXCLUSIVE MODE`;
    for (const table of copy) await tx.unsafe(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
    await tx`DELETE FROM audit_leaves WHERE position >= ${size}`;
    await tx`DELETE FROM audit_checkpoints WHERE size > ${size}`;
    await tx`DELETE FROM audit_tiles WHERE level > 0 OR index > 0`;
    await tx`UPDATE audit_tiles SET hashes = substr(hashes, 1, ${size * 32})`;
    await tx`UPDATE audit_trees SET size = ${size}`;
  });
  return async () => {
    await admin.begin(async (tx) => {
      await tx`LOCK audit_trees IN EXCLUSIVE MODE`;
      for (const table of copy.toReversed()) await tx.unsafe(`DELETE FROM ${table}`);
      for (const table of copy)
        await tx.unsafe(`INSERT INTO ${table} SELECT * FROM kept_${table}; DROP TABLE kept_${table}`);
    });
  };
}

test('a time stamp of the newest head is kept beside it, and openssl ts verifies both', { skip }, async () => {
  for (const kind of ['prime256v1', 'rsa']) {
    const authority = await openStampAuthority(kind);
    await headNow();
    const id = await add({ stamp: { address: authority.address, roots: authority.rootPem } });
    const got = await tryNow(id);
    assert.equal(got.problem, null, kind);
    assert.ok(got.size > 0);
    const { head, stamp } = await keptOf(id);
    assert.equal(authority.verify(Buffer.from(stamp, 'base64'), head), true);
    assert.equal(authority.verify(Buffer.from(stamp, 'base64'), `${head} `), false);
    assert.equal((await check(head)).verdict, 'holds');
  }
});

test('a forged, foreign, old or broken time stamp is not believed', { skip }, async () => {
  const authority = await openStampAuthority();
  const stranger = await openStampAuthority();
  const id = await add({ stamp: { address: authority.address, roots: authority.rootPem } });
  const replyOf = (one: StampAuthority, change: (request: Buffer) => Buffer) => (request: Buffer) =>
    one.reply(change(request));
  let last: Buffer | undefined;
  authority.say = (request) => (last = authority.reply(request));
  assert.equal((await tryNow(id)).problem, null);
  const { size, anchoredAt } = await tryNow(id);
  const lies: [what: string, say: (request: Buffer) => Buffer | number, problem: string][] = [
    ['another authority', replyOf(stranger, (request) => request), 'answer_wrong'],
    ['an older answer', () => last!, 'answer_wrong'],
    // In the request, the hash stands at 24..56 and the nonce behind it.
    ['another head', replyOf(authority, (request) => withByte(request, 30)), 'answer_wrong'],
    ['another nonce', replyOf(authority, (request) => withByte(request, 66)), 'answer_wrong'],
    ['a broken signature', (request) => withByte(authority.reply(request), -4), 'answer_wrong'],
    ['another moment', (request) => moved(authority.reply(request)), 'answer_wrong'],
    ['nothing', () => Buffer.alloc(0), 'answer_wrong'],
    ['garbage', () => Buffer.from('30820fff', 'hex'), 'answer_wrong'],
    ['no certificate', (request) => authority.reply(withoutCertificate(request)), 'answer_wrong'],
    ['a refusal', () => 500, 'refused'],
  ];
  for (const [what, say, problem] of lies) {
    authority.say = say;
    const got = await tryNow(id);
    assert.deepEqual([got.problem, got.size, got.anchoredAt], [problem, size, anchoredAt], what);
  }
  authority.say = undefined;
  assert.equal((await tryNow(id)).problem, null);
  assert.equal((await eventsOf('anchor.failed', id)).length, 1);
  assert.equal((await eventsOf('anchor.recovered', id)).length, 1);
});

function withByte(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  const place = at < 0 ? bytes.length + at : at;
  changed[place] = changed[place]! ^ 0x01;
  return changed;
}
const withoutCertificate = (request: Buffer) => {
  const changed = Buffer.from(request.subarray(0, -3));
  changed[1] = changed[1]! - 3;
  return changed;
};
/** A second more or less in TSTInfo, not in the certificates. */
function moved(reply: Buffer): Buffer {
  const year = Buffer.from(`${new Date().getUTCFullYear()}`);
  const at = reply.indexOf(Buffer.concat([Buffer.from([0x18, 0x0f]), year]));
  assert.ok(at > 0);
  return withByte(reply, at + 15);
}

const chat = '-1001234567890';
const token = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc';

test('a head is told to a chat; what was not delivered as it was written does not count', async () => {
  let said: (text: string) => Said = (text) => telegramSays(text);
  const asked: Asked[] = [];
  const address = await openServer((one) => {
    asked.push(one);
    return said(JSON.parse(one.body).text);
  });
  const id = await add({ telegram: { address, token, chat } });
  const note = await headNow();
  const got = await tryNow(id);
  assert.equal(got.problem, null);
  assert.equal(asked[0]!.path, `/bot${token}/sendMessage`);
  const { text, chat_id: to } = JSON.parse(asked[0]!.body);
  assert.equal(to, chat);
  // Whoever pastes the whole message, quoted and with other ends of lines, is understood.
  for (const pasted of [text, text.replaceAll('\n', '\r\n> '), text.replaceAll('\n\n', '\n')])
    assert.equal((await check(pasted)).verdict, 'holds', pasted);
  assert.ok(got.size >= readCheckpoint(readNote(note)!.text)!.size);
  for (const [answer, problem] of [
    [() => ({ status: 401, body: '{"ok":false}' }), 'refused'],
    [() => ({ status: 429, body: '{"ok":false}' }), 'unreachable'],
    [() => ({ status: 200, body: 'yes' }), 'answer_wrong'],
    [(one: string) => telegramSays(one.replace('1', '2')), 'answer_wrong'],
    [(one: string) => telegramSays(one, '77'), 'answer_wrong'],
    [() => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' } }), 'refused'],
  ] as [(text: string) => Said, string][]) {
    said = answer;
    assert.equal((await tryNow(id)).problem, problem);
  }
  const { rows } = { rows: await running.test.admin`SELECT sealed FROM audit_anchors WHERE id = ${id}` };
  assert.equal((rows[0]!['sealed'] as Buffer).includes(token), false);
  const shown = JSON.stringify(await call('GET /api/v1/security/anchors'));
  assert.equal(shown.includes(token), false);
});

const telegramSays = (text: string, where = chat): Said => ({
  status: 200,
  body: JSON.stringify({ ok: true, result: { message_id: 5, chat: { id: Number(where) }, text } }),
});

test('a place that is away for a day is tried after growing pauses, and the posture says that it is late', async () => {
  let isAway = true;
  const address = await openServer((one) => (isAway ? { status: 503 } : telegramSays(JSON.parse(one.body).text)));
  const id = await add({ telegram: { address, token, chat } });
  const pauses: number[] = [];
  for (let at = 0; at < 8; at += 1) {
    const got = await tryNow(id);
    assert.equal(got.problem, 'unreachable');
    pauses.push(Math.round((Date.parse(got.nextAt) - Date.parse(got.triedAt)) / 1000));
  }
  assert.deepEqual(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
  await running.test.admin`UPDATE audit_anchors SET added_at = added_at - interval '1 day' WHERE id = ${id}`;
  const posture = () => running.lubart.posture.find((one) => one.id === 'audit-log.anchored_outside')!.run();
  assert.equal((await posture()).ok, false);
  isAway = false;
  assert.equal((await tryNow(id)).problem, null);
  assert.deepEqual((await posture()).ok, true);
  assert.equal((await eventsOf('anchor.failed', id)).length, 1);
  assert.equal((await eventsOf('anchor.recovered', id)).length, 1);
  const { secondsBack } = await call('GET /api/v1/security/witnesses');
  assert.ok(secondsBack !== null && secondsBack < 60);
});

test('a head that was kept outside tells of a log that was cut, rewritten, or is another', async () => {
  const kept = await headNow();
  const { origin, size, root } = readCheckpoint(readNote(kept)!.text)!;
  const { logKey } = running.lubart;
  const signed = (head: { origin: string; size: number; root: Uint8Array }) => {
    const text = writeCheckpoint(head);
    return writeNote(text, [signText(logKey.keyOf(company.organizationId), text, logKey.sign)]);
  };
  const other = createHash('sha256').update('another history').digest();
  assert.equal((await check(kept)).verdict, 'holds');
  assert.equal((await check(signed({ origin, size: size + 1000, root: other }))).verdict, 'cut');
  assert.equal((await check(signed({ origin, size, root: other }))).verdict, 'forked');
  assert.equal((await check(signed({ origin, size: size - 1, root }))).verdict, 'forked');
  assert.equal((await check(signed({ origin: 'lubart.invalid/x', size, root }))).verdict, 'other_log');
  // The line of the size alone: its digits may stand in the name of the log too.
  assert.equal((await check(kept.replace(`\n${size}\n`, `\n${size + 1}\n`))).verdict, 'not_signed');
  assert.equal((await check('щось інше')).verdict, 'unreadable');
});

test('after the log was cut, every place says so: a stamp, a message, a letter pasted back', { skip }, async () => {
  const authority = await openStampAuthority();
  const address = await openServer((one) => telegramSays(JSON.parse(one.body).text));
  const stamp = await add({ stamp: { address: authority.address, roots: authority.rootPem } });
  const telegram = await add({ telegram: { address, token, chat } });
  await headNow();
  for (const id of [stamp, telegram]) assert.equal((await tryNow(id)).problem, null);
  const { head } = await keptOf(stamp);
  const giveBack = await cutLog();
  try {
    assert.equal((await check(head)).verdict, 'cut');
    for (const id of [stamp, telegram]) {
      assert.equal((await tryNow(id)).problem, 'forked');
      assert.equal((await eventsOf('anchor.forked', id)).length, 1);
      assert.equal((await eventsOf('anchor.forked', id))[0].level, 'security');
    }
  } finally {
    await giveBack();
  }
});

/** S3 as far as heads need it: signatures are checked, nothing is overwritten, locks are kept. */
async function openBucket(secretKey: string) {
  const objects = new Map<string, { body: string; mode?: string; until?: string }>();
  const bucket = { address: '', objects, locks: true, lie: undefined as string | undefined };
  bucket.address = await openServer((one) => {
    if (!isSignedBy(secretKey, one)) return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };
    const url = new URL(one.path, 'http://x');
    const name = decodeURIComponent(url.pathname).replace('/heads/', '');
    if (url.searchParams.has('list-type')) {
      const prefix = url.searchParams.get('prefix')!;
      const [first] = [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
      const item = first === undefined ? '' : `<Contents><Key>${first}</Key></Contents>`;
      return { status: 200, body: `<?xml version="1.0"?><ListBucketResult>${item}</ListBucketResult>` };
    }
    if (one.method === 'GET') {
      const found = objects.get(name);
      if (found === undefined) return { status: 404 };
      const headers: Record<string, string> = bucket.locks
        ? {
            'x-amz-object-lock-mode': found.mode ?? '',
            'x-amz-object-lock-retain-until-date': found.until ?? '',
          }
        : {};
      return { status: 200, body: bucket.lie ?? found.body, headers };
    }
    if (objects.has(name)) return { status: one.headers['if-none-match'] === '*' ? 412 : 403 };
    const { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } = one.headers;
    objects.set(name, { body: one.body, mode: mode ?? '', until: until ?? '' });
    return { status: 200 };
  });
  return bucket;
}

/** By the specification of AWS Signature Version 4, from what arrived. */
function isSignedBy(secretKey: string, { method, path, headers, body }: Asked): boolean {
  const hex = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
  const read =
    /^AWS4-HMAC-SHA256 Credential=AKID\/(\d{8})\/eu-central-1\/s3\/aws4_request,SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})$/;
  const [, day, names, signature] = read.exec(headers['authorization'] ?? '') ?? [];
  if (day === undefined || headers['x-amz-content-sha256'] !== hex(body)) return false;
  for (const name of ['host', 'x-amz-date', ...Object.keys(headers).filter((one) => one.startsWith('x-amz-'))])
    if (!names!.split(';').includes(name)) return false;
  const [place, query = ''] = path.split('?') as [string, string?];
  const lines = names!
    .split(';')
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const request = [method, place, query.split('&').toSorted().join('&'), lines, names, hex(body)].join('\n');
  const scope = `${day}/eu-central-1/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hex(request)].join('\n');
  let key: Buffer | string = `AWS4${secretKey}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}

test('a head lies in a bucket where nobody can overwrite it; a log that was cut does not agree with it, whatever our database says', async () => {
  const secretKey = 'wJalrXUtnFEMI/K7MDENG';
  const bucket = await openBucket(secretKey);
  const settings = {
    address: bucket.address,
    region: 'eu-central-1',
    bucket: 'heads',
    accessKey: 'AKID',
    keepDays: 30,
  };
  const wrong = await add({ bucket: { ...settings, secretKey: 'something else' } });
  assert.equal((await tryNow(wrong)).problem, 'refused');
  const id = await add({ bucket: { ...settings, secretKey, prefix: 'lubart' } });
  await headNow();
  const first = await tryNow(id);
  assert.equal(first.problem, null);
  const [[name, object]] = [...bucket.objects] as [[string, { body: string; mode: string; until: string }]];
  assert.match(name, new RegExp(`^lubart/${company.organizationId}/\\d{15}-${first.size}\\.txt$`));
  assert.equal(object.mode, 'COMPLIANCE');
  assert.ok(Math.abs(Date.parse(object.until) - Date.now() - 30 * 86_400_000) < 60_000);
  assert.equal((await check(object.body)).verdict, 'holds');
  const second = await until('grown', 10, async () => {
    const got = await tryNow(id);
    return got.size > first.size && got;
  });
  assert.equal(second.problem, null);
  bucket.locks = false;
  assert.equal((await tryNow(id)).problem, 'not_locked');
  bucket.locks = true;
  bucket.lie = 'something else';
  assert.equal((await tryNow(id)).problem, 'forked');
  bucket.lie = undefined;
  assert.equal((await tryNow(id)).problem, null);
  const giveBack = await cutLog();
  try {
    // Attack: the row that remembers what is kept there went back with the log.
    await running.test
      .admin`UPDATE audit_anchors SET size = 0, note = NULL, anchored_at = NULL, problem = NULL WHERE id = ${id}`;
    assert.equal((await tryNow(id)).problem, 'forked');
  } finally {
    await giveBack();
  }
});

test('a head goes by letter, counts when it left, and is understood when it is pasted back', async () => {
  const office = await openPostOffice();
  const house = await openInProcess(undefined, { mail: office.settings });
  const { owner } = await setUpCompany(house.origin, house.setupToken);
  const post = async (key: Key, given: object = {}) => {
    const reply = await owner.client.call(key, given);
    requireOk(reply);
    return reply.body;
  };
  await until('sealed', 10, async () => (await post('GET /api/v1/audit-log/head')).checkpoint !== null);
  const to = 'pechatka@vezha.example';
  const body = { everyMinutes: 1440, settings: { letter: { to: [to] } } };
  const { id } = await post('POST /api/v1/security/anchors', { body });
  const queued = await post('POST /api/v1/security/anchors/:id/try', { params: { id } });
  assert.equal(queued.anchoredAt, null);
  const [letter] = await until('delivered', 20, async () => {
    await house.lubart.mail.deliverDue((await house.lubart.organizations())[0]!);
    return office.to(to).length > 0 && office.to(to);
  });
  const got = await until('kept', 10, async () => {
    const one = await post('POST /api/v1/security/anchors/:id/try', { params: { id } });
    return one.anchoredAt !== null && one;
  });
  assert.equal(got.problem, null);
  const text = letter!.text;
  const checked = await post('POST /api/v1/security/heads/check', { body: { head: text } });
  assert.deepEqual([checked.verdict, checked.size], ['holds', got.size]);
});

test('an address that cannot be trusted and a setting that is none are refused', async () => {
  const code = async (settings: object) =>
    (
      await company.owner.client.call('POST /api/v1/security/anchors', {
        body: { everyMinutes: 60, settings },
      })
    ).body.error?.code;
  const places = [
    'http://bot.example',
    'ftp://localhost',
    'https://a:b@bot.example',
    'http://10.0.0.1',
    'file:///etc',
    'x',
  ];
  for (const address of places) {
    assert.equal(await code({ telegram: { address, token, chat } }), 'anchor.address_wrong', address);
  }
  assert.equal(await code({ telegram: { token: '../x', chat } }), 'anchor.settings_wrong');
  assert.equal(await code({ telegram: { token, chat: 'a b' } }), 'anchor.settings_wrong');
  assert.equal(await code({ stamp: { address: 'https://tsa.example', roots: 'x' } }), 'anchor.settings_wrong');
  assert.equal(await code({ letter: { to: ['x'] } }), 'anchor.settings_wrong');
  assert.equal(await code({}), 'request.invalid');
});
