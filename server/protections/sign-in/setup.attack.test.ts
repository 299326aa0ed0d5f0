/** The first minutes of an installation: whoever is first becomes owner, so only the holder of the printed link may be first. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import { Secret } from '#kernel';
import { openAuditLog } from '#protections/audit-log';
import { openKeyring, rootKeyFrom, systemReach } from '#protections/encryption';
import { openSignIn } from '#protections/sign-in';
import type { Cookie } from '#test/cast.ts';
import { callAs, origin, password, raceOn, refusalOf, testClock, visitorFrom } from '#test/cast.ts';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';

const opened: TestDatabase[] = [];
after(async () => {
  for (const each of opened) await each.close();
});

async function openFresh() {
  const test = await openTestDatabase();
  const { database } = test;
  opened.push(test);
  const clock = testClock();
  const keyring = openKeyring(rootKeyFrom(new Secret(randomBytes(32))), database);
  const auditLog = openAuditLog(database, keyring, clock);
  const signIn = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  return { test, database, clock, signIn, admin: test.admin };
}
let fresh: Awaited<ReturnType<typeof openFresh>>;
beforeEach(async () => {
  fresh = await openFresh();
});

const owner = { name: 'Олена Коваленко', email: 'olena@vezha.example' };
const tokenOf = (link: string) => new URLSearchParams(new URL(link).hash.slice(1)).get('token')!;

const begin = (token: string) =>
  callAs(fresh.signIn, 'POST /api/v1/setup/begin', null, {
    body: { token, email: owner.email, organizationName: 'Вежа' },
  });

async function finish(
  token: string,
  change: { ticket?: string; code?: string; password?: string; cookie?: Cookie } = {},
) {
  const enrolment = await begin(token);
  const code = (URI.parse(enrolment.otpauthUri) as TOTP).generate({ timestamp: fresh.clock.now().getTime() });
  const { cookie = {}, ...rest } = change;
  const body = { token, ticket: enrolment.ticket, code, organization: { name: 'Вежа' }, owner, password, ...rest };
  return callAs(fresh.signIn, 'POST /api/v1/setup', null, { body, cookie, visitor: visitorFrom('192.0.2.1') });
}

test('the printed link makes the organization, its root department and its owner, and signs the owner in', async () => {
  assert.equal(await fresh.signIn.setupNeeded(), true);
  const link = fresh.signIn.createSetupLink();
  assert.ok(link.startsWith(`${origin}/setup#token=`), 'the token stands behind #, so no server and no log sees it');
  const cookie: Cookie = {};
  const { session, recoveryCodes } = await finish(tokenOf(link), { cookie });
  assert.equal(await fresh.signIn.setupNeeded(), false);
  assert.deepEqual(
    [session.organization.name, session.person.roles[0]!.key, session.person.email],
    ['Вежа', 'owner', owner.email],
  );
  assert.equal(session.person.department!.name, 'Уся компанія');
  assert.equal(new Set(recoveryCodes).size, 10);
  assert.equal((await fresh.signIn.actorOf(cookie.token!, visitorFrom('192.0.2.1'))).personId, session.person.id);
  assert.deepEqual(await callAs(fresh.signIn, 'GET /api/v1/setup', null), { needed: false });
  const entries = await fresh.database.read(
    systemReach(session.organization.id),
    (tx) => tx`SELECT event FROM audit_entries ORDER BY id`,
  );
  assert.deepEqual(
    entries.map((entry) => entry['event']),
    ['organization.created', 'person.factor_enrolled', 'session.signed_in'],
  );
});

test('without the link nobody begins; with a made-up one neither', async () => {
  assert.equal(await refusalOf(begin('x'.repeat(43))), 'setup.link_invalid', 'none was printed yet');
  fresh.signIn.createSetupLink();
  for (const token of ['', 'x', 'x'.repeat(43), '💥'])
    assert.equal(await refusalOf(begin(token)), 'setup.link_invalid', token);
});

test('a second set-up is refused, with the same link, a new link or the command line, and leaves a trace', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  const { session } = await finish(token);
  assert.equal(await refusalOf(begin(token)), 'setup.already_done');
  assert.equal(await refusalOf(begin(tokenOf(fresh.signIn.createSetupLink()))), 'setup.already_done');
  const input = { organizationName: 'Друга', ownerName: 'Злодій', email: 'zlodii@nide.example', password };
  assert.equal(await refusalOf(fresh.signIn.setUp(input)), 'setup.already_done');
  const denied = await fresh.database.read(
    systemReach(session.organization.id),
    (tx) => tx`SELECT event, outcome FROM audit_entries WHERE event = 'setup.denied'`,
  );
  assert.deepEqual(
    denied.map((entry) => entry['outcome']),
    ['refused', 'refused'],
  );
});

test('set-ups at the same moment make one organization', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  const input = { organizationName: 'Друга', ownerName: 'Марко Гнатюк', email: 'marko@inshi.example', password };
  const works = [() => finish(token), () => finish(token), () => fresh.signIn.setUp(input)];
  const answers = await raceOn(fresh.test, 'organizations', works);
  assert.equal(answers.filter((answer) => answer === null).length, 1, answers.join());
  assert.deepEqual(new Set(answers), new Set(['setup.already_done', null]));
  const [row] = await fresh.admin`
    SELECT (SELECT count(*)::int FROM organizations) AS organizations, (SELECT count(*)::int FROM people) AS people,
      (SELECT count(*)::int FROM organization_keys) AS keys`;
  assert.deepEqual({ ...row }, { organizations: 1, people: 1, keys: 2 });
});

test('a set-up that fails leaves nothing behind and the link alive', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  assert.equal(await refusalOf(finish(token, { password: 'password1234' })), 'password.too_common');
  for (const code of ['000000', '1234567', 'ABCDE-FGHJK']) {
    assert.equal(await refusalOf(finish(token, { code })), 'sign-in.code_wrong', code);
  }
  assert.equal(await refusalOf(finish(token, { ticket: 'x'.repeat(100) })), 'sign-in.ticket_expired');
  assert.equal((await fresh.admin`SELECT 1 FROM organizations`).length, 0);
  assert.equal(await refusalOf(finish(token)), null);
});

test('an authenticator ticket of another link is not taken', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  const { ticket } = await begin(token);
  const first = fresh;
  fresh = await openFresh();
  const other = tokenOf(fresh.signIn.createSetupLink());
  assert.equal(await refusalOf(finish(other, { ticket })), 'sign-in.ticket_expired');
  fresh = first;
});

test('names and e-mails of people are nowhere in the database in plain', async () => {
  await finish(tokenOf(fresh.signIn.createSetupLink()));
  const tables =
    await fresh.admin`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
  assert.ok(tables.length > 10);
  for (const { relname } of tables) {
    const rows = await fresh.admin`SELECT t::text AS text FROM ${fresh.admin(relname as string)} t`;
    for (const row of rows) {
      const text = String(row['text']).replace(/\\x([0-9a-f]+)/g, (_, hex: string) =>
        Buffer.from(hex, 'hex').toString('utf8'),
      );
      assert.ok(!/Коваленко|olena@vezha/iu.test(text), relname as string);
    }
  }
});

test('the code that proved the app at set-up opens no second door', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  const enrolment = await begin(token);
  const code = (URI.parse(enrolment.otpauthUri) as TOTP).generate({ timestamp: fresh.clock.now().getTime() });
  const body = { token, ticket: enrolment.ticket, code, organization: { name: 'Вежа' }, owner, password };
  await callAs(fresh.signIn, 'POST /api/v1/setup', null, { body });
  const { ticket } = await callAs(fresh.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: owner.email, password },
  });
  const again = callAs(fresh.signIn, 'POST /api/v1/sign-in/code', null, { body: { ticket, code } });
  assert.equal(await refusalOf(again), 'sign-in.code_already_used');
});

test('a name that would turn the text around it, or is nothing, is refused', async () => {
  const token = tokenOf(fresh.signIn.createSetupLink());
  for (const organizationName of ['   ', 'a\u0000b', 'Вежа \u202Eажев']) {
    const work = callAs(fresh.signIn, 'POST /api/v1/setup/begin', null, {
      body: { token, email: owner.email, organizationName },
    });
    assert.equal(await refusalOf(work), 'request.invalid');
  }
  const work = callAs(fresh.signIn, 'POST /api/v1/setup/begin', null, {
    body: { token, email: 'olena@', organizationName: 'Вежа' },
  });
  assert.equal(await refusalOf(work), 'field.email_invalid');
});
