/** What a provider may give, and what it must never: roles by groups, people at their first sign-in. Against a real provider. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openClient } from '#test/client.ts';
import type { Colleague, Company, InProcess } from '#test/running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany } from '#test/running-lubart.ts';
import { groupsMax } from './openid.ts';
import type { Account, TestProvider } from './provider.fixture.ts';
import { clientId, clientSecret, goThrough, openTestProvider } from './provider.fixture.ts';

let running: InProcess;
let company: Company;
let manager: Colleague;
let officer: Colleague;
let former: Colleague;
let provider: TestProvider;
let providerId: string;
let callback: string;

before(async () => {
  running = await openInProcess();
  callback = `${running.origin}/api/v1/sign-in/sso/callback`;
  company = await setUpCompany(running.origin, running.setupToken);
  const join = (name: string, email: string, role: 'manager' | 'security-officer') =>
    company.join({ name, email, role, departmentId: company.rootId });
  manager = await join('Тарас Мельник', 'taras.melnyk@vezha.example', 'manager');
  officer = await join('Богдан Романюк', 'bohdan.romaniuk@vezha.example', 'security-officer');
  former = await join('Назар Клименко', 'nazar.klymenko@vezha.example', 'manager');
  requireOk(await setPerson(former, { active: false }));
  provider = await openTestProvider(callback);
  const body = { name: 'Вежа', issuer: provider.issuer, clientId, clientSecret, domains: ['vezha.example'] };
  const made = await company.owner.client.call('POST /api/v1/sso/providers', { body });
  requireOk(made);
  providerId = made.body.id;
  requireOk(await change({ enabled: true }));
});
after(() => provider.close());

const setPerson = ({ personId }: { personId: string }, body: object) =>
  company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: personId }, body });
const change = (body: object, by = company.owner) =>
  by.client.call('PATCH /api/v1/sso/providers/:id', { params: { id: providerId }, body });
const map = (roles: { group: string; role: string }[], by = company.owner) =>
  change({ groups: { claim: 'groups', roles } }, by);

async function leave(account: Account) {
  provider.account = account;
  const client = openClient(running.origin);
  const started = await client.call('POST /api/v1/sign-in/sso/start', { body: { providerId } });
  requireOk(started);
  return { cookie: `${client.browser}; ${client.cookie}`, back: await goThrough(started.body.url, callback) };
}

async function arrive({ back, cookie }: { back: string; cookie: string }) {
  const response = await fetch(back, { redirect: 'manual', headers: { cookie } });
  const session = response.headers.getSetCookie().find((set) => /^lubart=[^;]/.test(set));
  return { location: response.headers.get('location')!, session: session?.split(';')[0] ?? null };
}

const come = async (account: Account) => arrive(await leave(account));

async function enter(account: Account) {
  const { location, session } = await come(account);
  assert.equal(location, '/');
  const client = openClient(running.origin, session!);
  const { body } = await client.call('GET /api/v1/session');
  const roles = (body.person.roles as { key: string | null; name: string }[]).map(({ key, name }) => key ?? name);
  return { client, roles: roles.toSorted(), person: body.person };
}

const taras = (groups?: unknown): Account => ({ sub: 'taras', email: manager.email, amr: ['mfa'], groups });
const newcomer = (more: Partial<Account> = {}): Account => ({
  sub: 'sofiia',
  email: 'sofiia.bondar@vezha.example',
  name: 'Софія Бондар',
  amr: ['mfa'],
  ...more,
});

async function entries(event: string) {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT bytes FROM audit_entries WHERE event = ${event} ORDER BY id`;
  return rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')));
}

const countPeople = async () => (await running.test.admin`SELECT count(*)::int AS n FROM people`)[0]!['n'] as number;

async function assertRefused(account: Account, code: string): Promise<void> {
  const [people, denied] = [await countPeople(), (await entries('sso.denied')).length];
  assert.deepEqual(await come(account), { location: `/sign-in#problem=${code}`, session: null });
  assert.equal(await countPeople(), people, 'nobody was made');
  assert.deepEqual(
    (await entries('sso.denied')).slice(denied).map(({ reason }) => reason),
    [code],
  );
}

test('a group gives its role at sign-in; out of the group it is gone at once, in every other session too', async () => {
  requireOk(await map([{ group: 'Бухгалтерія', role: 'accountant' }]));
  const first = await enter(taras(['Бухгалтерія', 'Усі']));
  assert.deepEqual(first.roles, ['accountant', 'manager']);
  requireOk(await first.client.call('GET /api/v1/contacts'));
  const second = await enter(taras(['Усі']));
  assert.deepEqual(second.roles, ['manager'], 'what was given by hand stays');
  assert.equal((await first.client.call('GET /api/v1/session')).status, 401);
  const [gave, took] = (await entries('sso.groups_applied')).slice(-2);
  assert.deepEqual([gave.facts.given, took.facts.taken], [['accountant'], ['accountant']]);
  assert.ok(took.facts.sessionsEnded >= 1);
});

test('a role that no group gives is neither given nor taken away', async () => {
  requireOk(await setPerson(manager, { roles: ['manager', 'auditor'] }));
  assert.deepEqual((await enter(taras(['auditor', 'owner', 'Власники']))).roles, ['auditor', 'manager']);
  requireOk(await setPerson(manager, { roles: ['manager'] }));
});

test('no group makes an owner: neither by the screen nor by a row that somebody wrote past it', async () => {
  const asked = await map([{ group: 'Власники', role: 'owner' }]);
  assert.deepEqual([asked.status, asked.body.error.code], [403, 'sso.owner_by_hand']);
  await running.test.admin`
    INSERT INTO sso_group_roles (organization_id, provider_id, group_name, role_id, set_by, set_at)
    SELECT organization_id, ${providerId}, 'Власники', id, ${company.owner.personId}, now() FROM roles WHERE key = 'owner'`;
  assert.deepEqual((await enter(taras(['Власники']))).roles, ['manager']);
  await running.test.admin`DELETE FROM sso_group_roles WHERE group_name = 'Власники'`;
});

test('groups leave owners alone', async () => {
  requireOk(await map([{ group: 'Бухгалтерія', role: 'accountant' }]));
  requireOk(await setPerson(manager, { roles: ['owner'] }));
  assert.deepEqual((await enter(taras(['Бухгалтерія']))).roles, ['owner']);
  requireOk(await setPerson(manager, { roles: ['manager'] }));
});

test('a flood of groups, or something that is no list, counts as no group', async () => {
  const many = Array.from({ length: groupsMax }, (_, at) => `g${at}`);
  const row: [string, unknown, string[]][] = [
    ['as many as can be', [...many.slice(1), 'Бухгалтерія'], ['accountant', 'manager']],
    ['one more', [...many, 'Бухгалтерія'], ['manager']],
    ['a text', 'Бухгалтерія', ['manager']],
    ['an object', { 0: 'Бухгалтерія', length: 1 }, ['manager']],
    ['a list of lists', [['Бухгалтерія']], ['manager']],
    ['an endless name among them', ['Бухгалтерія', 'x'.repeat(5_000)], ['manager']],
    ['nothing', undefined, ['manager']],
  ];
  for (const [what, groups, roles] of row) {
    requireOk(await setPerson(manager, { roles: ['manager'] }));
    assert.deepEqual((await enter(taras(groups))).roles, roles, what);
    requireOk(await setPerson(manager, { roles: ['manager', 'accountant'] }));
    assert.deepEqual((await enter(taras(groups))).roles, roles, `${what}: had it before`);
  }
  assert.ok((await entries('sso.groups_applied')).some(({ facts }) => facts.unread === true));
  requireOk(await setPerson(manager, { roles: ['manager'] }));
});

test('whoever keeps the rules gives no role that this person could not give by hand', async () => {
  const asked = await map([{ group: 'Склад', role: 'head' }], officer);
  assert.deepEqual([asked.status, asked.body.error.code], [403, 'access.denied']);
  const made = await company.owner.client.call('POST /api/v1/roles', {
    body: {
      name: 'Кадри',
      grants: { 'security.read': 'all', 'security.update': 'all', 'person.update': 'all', 'person.invite': 'all' },
    },
  });
  requireOk(made);
  const daryna = await company.join({
    name: 'Дарина Поліщук',
    email: 'daryna.polishchuk@vezha.example',
    role: 'auditor',
    departmentId: company.rootId,
  });
  requireOk(await setPerson(daryna, { roles: [made.body.id] }));
  const client = openClient(running.origin);
  const begun = await client.call('POST /api/v1/sign-in', { body: { email: daryna.email, password } });
  const done = await client.call('POST /api/v1/sign-in/code', {
    body: { ticket: begun.body.ticket, code: codeNow(daryna.totp, 1) },
  });
  requireOk(done);
  const higher = await map([{ group: 'Склад', role: 'head' }], { ...daryna, client });
  assert.deepEqual([higher.status, higher.body.error.code], [403, 'role.beyond_own']);
  const joins = { roles: ['head'], departmentId: company.rootId };
  const invited = await change({ joins }, { ...daryna, client });
  assert.deepEqual([invited.status, invited.body.error.code], [403, 'role.beyond_own']);
  assert.equal((await change({ joins }, officer)).body.error.code, 'access.denied');
  // For hours she has it herself; what she would decide stays.
  await running.test.admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_at, until)
    SELECT organization_id, ${daryna.personId}, id, now(), now() + interval '1 hour' FROM roles WHERE key = 'head'
      AND organization_id = ${company.organizationId}`;
  const lent = await map([{ group: 'Склад', role: 'head' }], { ...daryna, client });
  assert.deepEqual([lent.status, lent.body.error.code], [403, 'role.beyond_own']);
  await running.test.admin`DELETE FROM person_roles WHERE person_id = ${daryna.personId} AND until IS NOT NULL`;
  // The line is hers as long as she may give the role, and not a moment longer.
  requireOk(await map([{ group: 'Склад', role: made.body.id }], { ...daryna, client }));
  assert.deepEqual((await enter(taras(['Склад']))).roles, ['manager', 'Кадри'].toSorted());
  requireOk(await setPerson(manager, { roles: ['manager'] }));
  requireOk(await setPerson(daryna, { roles: ['auditor'] }));
  assert.deepEqual((await enter(taras(['Склад']))).roles, ['manager']);
});

test('nobody lets newcomers in where they would see more than whoever decided it', async () => {
  const { client } = company.owner;
  const service = await company.addDepartment('Сервіс');
  const grants = {
    'security.read': 'all',
    'security.update': 'all',
    'person.invite': 'all',
    'contact.read': 'department',
  } as const;
  const role = await client.call('POST /api/v1/roles', { body: { name: 'Кадри сервісу', grants } });
  requireOk(role);
  const email = 'oksana.lysenko@vezha.example';
  const oksana = await company.join({ name: 'Оксана Лисенко', email, role: 'auditor', departmentId: service });
  requireOk(await setPerson(oksana, { roles: [role.body.id] }));
  const hers = openClient(running.origin);
  const { body: begun } = await hers.call('POST /api/v1/sign-in', { body: { email, password } });
  requireOk(
    await hers.call('POST /api/v1/sign-in/code', { body: { ticket: begun.ticket, code: codeNow(oksana.totp, 1) } }),
  );
  const by = { ...oksana, client: hers };
  const into = (departmentId: string) => change({ joins: { roles: [role.body.id], departmentId } }, by);
  const wide = await into(company.rootId);
  assert.deepEqual([wide.status, wide.body.error.code], [403, 'role.beyond_own']);
  requireOk(await into(service));
  // Whoever decided it works elsewhere now, and would not see those clients.
  requireOk(await setPerson(oksana, { departmentId: await company.addDepartment('Склад') }));
  await assertRefused(newcomer({ sub: 'nina', email: 'nina.moroz@vezha.example' }), 'sso.refused');
  requireOk(await setPerson(oksana, { departmentId: service }));
  const { roles } = await enter(newcomer({ sub: 'nina', email: 'nina.moroz@vezha.example', name: 'Ніна Мороз' }));
  assert.deepEqual(roles, ['Кадри сервісу']);
  requireOk(await change({ joins: null }));
});

test('whom nobody invited is nobody, until it is decided otherwise', async () => {
  await assertRefused(newcomer(), 'sso.refused');
  requireOk(await change({ joins: { roles: ['support'], departmentId: company.rootId }, emailTrusted: true }));
  await assertRefused(newcomer({ verified: false }), 'sso.email_unverified');
  await assertRefused(newcomer({ amr: ['pwd'] }), 'sso.factor_needed');
  await assertRefused(newcomer({ email: 'sofiia@inshi.example' }), 'sso.domain_foreign');
  await assertRefused({ ...newcomer(), email: former.email }, 'sso.refused');
  const { person, roles, client } = await enter(newcomer());
  const own = await client.call('POST /api/v1/authenticators/begin', { body: { name: 'Телефон' } });
  assert.equal(own.status, 200, 'the first factor of one’s own is added while the provider’s proof is fresh');
  assert.deepEqual([person.name, roles, person.department.id], ['Софія Бондар', ['support'], company.rootId]);
  assert.deepEqual((await entries('person.joined')).at(-1).facts, { provider: providerId });
  assert.equal((await enter(newcomer())).person.id, person.id, 'the second time it is the same person');
  await assertRefused(newcomer({ sub: 'another account' }), 'sso.refused');
  const byPassword = await openClient(running.origin).call('POST /api/v1/sign-in', {
    body: { email: newcomer().email, password },
  });
  assert.equal(byPassword.status, 401);
});

test('a name that could pass for another is not taken over', async () => {
  const { person } = await enter(newcomer({ sub: 'n', email: 'nina.koval@vezha.example', name: 'Олена \u202Eкo' }));
  assert.equal(person.name, 'nina.koval');
});

test('who was invited joins by the invitation, once, and its link is dead', async () => {
  const invited = await company.owner.client.call('POST /api/v1/invitations', {
    body: {
      name: 'Юрій Гук',
      email: 'yurii.huk@vezha.example',
      roles: ['marketer'],
      departmentId: company.rootId,
    },
  });
  requireOk(invited);
  const { person, roles } = await enter(newcomer({ sub: 'yurii', email: 'Yurii.Huk@vezha.example', name: 'Y' }));
  assert.deepEqual([person.name, roles], ['Юрій Гук', ['marketer']]);
  const opened = await openClient(running.origin).call('POST /api/v1/invitations/open', {
    body: { token: invited.body.link.split('#token=')[1] },
  });
  assert.equal(opened.body.error.code, 'invitation.used');
});

test('nobody joins by the word of somebody who may not invite any more', async () => {
  await running.test.admin`UPDATE sso_providers SET joins_by = ${manager.personId} WHERE id = ${providerId}`;
  await assertRefused(newcomer({ sub: 'late', email: 'late@vezha.example' }), 'sso.refused');
  await running.test.admin`UPDATE sso_providers SET joins_by = ${company.owner.personId} WHERE id = ${providerId}`;
});

test('an answer opens once, also where the provider gives the same tokens again', async () => {
  provider.careless = true;
  const left = await leave(taras());
  assert.equal((await arrive(left)).location, '/');
  assert.deepEqual(await arrive(left), { location: '/sign-in#problem=sso.answer_invalid', session: null });
  provider.careless = false;
});

test('a sign-in that began with a password ends where the password was closed meanwhile', async () => {
  const client = openClient(running.origin);
  const begun = await client.call('POST /api/v1/sign-in', { body: { email: manager.email, password } });
  requireOk(begun);
  requireOk(await change({ localClosed: true }));
  const done = await client.call('POST /api/v1/sign-in/code', {
    body: { ticket: begun.body.ticket, code: codeNow(manager.totp, 1) },
  });
  assert.deepEqual([done.status, done.body.error.code], [401, 'sign-in.refused']);
  requireOk(await change({ localClosed: false }));
});

test('before the password is closed one sees whom it touches', async () => {
  const seen = await company.owner.client.call('GET /api/v1/sso/providers/:id/affected', {
    params: { id: providerId },
  });
  requireOk(seen);
  const names = (linked: boolean) =>
    (seen.body.people as { name: string; linked: boolean }[])
      .filter((one) => one.linked === linked)
      .map(({ name }) => name);
  assert.ok(names(true).includes('Тарас Мельник') && names(false).includes('Богдан Романюк'));
  assert.equal(seen.body.owners, 1);
  assert.ok(![...names(true), ...names(false)].includes(former.name));
});

test('another issuer under the same name takes over nobody', async () => {
  const other = await openTestProvider(callback);
  requireOk(await change({ issuer: other.issuer, clientSecret }));
  const theirs = provider;
  provider = other;
  try {
    await assertRefused(taras(), 'sso.refused');
  } finally {
    provider = theirs;
    await other.close();
  }
});
