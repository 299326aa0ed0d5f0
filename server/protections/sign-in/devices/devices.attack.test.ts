/** Browsers against whoever has a password and a code of somebody, and all the cookies and tickets that can be found. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceRules } from '#contract';
import { defaultRules } from '#contract';
import type { Transaction } from '#database';
import { hasCode } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import {
  callAs,
  codeOf,
  openWorld,
  password,
  raceOn,
  readEntries,
  refusalOf,
  signInAgain,
  visitorFrom,
} from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { openFailures, promptTries, strangersPerOrganizationMax, triesPerPersonMax } from '../failures.ts';
import { openRules } from '../rules.ts';
import { openSessions } from '../session.ts';
import { ticketMinutes } from '../tickets.ts';
import { requestsPerHourMax } from './ask-approval.ts';
import {
  answerRequest,
  countRequests,
  expireDevice,
  findDeviceById,
  hashOfBrowser,
  insertDevice,
  insertRequest,
  listDevices,
  listRequests,
  lockUnused,
  nameDevice,
  revokeDevices,
  sweepRequests,
  touchDevice,
} from './device-store.ts';
import { approvedDevice, isKnownBrowser } from './know-device.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
// Every test begins in an hour of its own, with codes that nobody used.
beforeEach(() => world.clock.move(3_700_000));

const newBrowser = () => randomBytes(32).toString('base64url');
const at = (browser: string | null, address = '192.0.2.40') => ({ ...visitorFrom(address), browser });

async function signIn(person: CastMember, browser: string | null, address?: string): Promise<{ token: string }> {
  const visitor = at(browser, address);
  world.clock.move(30_000);
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: person.email, password },
    visitor,
  });
  const cookie: Cookie = {};
  await callAs(world.signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket, code: codeOf(person, world.clock) },
    visitor,
    cookie,
  });
  return { token: cookie.token! };
}

/** Signs in where it must wait; its ticket. */
async function wait(person: CastMember, browser: string): Promise<string> {
  try {
    await signIn(person, browser);
  } catch (error) {
    if (hasCode(error, 'device.approval_needed')) return String(error.details!['ticket']);
    throw error;
  }
  throw new Error('came in without approval');
}

async function ask(ticket: string, browser: string | null) {
  const cookie: Cookie = {};
  const answer = await callAs(world.signIn, 'POST /api/v1/sign-in/device', null, {
    body: { ticket },
    visitor: at(browser),
    cookie,
  });
  return { ...answer, token: cookie.token };
}

const actorOf = async (person: CastMember, browser: string) =>
  world.signIn.actorOf((await signIn(person, browser)).token, at(browser));
type Asker = Awaited<ReturnType<typeof actorOf>>;
const waiting = async (actor: Asker, key: 'GET /api/v1/devices' | 'GET /api/v1/security/devices') =>
  (await callAs(world.signIn, key, actor, {})).requests.at(-1)!;
const approve = (actor: Asker, id: string, number: number) =>
  callAs(world.signIn, 'POST /api/v1/device-requests/:id/approve', actor, { params: { id }, body: { number } });

/** The browser from which this person came in first; approved by that. */
const home = new Map<string, string>();
function homeOf(person: CastMember): string {
  const known = home.get(person.email) ?? newBrowser();
  home.set(person.email, known);
  return known;
}

test('phished password and code open nothing on another browser; approved with the number on the own one, it is in', async () => {
  const { manager } = world.cast;
  const actor = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const ticket = await wait(manager, browser);
  const { state, number, token } = await ask(ticket, browser);
  assert.deepEqual([state, token], ['waiting', undefined]);
  const request = await waiting(actor, 'GET /api/v1/devices');
  await approve(actor, request.id, number!);
  const opened = await ask(ticket, browser);
  assert.equal(opened.state, 'open');
  assert.equal((await world.signIn.actorOf(opened.token!, at(browser))).personId, manager.personId);
  assert.equal((await ask(ticket, browser)).state, 'refused', 'an approval is for one session');
  assert.ok((await signIn(manager, browser)).token, 'and the browser is known from now on');
  const events = (await readEntries(world)).map(({ event }) => event);
  for (const event of ['device.asked', 'device.approved'] as const) assert.ok(events.includes(event), event);
});

test('a wrong number ends the request; nobody tries all ninety', async () => {
  const { manager } = world.cast;
  const actor = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const ticket = await wait(manager, browser);
  const { number } = await ask(ticket, browser);
  const { id } = await waiting(actor, 'GET /api/v1/devices');
  assert.equal(await refusalOf(approve(actor, id, number === 99 ? 10 : number! + 1)), 'device.number_wrong');
  assert.equal(await refusalOf(approve(actor, id, number!)), 'device.request_over');
  assert.equal((await ask(ticket, browser)).state, 'refused');
});

test('a ticket carried to another browser opens nothing there, approved or not', async () => {
  const { manager } = world.cast;
  const actor = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const ticket = await wait(manager, browser);
  const { number } = await ask(ticket, browser);
  await approve(actor, (await waiting(actor, 'GET /api/v1/devices')).id, number!);
  for (const thief of [newBrowser(), null]) assert.equal((await ask(ticket, thief)).state, 'refused');
  assert.equal((await ask(ticket, browser)).state, 'open');
  assert.equal((await ask(ticket, browser)).state, 'refused', 'spent');
  const denied = (await readEntries(world)).filter(
    ({ event, facts }) => event === 'device.denied' && facts['step'] === 'waiting',
  );
  const codes = denied.slice(-3).map(({ reason, actorId }) => [reason, actorId]);
  const other = ['device.other_browser', manager.personId];
  assert.deepEqual(codes, [other, other, ['device.request_over', manager.personId]], 'each leaves its entry');
});

test('a browser that waits comes in no more when the password changed meanwhile, or the person was dismissed', async () => {
  const { head } = world.cast;
  const { admin } = world.test;
  await signIn(head, homeOf(head));
  const boss = (await world.signIn.actorById(world.organizationId, world.cast.owner.personId))!;
  const waitApproved = async () => {
    const browser = newBrowser();
    const ticket = await wait(head, browser);
    const { number } = await ask(ticket, browser);
    await approve(boss, (await waiting(boss, 'GET /api/v1/security/devices')).id, number!);
    return () => ask(ticket, browser);
  };
  const askChanged = await waitApproved();
  await admin`UPDATE passwords SET changed_at = changed_at + interval '1 second' WHERE person_id = ${head.personId}`;
  assert.equal((await askChanged()).state, 'refused');
  const askDismissed = await waitApproved();
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${head.personId}`;
  const answer = await askDismissed();
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${head.personId}`;
  assert.deepEqual([answer.state, answer.token], ['refused', undefined]);
});

test('cookies of other people and organizations, invented and malformed ones are new browsers', async () => {
  const { manager, colleague, outsider } = world.cast;
  await signIn(manager, homeOf(manager));
  await signIn(colleague, homeOf(colleague));
  await signIn(outsider, homeOf(outsider));
  for (const browser of [homeOf(colleague), homeOf(outsider), newBrowser()])
    assert.equal(await refusalOf(signIn(manager, browser)), 'device.approval_needed');
  assert.equal(
    await refusalOf(signIn(manager, null)),
    'device.cookie_needed',
    'without a cookie nothing can be approved',
  );
});

test('nobody names or takes away a browser of somebody else; a head takes away those of the own people', async () => {
  const { manager, colleague, head, outsider } = world.cast;
  const theirs = await actorOf(colleague, homeOf(colleague));
  const managers = await actorOf(manager, homeOf(manager));
  const leads = await actorOf(head, homeOf(head));
  const foreign = await actorOf(outsider, homeOf(outsider));
  const deviceOf = async (actor: Asker) => (await callAs(world.signIn, 'GET /api/v1/devices', actor, {})).devices[0]!;
  const { id, name } = await deviceOf(theirs);
  const rename = (by: Asker, device: string) =>
    callAs(world.signIn, 'PATCH /api/v1/devices/:id', by, { params: { id: device }, body: { name: 'Мій' } });
  const revoke = (by: Asker, device: string) =>
    callAs(world.signIn, 'DELETE /api/v1/devices/:id', by, { params: { id: device } });
  const anybodys = (by: Asker, device: string) =>
    callAs(world.signIn, 'DELETE /api/v1/security/devices/:id', by, { params: { id: device } });
  for (const by of [managers, leads, foreign]) {
    for (const act of [rename, revoke, anybodys]) {
      const refused = await refusalOf(Promise.try(() => act(by, id)));
      // Whoever approves for nobody does not get as far.
      const isStopped = by === managers && act === anybodys;
      assert.equal(refused, isStopped ? 'access.denied' : 'device.not_found', `${by.name}: ${act.name}`);
    }
  }
  const stands = await deviceOf(theirs);
  assert.deepEqual([stands.id, stands.name], [id, name]);
  const ofManager = await deviceOf(managers);
  assert.equal(await refusalOf(revoke(leads, ofManager.id)), 'device.not_found', 'not as one’s own');
  assert.equal(await refusalOf(anybodys(leads, ofManager.id)), null);
  assert.equal(await refusalOf(anybodys(leads, ofManager.id)), 'device.not_found', 'once');
  await world.test.admin`UPDATE devices SET revoked_at = NULL WHERE id = ${ofManager.id}`;
});

test('taken away, a browser is out at once', async () => {
  const { colleague } = world.cast;
  const browser = homeOf(colleague);
  const { token } = await signIn(colleague, browser);
  const actor = await world.signIn.actorOf(token, at(browser));
  const { devices } = await callAs(world.signIn, 'GET /api/v1/devices', actor, {});
  await callAs(world.signIn, 'DELETE /api/v1/devices/:id', actor, { params: { id: devices[0]!.id }, cookie: {} });
  assert.equal(await refusalOf(world.signIn.actorOf(token, at(browser))), 'session.expired');
  assert.equal(await refusalOf(signIn(colleague, browser)), 'device.approval_needed');
});

test('heads approve for their people and nobody else’s; what is out of reach is not there', async () => {
  const { owner, manager, colleague } = world.cast;
  const boss = await actorOf(owner, homeOf(owner));
  const worker = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  await signIn(colleague, homeOf(colleague)).catch(() => {});
  const ticket = await wait(colleague, browser);
  const { number } = await ask(ticket, browser);
  const request = await waiting(boss, 'GET /api/v1/security/devices');
  assert.equal(request.person.id, colleague.personId);
  const stranger = await world.signIn.actorById(world.otherOrganizationId, world.cast.outsider.personId);
  for (const actor of [worker, stranger!])
    assert.equal(await refusalOf(approve(actor, request.id, number!)), 'device.not_found');
  await approve(boss, request.id, number!);
  assert.equal((await ask(ticket, browser)).state, 'open');
});

test('two who approve at once approve once; a request that lies too long is over', async () => {
  const { owner, manager } = world.cast;
  const boss = await actorOf(owner, homeOf(owner));
  const actor = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const ticket = await wait(manager, browser);
  const { number } = await ask(ticket, browser);
  const { id } = await waiting(actor, 'GET /api/v1/devices');
  const answers = await Promise.all([actor, boss].map((one) => refusalOf(approve(one, id, number!))));
  assert.deepEqual(new Set(answers), new Set(['device.request_over', null]));
  const late = newBrowser();
  const lateTicket = await wait(manager, late);
  const lateNumber = (await ask(lateTicket, late)).number!;
  const lateId = (await waiting(actor, 'GET /api/v1/devices')).id;
  world.clock.move(ticketMinutes.device * 60_000);
  assert.equal(await refusalOf(approve(actor, lateId, lateNumber)), 'device.request_over');
});

test('out of a session that was ended a moment ago nobody names or takes away even an own browser', async () => {
  const { head } = world.cast;
  const actor = await actorOf(head, homeOf(head));
  const { admin } = world.test;
  const [device] = (await callAs(world.signIn, 'GET /api/v1/devices', actor, {})).devices;
  const params = { id: device!.id };
  const acts = {
    rename: () => callAs(world.signIn, 'PATCH /api/v1/devices/:id', actor, { params, body: { name: 'Мій' } }),
    revoke: () => callAs(world.signIn, 'DELETE /api/v1/devices/:id', actor, { params, cookie: {} }),
  };
  await admin`UPDATE sessions SET ended_at = now() WHERE id = ${actor.sessionId}`;
  for (const [name, act] of Object.entries(acts)) assert.equal(await refusalOf(act()), 'session.expired', name);
  await admin`UPDATE sessions SET ended_at = NULL WHERE id = ${actor.sessionId}`;
  const [stands] = (await callAs(world.signIn, 'GET /api/v1/devices', actor, {})).devices;
  assert.deepEqual([stands!.id, stands!.name], [device!.id, device!.name]);
});

test('what is over, of somebody who was dismissed, or asked for without a session is not approved', async () => {
  const { owner, manager } = world.cast;
  const { admin } = world.test;
  const boss = await actorOf(owner, homeOf(owner));
  const actor = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const ticket = await wait(manager, browser);
  const number = (await ask(ticket, browser)).number!;
  const { id } = await waiting(actor, 'GET /api/v1/devices');
  const program: Asker = { ...actor, sessionId: null };
  assert.equal(
    await refusalOf(approve(program, id, number)),
    'device.not_found',
    'one’s own, by no session of one’s own',
  );
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${manager.personId}`;
  const dismissed = await refusalOf(approve(boss, id, number));
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${manager.personId}`;
  assert.equal(dismissed, 'device.not_found');
  await approve(boss, id, number);
  await admin`UPDATE device_requests SET until = ${world.clock.now()} WHERE id = ${id}`;
  const late = await ask(ticket, browser);
  assert.deepEqual([late.state, late.token], ['refused', undefined], 'approved, and nobody came for it in time');
});

test('who was dismissed, is a head no more or leads elsewhere now lets no browser in and takes none away any more', async () => {
  const { owner, head, manager, colleague } = world.cast;
  const { admin } = world.test;
  const stale = await actorOf(head, homeOf(head));
  const change = async (body: object) => {
    await callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: head.personId }, body });
    await signInAgain(world, { actor: stale });
  };
  const worker = await actorOf(manager, homeOf(manager));
  const browser = newBrowser();
  const number = (await ask(await wait(manager, browser), browser)).number!;
  const { id } = await waiting(stale, 'GET /api/v1/security/devices');
  const { devices } = await callAs(world.signIn, 'GET /api/v1/security/devices', stale, {});
  const ofManager = devices.find(({ person }) => person.id === manager.personId)!;
  const tries = async (by: Asker) => [
    await refusalOf(approve(by, id, number)),
    await refusalOf(callAs(world.signIn, 'DELETE /api/v1/security/devices/:id', by, { params: { id: ofManager.id } })),
  ];
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${head.personId}`;
  assert.deepEqual(await tries(stale), ['access.denied', 'access.denied'], 'dismissed');
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${head.personId}`;
  await change({ roles: ['manager'] });
  assert.deepEqual(await tries(stale), ['access.denied', 'access.denied'], 'a head no more');
  await change({ roles: ['head'], departmentId: colleague.departmentId });
  assert.deepEqual(await tries(stale), ['device.not_found', 'device.not_found'], 'elsewhere now');
  await change({ departmentId: head.departmentId });
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${manager.personId}`;
  assert.equal(await refusalOf(approve(worker, id, number)), 'device.not_found', 'one’s own, dismissed');
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${manager.personId}`;
  await admin`UPDATE sessions SET ended_at = now() WHERE id = ${worker.sessionId}`;
  assert.equal(await refusalOf(approve(worker, id, number)), 'session.expired', 'one’s own, out of an ended session');
  await signInAgain(world, { actor: worker });
  await approve(stale, id, number);
});

test('a browser that two take away at one moment is taken away once, and written down once', async () => {
  const { owner, manager } = world.cast;
  const boss = await actorOf(owner, homeOf(owner));
  const actor = await actorOf(manager, homeOf(manager));
  const { devices } = await callAs(world.signIn, 'GET /api/v1/devices', actor, {});
  const { id } = devices.find(({ current }) => current)!;
  const revoked = async () => (await readEntries(world)).filter(({ event }) => event === 'device.revoked').length;
  const before = await revoked();
  const ended = await raceOn(world.test, 'devices', [
    () => callAs(world.signIn, 'DELETE /api/v1/devices/:id', actor, { params: { id }, cookie: {} }),
    () => callAs(world.signIn, 'DELETE /api/v1/security/devices/:id', boss, { params: { id } }),
  ]);
  // With the browser its session ends: whose turn comes second finds no browser, or is signed in no more.
  assert.deepEqual(ended.filter((code) => code === null).length, 1);
  assert.ok(ended.includes('device.not_found') || ended[0] === 'session.expired', String(ended));
  assert.equal(await revoked(), before + 1);
  await world.test.admin`UPDATE devices SET revoked_at = NULL WHERE id = ${id}`;
});

test('asking again and again until somebody says yes ends after a few', async () => {
  const { manager } = world.cast;
  await signIn(manager, homeOf(manager));
  for (let round = 0; round < requestsPerHourMax; round += 1) await wait(manager, newBrowser());
  assert.equal(await refusalOf(signIn(manager, newBrowser())), 'device.too_many_requests');
});

test('the code of a browser that waits is spent: it opens nothing anywhere else', async () => {
  const { manager } = world.cast;
  await signIn(manager, homeOf(manager));
  await wait(manager, newBrowser());
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: manager.email, password },
    visitor: at(homeOf(manager)),
  });
  const again = callAs(world.signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket, code: codeOf(manager, world.clock) },
    visitor: at(homeOf(manager)),
  });
  assert.equal(await refusalOf(again), 'sign-in.code_already_used');
});

test('a code that was used, brought from a new browser, leaves no request and no letter behind', async () => {
  const { manager } = world.cast;
  await signIn(manager, homeOf(manager));
  const count = () =>
    world.database.read(systemReach(world.organizationId), async (tx) => {
      const [row] = await tx`
        SELECT (SELECT count(*) FROM device_requests) AS requests, (SELECT count(*) FROM letters) AS letters,
          (SELECT count(*) FROM sessions) AS sessions`;
      return { ...row };
    });
  const before = await count();
  for (let round = 0; round < 5; round += 1) {
    const visitor = at(newBrowser());
    const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: manager.email, password },
      visitor,
    });
    const body = { ticket, code: codeOf(manager, world.clock) };
    assert.equal(
      await refusalOf(callAs(world.signIn, 'POST /api/v1/sign-in/code', null, { body, visitor })),
      'sign-in.code_already_used',
    );
  }
  assert.deepEqual(await count(), before);
});

test('the secret of a browser is nowhere in the database', async () => {
  const { manager } = world.cast;
  const browser = homeOf(manager);
  await signIn(manager, browser);
  const rows = await world.database.read(
    systemReach(world.organizationId),
    (tx) => tx`SELECT d::text AS text FROM devices d UNION ALL SELECT r::text FROM device_requests r`,
  );
  assert.ok(rows.length > 0);
  for (const { text } of rows) assert.ok(!String(text).includes(browser));
});

const guess = (person: CastMember, browser: string | null, address: string) =>
  refusalOf(
    callAs(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: person.email, password: 'не-той-пароль-зовсім' },
      visitor: at(browser, address),
    }),
  );

test('whoever knows an e-mail cannot lock its owner out of a known browser', async () => {
  const { manager } = world.cast;
  const browser = homeOf(manager);
  await signIn(manager, browser);
  for (let round = 0; round < triesPerPersonMax; round += 1) await guess(manager, newBrowser(), '203.0.113.9');
  assert.equal(await guess(manager, newBrowser(), '203.0.113.9'), 'sign-in.too_many_attempts');
  assert.ok((await signIn(manager, browser)).token);
});

test('a ticket of a known browser, carried to another one, does not use up the tries of that browser, and gets none of them', async () => {
  const { manager } = world.cast;
  const browser = homeOf(manager);
  await signIn(manager, browser);
  world.clock.move(30_000);
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: manager.email, password },
    visitor: at(browser),
  });
  const bring = (code: string, where: string) =>
    refusalOf(
      callAs(world.signIn, 'POST /api/v1/sign-in/code', null, {
        body: { ticket, code },
        visitor: at(where),
        cookie: {},
      }),
    );
  const right = codeOf(manager, world.clock);
  const wrong = right === '000000' ? '111111' : '000000';
  const elsewhere = newBrowser();
  for (let round = 0; round < triesPerPersonMax; round += 1)
    assert.equal(await bring(wrong, elsewhere), 'sign-in.code_wrong');
  assert.equal(await bring(right, elsewhere), 'sign-in.too_many_attempts', 'the tries of strangers are over');
  assert.equal(await bring(right, browser), null, 'the own browser does not wait for what strangers tried');
});

test('at a known browser wrong tries wait longer and longer, and are never shut out', async () => {
  const { manager } = world.cast;
  const browser = homeOf(manager);
  await signIn(manager, browser);
  for (let round = 0; round < promptTries; round += 1)
    assert.equal(await guess(manager, browser, '192.0.2.40'), 'sign-in.refused');
  assert.equal(await guess(manager, browser, '192.0.2.40'), 'sign-in.too_many_attempts', 'at once: too soon');
  world.clock.move(2_000);
  assert.equal(await guess(manager, browser, '192.0.2.40'), 'sign-in.refused');
  world.clock.move(2_000);
  assert.equal(await guess(manager, browser, '192.0.2.40'), 'sign-in.too_many_attempts', 'the next waits longer');
  world.clock.move(2_000);
  assert.ok((await signIn(manager, browser)).token);
});

test('one password tried on everybody is stopped for strangers of the organization; known browsers come in', async () => {
  const failures = openFailures(world.database, world.clock);
  const { organizationId } = world;
  const { owner, head, manager, colleague, auditor } = world.cast;
  const people = [owner, head, manager, colleague, auditor];
  let checked = 0;
  for (let round = 0; round < strangersPerOrganizationMax + 20; round += 1) {
    const { personId } = people[round % people.length]!;
    // Each person’s own limit is not what stops it here.
    const guesser = { organizationId, personId };
    if (await failures.countTry(guesser)) checked += 1;
    await world.database.act(systemReach(organizationId), (tx) => failures.forget(tx, guesser));
  }
  assert.equal(checked, strangersPerOrganizationMax);
  assert.equal(await failures.countTry({ organizationId, personId: manager.personId, known: true }), true);
});

test('unused for longer than the rule says, a browser has to be approved anew', async () => {
  const { head } = world.cast;
  await signIn(head, homeOf(head));
  world.clock.move(90 * 86_400_000);
  assert.equal(await refusalOf(signIn(head, homeOf(head))), 'device.approval_needed');
});

async function setDevices(devices: DeviceRules): Promise<void> {
  const { owner } = world.cast;
  const boss = await world.signIn.actorById(world.organizationId, owner.personId);
  const { version } = await callAs(world.signIn, 'GET /api/v1/security/rules', boss!, {});
  await callAs(world.signIn, 'PUT /api/v1/security/rules', boss!, { body: { version, change: { devices } } });
}

const lenient = { demanded: false, days: 90 };
const strict = { demanded: true, days: 7 };
const afterDays = (count: number) => world.clock.move(count * 86_400_000);

test('a role makes the rule of browsers stricter and never milder', async () => {
  const { manager, head } = world.cast;
  await setDevices({ organization: lenient, roles: [] });
  await signIn(manager, homeOf(manager));
  await signIn(head, homeOf(head));
  await setDevices({ organization: lenient, roles: [{ role: 'manager', ...strict }] });
  assert.ok((await signIn(head, newBrowser())).token);
  assert.equal(await refusalOf(signIn(manager, newBrowser())), 'device.approval_needed');
  await setDevices({ organization: strict, roles: [{ role: 'manager', ...lenient }] });
  assert.equal(await refusalOf(signIn(manager, newBrowser())), 'device.approval_needed');
  afterDays(8);
  assert.equal(await refusalOf(signIn(manager, homeOf(manager))), 'device.approval_needed', 'the days too');
  await setDevices(defaultRules.devices);
});

test('a browser expires after the days of the strictest role, with one entry, and longer days bring it not back', async () => {
  const { auditor } = world.cast;
  await setDevices({ organization: { demanded: true, days: 90 }, roles: [{ role: 'auditor', ...strict }] });
  const browser = newBrowser();
  const { token } = await signIn(auditor, browser);
  const actor = await world.signIn.actorOf(token, at(browser));
  const [mine] = (await callAs(world.signIn, 'GET /api/v1/devices', actor, {})).devices;
  const expiresAt = Date.parse(mine!.expiresAt);
  assert.equal(expiresAt - Date.parse(mine!.lastUsedAt), 7 * 86_400_000, 'one’s own list says when');
  const expired = async () =>
    (await readEntries(world)).filter(({ event, facts }) => event === 'device.expired' && facts['device'] === mine!.id);
  world.clock.move(expiresAt - world.clock.now().getTime() - 1);
  await world.signIn.sweep();
  assert.equal((await expired()).length, 0, 'one moment before');
  const listed = async () => (await callAs(world.signIn, 'GET /api/v1/devices', actor, {})).devices.map(({ id }) => id);
  assert.ok((await listed()).includes(mine!.id));
  const holder = { organizationId: world.organizationId, personId: auditor.personId };
  const isKnown = () =>
    world.database.act(systemReach(world.organizationId), (tx) => isKnownBrowser(world, tx, holder, at(browser)));
  assert.equal(await isKnown(), true);
  // A session that goes on, whatever its browser was seen to do.
  await world.test.admin`
    INSERT INTO sessions (organization_id, id, person_id, token_hash, address, device, created_at, last_seen_at, expires_at, way,
      factors, proved_at, device_id)
    SELECT organization_id, gen_random_uuid(), person_id, sha256('goes on'), '192.0.2.9', 'Firefox', last_used_at,
      ${world.clock.now()}, ${new Date(world.clock.now().getTime() + 3_600_000)}, 'password', '{password,totp}', last_used_at, id
    FROM devices WHERE id = ${mine!.id}`;
  world.clock.move(1);
  assert.ok(!(await listed()).includes(mine!.id), 'over, swept or not');
  assert.equal(await isKnown(), false);
  await Promise.all([world.signIn.sweep(), world.signIn.sweep()]);
  assert.equal((await expired()).length, 1);
  const [over] = await world.test.admin`SELECT ended_at FROM sessions WHERE token_hash = sha256('goes on')`;
  assert.ok(over!['ended_at'] instanceof Date, 'its sessions end with it');
  await setDevices({ organization: { demanded: true, days: 365 }, roles: [] });
  assert.equal(await refusalOf(signIn(auditor, browser)), 'device.approval_needed');
  await setDevices(defaultRules.devices);
});

test('a browser is approved until the last moment of its days, and not at their end', () => {
  const now = world.clock.now();
  const entrant = (millis: number) => ({
    rules: { ...defaultRules, version: 1, devices: { organization: { demanded: true, days: 7 }, roles: [] } },
    roles: [],
    device: { id: 'home', last_used_at: new Date(now.getTime() - 7 * 86_400_000 + millis) },
  });
  assert.deepEqual(
    [-1, 0, 1].map((millis) => approvedDevice(entrant(millis), now)),
    [undefined, undefined, 'home'],
  );
});

test('who came through both steps has no wrong tries left, in or waiting; a browser by which one comes in is used', async () => {
  const { organizationId } = world;
  const { head } = world.cast;
  const tries = async () => {
    const [row] = await world.test.admin`
      SELECT coalesce(sum(count), 0)::int AS count FROM sign_in_failures
      WHERE organization_id = ${organizationId} AND person_id = ${head.personId}`;
    return row!['count'] as number;
  };
  const used = async () => {
    const [row] = await world.test.admin`
      SELECT max(last_used_at) AS at FROM devices WHERE organization_id = ${organizationId} AND person_id = ${head.personId}`;
    return (row!['at'] as Date).getTime();
  };
  await signIn(head, homeOf(head)).catch(() => wait(head, newBrowser()));
  for (const browser of [homeOf(head), newBrowser()]) {
    assert.equal(await guess(head, browser, '192.0.2.43'), 'sign-in.refused');
    assert.ok((await tries()) > 0);
    world.clock.move(60_000);
    const before = await used();
    if (browser === homeOf(head)) await signIn(head, browser);
    else await wait(head, browser);
    assert.equal(await tries(), 0);
    assert.equal((await used()) > before, browser === homeOf(head));
  }
});

test('a browser in which one works is used, however long ago one signed in', async () => {
  const { colleague } = world.cast;
  await setDevices({ organization: { demanded: false, days: 1 }, roles: [] });
  const browser = newBrowser();
  const { token } = await signIn(colleague, browser);
  for (let hours = 0; hours < 30; hours += 6) {
    world.clock.move(6 * 3_600_000);
    await world.signIn.actorOf(token, at(browser));
    await sleep(100); // that it was seen is written beside the request
  }
  await world.signIn.sweep();
  const actor = await world.signIn.actorOf(token, at(browser));
  const { devices } = await callAs(world.signIn, 'GET /api/v1/devices', actor, {});
  assert.ok(devices.some(({ current }) => current));
  await setDevices(defaultRules.devices);
});

test('a browser that was taken away is used no more, whatever another node still remembers', async () => {
  const { manager } = world.cast;
  const { database, keyring, clock } = world;
  await setDevices({ organization: { demanded: false, days: 1 }, roles: [] });
  const browser = newBrowser();
  const { token } = await signIn(manager, browser);
  const actor = await world.signIn.actorOf(token, at(browser));
  const node = openSessions({ database, keyring, clock, rules: openRules({ database, clock }) });
  await node.actorOf(token, at(browser));
  await node.settle();
  const { devices } = await callAs(world.signIn, 'GET /api/v1/devices', actor, {});
  const { id } = devices.find(({ current }) => current)!;
  await callAs(world.signIn, 'DELETE /api/v1/devices/:id', actor, { params: { id }, cookie: {} });
  await node.actorOf(token, at(browser, '203.0.113.9')); // within the second for which it remembers
  await node.settle();
  const [row] = await world.test.admin`SELECT address FROM devices WHERE id = ${id}`;
  assert.equal(row!['address'], '192.0.2.40');
  await setDevices(defaultRules.devices);
});

/** What a test does to the tables itself. */
const act = <T>(work: (tx: Transaction) => Promise<T>) =>
  world.database.act(systemReach(world.organizationId), prepared(work));

test('what is done to one browser, or to those of one person, is done to no other', async () => {
  const { organizationId } = world;
  const [mine, theirs] = [world.cast.auditor, world.cast.securityOfficer].map(({ personId }) => ({
    organizationId,
    personId,
  })) as [{ organizationId: string; personId: string }, { organizationId: string; personId: string }];
  const seals = await world.keyring.of(organizationId);
  const now = world.clock.now();
  const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const add = (whose: typeof mine, secret: string, when = now) =>
    act((tx) =>
      insertDevice(tx, seals, {
        personId: whose.personId,
        secretHash: hashOfBrowser(secret),
        name: 'Firefox, Linux',
        address: '192.0.2.50',
        approvedBy: null,
        at: when,
      }),
    );
  for (const { personId } of [mine, theirs])
    await world.test.admin`UPDATE devices SET revoked_at = now() WHERE person_id = ${personId} AND revoked_at IS NULL`;
  // One browser of two people: two devices, and known to neither as the other’s.
  const shared = await add(mine, 'спільний');
  const ids = [shared, await add(mine, 'другий'), await add(theirs, 'спільний')] as const;
  assert.equal(new Set(ids).size, 3);
  assert.equal(await add(mine, 'спільний'), shared, 'the same browser, approved anew');
  const others = async (...but: string[]) => {
    const rows = await world.test
      .admin`SELECT d::text AS text FROM devices d WHERE id <> ALL (${but}::uuid[]) ORDER BY id`;
    return rows.map(({ text }) => text);
  };
  const before = await others(shared);
  await act((tx) => nameDevice(tx, seals, shared, 'Мій'));
  await act((tx) => touchDevice(tx, organizationId, { id: shared, address: '192.0.2.51', at: later(5) }));
  await act((tx) => touchDevice(tx, organizationId, { id: shared, address: '192.0.2.52', at: later(4) }));
  const used = (await act((tx) => listDevices(tx, organizationId, mine.personId))).find(({ id }) => id === shared)!;
  assert.deepEqual([used.last_used_at, used.address], [later(5), '192.0.2.51'], 'not used earlier than it was');
  await act((tx) => touchDevice(tx, organizationId, { id: shared, address: '192.0.2.54', at: later(5) }));
  const again = (await act((tx) => listDevices(tx, organizationId, mine.personId))).find(({ id }) => id === shared)!;
  assert.equal(again.address, '192.0.2.54', 'at one moment the last one says from where');
  await act((tx) => revokeDevices(tx, mine, { at: now, only: shared }));
  assert.deepEqual(await others(shared), before);
  assert.deepEqual(
    await act((tx) => revokeDevices(tx, mine, { at: later(1) })),
    [ids[1]],
    'what was revoked stays so since',
  );
  assert.deepEqual(
    (await act((tx) => listDevices(tx, organizationId, theirs.personId))).map(({ id }) => id).includes(ids[2]),
    true,
  );
  assert.equal((await act((tx) => listDevices(tx, organizationId, mine.personId))).length, 0);
  // What is over is not found, not used and does not expire once more.
  await act((tx) => expireDevice(tx, organizationId, ids[2], later(2)));
  const over = await others();
  assert.equal(await act((tx) => findDeviceById(tx, organizationId, ids[2])), undefined);
  await act((tx) => touchDevice(tx, organizationId, { id: ids[2], address: '192.0.2.53', at: later(9) }));
  assert.deepEqual(await others(), over);
  const unused = (await act((tx) => lockUnused(tx, organizationId, later(60)))).map(({ id }) => id);
  assert.deepEqual(
    ids.map((id) => unused.includes(id)),
    [false, false, false],
  );
  const fresh = await add(theirs, 'третій', later(3));
  const since = async (moment: Date) => (await act((tx) => lockUnused(tx, organizationId, moment))).map(({ id }) => id);
  assert.deepEqual([(await since(later(2))).includes(fresh), (await since(later(3))).includes(fresh)], [false, true]);
  const ofTheirs = async () =>
    (await act((tx) => listDevices(tx, organizationId, theirs.personId))).map(({ id }) => id);
  assert.deepEqual([(await ofTheirs()).includes(fresh), (await ofTheirs()).includes(ids[2])], [true, false]);
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${theirs.personId}`;
  assert.deepEqual(await ofTheirs(), [], 'nobody who was dismissed has a browser');
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${theirs.personId}`;
});

test('an answer is for one request; what was answered or is over waits no more, and only one’s own count', async () => {
  const { organizationId } = world;
  const { auditor, securityOfficer } = world.cast;
  const now = world.clock.now();
  const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const request = (who: CastMember, until: Date) =>
    act((tx) =>
      insertRequest(
        tx,
        { organizationId, personId: who.personId },
        {
          secretHash: hashOfBrowser(newBrowser()),
          device: 'Firefox, Linux',
          address: '192.0.2.50',
          number: 42,
          at: now,
          until,
        },
      ),
    );
  const [first, second, short, theirs] = [
    await request(auditor, later(10)),
    await request(auditor, later(10)),
    await request(auditor, later(1)),
    await request(securityOfficer, later(10)),
  ];
  const waits = async (personId: string | null, at = later(2)) =>
    (await act((tx) => listRequests(tx, organizationId, { personId, at }))).map(({ id }) => id);
  await act((tx) => answerRequest(tx, organizationId, { id: first, approved: true, by: auditor.personId, at: now }));
  assert.deepEqual(await waits(auditor.personId), [second]);
  assert.deepEqual((await waits(auditor.personId, now)).toSorted(), [second, short].toSorted());
  assert.deepEqual(await waits(auditor.personId, later(1)), [second], 'not at the end of its minutes');
  assert.ok((await waits(null)).includes(theirs));
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${auditor.personId}`;
  assert.deepEqual(await waits(auditor.personId), [], 'nobody is asked about who was dismissed');
  assert.equal((await act((tx) => listDevices(tx, organizationId, auditor.personId))).length, 0);
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${auditor.personId}`;
  const holder = { organizationId, personId: auditor.personId };
  assert.equal(await act((tx) => countRequests(tx, holder, new Date(now.getTime() - 1))), 3);
  assert.equal(await act((tx) => countRequests(tx, holder, now)), 0);
  await act((tx) => sweepRequests(tx, organizationId, later(5)));
  const left = await world.test
    .admin`SELECT id FROM device_requests WHERE id = ANY (${[first, second, short, theirs]})`;
  assert.deepEqual(new Set(left.map(({ id }) => id)), new Set([first, second, theirs]));
});
