/** Networks and hours against whoever comes from elsewhere, at night, or says to come from the office. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RulesChange } from '#contract';
import { defaultRules } from '#contract';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, origin, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import { openSignIn } from './open-sign-in.ts';
import type { Probe } from '../../http/frame.fixture.ts';
import { openProbe } from '../../http/frame.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const office = { id: randomUUID(), name: 'Офіс у Луцьку', ranges: ['192.0.2.0/24', '2001:db8:7::/48'] };
const anywhere = { anywhere: true, places: [] };
const fromOffice = { anywhere: false, places: [office.id] };
const owner = () => world.cast.owner;
const head = () => world.cast.head;
const manager = () => world.cast.manager;
const auditor = () => world.cast.auditor;

async function setRules(change: RulesChange, who = owner()) {
  const { version } = await callAs(world.signIn, 'GET /api/v1/security/rules', owner());
  return callAs(world.signIn, 'PUT /api/v1/security/rules', who, { body: { version, change } });
}
const networks = (given: Partial<RulesChange['networks']>) => ({
  networks: { ...defaultRules.networks, places: [office], ...given },
});
const clear = () => setRules({ ...defaultRules });
const enter = (person: CastMember, address: string) =>
  refusalOf(world.signIn.actorOf(person.token, visitorFrom(address)));

test('a session taken out of the office answers nothing there, and says so in the log by name', async () => {
  await setRules(networks({ organization: fromOffice }));
  const probe = await openProbe(world);
  const ask = (remoteAddress: string) => askSession(probe, manager(), remoteAddress);
  assert.equal((await ask('192.0.2.77')).code, null);
  assert.equal((await ask('2001:db8:7:1::5')).code, null);
  const refused = await ask('203.0.113.66');
  assert.deepEqual([refused.status, refused.code], [403, 'session.network_denied']);
  const last = (await readEntries(world)).at(-1)!;
  assert.deepEqual([last.event, last.outcome, last.actorId], ['session.network_denied', 'refused', manager().personId]);
  assert.equal((await ask('192.0.2.77')).code, null, 'back in the office the session goes on');
  await probe.frame.app.close();
  await clear();
});

test('password and code open nothing from a network that is not allowed', async () => {
  await setRules(networks({ organization: fromOffice }));
  const from = (address: string) => refusalOf(signInAs(world.signIn, world.clock, manager(), visitorFrom(address)));
  assert.equal(await from('203.0.113.66'), 'session.network_denied');
  const last = (await readEntries(world)).at(-1)!;
  assert.deepEqual([last.event, last.reason], ['sign-in.denied', 'session.network_denied']);
  assert.equal(await from('192.0.2.3'), null);
  await clear();
});

test('the nearest list counts: a person’s own, else the role’s, else the organization’s', async () => {
  const table: [change: RulesChange, manager: string | null, auditor: string | null][] = [
    [networks({ organization: anywhere }), null, null],
    [networks({ roles: [{ role: 'manager', ...fromOffice }] }), 'session.network_denied', null],
    [networks({ organization: fromOffice, roles: [{ role: 'manager', ...anywhere }] }), null, 'session.network_denied'],
    [
      networks({
        roles: [{ role: 'manager', ...fromOffice }],
        people: [{ personId: manager().personId, ...anywhere }],
      }),
      null,
      null,
    ],
    [networks({ people: [{ personId: auditor().personId, ...fromOffice }] }), null, 'session.network_denied'],
  ];
  for (const [change, ofManager, ofAuditor] of table) {
    await setRules(change);
    assert.equal(await enter(manager(), '203.0.113.66'), ofManager, JSON.stringify(change));
    assert.equal(await enter(auditor(), '203.0.113.66'), ofAuditor, JSON.stringify(change));
  }
  await clear();
});

test('nobody saves rules that lock out who saves them, nor rules that quietly mean everything', async () => {
  const elsewhere = { id: randomUUID(), name: 'Склад', ranges: ['198.51.100.0/24'] };
  const table: [change: RulesChange, code: string][] = [
    [
      networks({ places: [elsewhere], organization: { anywhere: false, places: [elsewhere.id] } }),
      'security.own_lock_out',
    ],
    [networks({ organization: { anywhere: false, places: [] } }), 'request.invalid'],
    [networks({ organization: { anywhere: false, places: [randomUUID()] } }), 'request.invalid'],
    [networks({ places: [{ ...office, ranges: ['0.0.0.0/0'] }] }), 'security.range_invalid'],
    [networks({ places: [{ ...office, ranges: ['::/0'] }] }), 'security.range_invalid'],
    // All of IPv4, written as IPv6.
    [networks({ places: [{ ...office, ranges: ['::ffff:0:0/96'] }] }), 'security.range_invalid'],
    [networks({ places: [{ ...office, ranges: ['192.0.2.0/33'] }] }), 'security.range_invalid'],
    [networks({ places: [{ ...office, ranges: ['офіс'] }] }), 'security.range_invalid'],
    [
      { hours: { organization: { days: [1], from: '09:00', to: '09:00' }, roles: [], people: [] } },
      'security.hours_invalid',
    ],
    // The test’s clock stands on a Monday.
    [
      { hours: { organization: { days: [2], from: '09:00', to: '18:00' }, roles: [], people: [] } },
      'security.own_lock_out',
    ],
  ];
  for (const [change, code] of table) assert.equal(await refusalOf(setRules(change)), code, JSON.stringify(change));
});

test('two who change the rules at one moment do not overwrite one another', async () => {
  const { version } = await callAs(world.signIn, 'GET /api/v1/security/rules', owner());
  const change = networks({});
  const put = () =>
    refusalOf(callAs(world.signIn, 'PUT /api/v1/security/rules', owner(), { body: { version, change } }));
  const answers = await Promise.all([put(), put(), put()]);
  assert.equal(answers.filter((answer) => answer === null).length, 1);
  assert.equal(answers.filter((answer) => answer === 'security.version_conflict').length, 2);
});

test('before saving one sees who would be locked out now', async () => {
  await clear();
  await world.signIn.actorOf(head().token, visitorFrom('203.0.113.9'));
  await world.signIn.close();
  const change = networks({ organization: fromOffice });
  const seen = await callAs(world.signIn, 'POST /api/v1/security/rules/preview', owner(), { body: { change } });
  assert.equal(seen.self, false);
  const found = seen.people.find(({ personId }) => personId === head().personId);
  assert.deepEqual([found?.address, found?.byNetwork, found?.byHours], ['203.0.113.9', true, false]);
  assert.ok(!seen.people.some(({ personId }) => personId === owner().personId), 'who sits in the office stays');
  assert.ok(seen.openSessions > 3);
});

test('outside the hours there is no sign-in, and a running session waits until morning', async () => {
  await setRules({ hours: { organization: null, roles: [{ role: 'manager', hours: workdays }], people: [] } });
  const late = { token: await signInAs(world.signIn, world.clock, manager()) } as CastMember;
  const standing = world.clock.now().getTime();
  const at = (iso: string) => world.clock.move(new Date(iso).getTime() - world.clock.now().getTime());
  at('2026-11-02T15:59:00Z'); // 17:59 in Kyiv, Monday
  assert.equal(await enter(late, '192.0.2.10'), null);
  at('2026-11-02T16:00:00Z');
  assert.equal(await enter(late, '192.0.2.10'), 'session.hours_denied');
  assert.equal(await refusalOf(signInAs(world.signIn, world.clock, manager())), 'session.hours_denied');
  assert.equal(await enter(auditor(), '192.0.2.10'), null, 'others work on');
  world.clock.move(standing - world.clock.now().getTime());
  world.clock.move(120_000);
  await clear();
});

const workdays = { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' };

test('another node obeys new rules, and the end of a session, within a second', async () => {
  const { database, keyring, auditLog, clock } = world;
  const other = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  const token = await signInAs(world.signIn, clock, manager());
  const there = (address = '203.0.113.66') => refusalOf(other.actorOf(token, visitorFrom(address)));
  assert.equal(await there(), null);
  await setRules(networks({ organization: fromOffice }));
  clock.move(1_000);
  assert.equal(await there(), 'session.network_denied');
  await clear();
  clock.move(1_000);
  assert.equal(await there(), null);
  const { ended } = await callAs(world.signIn, 'DELETE /api/v1/people/:id/sessions', owner(), {
    params: { id: manager().personId },
  });
  assert.ok(ended >= 1);
  clock.move(1_000);
  assert.equal(await there(), 'session.expired');
  await other.close();
});

test('the strictest session limit of everybody and of the role counts', async () => {
  const hour = 3_600_000;
  await setRules({
    sessions: { organization: { idleHours: 8, days: 7 }, roles: [{ role: 'auditor', idleHours: 1, days: 1 }] },
  });
  const fresh = async (person: CastMember) =>
    ({ token: await signInAs(world.signIn, world.clock, person) }) as CastMember;
  const [strict, plain] = [await fresh(auditor()), await fresh(head())];
  world.clock.move(hour);
  assert.equal(await enter(strict, '192.0.2.10'), 'session.expired');
  assert.equal(await enter(plain, '192.0.2.10'), null);
  await world.signIn.close();
  world.clock.move(8 * hour);
  assert.equal(await enter(plain, '192.0.2.10'), 'session.expired');
});

test('a role that is named twice in one section is refused, whichever section it is', async () => {
  const { sessions, devices, hours, networks: places } = defaultRules;
  const role = 'auditor';
  const twice = <T extends object>(one: T) => [
    { role, ...one },
    { role, ...one },
  ];
  for (const change of [
    { sessions: { ...sessions, roles: twice(sessions.organization) } },
    { devices: { ...devices, roles: twice(devices.organization) } },
    { hours: { ...hours, roles: twice({ hours: null }) } },
    { networks: { ...places, roles: twice(places.organization) } },
  ])
    assert.equal(await refusalOf(setRules(change)), 'request.invalid', Object.keys(change).join());
});

test('however busy, a session ends when its days are over', async () => {
  const hour = 3_600_000;
  await setRules({
    sessions: { organization: { idleHours: 12, days: 7 }, roles: [{ role: 'auditor', idleHours: 12, days: 1 }] },
  });
  const token = await signInAs(world.signIn, world.clock, auditor());
  for (const after of [0, 11, 11, 1]) {
    world.clock.move(after * hour);
    assert.equal(await enter({ token } as CastMember, '192.0.2.10'), null, `${after} h later`);
    await world.signIn.close();
  }
  world.clock.move(hour);
  assert.equal(await enter({ token } as CastMember, '192.0.2.10'), 'session.expired');
});

async function askSession(probe: Probe, person: CastMember, remoteAddress: string, headers = {}) {
  const response = await probe.frame.app.inject({
    method: 'GET',
    url: '/api/v1/session',
    remoteAddress,
    headers: { host: 'crm.vezha.example', cookie: probe.cookieOf(person), ...headers },
  });
  const code = response.statusCode === 200 ? null : (response.json().error.code as string);
  return { status: response.statusCode, code };
}

test('X-Forwarded-For counts only from declared proxies, and only its right-most strange hop', async () => {
  const person = { ...owner(), token: await signInAs(world.signIn, world.clock, owner()) };
  world.cast.owner = { ...person, actor: await world.signIn.actorOf(person.token, visitorFrom('192.0.2.10')) };
  await setRules(networks({ organization: fromOffice }));
  const [inner, outer, thief, desk] = ['10.0.0.2', '10.0.0.3', '203.0.113.66', '192.0.2.10'];
  const denied = 'session.network_denied';
  const table: [proxies: string[], peer: string, forwarded: string | null, expected: string | null, why: string][] = [
    [[], thief, desk, denied, 'no proxy: the header is nothing'],
    [[], desk, thief, null, 'no proxy: nor does it harm'],
    [[], `::ffff:${desk}`, null, null, 'IPv4 written as IPv6 is that IPv4'],
    [[], `::ffff:${thief}`, desk, denied, 'and no way round'],
    [[inner], inner, desk, null, 'one proxy: whom it saw'],
    [[inner], inner, thief, denied, 'one proxy: the thief it saw'],
    [[inner], inner, `${desk}, ${thief}`, denied, 'what the thief wrote stands further left'],
    [[inner], inner, `${desk}, ${inner}, ${thief}`, denied, 'also when he names the proxy'],
    [[inner], thief, desk, denied, 'who is no proxy is not believed'],
    [[inner], `::ffff:${inner}`, desk, null, 'the proxy itself may be IPv4 written as IPv6'],
    [[inner], inner, `::ffff:${desk}`, null, 'and so may whom it saw'],
    [[inner], inner, `::ffff:c000:20a`, null, 'in hexadecimal too'],
    [[inner], inner, null, denied, 'a proxy that says nothing is no office'],
    [[inner, outer], inner, `${desk}, ${outer}`, null, 'two proxies'],
    [[inner, outer], inner, `${desk}, ${thief}, ${outer}`, denied, 'two proxies, and a lie to the left'],
    [[inner], inner, `${desk}, ${outer}`, denied, 'the second one is not declared'],
    [[inner], inner, 'unknown', denied, 'a word is no address'],
  ];
  for (const [proxies, peer, forwarded, expected, why] of table) {
    const probe = await openProbe(world, { proxies });
    const headers = forwarded === null ? {} : { 'x-forwarded-for': forwarded };
    assert.equal((await askSession(probe, person, peer, headers)).code, expected, why);
    await probe.frame.app.close();
  }
});
