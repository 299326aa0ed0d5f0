/** Single sign-on against a real provider: who comes in, and everything that must not open the door. Over HTTP, as browsers do. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Secret } from '#kernel';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import { openClient } from '#test/client.ts';
import type { Colleague, Company, InProcess } from '#test/running-lubart.ts';
import { codeNow, openInProcess, password, requireOk, setUpCompany, signIn } from '#test/running-lubart.ts';
import type { Account, TestProvider } from './provider.fixture.ts';
import { openOpenId } from './openid.ts';
import { clientId, clientSecret, goThrough, openTestProvider } from './provider.fixture.ts';

let running: InProcess;
let company: Company;
let manager: Colleague;
let former: Colleague;
let provider: TestProvider;
let stranger: TestProvider;
let providerId: string;
let strangerId: string;
let callback: string;

before(async () => {
  running = await openInProcess();
  callback = `${running.origin}/api/v1/sign-in/sso/callback`;
  company = await setUpCompany(running.origin, running.setupToken);
  const join = (name: string, email: string) =>
    company.join({ name, email, role: 'manager', departmentId: company.rootId });
  manager = await join('Тарас Мельник', 'taras.melnyk@vezha.example');
  former = await join('Назар Клименко', 'nazar.klymenko@vezha.example');
  requireOk(
    await company.owner.client.call('PATCH /api/v1/people/:id', {
      params: { id: former.personId },
      body: { active: false },
    }),
  );
  [provider, stranger] = await Promise.all([openTestProvider(callback), openTestProvider(callback)]);
  providerId = await add('Вежа', provider, ['vezha.example']);
  strangerId = await add('Інша', stranger, ['vezha.example']);
});
after(() => Promise.all([provider.close(), stranger.close()]));

async function add(name: string, at: TestProvider, domains: string[]): Promise<string> {
  const body = { name, issuer: at.issuer, clientId, clientSecret, domains, mfaAcr: ['urn:two-factors'] };
  const made = await company.owner.client.call('POST /api/v1/sso/providers', { body });
  requireOk(made);
  requireOk(await change(made.body.id, { enabled: true }));
  return made.body.id;
}

const change = (id: string, body: object) =>
  company.owner.client.call('PATCH /api/v1/sso/providers/:id', { params: { id }, body });

/** Leaves for the provider; the address to which it sends the browser back is not opened yet. */
async function leave(account: Account, by: object = { providerId }, at = provider) {
  at.account = account;
  const client = openClient(running.origin);
  const started = await client.call('POST /api/v1/sign-in/sso/start', { body: by });
  requireOk(started);
  return { cookie: `${client.browser}; ${client.cookie}`, back: await goThrough(started.body.url, callback) };
}

type Arrival = { location: string; session: string | null };

async function arrive(back: string, cookie: string): Promise<Arrival> {
  const response = await fetch(back, { redirect: 'manual', headers: { cookie, 'sec-fetch-site': 'cross-site' } });
  assert.equal(response.status, 303);
  const session = response.headers.getSetCookie().find((set) => /^lubart=[^;]/.test(set));
  return { location: response.headers.get('location')!, session: session?.split(';')[0] ?? null };
}

const come = async (account: Account, by?: object, at?: TestProvider) => {
  const { back, cookie } = await leave(account, by, at);
  return arrive(back, cookie);
};
const taras = (more: Partial<Account> = {}): Account => ({
  sub: 'taras',
  email: manager.email,
  amr: ['pwd', 'mfa'],
  ...more,
});
const refused = (code: string): Arrival => ({ location: `/sign-in#problem=${code}`, session: null });

async function denials(): Promise<string[]> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT bytes FROM audit_entries WHERE event = 'sso.denied' ORDER BY id`;
  return rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')).reason as string);
}

/** Refused, nothing opened, and written down. */
async function assertRefused(arrival: () => Promise<Arrival>, code: string): Promise<void> {
  const before = (await denials()).length;
  assert.deepEqual(await arrival(), refused(code));
  assert.deepEqual((await denials()).slice(before), [code]);
}

test('whom the provider knows with two factors is in, as oneself', async () => {
  const { location, session } = await come(taras());
  assert.equal(location, '/');
  const mine = await openClient(running.origin, session!).call('GET /api/v1/session');
  assert.equal(mine.body.person.id, manager.personId);
  const again = await come(taras({ amr: ['pwd'], acr: 'urn:two-factors' }), { email: 'somebody@vezha.example' });
  assert.equal(again.location, '/', 'the account is known now, an acr counts, and the domain alone finds the provider');
});

test('with one factor at the provider ours is asked, and it opens the door', async () => {
  for (const amr of [undefined, ['pwd'], ['face', 'geo']]) {
    const { location, session } = await come(taras(amr === undefined ? { amr: [] } : { amr }));
    assert.equal(session, null);
    assert.match(location, /^\/sign-in#ticket=/);
    const ticket = new URLSearchParams(location.split('#')[1]).get('ticket')!;
    const client = openClient(running.origin);
    const wrong = await client.call('POST /api/v1/sign-in/code', { body: { ticket, code: '000000' } });
    assert.equal(wrong.body.error.code, 'sign-in.code_wrong');
  }
});

test('an answer to another browser’s question opens nothing: login CSRF', async () => {
  const { back } = await leave(taras());
  const other = await leave(taras());
  await assertRefused(() => arrive(back, ''), 'sso.flow_lost');
  await assertRefused(() => arrive(back, `${other.cookie}x`), 'sso.flow_lost');
  await assertRefused(() => arrive(back, other.cookie), 'sso.answer_invalid');
});

test('a code opens once', async () => {
  const { back, cookie } = await leave(taras());
  assert.equal((await arrive(back, cookie)).location, '/');
  await assertRefused(() => arrive(back, cookie), 'sso.answer_invalid');
});

test('an answer in the name of another provider is refused: mix-up', async () => {
  const { back, cookie } = await leave(taras());
  const mixed = new URL(back);
  mixed.searchParams.set('iss', stranger.issuer);
  await assertRefused(() => arrive(mixed.href, cookie), 'sso.answer_invalid');
  mixed.searchParams.delete('iss');
  await assertRefused(() => arrive(mixed.href, cookie), 'sso.answer_invalid');
});

test('a code of somebody else’s sign-in is not taken: nonce and verifier belong to this browser', async () => {
  const victim = await leave(taras());
  const thief = await leave(taras({ sub: 'thief', email: 'zlodii@vezha.example' }));
  const injected = new URL(thief.back);
  injected.searchParams.set('code', new URL(victim.back).searchParams.get('code')!);
  await assertRefused(() => arrive(injected.href, thief.cookie), 'sso.answer_invalid');
});

test('an answer is for one state, one nonce and one verifier', async () => {
  provider.account = taras();
  const openId = openOpenId();
  const settings = {
    id: 'x',
    version: 1,
    issuer: provider.issuer,
    clientId,
    clientSecret: new Secret(clientSecret),
    mfaAcr: [],
  };
  const finish = async (changed: object) => {
    const { url, flow } = await openId.start(settings, callback);
    const back = new URL(await goThrough(url, callback));
    return openId.finish(settings, back, { ...flow, ...changed }).then(
      ({ subject }) => subject,
      (error: { code: string }) => error.code,
    );
  };
  assert.equal(await finish({}), 'taras');
  const other = 'x'.repeat(43);
  for (const changed of [{ state: other }, { nonce: other }, { verifier: other }])
    assert.equal(await finish(changed), 'sso.answer_invalid', Object.keys(changed).join());
});

test('an e-mail that nobody verified, of another domain, of nobody or of a dismissed person comes in nowhere', async () => {
  await assertRefused(() => come(taras({ sub: 'new', verified: false })), 'sso.email_unverified');
  await assertRefused(() => come({ sub: 'm', email: 'marko@inshi.example', amr: ['mfa'] }), 'sso.domain_foreign');
  await assertRefused(() => come({ sub: 'n', email: 'nobody@vezha.example', amr: ['mfa'] }), 'sso.refused');
  await assertRefused(() => come({ sub: 'f', email: former.email, amr: ['mfa'] }), 'sso.refused');
});

test('an e-mail given to a new colleague does not open what belonged to the one before', async () => {
  await assertRefused(() => come(taras({ sub: 'another account' })), 'sso.refused');
});

test('who is dismissed here is out, though the provider still vouches', async () => {
  const set = (active: boolean) =>
    company.owner.client.call('PATCH /api/v1/people/:id', { params: { id: manager.personId }, body: { active } });
  requireOk(await set(false));
  await assertRefused(() => come(taras()), 'sso.refused');
  requireOk(await set(true));
});

test('a provider switched off, removed or changed half-way takes nobody in', async () => {
  const account = taras({ sub: 'there' });
  const { back, cookie } = await leave(account, { providerId: strangerId }, stranger);
  requireOk(await change(strangerId, { enabled: false }));
  await assertRefused(() => arrive(back, cookie), 'sso.no_provider');
  const started = await openClient(running.origin).call('POST /api/v1/sign-in/sso/start', {
    body: { providerId: strangerId },
  });
  assert.equal(started.body.error.code, 'sso.no_provider');
});

test('the start says the same of an e-mail that works here and of one that does not', async () => {
  const start = (email: string) =>
    openClient(running.origin).call('POST /api/v1/sign-in/sso/start', { body: { email } });
  for (const email of [manager.email, 'nobody@vezha.example']) assert.equal((await start(email)).status, 200);
  assert.equal((await start('nobody@inshi.example')).body.error.code, 'sso.no_provider');
});

test('where the password is closed for a domain it opens nothing but to owners', async () => {
  requireOk(await change(providerId, { localClosed: true }));
  const client = openClient(running.origin);
  const accepted = async () => {
    const [row] = await running.test
      .admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = 'sign-in.password_accepted'`;
    return row!['n'] as number;
  };
  const before = await accepted();
  const closed = await client.call('POST /api/v1/sign-in', { body: { email: manager.email, password } });
  assert.equal(await accepted(), before, 'nothing says that it was accepted');
  assert.deepEqual([closed.status, closed.body.error.code], [401, 'sign-in.refused']);
  const unknown = await client.call('POST /api/v1/sign-in', { body: { email: 'nobody@vezha.example', password } });
  assert.equal(unknown.body.error.message, closed.body.error.message);
  await signIn(openClient(running.origin), company.owner);
  requireOk(await change(providerId, { localClosed: false }));
  // The wrong tries of this file are no reason to wait here.
  await running.test.admin`DELETE FROM sign_in_failures`;
  requireOk(await client.call('POST /api/v1/sign-in', { body: { email: manager.email, password } }));
});

test('an issuer over plain HTTP, with a password in it or by another name is refused, and the secret never leaves', async () => {
  const add = (issuer: string) =>
    company.owner.client.call('POST /api/v1/sso/providers', {
      body: { name: 'x', issuer, clientId, clientSecret, domains: ['vezha.example'] },
    });
  for (const issuer of ['http://login.vezha.example', 'https://a:b@login.vezha.example', 'file:///etc/passwd', 'x'])
    assert.equal((await add(issuer)).body.error.code, 'sso.issuer_wrong', issuer);
  const other = await add(provider.issuer.replace('localhost', '127.0.0.1'));
  const enabled = await change(other.body.id, { enabled: true });
  assert.equal(enabled.body.error.code, 'sso.issuer_wrong', 'it calls itself localhost');
  const list = await company.owner.client.call('GET /api/v1/sso/providers');
  assert.ok(!JSON.stringify(list.body).includes(clientSecret));
  assert.equal(list.body.providers[0].hasSecret, true);
  const [row] = await running.test.admin`SELECT sealed FROM sso_providers LIMIT 1`;
  assert.ok(!(row!['sealed'] as Buffer).toString('utf8').includes('the secret'));
  const moved = await change(providerId, { issuer: 'https://login.elsewhere.example' });
  assert.equal(moved.body.error.field, 'clientSecret', 'a new issuer does not get the secret of the old one');
});

test('a provider that is down says so', async () => {
  const gone = await openTestProvider(callback);
  await gone.close();
  const made = await company.owner.client.call('POST /api/v1/sso/providers', {
    body: { name: 'x', issuer: gone.issuer, clientId, clientSecret, domains: ['vezha.example'] },
  });
  const tested = await company.owner.client.call('POST /api/v1/sso/providers/:id/test', {
    params: { id: made.body.id },
  });
  assert.deepEqual([tested.status, tested.body.error.code], [503, 'sso.provider_down']);
});

test('a flood of strangers sends one question to a provider, also to one that fails', async () => {
  let questions = 0;
  const failing = createServer((_request, response) => {
    questions += 1;
    setTimeout(() => response.writeHead(500).end(), 50);
  });
  await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(failing.address() as AddressInfo).port}`;
  const openId = openOpenId();
  const settings = { id: 'x', version: 1, issuer, clientId, clientSecret: new Secret(clientSecret), mfaAcr: [] };
  const start = () =>
    openId.start(settings, callback).then(
      () => 'went',
      (error: { code: string }) => error.code,
    );
  const answers = await Promise.all(Array.from({ length: 50 }, start));
  answers.push(await start());
  assert.deepEqual([...new Set(answers)], ['sso.provider_down']);
  assert.equal(questions, 1);
  await openId.test(settings).catch(() => {});
  assert.equal(questions, 2, 'who keeps the rules asks anew');
  failing.close();
});

test('whoever asks for a provider that is not there leaves a trace', async () => {
  const count = async () =>
    (await running.test.admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = 'sso.denied'`)[0]![
      'n'
    ] as number;
  const before = await count();
  const asked = await openClient(running.origin).call('POST /api/v1/sign-in/sso/start', {
    body: { email: 'khtos@nide.example' },
  });
  assert.equal(asked.body.error.code, 'sso.no_provider');
  assert.equal(await count(), before + 1);
});

test('who comes from a provider without any factor of one’s own goes no further than enrolling one', async () => {
  const nova = await company.join({
    name: 'Соломія Ткачук',
    email: 'nova@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const account: Account = { sub: 'nova', email: nova.email, amr: ['pwd'] };
  const { admin } = running.test;
  await admin`DELETE FROM authenticators WHERE person_id = ${nova.personId}`;
  const withCodes = await come(account);
  assert.match(withCodes.location, /#ticket=/, 'a recovery code can still be asked for');
  await admin`DELETE FROM recovery_codes WHERE person_id = ${nova.personId}`;
  const { session } = await come(account);
  const client = openClient(running.origin, session!);
  assert.equal((await client.call('GET /api/v1/session')).body.demand.wall, 'first');
  const contacts = await client.call('GET /api/v1/contacts');
  assert.equal(contacts.body.error.code, 'sign-in.factor_required');
  const { body } = await client.call('POST /api/v1/authenticators/begin');
  const code = codeNow(URI.parse(body.otpauthUri) as TOTP);
  requireOk(await client.call('POST /api/v1/authenticators', { body: { ticket: body.ticket, code, name: 'Телефон' } }));
  requireOk(await client.call('GET /api/v1/contacts'));
});
