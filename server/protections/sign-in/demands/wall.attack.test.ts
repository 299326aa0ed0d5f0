/** The wall, over HTTP: whoever lacks what her role demands does nothing else, and nobody but herself, in this session, lifts it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FactorRules, ReadyRole } from '#contract';
import { defaultRules, openRoutes, routes, wallRoutes } from '#contract';
import type { Client, Reply } from '#test/client.ts';
import { openClient } from '#test/client.ts';
import { makeTestFolder } from '#test/harness.ts';
import type { Key } from '#test/matrix-examples.ts';
import { examples } from '#test/matrix-examples.ts';
import type { Colleague, Company, InProcess } from '#test/running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany, strangeId } from '#test/running-lubart.ts';
import type { SoftKey, SoftKeyKind } from '#test/soft-key.ts';
import { makeMaker, makeSoftKey, noModel } from '#test/soft-key.ts';

let running: InProcess;
let company: Company;

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
});

const table = routes as Record<Key, { permission: string }>;
const said = (reply: Reply): string => (reply.status === 200 ? 'ok' : reply.body.error.code);

async function setFactors(given: Partial<FactorRules>): Promise<void> {
  const { client } = company.owner;
  const { version } = (await client.call('GET /api/v1/security/rules')).body;
  const factors = { ...defaultRules.factors, graceDays: 0, ...given };
  requireOk(await client.call('PUT /api/v1/security/rules', { body: { version, change: { factors } } }));
}
const demand = (role: ReadyRole, level: 'key' | 'attested', more: Partial<FactorRules> = {}) =>
  setFactors({ roles: [{ role, level, since: null }], ...more });

let joined = 0;
const join = (name: string, role: ReadyRole = 'manager'): Promise<Colleague> =>
  company.join({ name, email: `person-${(joined += 1)}@vezha.example`, role, departmentId: company.rootId });

async function addKey(client: Client, kind: SoftKeyKind = {}): Promise<{ key: SoftKey; reply: Reply }> {
  const key = makeSoftKey(running.origin, kind);
  const begun = await client.call('POST /api/v1/passkeys/begin');
  if (begun.status !== 200) return { key, reply: begun };
  const body = { ticket: begun.body.ticket, name: 'Ключ', response: key.create(begun.body.options) };
  return { key, reply: await client.call('POST /api/v1/passkeys', { body }) };
}

async function enterByKey(key: SoftKey): Promise<Client & { said: string }> {
  const client = openClient(running.origin);
  const { body } = await client.call('POST /api/v1/sign-in/passkey/begin', { body: {} });
  const given = { ticket: body.ticket, response: key.get(body.options) };
  return Object.assign(client, { said: said(await client.call('POST /api/v1/sign-in/passkey', { body: given })) });
}

async function enterByCode(who: { email: string }, code: string): Promise<{ client: Client; reply: Reply }> {
  const client = openClient(running.origin);
  const begun = await client.call('POST /api/v1/sign-in', { body: { email: who.email, password } });
  requireOk(begun);
  return {
    client,
    reply: await client.call('POST /api/v1/sign-in/code', { body: { ticket: begun.body.ticket, code } }),
  };
}

const sessionOf = async (client: Client) => (await client.call('GET /api/v1/session')).body;
async function eventsOf(event: string): Promise<number> {
  await running.lubart.auditLog.flush();
  const [row] = await running.test.admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = ${event}`;
  return row!['n'];
}

test('behind the wall every route but those that enrol, prove, show or leave is refused', async () => {
  const { client } = await join('Тарас Мельник');
  await demand('manager', 'key');
  const target = Object.fromEntries(
    [
      'contactId',
      'companyId',
      'readyImportId',
      'uploadingImportId',
      'auditEntryId',
      'departmentId',
      'roleId',
      'personId',
    ].map((name) => [name, strangeId()]),
  ) as never;
  const noted = await eventsOf('session.wall_denied');
  let refused = 0;
  for (const key of Object.keys(routes) as Key[]) {
    if (openRoutes[0] === table[key].permission || key === 'POST /api/v1/sign-out') continue;
    const { params = {}, query, body, bytes } = examples[key](target);
    const reply =
      bytes === undefined
        ? await client.call(key, { params, body, ...(query === undefined ? {} : { query }) })
        : await client.put(key.split(' ')[1]!.replace(':id', params['id']!), bytes);
    const code = reply.status === 200 || typeof reply.body === 'string' ? 'ok' : reply.body.error?.code;
    const isOpen = (wallRoutes.enrol as readonly string[]).includes(key);
    assert.equal(code === 'sign-in.factor_required', !isOpen, `${key}: ${code}`);
    if (!isOpen) refused += 1;
  }
  assert.ok(refused > 60, `only ${refused} routes`);
  assert.ok((await eventsOf('session.wall_denied')) >= noted + 60, 'each refusal leaves its entry');
  requireOk(await client.call('POST /api/v1/sign-out'));
});

test('the session that enrols the factor is lifted with a new token; an older one of the same person is not', async () => {
  await demand('manager', 'key');
  const taras = await join('Тарас Мельник');
  const mine = await sessionOf(taras.client);
  assert.deepEqual([mine.demand.wall, mine.demand.level, mine.demand.roles], ['enrol', 'key', ['Менеджер']]);
  // Whoever stole the second session waits for the first to be lifted.
  const thief = openClient(running.origin, (await enterByCode(taras, codeNow(taras.totp, 1))).client.cookie);
  assert.equal((await sessionOf(thief)).demand.wall, 'enrol');
  const old = taras.client.cookie;
  const { reply } = await addKey(taras.client);
  requireOk(reply);
  assert.deepEqual(reply.body.recoveryCodes, [], 'the codes of joining stay good');
  assert.notEqual(taras.client.cookie, old);
  assert.equal(said(await openClient(running.origin, old).call('GET /api/v1/session')), 'session.expired');
  assert.equal((await sessionOf(taras.client)).demand, null);
  assert.equal(said(await taras.client.call('GET /api/v1/contacts')), 'ok');
  assert.equal((await sessionOf(thief)).demand.wall, 'prove');
  assert.equal(said(await thief.call('GET /api/v1/contacts')), 'sign-in.factor_required');
  assert.equal(said(await thief.call('POST /api/v1/passkeys/begin')), 'sign-in.factor_required', 'no key of his own');
});

test('who has the demanded key comes in by it alone; password and code are too weak, a recovery code leads to the wall', async () => {
  await setFactors({});
  const taras = await join('Тарас Мельник');
  const { recoveryCodes } = (await taras.client.call('POST /api/v1/recovery-codes')).body;
  const { key, reply } = await addKey(taras.client);
  requireOk(reply);
  await demand('manager', 'key');
  const weak = await enterByCode(taras, codeNow(taras.totp, 1));
  assert.equal(said(weak.reply), 'sign-in.factor_too_weak');
  const strong = await enterByKey(key);
  assert.deepEqual([strong.said, (await sessionOf(strong)).demand], ['ok', null]);
  // The session from before the rule proves the key and goes on.
  assert.equal((await sessionOf(taras.client)).demand.wall, 'prove');
  const begun = await taras.client.call('POST /api/v1/step-up/passkey/begin');
  const proof = { ticket: begun.body.ticket, response: key.get(begun.body.options) };
  requireOk(await taras.client.call('POST /api/v1/step-up/passkey', { body: proof }));
  assert.equal((await sessionOf(taras.client)).demand, null);
  const lost = await enterByCode(taras, recoveryCodes[0]);
  assert.equal((await sessionOf(lost.client)).demand.wall, 'enrol');
  // The key is taken away: what it had opened is behind the wall again.
  requireOk((await addKey(strong)).reply);
  const { passkeys } = (await strong.call('GET /api/v1/factors')).body;
  requireOk(await strong.call('DELETE /api/v1/passkeys/:id', { params: { id: passkeys[0].id } }));
  assert.equal((await sessionOf(taras.client)).demand.wall, 'prove');
});

test('where a key has to be proved nothing else is offered or accepted; a recovery code leads to a new key', async () => {
  await setFactors({});
  const taras = await join('Тарас Мельник');
  const { recoveryCodes } = (await taras.client.call('POST /api/v1/recovery-codes')).body;
  requireOk((await addKey(taras.client)).reply);
  const begin = () =>
    openClient(running.origin).call('POST /api/v1/sign-in', { body: { email: taras.email, password } });
  const before = (await begin()).body;
  assert.deepEqual([before.ways, before.demanded], [['passkey', 'totp', 'recovery'], null]);
  await demand('manager', 'key');
  const { ways, demanded } = (await begin()).body;
  assert.deepEqual([ways, demanded], [['passkey', 'recovery'], 'key']);
  const { client } = taras;
  assert.equal((await sessionOf(client)).demand.wall, 'prove');
  assert.deepEqual((await client.call('GET /api/v1/step-up')).body.ways, ['passkey', 'recovery']);
  const cookie = client.cookie;
  const code = codeNow(taras.totp, 1);
  assert.equal(said(await client.call('POST /api/v1/step-up', { body: { code } })), 'sign-in.factor_too_weak');
  assert.equal(client.cookie, cookie, 'nothing was gained by it');
  requireOk(await client.call('POST /api/v1/step-up', { body: { code: recoveryCodes[0] } }));
  assert.equal((await sessionOf(client)).demand.wall, 'enrol');
  const lifted = await eventsOf('session.wall_lifted');
  requireOk((await addKey(client)).reply);
  assert.equal((await sessionOf(client)).demand, null);
  assert.equal(await eventsOf('session.wall_lifted'), lifted + 1);
});

test('who enrols the first factor behind the wall gets recovery codes, once, and they open', async () => {
  await setFactors({});
  const { client, personId, email } = await join('Данило Гриценко');
  const { admin } = running.test;
  // As if made at the first sign-in by a provider: nothing to prove oneself with.
  await admin`DELETE FROM authenticators WHERE person_id = ${personId}`;
  await admin`DELETE FROM recovery_codes WHERE person_id = ${personId}`;
  await admin`UPDATE sessions SET factors = '{sso}', proved_at = NULL WHERE person_id = ${personId}`;
  await sleep(1_100);
  assert.equal((await sessionOf(client)).demand.wall, 'first');
  const made = await eventsOf('person.recovery_codes_renewed');
  const { recoveryCodes } = (await addKey(client)).reply.body;
  assert.equal(recoveryCodes.length, 10);
  assert.equal((await sessionOf(client)).demand, null);
  assert.deepEqual((await addKey(client)).reply.body.recoveryCodes, []);
  assert.equal(await eventsOf('person.recovery_codes_renewed'), made + 1);
  requireOk((await enterByCode({ email }, recoveryCodes[0])).reply);
});

test('the last key that a role demands is not taken away', async () => {
  await demand('manager', 'key');
  const { client } = await join('Тарас Мельник');
  requireOk((await addKey(client)).reply);
  const [key] = (await client.call('GET /api/v1/factors')).body.passkeys;
  const removed = await client.call('DELETE /api/v1/passkeys/:id', { params: { id: key.id } });
  assert.equal(said(removed), 'factor.demanded');
});

test('a role that is given puts the wall up: at the next request, or at the sign-in that it asks for', async () => {
  await demand('head', 'key');
  const iryna = await join('Ірина Савчук');
  assert.equal(said(await iryna.client.call('GET /api/v1/contacts')), 'ok');
  // For a time, as a temporary right is given: the sessions go on.
  await running.test.admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_at, until)
    SELECT organization_id, ${iryna.personId}, id, now(), now() + interval '1 hour' FROM roles
    WHERE organization_id = ${company.organizationId} AND key = 'head'`;
  await sleep(1_100);
  assert.equal(said(await iryna.client.call('GET /api/v1/contacts')), 'sign-in.factor_required');
  const given = { params: { id: iryna.personId }, body: { roles: ['head'] } };
  requireOk(await company.owner.client.call('PATCH /api/v1/people/:id', given));
  const { client } = await enterByCode(iryna, codeNow(iryna.totp, 1));
  assert.equal(said(await client.call('GET /api/v1/contacts')), 'sign-in.factor_required');
});

test('in the days of grace one comes in with a notice of how long', async () => {
  await demand('manager', 'key', { graceDays: 7 });
  const { client } = await join('Тарас Мельник');
  const { demand: notice } = await sessionOf(client);
  const days = (Date.parse(notice.until) - Date.now()) / 86_400_000;
  assert.equal(notice.wall, null);
  assert.ok(days > 6.9 && days < 7.1, String(days));
  assert.equal(said(await client.call('GET /api/v1/contacts')), 'ok');
});

test('the demand is lowered only after a fresh proof, and the log says from what to what', async () => {
  await demand('manager', 'key');
  const { admin } = running.test;
  const { client, personId } = company.owner;
  const stale = () => admin`UPDATE sessions SET proved_at = now() - interval '6 minutes' WHERE person_id = ${personId}`;
  const fresh = () => admin`UPDATE sessions SET proved_at = now() WHERE person_id = ${personId}`;
  await stale();
  await sleep(1_100);
  const { version } = (await client.call('GET /api/v1/security/rules')).body;
  const body = { version, change: { factors: defaultRules.factors } };
  assert.equal(said(await client.call('PUT /api/v1/security/rules', { body })), 'session.step_up_needed');
  await fresh();
  await sleep(1_100);
  requireOk(await client.call('PUT /api/v1/security/rules', { body }));
  await running.lubart.auditLog.flush();
  const [row] =
    await admin`SELECT bytes FROM audit_entries WHERE event = 'security.rules_changed' ORDER BY id DESC LIMIT 1`;
  const { facts } = JSON.parse((row!['bytes'] as Buffer).toString('utf8'));
  assert.deepEqual([facts.before.factors.roles[0].level, facts.after.factors.roles], ['key', []]);
});

const model = 'f8a011f3-8c0a-4d15-8006-17111f9edc7d';
const models = [model];

test('an attested key is one of a named maker and model, of one device; nothing else passes for it', async () => {
  const folder = makeTestFolder();
  const maker = makeMaker(folder.path, 'Varta', model);
  const forger = makeMaker(folder.path, 'Pidrobka', model);
  await demand('manager', 'attested', { attested: { models, roots: [maker.root] } });
  const { client, email, totp } = await join('Тарас Мельник');
  const begun = await client.call('POST /api/v1/passkeys/begin');
  assert.equal(begun.body.options.attestation, 'direct');
  const lifted = await eventsOf('session.wall_lifted');
  const tries: [SoftKeyKind, string][] = [
    [{}, 'a key that says nothing of its maker'],
    [{ aaguid: model, signsForItself: true }, 'a key that signs for itself'],
    [{ aaguid: model, maker: forger }, 'a certificate of one’s own making'],
    [{ aaguid: model, maker, synced: true }, 'a synced key'],
  ];
  for (const [kind, why] of tries) {
    const { key, reply } = await addKey(client, kind);
    requireOk(reply);
    assert.equal((await sessionOf(client)).demand.wall, 'enrol', why);
    assert.equal(await eventsOf('session.wall_lifted'), lifted, `${why}: no entry says that it was enough`);
    const door = await enterByKey(key);
    assert.equal((await sessionOf(door)).demand?.wall, 'enrol', `${why}, at the door`);
  }
  const other = await addKey(client, { aaguid: noModel, maker });
  assert.equal(said(other.reply), 'passkey.refused', 'a certificate for another model');
  const { key, reply } = await addKey(client, { aaguid: model, maker });
  requireOk(reply);
  assert.equal((await sessionOf(client)).demand, null);
  assert.equal(await eventsOf('session.wall_lifted'), lifted + 1);
  assert.equal((await enterByKey(key)).said, 'ok');
  const listed = (await client.call('GET /api/v1/factors')).body.passkeys;
  assert.deepEqual(
    listed.map((one: { attested: boolean }) => one.attested),
    [false, false, false, false, true],
  );
  assert.equal(said((await enterByCode({ email }, codeNow(totp, 1))).reply), 'sign-in.factor_too_weak');
  // After the password only what will be accepted is offered: the vouched key, none of the others.
  const first = await openClient(running.origin).call('POST /api/v1/sign-in', { body: { email, password } });
  assert.deepEqual([first.body.ways, first.body.demanded], [['passkey', 'recovery'], 'attested']);
  const { ticket } = first.body;
  const offered = await openClient(running.origin).call('POST /api/v1/sign-in/passkey/begin', { body: { ticket } });
  assert.deepEqual(
    offered.body.options.allowCredentials.map(({ id }: { id: string }) => id),
    [key.id],
  );
  // Another maker is trusted instead: the key counts no longer, in this very session.
  await demand('manager', 'attested', { attested: { models, roots: [forger.root] } });
  assert.equal((await sessionOf(client)).demand.wall, 'enrol');
  folder.remove();
});

test('rules that cannot be met are not saved: no maker named, a text that is no root, a host without a name', async () => {
  const { client } = company.owner;
  const { version } = (await client.call('GET /api/v1/security/rules')).body;
  const set = async (given: Partial<FactorRules>) => {
    const change = { factors: { ...defaultRules.factors, ...given } };
    return said(await client.call('PUT /api/v1/security/rules', { body: { version, change } }));
  };
  const organization = { level: 'attested', since: null } as const;
  assert.equal(await set({ organization }), 'security.attested_empty');
  const bare = { models, roots: [] };
  assert.equal(await set({ organization, attested: bare }), 'security.attested_empty', 'a model is no secret');
  assert.equal(
    await set({ organization, attested: { models: [], roots: ['no certificate'] } }),
    'security.root_invalid',
  );
});

test('who is not covered is listed by the same judgement, for who may see it', async () => {
  await demand('head', 'key');
  const solomiia = await join('Соломія Ткачук', 'head');
  const { body } = await company.owner.client.call('GET /api/v1/security/coverage', { query: { show: 'walled' } });
  const row = body.people.find(({ personId }: { personId: string }) => personId === solomiia.personId);
  assert.deepEqual(
    [row.state, row.demanded, row.demandedBy, row.has.authenticators],
    ['walled', 'key', ['Керівник відділу'], 1],
  );
  assert.equal(JSON.stringify(body).includes('@'), false, 'no e-mails');
  requireOk((await addKey(solomiia.client)).reply);
  const after = await company.owner.client.call('GET /api/v1/security/coverage');
  const now = after.body.people.find(({ personId }: { personId: string }) => personId === solomiia.personId);
  assert.deepEqual([now.state, now.has.passkeys], ['met', 1]);
  const plain = await join('Назар Клименко');
  assert.equal(said(await plain.client.call('GET /api/v1/security/coverage')), 'access.denied');
});

test('the list of who is covered is for whoever may see security as a whole; in one department only that right is none', async () => {
  await setFactors({});
  const { client } = company.owner;
  const sales = await company.addDepartment('Продажі: схід');
  const grants = { 'security.read': 'department', 'person.read': 'all' };
  const role = await client.call('POST /api/v1/roles', { body: { name: 'Захист відділу', grants } });
  requireOk(role);
  const email = `person-${(joined += 1)}@vezha.example`;
  const roman = await company.join({ name: 'Роман Іваськів', email, role: 'manager', departmentId: sales });
  const given = { params: { id: roman.personId }, body: { roles: ['manager', role.body.id] } };
  requireOk(await client.call('PATCH /api/v1/people/:id', given));
  const { client: again } = await enterByCode(roman, codeNow(roman.totp, 1));
  assert.equal(said(await again.call('GET /api/v1/security/coverage')), 'access.denied');
});

/** The rule of old: its own days of grace are over. */
async function demandOfOld(role: ReadyRole, level: 'key' | 'attested') {
  await setFactors({ roles: [{ role, level, since: null }], graceDays: 7 });
  await running.test.admin`
    UPDATE sign_in_rules SET sections = jsonb_set(sections, '{factors,roles,0,since}', '"2020-01-01T00:00:00.000Z"')`;
  await sleep(1_100);
}

test('a role for some hours comes with its demand, not with days of grace; when it ends the wall is gone', async () => {
  await setFactors({});
  const nazar = await join('Назар Клименко');
  await demandOfOld('auditor', 'key');
  const asked = await nazar.client.call('POST /api/v1/profile/elevations', {
    body: { role: 'auditor', hours: 2, reason: 'Перевірка за квартал' },
  });
  requireOk(asked);
  assert.equal((await sessionOf(nazar.client)).demand, null);
  const { client } = company.owner;
  requireOk(await client.call('POST /api/v1/elevations/:id/approve', { params: { id: asked.body.id } }));
  const mine = await sessionOf(nazar.client);
  assert.deepEqual([mine.demand.wall, mine.demand.level], ['enrol', 'key']);
  assert.equal(said(await nazar.client.call('GET /api/v1/contacts')), 'sign-in.factor_required');
  requireOk(await client.call('POST /api/v1/elevations/:id/end', { params: { id: asked.body.id } }));
  assert.equal((await sessionOf(nazar.client)).demand, null);
  assert.equal(said(await nazar.client.call('GET /api/v1/contacts')), 'ok');
});

test('whoever takes the place of an absent head meets the demand of the head’s role, for those days', async () => {
  await setFactors({});
  const head = await join('Ірина Савчук', 'head');
  const deputy = await join('Богдан Олійник');
  await demandOfOld('head', 'key');
  requireOk((await addKey(head.client)).reply);
  assert.equal((await sessionOf(deputy.client)).demand, null);
  const day = (offset: number) =>
    new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Kyiv' }).format(new Date(Date.now() + offset * 86_400_000));
  const name = (fromDay: string) =>
    company.owner.client.call('POST /api/v1/deputies', {
      body: { headId: head.personId, deputyId: deputy.personId, fromDay, untilDay: day(3) },
    });
  const later = await name(day(1));
  requireOk(later);
  assert.equal((await sessionOf(deputy.client)).demand, null, 'not before its day');
  requireOk(await company.owner.client.call('DELETE /api/v1/deputies/:id', { params: { id: later.body.id } }));
  const named = await name(day(0));
  requireOk(named);
  const mine = await sessionOf(deputy.client);
  assert.deepEqual([mine.demand.wall, mine.demand.roles], ['enrol', ['Керівник відділу']]);
  assert.equal(said(await deputy.client.call('GET /api/v1/contacts')), 'sign-in.factor_required');
  const setUntil = (at: string) => running.test.admin`
    UPDATE deputies SET from_at = now() - interval '2 days', until_at = now() + ${at}::interval WHERE id = ${named.body.id}`;
  await setUntil('-1 second');
  await sleep(1_100);
  assert.equal((await sessionOf(deputy.client)).demand, null, 'not after its last day');
  await setUntil('1 day');
  await sleep(1_100);
  assert.equal((await sessionOf(deputy.client)).demand.wall, 'enrol');
  requireOk(await company.owner.client.call('DELETE /api/v1/deputies/:id', { params: { id: named.body.id } }));
  assert.equal((await sessionOf(deputy.client)).demand, null);
  requireOk(await deputy.client.call('GET /api/v1/contacts'));
});

test('who has just come in was seen today, on the list as well', async () => {
  const { client, personId } = await join('Назар Клименко');
  requireOk(await client.call('GET /api/v1/session'));
  await sleep(200);
  const { body } = await company.owner.client.call('GET /api/v1/people');
  const row = body.people.find(({ id }: { id: string }) => id === personId);
  assert.ok(Date.now() - Date.parse(row.lastSeenAt) < 60_000, String(row.lastSeenAt));
});
