/** Somebody spoiled a client, and somebody else puts it right: what was is found in the log, by those who may, and nothing newer is lost. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { ReadyRole } from '#contract';
import { openClient } from './client.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, openInProcess, requireOk, setUpCompany, signIn, strangeId } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let owner: Colleague;
let auditor: Colleague;
let manager: Colleague;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = company.owner;
  const join = (name: string, email: string, role: ReadyRole) =>
    company.join({ name, email, role, departmentId: company.rootId });
  auditor = await join('Остап Гук', 'ostap.huk@vezha.example', 'auditor');
  manager = await join('Тарас Мельник', 'taras.melnyk@vezha.example', 'manager');
});

type Moment = { entryId: string; event: string; at: string; changes: { field: string }[]; touchedSince: string[] };
type History = {
  version: number;
  then: Record<string, unknown> | null;
  other: Record<string, unknown> | null;
  difference: string[];
  unsure: string[];
  moments: Moment[];
};

async function makeContact(who: Colleague, fields: object): Promise<string> {
  const made = await who.client.call('POST /api/v1/contacts', { body: fields });
  requireOk(made);
  return made.body.id as string;
}
async function change(who: Colleague, id: string, version: number, changes: object): Promise<void> {
  requireOk(await who.client.call('PATCH /api/v1/contacts/:id', { params: { id }, body: { version, changes } }));
  await new Promise((done) => setTimeout(done, 5));
}
const read = (who: Colleague, id: string, query: Record<string, string> = {}) =>
  who.client.call('GET /api/v1/audit-log/records/:kind/:id', { params: { kind: 'contact', id }, query });
async function history(id: string, query: Record<string, string> = {}): Promise<History> {
  const reply = await read(owner, id, query);
  requireOk(reply);
  return reply.body as History;
}
const undo = (who: Colleague, id: string, entryId: string, version: number) =>
  who.client.call('POST /api/v1/contacts/:id/undo', { params: { id }, body: { entryId, version } });
const codeOf = (reply: { body: { error?: { code: string } } }) => reply.body.error?.code;

test('a client is seen as it was at any moment, and what differs between two', async () => {
  const id = await makeContact(owner, { lastName: 'Коваль', position: 'слюсар' });
  await change(owner, id, 1, { position: 'майстер' });
  await change(owner, id, 2, { position: 'директор', lastName: 'Коваленко' });
  const { moments, then, other, difference } = await history(id);
  assert.deepEqual(
    moments.map(({ event }) => event),
    ['contact.updated', 'contact.updated', 'contact.created'],
  );
  assert.deepEqual([then!['position'], other!['position'], difference], ['директор', 'директор', []]);
  const [last, first, made] = moments;
  const early = await history(id, { at: made!.at });
  assert.deepEqual([early.then!['position'], early.then!['lastName']], ['слюсар', 'Коваль']);
  assert.deepEqual(early.difference.toSorted(), ['lastName', 'position']);
  const middle = await history(id, { at: first!.at, against: made!.at });
  assert.deepEqual([middle.then!['position'], middle.other!['position']], ['майстер', 'слюсар']);
  assert.deepEqual(middle.difference, ['position']);
  assert.deepEqual(first!.touchedSince, ['position']);
  assert.deepEqual(last!.touchedSince, []);
  const never = await history(id, { at: '2001-01-01T00:00:00Z' });
  assert.deepEqual([never.then, never.difference], [null, []]);
});

test('after a hand-over of everything the holder before is known, and what was not written down is named', async () => {
  const id = await makeContact(owner, { lastName: 'Передавайко' });
  const { departmentId } = (await owner.client.call('GET /api/v1/contacts/:id', { params: { id } })).body;
  await running.lubart.auditLog.flush();
  const handOver = { ownerBefore: owner.personId, ownerAfter: manager.personId, department: departmentId };
  const { database, keyring, auditLog } = running.lubart;
  const seals = await keyring.of(company.organizationId);
  const reach = { organizationId: company.organizationId, personId: null, departmentIds: [], scope: 'all' } as const;
  await database.act(reach, (tx) =>
    auditLog.record(
      tx,
      seals,
      { organizationId: company.organizationId, actor: null, address: null, device: null, requestId: null },
      { event: 'contact.handed_over', subjectKind: 'contact', subjectIds: [id], facts: handOver },
    ),
  );
  const { moments } = await history(id);
  const { then, unsure } = await history(id, { at: moments.at(-1)!.at });
  assert.deepEqual([then!['ownerId'], unsure], [owner.personId, ['departmentId']]);
});

test('of a time of which the log is no longer kept nothing is said for sure', async () => {
  const id = await makeContact(owner, { lastName: 'Давнюк', position: 'тепер' });
  await running.test.admin`UPDATE contacts SET created_at = now() - interval '5 years' WHERE id = ${id}`;
  const years = (count: number) => new Date(Date.now() - count * 365 * 86_400_000).toISOString();
  const { unsure } = await history(id, { at: years(4) });
  assert.ok(unsure.includes('position') && unsure.includes('stage'));
  assert.deepEqual((await history(id, { at: years(2) })).unsure, []);
});

test('one change is taken back as a change of one’s own, and its entry names the one that it takes back', async () => {
  const id = await makeContact(owner, { lastName: 'Савчук', position: 'пекар', phones: [{ number: '+380500000021' }] });
  await change(owner, id, 1, { position: 'зіпсовано', phones: [] });
  await change(owner, id, 2, { firstName: 'Ірина' });
  const spoilt = (await history(id)).moments[1]!;
  const undone = await undo(owner, id, spoilt.entryId, 3);
  requireOk(undone);
  assert.deepEqual(
    [undone.body.position, undone.body.phones[0].number, undone.body.firstName, undone.body.version],
    ['пекар', '+380500000021', 'Ірина', 4],
  );
  const [entry] = (
    await owner.client.call('GET /api/v1/audit-entries', { query: { subjectId: id, event: 'contact.updated' } })
  ).body.rows;
  assert.equal(entry.facts.undoOf, spoilt.entryId);
});

test('nothing newer is lost: a field that was changed again is not taken back, and neither is an old version', async () => {
  const id = await makeContact(owner, { lastName: 'Бондар', position: 'перша' });
  await change(owner, id, 1, { position: 'друга' });
  await change(owner, id, 2, { position: 'третя' });
  const [later, spoilt, made] = (await history(id)).moments;
  const refused = await undo(owner, id, spoilt!.entryId, 3);
  assert.equal(codeOf(refused), 'history.changed_since');
  assert.deepEqual(refused.body.error.details, { field: 'position', entry: later!.entryId });
  assert.equal(codeOf(await undo(owner, id, later!.entryId, 2)), 'contact.version_conflict', 'somebody was faster');
  assert.equal(codeOf(await undo(owner, id, made!.entryId, 3)), 'history.nothing_to_undo');
  const { body } = await owner.client.call('GET /api/v1/contacts/:id', { params: { id } });
  assert.equal(body.position, 'третя');
});

test('the entry of another client gives nothing to this one', async () => {
  const one = await makeContact(owner, { lastName: 'Ткач', position: 'таємна' });
  await change(owner, one, 1, { position: 'інша' });
  const other = await makeContact(owner, { lastName: 'Швець' });
  const [entry] = (await history(one)).moments;
  for (const entryId of [entry!.entryId, strangeId()])
    assert.equal(codeOf(await undo(owner, other, entryId, 1)), 'audit.not_found');
});

test('the log alone shows no client, and the client alone no log: both rights are asked for', async () => {
  const id = await makeContact(manager, { lastName: 'Лисенко', position: 'кухар' });
  await change(manager, id, 1, { position: 'зіпсовано' });
  const [entry] = (await history(id)).moments;
  assert.equal(codeOf(await read(auditor, id)), 'access.denied', 'an auditor sees no clients');
  assert.equal(codeOf(await read(manager, id)), 'access.denied', 'a manager reads no log');
  assert.equal(codeOf(await undo(manager, id, entry!.entryId, 2)), 'access.denied', 'nor reads it by undoing');
  assert.equal(codeOf(await read(owner, strangeId())), 'contact.not_found');
});

test('what a session saw are its distinct clients; names only for whom may see them; looking is recorded', async () => {
  const ids = [await makeContact(manager, { lastName: 'Перший' }), await makeContact(manager, { lastName: 'Друга' })];
  for (const id of [ids[0]!, ids[0]!, ids[1]!]) {
    requireOk(await manager.client.call('GET /api/v1/contacts/:id', { params: { id } }));
    await running.lubart.auditLog.flush();
  }
  const [signedIn] = (
    await owner.client.call('GET /api/v1/audit-entries', {
      query: { actorId: manager.personId, event: 'contact.opened' },
    })
  ).body.rows;
  const params = { id: signedIn.sessionId as string };
  const seen = await owner.client.call('GET /api/v1/audit-log/sessions/:id/seen', { params });
  requireOk(seen);
  const rows = seen.body.rows as { id: string; name: string | null; times: number; events: string[] }[];
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'each once');
  assert.equal(seen.body.count, rows.length);
  const first = rows.find(({ id }) => id === ids[0])!;
  assert.deepEqual([first.name, first.times, first.events], ['Перший', 2, ['contact.opened']]);
  const blind = await auditor.client.call('GET /api/v1/audit-log/sessions/:id/seen', { params });
  requireOk(blind);
  assert.ok(blind.body.rows.length > 0);
  assert.ok(blind.body.rows.every(({ name }: { name: string | null }) => name === null));
  await running.lubart.auditLog.flush();
  const notes = await running.test.admin`SELECT 1 FROM audit_entries
    WHERE event = 'audit.session_read' AND ${params.id}::uuid = ANY (subject_ids) AND actor_id = ${auditor.personId}`;
  assert.equal(notes.length, 1);
});

test('what is hidden from a reader is hidden in the past as well, and is not put back unseen', async () => {
  const id = await makeContact(owner, { lastName: 'Гнатюк', notes: 'борг у 2019', position: 'була' });
  await change(owner, id, 1, { notes: 'порожньо', position: 'стала' });
  const made = await owner.client.call('POST /api/v1/roles', {
    body: {
      name: 'Слідчий',
      grants: { 'contact.read': 'all', 'contact.update': 'all', 'audit.read': 'all' },
      fieldRights: { contact: { notes: 'hidden' }, company: {} },
    },
  });
  requireOk(made);
  const looker = await company.join({
    name: 'Юлія Слідча',
    email: 'yulia.slidcha@vezha.example',
    role: 'marketer',
    departmentId: company.rootId,
  });
  requireOk(
    await owner.client.call('PATCH /api/v1/people/:id', {
      params: { id: looker.personId },
      body: { roles: [made.body.id] },
    }),
  );
  await signIn(looker.client, looker);
  const reply = await read(looker, id, { at: (await history(id)).moments.at(-1)!.at });
  requireOk(reply);
  assert.deepEqual([reply.body.then.position, reply.body.difference], ['була', ['position']]);
  assert.ok(!JSON.stringify(reply.body).includes('борг'));
  const spoilt = (reply.body.moments as Moment[])[0]!;
  assert.deepEqual(
    spoilt.changes.map(({ field }) => field),
    ['position'],
  );
  assert.equal(codeOf(await undo(looker, id, spoilt.entryId, 2)), 'access.denied');
});

/** Of either kind: a client that was spoiled once, with the entry that says so. */
const kinds = [
  { kind: 'contact', path: 'contacts', made: { lastName: 'Гриценко', position: 'було' } },
  { kind: 'company', path: 'companies', made: { name: 'Майстерня Вежа', address: 'було' } },
] as const;
type Kind = (typeof kinds)[number];
type Spoilt = { id: string; entryId: string };
const field = ({ kind }: Kind) => (kind === 'contact' ? 'position' : 'address');
const call = (who: Pick<Colleague, 'client'>, key: string, given: object = {}) => who.client.call(key as never, given);

async function spoil(one: Kind, who = owner): Promise<Spoilt> {
  const made = await call(who, `POST /api/v1/${one.path}`, { body: one.made });
  requireOk(made);
  const { id } = made.body;
  const body = { version: 1, changes: { [field(one)]: 'зіпсовано' } };
  requireOk(await call(who, `PATCH /api/v1/${one.path}/:id`, { params: { id }, body }));
  return { id, entryId: (await entriesOf(one, id))[0]! };
}
async function entriesOf({ kind }: Kind, id: string): Promise<string[]> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`
    SELECT id FROM audit_entries WHERE event = ${`${kind}.updated`} AND ${id}::uuid = ANY (subject_ids) ORDER BY id DESC`;
  return rows.map((row) => row['id'] as string);
}
const undoOf = ({ path }: Kind, who: Pick<Colleague, 'client'>, id: string, body: object, more: object = {}) =>
  call(who, `POST /api/v1/${path}/:id/undo`, { params: { id }, body, ...more });
const valueOf = async (one: Kind, id: string) =>
  (await call(owner, `GET /api/v1/${one.path}/:id`, { params: { id } })).body[field(one)];
/** Events that this one request left. */
async function left(reply: { headers: Headers }): Promise<string[]> {
  await running.lubart.auditLog.flush();
  const request = reply.headers.get('x-request-id')!;
  const rows = await running.test.admin`
    SELECT event FROM audit_entries WHERE convert_from(bytes, 'UTF8')::json ->> 'request' = ${request}`;
  return rows.map((row) => row['event'] as string);
}

for (const one of kinds) {
  test(`${one.kind}: another company’s id, and an entry of another company, take nothing back in either house`, async () => {
    const other = await addCompany(running, {
      organization: 'Інші',
      name: 'Марко Гнатюк',
      email: `marko.${one.kind}@inshi.example`,
    });
    const ours = await spoil(one);
    const theirs = await spoil(one, other.owner);
    const stolen = await undoOf(one, other.owner, ours.id, { entryId: ours.entryId, version: 2 });
    assert.equal(codeOf(stolen), `${one.kind}.not_found`);
    assert.deepEqual(await left(stolen), [`${one.kind}.missed`]);
    const planted = await undoOf(one, other.owner, theirs.id, { entryId: ours.entryId, version: 2 });
    assert.equal(codeOf(planted), 'audit.not_found');
    // A company that somebody writes into the request is not believed.
    const forged = { entryId: ours.entryId, version: 2, organizationId: company.organizationId };
    assert.equal(codeOf(await undoOf(one, other.owner, ours.id, forged)), 'request.invalid');
    assert.equal(await valueOf(one, ours.id), 'зіпсовано');
    const row = await running.test.admin.unsafe(`SELECT version FROM ${one.path} WHERE id = '${theirs.id}'`);
    assert.equal(row[0]!['version'], 2);
  });

  test(`${one.kind}: an undo that is sent again, or by two at one moment, undoes once`, async () => {
    const { id, entryId } = await spoil(one);
    const body = { entryId, version: 2 };
    const both = await Promise.all([1, 2, 3].map(() => undoOf(one, owner, id, body)));
    // Who comes while it is undone meets the version, who comes after it the value.
    const refused = both.map((reply) => codeOf(reply)).filter((code) => code !== undefined);
    assert.equal(refused.length, 2);
    for (const code of refused)
      assert.ok([`${one.kind}.version_conflict`, 'history.changed_since'].includes(code), code);
    assert.equal(await valueOf(one, id), 'було');
    assert.equal((await entriesOf(one, id)).length, 2);
    // What somebody puts there later is not undone by the old request, whatever version it names.
    const changed = { version: 3, changes: { [field(one)]: 'нове' } };
    requireOk(await call(owner, `PATCH /api/v1/${one.path}/:id`, { params: { id }, body: changed }));
    assert.equal(codeOf(await undoOf(one, owner, id, body)), 'history.changed_since');
    assert.equal(codeOf(await undoOf(one, owner, id, { entryId, version: 4 })), 'history.changed_since');
    assert.equal(await valueOf(one, id), 'нове');
  });

  test(`${one.kind}: who lacks a right, is gone, comes from another site or is a program undoes nothing`, async () => {
    const { id, entryId } = await spoil(one);
    const body = { entryId, version: 2 };
    const tries: [who: string, reply: Awaited<ReturnType<typeof undoOf>>, code: string, event: string][] = [
      ['an auditor', await undoOf(one, auditor, id, body), 'access.denied', `${one.kind}.update.denied`],
      [
        'a manager, of somebody else’s',
        await undoOf(one, manager, id, body),
        `${one.kind}.not_found`,
        `${one.kind}.missed`,
      ],
      [
        'another site',
        await undoOf(one, owner, id, body, { headers: { origin: 'https://zlodii.example' } }),
        'request.cross_site',
        'request.cross_site_denied',
      ],
      [
        'nobody',
        await undoOf(one, { client: openClient(running.origin) }, id, body),
        'session.missing',
        'session.denied',
      ],
    ];
    for (const [who, reply, code, event] of tries) {
      assert.equal(codeOf(reply), code, who);
      assert.deepEqual(await left(reply), [event], who);
    }
    const made = await call(owner, 'POST /api/v1/api-keys', { body: { name: 'Програма', roles: ['owner'] } });
    requireOk(made);
    const program = { headers: { authorization: `Bearer ${made.body.secret}`, cookie: '', origin: '' } };
    const refused = await undoOf(one, { client: openClient(running.origin, '', '') }, id, body, program);
    assert.equal(codeOf(refused), 'api-key.route_closed');
    assert.equal(await valueOf(one, id), 'зіпсовано');
  });

  test(`${one.kind}: what lies in the trash or was erased is not brought to life by an undo`, async () => {
    const { id, entryId } = await spoil(one);
    requireOk(await call(owner, `POST /api/v1/${one.path}/:id/archive`, { params: { id } }));
    const refused = await undoOf(one, owner, id, { entryId, version: 3 });
    assert.equal(codeOf(refused), `${one.kind}.archived`);
    const [row] = await running.test.admin.unsafe(`SELECT version, archived_at FROM ${one.path} WHERE id = '${id}'`);
    assert.deepEqual([row!['version'], row!['archived_at'] === null], [3, false]);
    requireOk(
      await call(owner, `POST /api/v1/${one.path}/:id/erase`, {
        params: { id },
        body: { reason: 'asked' },
      }),
    );
    assert.equal(codeOf(await undoOf(one, owner, id, { entryId, version: 3 })), `${one.kind}.not_found`);
  });
}
