/**
 * The page of the connection, and the taking away of places to which the log goes: asked for by whoever has less, by another company with
 * the right id, out of a browser that somebody left open, and twice. What is refused changes nothing and stands in the log.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { newSecret } from '../server/protections/sign-in/api-keys/key-form.ts';
import type { Reply } from './client.ts';
import { openClient } from './client.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, until } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let other: Company;
let auditor: Colleague;
let manager: Colleague;
let former: Colleague;
/** What came to the chat of the first company. */
const told: string[] = [];
let chat: string;
const chatServer = createServer((request, response) => {
  told.push(request.url!);
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const { text, chat_id: id } = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    response.end(JSON.stringify({ ok: true, result: { message_id: told.length, chat: { id }, text } }));
  });
});

before(async () => {
  await new Promise<void>((resolve) => chatServer.listen(0, '127.0.0.1', resolve));
  chat = `http://127.0.0.1:${(chatServer.address() as AddressInfo).port}`;
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  other = await addCompany(running);
  const join = (name: string, email: string, role: Colleague['role']) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId: company.rootId });
  auditor = await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor');
  manager = await join('Тарас Мельник', 'taras.melnyk', 'manager');
  former = await join('Назар Клименко', 'nazar.klymenko', 'owner');
  await ask(company.owner, 'PATCH /api/v1/people/:id', { params: { id: former.personId }, body: { active: false } });
});
after(() => void chatServer.close());

type Given = NonNullable<Parameters<Colleague['client']['call']>[1]>;
const call = (who: Pick<Colleague, 'client'>, key: string, given: Given = {}): Promise<Reply> =>
  who.client.call(key as never, given);
async function ask(who: Colleague, key: string, given: Given = {}): Promise<Reply['body']> {
  const reply = await call(who, key, given);
  requireOk(reply);
  return reply.body;
}
const said = ({ status, body }: Reply) => `${status} ${body.error?.code ?? ''}`;
const requestOf = ({ headers }: Reply) => headers.get('x-request-id')!;

/** Events that this one request left, in whosever log. */
async function eventsOf(reply: Reply): Promise<string[]> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`
    SELECT event FROM audit_entries WHERE convert_from(bytes, 'UTF8')::json ->> 'request' = ${requestOf(reply)}`;
  return rows.map((row) => row['event'] as string);
}

type Place = { kind: 'anchors' | 'forwards'; table: string; event: string };
const places: readonly Place[] = [
  { kind: 'anchors', table: 'audit_anchors', event: 'anchor' },
  { kind: 'forwards', table: 'audit_forwards', event: 'forward' },
];

/** A place of the first company; of each kind one that answers at once. */
async function addPlace({ kind }: Place, who = company.owner): Promise<string> {
  const telegram = { address: chat, token: `123456:${'x'.repeat(35)}`, chat: '-1001' };
  if (kind === 'anchors')
    return (await ask(who, 'POST /api/v1/security/anchors', { body: { everyMinutes: 60, settings: { telegram } } })).id;
  return (await ask(who, 'POST /api/v1/security/forwards', { body: { kind: 'file', form: 'ocsf' } })).forward.id;
}
const remove = (who: Pick<Colleague, 'client'>, { kind }: Place, id: string, given: Given = {}) =>
  call(who, `DELETE /api/v1/security/${kind}/:id`, { ...given, params: { id } });
async function stands({ table }: Place, id: string): Promise<boolean> {
  const rows = await running.test.admin.unsafe(`SELECT 1 FROM ${table} WHERE id = '${id}'`);
  return rows.length === 1;
}

/** As if everybody of the company had proved themselves six minutes ago. */
async function letProofsGrowOld(): Promise<() => Promise<void>> {
  const { admin } = running.test;
  await admin`UPDATE sessions SET proved_at = now() - interval '6 minutes'`;
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // what a node knows of a session it knows for a second
  return async () => {
    await admin`UPDATE sessions SET proved_at = now()`;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  };
}

async function keyOf(who: Colleague, role: string): Promise<string> {
  const made = await ask(company.owner, 'POST /api/v1/api-keys', { body: { name: 'Програма', roles: [role] } });
  const { secret, hash, hint } = newSecret(company.organizationId);
  await running.test.admin`
    UPDATE api_keys SET person_id = ${who.personId}, secret_hash = ${hash}, hint = ${hint} WHERE id = ${made.key.id}`;
  return secret;
}

test('how the house is connected is shown to whoever keeps or checks protections, and to nobody else', async () => {
  const key = 'GET /api/v1/security/connection';
  const shown = await ask(company.owner, key);
  assert.deepEqual(await ask(auditor, key), shown);
  assert.equal(shown.way, 'none');
  const refusals: [who: string, reply: Reply, expected: string, event: string][] = [
    ['a manager', await call(manager, key), '403 access.denied', 'security.read.denied'],
    ['nobody', await call({ client: openClient(running.origin) }, key), '401 session.missing', 'session.denied'],
    ['who was dismissed', await call(former, key), '401 session.expired', 'session.denied'],
    [
      'an owner’s program',
      await call({ client: openClient(running.origin, '', '') }, key, {
        headers: { authorization: `Bearer ${await keyOf(company.owner, 'owner')}`, cookie: '', origin: '' },
      }),
      '403 api-key.route_closed',
      'api-key.denied',
    ],
  ];
  for (const [who, reply, expected, event] of refusals) {
    assert.equal(said(reply), expected, who);
    assert.deepEqual(await eventsOf(reply), [event], who);
    assert.ok(!JSON.stringify(reply.body).includes('hsts'), who);
  }
});

test('the page of the connection answers about this server, whatever else is asked: nothing of another company, no way to a file', async () => {
  const key = 'GET /api/v1/security/connection';
  const shown = await ask(company.owner, key);
  const forged: Given[] = [
    { query: { organizationId: other.organizationId } },
    { query: { folder: '/etc', file: '../../root.key', hostName: '../root' } },
    { headers: { 'x-organization': other.organizationId, 'x-forwarded-host': 'zlodii.example' } },
  ];
  for (const given of forged) {
    const reply = await call(company.owner, key, given);
    if (reply.status === 200) assert.deepEqual(reply.body, shown, JSON.stringify(given));
    else assert.equal(said(reply), '400 request.invalid', JSON.stringify(given));
  }
  // Another company in the same house is reached by the same certificate, and learns nothing beside it.
  assert.deepEqual(await ask(other.owner, key), shown);
  assert.ok(!JSON.stringify(shown).includes(company.organizationId));
});

for (const place of places) {
  test(`${place.event}: who may only look, a program and who is gone take no place away`, async () => {
    const id = await addPlace(place);
    const program = {
      headers: { authorization: `Bearer ${await keyOf(company.owner, 'owner')}`, cookie: '', origin: '' },
    };
    const bare = { client: openClient(running.origin, '', '') };
    const tries: [who: string, reply: Reply, expected: string, event: string][] = [
      ['the auditor', await remove(auditor, place, id), '403 access.denied', 'security.update.denied'],
      ['a manager', await remove(manager, place, id), '403 access.denied', 'security.update.denied'],
      ['who was dismissed', await remove(former, place, id), '401 session.expired', 'session.denied'],
      ['a program', await remove(bare, place, id, program), '403 api-key.no_step_up', 'api-key.denied'],
      [
        'a page of somebody else',
        await remove(company.owner, place, id, { headers: { origin: 'https://zlodii.example' } }),
        '403 request.cross_site',
        'request.cross_site_denied',
      ],
    ];
    for (const [who, reply, expected, event] of tries) {
      assert.equal(said(reply), expected, who);
      assert.deepEqual(await eventsOf(reply), [event], who);
    }
    assert.equal(await stands(place, id), true);
  });

  test(`${place.event}: the id of another company’s place opens nothing, and its own log says nothing`, async () => {
    const id = await addPlace(place);
    const given: Given = { query: { organizationId: company.organizationId } };
    const before = await running.test.admin`
      SELECT count(*)::int AS n FROM audit_entries WHERE organization_id = ${company.organizationId}`;
    const keys = ['POST /api/v1/security/:kind/:id/try', 'DELETE /api/v1/security/:kind/:id'];
    for (const key of keys.map((one) => one.replace(':kind', place.kind))) {
      const plain = await call(other.owner, key, { params: { id } });
      assert.equal(said(plain), `404 ${place.event}.not_found`, key);
      assert.deepEqual(await eventsOf(plain), [`${place.event}.missed`], key);
      // A company that somebody writes beside the id is not believed either.
      assert.match(said(await call(other.owner, key, { ...given, params: { id } })), /^40[04] /, key);
    }
    assert.equal(await stands(place, id), true);
    const listed = await ask(other.owner, `GET /api/v1/security/${place.kind}`);
    assert.deepEqual(listed[place.kind], []);
    const now = await running.test.admin`
      SELECT count(*)::int AS n FROM audit_entries WHERE organization_id = ${company.organizationId}`;
    assert.deepEqual(now, before);
  });

  test(`${place.event}: a browser left open takes nothing away; a try of it reaches only the place that was proved`, async () => {
    const id = await addPlace(place);
    const refresh = await letProofsGrowOld();
    try {
      const refused = await remove(company.owner, place, id);
      assert.equal(said(refused), '403 session.step_up_needed');
      assert.deepEqual(await eventsOf(refused), ['session.step_up_denied']);
      assert.equal(await stands(place, id), true);
      told.length = 0;
      const elsewhere = { telegram: { address: 'https://zlodii.example', token: 'x', chat: 'y' } };
      await call(company.owner, `POST /api/v1/security/${place.kind}/:id/try`, {
        params: { id },
        body: { settings: elsewhere, address: 'https://zlodii.example' },
      });
      const tried = await call(company.owner, `POST /api/v1/security/${place.kind}/:id/try`, { params: { id } });
      requireOk(tried);
      assert.equal(tried.body.problem, null);
      assert.ok((await eventsOf(tried)).includes(`${place.event}.tried`));
      if (place.kind === 'anchors') assert.ok(told.length > 0 && told.every((path) => path.startsWith('/bot123456')));
    } finally {
      await refresh();
    }
  });

  test(`${place.event}: taken away twice, one after another and at one moment, it is one act and one entry`, async () => {
    const [first, second] = [await addPlace(place), await addPlace(place)];
    requireOk(await remove(company.owner, place, first));
    assert.equal(said(await remove(company.owner, place, first)), `404 ${place.event}.not_found`);
    const both = await Promise.all([1, 2, 3].map(() => remove(company.owner, place, second)));
    assert.deepEqual(both.map(said).toSorted(), [
      '200 ',
      `404 ${place.event}.not_found`,
      `404 ${place.event}.not_found`,
    ]);
    for (const id of [first, second]) {
      const rows = await running.test.admin`
        SELECT actor_id FROM audit_entries WHERE event = ${`${place.event}.removed`} AND ${id}::uuid = ANY (subject_ids)`;
      assert.deepEqual(
        rows.map((row) => row['actor_id']),
        [company.owner.personId],
      );
    }
    // What is gone is not tried, and gets nothing any more.
    const tried = await call(company.owner, `POST /api/v1/security/${place.kind}/:id/try`, { params: { id: first } });
    assert.equal(said(tried), `404 ${place.event}.not_found`);
  });
}

test('a kept head is checked by whoever may look, changes nothing, and a head of another company is no alarm here', async () => {
  const head = await until('sealed', 10, async () => {
    const { checkpoint } = await ask(company.owner, 'GET /api/v1/audit-log/head');
    return (checkpoint as string | null) ?? false;
  });
  const refresh = await letProofsGrowOld();
  try {
    const check = (who: Colleague) => call(who, 'POST /api/v1/security/heads/check', { body: { head } });
    const mine = await check(auditor);
    assert.deepEqual([mine.status, mine.body.verdict], [200, 'holds']);
    assert.deepEqual(await eventsOf(mine), ['audit.head_checked']);
    const theirs = await check(other.owner);
    assert.deepEqual([theirs.status, theirs.body.verdict], [200, 'other_log']);
    const refused = await check(manager);
    assert.equal(said(refused), '403 access.denied');
    assert.deepEqual(await eventsOf(refused), ['security.read.denied']);
  } finally {
    await refresh();
  }
});
