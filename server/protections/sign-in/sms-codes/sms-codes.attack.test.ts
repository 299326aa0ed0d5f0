/** Codes by SMS against whoever guesses, replays, diverts or pumps them; the provider is a real one of this machine. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FactorRules } from '#contract';
import { defaultRules } from '#contract';
import { openDatabase } from '#database';
import type { LubartError } from '#kernel';
import { newId, Secret } from '#kernel';
import { systemReach } from '#protections/encryption';
import { openSms } from '#sms';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, openWorld, origin, password, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import type { Provider } from '../../../sms/providers.fixture.ts';
import { startTurboSms, turboToken } from '../../../sms/providers.fixture.ts';
import type { SignIn } from '../open-sign-in.ts';
import { openSignIn } from '../open-sign-in.ts';
import { countMessage, numberDayMax, pauseAfter, pauseSeconds, personDayMax, takeMessageOff } from './sms-caps.ts';
import type { CodeFor } from './sms-store.ts';
import { codeMinutes, deleteNumber, insertCode, spendCodeRow, triesPerCodeMax } from './sms-store.ts';

let world: World;
let provider: Provider;
let signIn: SignIn;
const phone = '+380500000011';

before(async () => {
  world = await openWorld();
  provider = await startTurboSms();
  signIn = openNode();
  // The sessions of the cast outlive the days that pass here, and their sweep.
  await world.test.admin`UPDATE sessions SET expires_at = '2100-01-01', last_seen_at = '2099-01-01'`;
  await allow({});
});
after(async () => {
  await signIn.close();
  await provider.close();
  await world.close();
});

function openNode(database = world.database): SignIn {
  const { keyring, auditLog, clock } = world;
  const base = `http://127.0.0.1:${provider.port}`;
  const sms = openSms(
    { kind: 'turbosms', base, token: new Secret(turboToken), sender: 'Lubart' },
    { answerMillis: 500 },
  );
  return openSignIn({ database, keyring, auditLog, clock, origin: () => origin, sms });
}

async function allow(sms: Partial<FactorRules['sms']>): Promise<void> {
  const { owner } = world.cast;
  const { version } = await callAs(signIn, 'GET /api/v1/security/rules', owner);
  const factors = { ...defaultRules.factors, sms: { ...defaultRules.factors.sms, allowed: true, ...sms } };
  await callAs(signIn, 'PUT /api/v1/security/rules', owner, { body: { version, change: { factors } } });
}

const lastCode = (): string => /\d{6}/.exec(provider.received.at(-1)!.text)![0];
const wrong = (code: string): string => (code === '000000' ? '111111' : '000000');
/** A day later nobody has asked for a code yet. */
const nextDay = (): void => world.clock.move(86_400_000 + 1_000);

async function enrol(who: CastMember, to = phone): Promise<void> {
  const { ticket } = await callAs(signIn, 'POST /api/v1/sms-number/begin', who, { body: { phone: to } });
  await callAs(signIn, 'POST /api/v1/sms-number', who, { body: { ticket, code: lastCode() } });
}
async function begin(who: { email: string }): Promise<{ ticket: string; ways: string[] }> {
  return callAs(signIn, 'POST /api/v1/sign-in', null, { body: { email: who.email, password } });
}
const ask = (ticket: string, node = signIn) => callAs(node, 'POST /api/v1/sign-in/sms', null, { body: { ticket } });
const enter = (ticket: string, code: string, cookie: Cookie = {}, node = signIn) =>
  callAs(node, 'POST /api/v1/sign-in/sms/code', null, { body: { ticket, code }, cookie });

test('a number is proved before it is taken, kept sealed and shown by two digits; then its code is a second factor', async () => {
  nextDay();
  const { manager } = world.cast;
  const { ticket, hint } = await callAs(signIn, 'POST /api/v1/sms-number/begin', manager, {
    body: { phone: '(050) 000-00-11' },
  });
  assert.equal(hint, '11');
  const sent = provider.received.at(-1)!;
  assert.equal(`+${sent.to}`, phone);
  assert.match(sent.text, new RegExp(`@${new URL(origin).hostname} #${lastCode()}$`), 'bound to our page');
  await callAs(signIn, 'POST /api/v1/sms-number', manager, { body: { ticket, code: lastCode() } });
  const shown = (await callAs(signIn, 'GET /api/v1/factors', manager)).sms;
  assert.deepEqual([shown.available, shown.number?.hint], [true, '11']);
  const [row] = await world.test.admin`SELECT sealed::text FROM sms_numbers`;
  assert.ok(!String(row!['sealed']).includes('500000011'));
  world.clock.move(pauseSeconds * 2000);
  const begun = await begin(manager);
  assert.ok(begun.ways.includes('sms'));
  await ask(begun.ticket);
  const cookie: Cookie = {};
  const session = await enter(begun.ticket, lastCode(), cookie);
  assert.equal(session.person.id, manager.personId);
  assert.ok(cookie.token);
  const entries = await readEntries(world);
  const events = entries.map(({ event }) => event);
  assert.ok(events.includes('person.factor_enrolled') && events.includes('sign-in.sms_sent'));
  assert.deepEqual(entries.at(-1)!.facts, { way: 'password', factor: 'sms' });
  assert.ok(!JSON.stringify(entries).includes('0000011'), 'the number is in no entry');
});

test('a ticket of before a new password makes no message leave', async () => {
  nextDay();
  const { manager } = world.cast;
  const { ticket } = await begin(manager);
  const sent = provider.received.length;
  await world.test
    .admin`UPDATE passwords SET changed_at = changed_at + interval '1 second' WHERE person_id = ${manager.personId}`;
  assert.equal(await refusalOf(ask(ticket)), 'sign-in.ticket_expired');
  assert.equal(provider.received.length, sent);
});

test('a code opens once, also in a burst over two nodes', async () => {
  nextDay();
  const database = openDatabase(world.test.address, 4);
  const other = openNode(database);
  try {
    const { ticket } = await begin(world.cast.manager);
    await ask(ticket);
    const code = lastCode();
    const nodes = [signIn, other, signIn, other];
    const answers = await Promise.all(nodes.map((node) => refusalOf(enter(ticket, code, {}, node))));
    assert.equal(answers.filter((answer) => answer === null).length, 1, answers.join());
    assert.equal(await refusalOf(enter(ticket, code)), 'sms.code_over');
  } finally {
    await other.close();
    await database.close();
  }
});

test('five wrong tries end a code, also at once; the right one comes too late, a new code helps', async () => {
  nextDay();
  const { ticket } = await begin(world.cast.manager);
  await ask(ticket);
  const code = lastCode();
  const answers = await Promise.all(
    Array.from({ length: triesPerCodeMax + 2 }, () => refusalOf(enter(ticket, wrong(code)))),
  );
  assert.equal(answers.filter((answer) => answer === 'sign-in.code_wrong').length, triesPerCodeMax, answers.join());
  assert.equal(await refusalOf(enter(ticket, code)), 'sms.code_over');
  world.clock.move(pauseSeconds * 1000);
  await ask(ticket);
  assert.equal(await refusalOf(enter(ticket, lastCode())), null);
});

test('a code is for the ticket that asked, for its purpose and its person, for five minutes, and only the newest', async () => {
  nextDay();
  const { manager, colleague } = world.cast;
  const [mine, another] = [await begin(manager), await begin(manager)];
  await ask(mine.ticket);
  const code = lastCode();
  assert.equal(await refusalOf(enter(another.ticket, code)), 'sms.code_over', 'another ticket of the same person');
  assert.equal(await refusalOf(enter((await begin(colleague)).ticket, code)), 'sms.code_over', 'another person');
  assert.equal(
    await refusalOf(callAs(signIn, 'POST /api/v1/step-up/sms/code', manager, { body: { code } })),
    'sms.code_over',
    'another purpose',
  );
  world.clock.move(pauseSeconds * 1000);
  await ask(mine.ticket);
  assert.equal(await refusalOf(enter(mine.ticket, code)), 'sign-in.code_wrong', 'an older code');
  const late = await begin(manager);
  world.clock.move(pauseAfter(2) * 1000);
  const last = await begin(manager);
  await ask(last.ticket);
  world.clock.move(codeMinutes * 60_000 - 1_000);
  assert.equal(await refusalOf(enter(last.ticket, lastCode())), null, 'to the end of its minutes');
  assert.equal(await refusalOf(ask(late.ticket)), 'sign-in.ticket_expired');
});

test('a code that was asked for enrolling enrols nobody else and opens no door', async () => {
  nextDay();
  const { colleague, head } = world.cast;
  const { ticket } = await callAs(signIn, 'POST /api/v1/sms-number/begin', colleague, { body: { phone } });
  const code = lastCode();
  const stolen = callAs(signIn, 'POST /api/v1/sms-number', head, { body: { ticket, code } });
  assert.equal(await refusalOf(stolen), 'sign-in.ticket_expired');
  assert.equal(await refusalOf(enter((await begin(colleague)).ticket, code)), 'sms.code_over');
  assert.equal((await callAs(signIn, 'GET /api/v1/factors', head)).sms.number, null);
});

test('the code of an enrolment is guessed five times and no more, and each guess leaves its entry', async () => {
  nextDay();
  const { colleague } = world.cast;
  const { ticket } = await callAs(signIn, 'POST /api/v1/sms-number/begin', colleague, { body: { phone } });
  const code = lastCode();
  const take = (given: string) =>
    refusalOf(callAs(signIn, 'POST /api/v1/sms-number', colleague, { body: { ticket, code: given } }));
  const before_ = (await readEntries(world)).length;
  for (let tries = 0; tries < triesPerCodeMax; tries += 1) assert.equal(await take(wrong(code)), 'sign-in.code_wrong');
  assert.equal(await take(code), 'sms.code_over');
  const entries = (await readEntries(world)).slice(before_);
  assert.deepEqual(
    entries.map(({ event, facts }) => [event, facts['purpose']]),
    Array.from({ length: triesPerCodeMax + 1 }, () => ['sign-in.denied', 'enrol']),
  );
  assert.equal((await callAs(signIn, 'GET /api/v1/factors', colleague)).sms.number, null);
});

test('nobody is written to beyond the caps: the pause grows, a number has its day, and so has the company', async () => {
  nextDay();
  const { manager, head } = world.cast;
  let sent = 0;
  const before_ = provider.received.length;
  for (; sent < numberDayMax; sent += 1) {
    const { ticket } = await begin(manager);
    await ask(ticket);
    assert.equal(await refusalOf(ask(ticket)), sent + 1 < numberDayMax ? 'sms.too_soon' : 'sms.too_many');
    world.clock.move(pauseAfter(sent + 1) * 1000);
  }
  const spent = await begin(manager);
  assert.equal(await refusalOf(ask(spent.ticket)), 'sms.too_many');
  assert.ok(spent.ways.includes('recovery'), 'a way on');
  // The same phone, asked for by a colleague: the number has had its day.
  const again = callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone } });
  assert.equal(await refusalOf(again), 'sms.too_many');
  await allow({ dayMax: numberDayMax });
  const other = callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: '+380500000012' } });
  assert.equal(await refusalOf(other), 'sms.too_many', 'the company');
  assert.equal(provider.received.length, before_ + numberDayMax);
  await allow({});
});

test('a country has its own day, so that nobody makes the company write abroad', async () => {
  nextDay();
  const { head, colleague } = world.cast;
  const begins = (who: CastMember, to: string) =>
    refusalOf(callAs(signIn, 'POST /api/v1/sms-number/begin', who, { body: { phone: to } }));
  await allow({ prefixes: ['+380', '+48'], dayMax: 50, prefixDayMax: 1 });
  assert.equal(await begins(head, '+48601000021'), null);
  assert.equal(await begins(colleague, '+48601000022'), 'sms.too_many');
  assert.equal(await begins(colleague, '+380500000022'), null, 'refused there, nothing was counted here');
  await allow({ prefixes: ['+380', '+48'], dayMax: 2, prefixDayMax: 50 });
  assert.equal(await begins(world.cast.manager, '+48601000023'), 'sms.too_many', 'the company has had its day');
  await allow({});
});

test('a day begins with its first message, not with its last; then there is a new one', async () => {
  nextDay();
  const { head } = world.cast;
  const hour = 3_600_000;
  await allow({ dayMax: 2 });
  const asks = () =>
    refusalOf(callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: '+380500000041' } }));
  assert.equal(await asks(), null);
  world.clock.move(23 * hour);
  assert.equal(await asks(), null);
  world.clock.move(hour - 1);
  assert.equal(await asks(), 'sms.too_many');
  world.clock.move(1);
  assert.equal(await asks(), null, 'a day after the first');
  await allow({});
});

test('a burst asks for one message', async () => {
  nextDay();
  const { ticket } = await begin(world.cast.manager);
  const before_ = provider.received.length;
  const answers = await Promise.all(Array.from({ length: 6 }, () => refusalOf(ask(ticket))));
  assert.equal(answers.filter((answer) => answer === null).length, 1, answers.join());
  assert.equal(provider.received.length, before_ + 1);
});

test('a number of another country is not written to, neither to enrol nor after the rule became narrower', async () => {
  nextDay();
  const { head, manager } = world.cast;
  const abroad = callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: '+48 601 000 011' } });
  assert.equal(await refusalOf(abroad), 'sms.country_denied');
  const nonsense = callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: 'не номер' } });
  assert.equal(await refusalOf(nonsense), 'field.phone_invalid');
  await allow({ prefixes: ['+48'] });
  assert.equal(await refusalOf(ask((await begin(manager)).ticket)), 'sms.country_denied');
  await allow({});
});

test('an owner does not rest on SMS, and nobody does where the rules do not let them', async () => {
  nextDay();
  const { owner, manager } = world.cast;
  const asOwner = callAs(signIn, 'POST /api/v1/sms-number/begin', owner, { body: { phone: '+380500000013' } });
  assert.equal(await refusalOf(asOwner), 'sms.not_allowed');
  const { ticket } = await begin(manager);
  await ask(ticket);
  const code = lastCode();
  await allow({ allowed: false });
  assert.equal(await refusalOf(enter(ticket, code)), 'sms.not_allowed', 'closed while the code was on its way');
  assert.ok(!(await begin(manager)).ways.includes('sms'));
  assert.equal(await refusalOf(ask(ticket)), 'sms.not_allowed');
  await allow({});
});

test('a provider that is down costs nothing and names another way, which opens', async () => {
  nextDay();
  const { manager } = world.cast;
  const { ticket } = await begin(manager);
  provider.behaviour = 'broken';
  assert.equal(await refusalOf(ask(ticket)), 'sms.unavailable');
  assert.equal(await refusalOf(ask(ticket)), 'sms.unavailable', 'no pause, for nothing was sent');
  provider.behaviour = 'takes';
  await ask(ticket);
  assert.equal(await refusalOf(enter(ticket, lastCode())), null);
  provider.behaviour = 'broken';
  const later = await begin(manager);
  await refusalOf(ask(later.ticket));
  const code = world.cast.manager.recoveryCodes[0]!;
  const opened = callAs(signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket: later.ticket, code },
    cookie: {},
  });
  assert.equal(await refusalOf(opened), null);
  provider.behaviour = 'takes';
  const denied = (await readEntries(world)).filter(
    ({ event, reason }) => event === 'sign-in.denied' && reason === 'sms.unavailable',
  );
  assert.ok(denied.length >= 2);
});

test('a second message that a provider refuses takes no pause, one that it may have sent stays counted', async () => {
  nextDay();
  const { manager } = world.cast;
  const { ticket } = await begin(manager);
  const counted = async (): Promise<number> => {
    const [row] = await world.test.admin`SELECT max(count)::int AS count FROM sms_counts WHERE kind = 'organization'`;
    return Number(row!['count']);
  };
  await ask(ticket);
  world.clock.move(pauseAfter(1) * 1000);
  provider.behaviour = 'broken';
  assert.equal(await refusalOf(ask(ticket)), 'sms.unavailable');
  assert.equal(await counted(), 1);
  const [row] = await world.test.admin`SELECT count(*)::int AS count FROM sms_codes WHERE used_at IS NULL
    AND expires_at > ${world.clock.now()}`;
  assert.equal(row!['count'], 1, 'the code that did not leave is no code');
  provider.behaviour = 'silent';
  assert.equal(await refusalOf(ask(ticket)), 'sms.unavailable', 'no pause after what was refused');
  assert.equal(await counted(), 2, 'it may be on its way');
  provider.behaviour = 'takes';
  assert.equal(await refusalOf(ask(ticket)), 'sms.too_soon');
  world.clock.move(pauseAfter(2) * 1000 - 1_000);
  assert.equal(await refusalOf(ask(ticket)), 'sms.too_soon', 'the second pause is the longer one');
  world.clock.move(1_000);
  await ask(ticket);
  assert.equal(await refusalOf(enter(ticket, lastCode())), null);
});

test('a fresh proof by SMS is taken in the session that asked', async () => {
  nextDay();
  const { manager } = world.cast;
  const token = await signInAs(signIn, world.clock, manager);
  const actor = await signIn.actorOf(token, visitorFrom('192.0.2.10'));
  await callAs(signIn, 'POST /api/v1/step-up/sms', actor);
  const code = lastCode();
  const otherToken = await signInAs(signIn, world.clock, manager);
  const otherActor = await signIn.actorOf(otherToken, visitorFrom('192.0.2.10'));
  const elsewhere = callAs(signIn, 'POST /api/v1/step-up/sms/code', otherActor, { body: { code }, cookie: {} });
  assert.equal(await refusalOf(elsewhere), 'sms.code_over');
  const cookie: Cookie = {};
  await callAs(signIn, 'POST /api/v1/step-up/sms/code', actor, { body: { code }, cookie });
  assert.ok(cookie.token && cookie.token !== token);
  world.clock.move(pauseAfter(1) * 1000);
  await callAs(signIn, 'POST /api/v1/step-up/sms', actor);
  world.clock.move(codeMinutes * 60_000);
  const late = callAs(signIn, 'POST /api/v1/step-up/sms/code', actor, { body: { code: lastCode() }, cookie: {} });
  assert.equal(await refusalOf(late), 'sms.code_over', 'its five minutes are over');
});

test('the number goes with its person: taken away, recovered or dismissed it opens nothing', async () => {
  nextDay();
  const { colleague, owner } = world.cast;
  await enrol(colleague, '+380500000014');
  world.clock.move(pauseSeconds * 1000);
  const { ticket } = await begin(colleague);
  await ask(ticket);
  const code = lastCode();
  await callAs(signIn, 'DELETE /api/v1/sms-number', colleague);
  assert.equal(await refusalOf(enter(ticket, code)), 'sms.code_over');
  assert.equal(await refusalOf(callAs(signIn, 'DELETE /api/v1/sms-number', colleague)), 'request.not_found');
  nextDay();
  await enrol(colleague, '+380500000014');
  world.clock.move(pauseSeconds * 1000);
  const begun = await begin(colleague);
  await ask(begun.ticket);
  await callAs(signIn, 'PATCH /api/v1/people/:id', owner, {
    params: { id: colleague.personId },
    body: { active: false },
  });
  assert.equal(await refusalOf(enter(begun.ticket, lastCode())), 'sign-in.ticket_expired');
  const before_ = provider.received.length;
  assert.equal(await refusalOf(ask(begun.ticket)), 'sign-in.ticket_expired', 'nobody writes to who is dismissed');
  assert.equal(provider.received.length, before_);
});

test('a new number ends the codes that are on their way to the old one', async () => {
  nextDay();
  const { head } = world.cast;
  await enrol(head, '+380500000016');
  world.clock.move(pauseSeconds * 1000);
  const { ticket } = await begin(head);
  await ask(ticket);
  const toOldNumber = lastCode();
  world.clock.move(pauseAfter(2) * 1000);
  await enrol(head, '+380500000017');
  assert.equal(await refusalOf(enter(ticket, toOldNumber)), 'sms.code_over');
  await callAs(signIn, 'DELETE /api/v1/sms-number', head);
});

test('codes and counts are swept when their day is over, not before', async () => {
  nextDay();
  await ask((await begin(world.cast.manager)).ticket);
  const left = async (): Promise<number[]> => {
    const [row] = await world.test.admin`
      SELECT (SELECT count(*) FROM sms_codes)::int AS codes, (SELECT count(*) FROM sms_counts)::int AS counts`;
    return [row!['codes'] as number, row!['counts'] as number];
  };
  await signIn.sweep();
  const [codes, counts] = await left();
  assert.ok(codes! > 0 && counts === 4, 'what counts today stays');
  world.clock.move(86_400_000 + (codeMinutes + 1) * 60_000);
  await signIn.sweep();
  assert.deepEqual(await left(), [0, 0]);
});

test('the last factor stays: who has nothing but SMS keeps the number', async () => {
  nextDay();
  const { manager } = world.cast;
  const { authenticators } = await callAs(signIn, 'GET /api/v1/factors', manager);
  await callAs(signIn, 'DELETE /api/v1/authenticators/:id', manager, { params: { id: authenticators[0]!.id } });
  assert.equal(await refusalOf(callAs(signIn, 'DELETE /api/v1/sms-number', manager)), 'factor.last');
  const check = signIn.posture.find(({ id }) => id === 'sign-in.factors_demanded');
  assert.ok(check);
  const { evidence } = await check.run();
  assert.equal(evidence['smsOnly'], 1);
});

test('the app and the number are not both taken away at one moment', async () => {
  nextDay();
  const { head } = world.cast;
  await enrol(head, '+380500000015');
  const { authenticators } = await callAs(signIn, 'GET /api/v1/factors', head);
  assert.equal(authenticators.length, 1);
  const answers = await Promise.all([
    refusalOf(callAs(signIn, 'DELETE /api/v1/authenticators/:id', head, { params: { id: authenticators[0]!.id } })),
    refusalOf(callAs(signIn, 'DELETE /api/v1/sms-number', head)),
  ]);
  assert.equal(answers.filter((answer) => answer === null).length, 1, answers.join());
  assert.ok(answers.includes('factor.last'));
});

test('of two people who wait for codes each comes in with the own one; a new number of the one ends no code of the other', async () => {
  nextDay();
  const { head, auditor } = world.cast;
  await enrol(head, '+380500000031');
  await enrol(auditor, '+380500000032');
  world.clock.move(pauseSeconds * 2000);
  const first = await begin(head);
  await ask(first.ticket);
  const code = lastCode();
  const second = await begin(auditor);
  await ask(second.ticket);
  const theirs = lastCode();
  const used = async (who: CastMember) =>
    (await world.test.admin`SELECT last_used_at FROM sms_numbers WHERE person_id = ${who.personId}`)[0]![
      'last_used_at'
    ];
  const cookie: Cookie = {};
  await enter(first.ticket, code, cookie);
  assert.ok(cookie.token);
  assert.deepEqual([(await used(head)) === null, await used(auditor)], [false, null]);
  const holder = { organizationId: world.organizationId, personId: head.personId };
  await world.database.act(
    systemReach(world.organizationId),
    prepared((tx) => deleteNumber(tx, holder)),
  );
  const opened: Cookie = {};
  await enter(second.ticket, theirs, opened);
  assert.ok(opened.token);
});

test('a code for something else, asked later, does not take the place of the one that is waited for', async () => {
  nextDay();
  const { auditor } = world.cast;
  await enrol(auditor, '+380500000033');
  world.clock.move(pauseSeconds * 4000);
  const { ticket } = await begin(auditor);
  await ask(ticket);
  const code = lastCode();
  world.clock.move(pauseSeconds * 4000);
  await callAs(signIn, 'POST /api/v1/sms-number/begin', auditor, { body: { phone: '+380500000034' } });
  const cookie: Cookie = {};
  await enter(ticket, code, cookie);
  assert.ok(cookie.token);
});

test('what a provider refused for one is taken off nobody else’s counts', async () => {
  nextDay();
  await signIn.sweep();
  const { head, auditor } = world.cast;
  const asks = (who: CastMember, to: string) =>
    refusalOf(callAs(signIn, 'POST /api/v1/sms-number/begin', who, { body: { phone: to } }));
  const counts = async (kind: 'person' | 'number') =>
    (await world.test.admin`SELECT count FROM sms_counts WHERE kind = ${kind} ORDER BY count`).map(
      (row) => row['count'],
    );
  for (const round of [1, 2]) {
    for (const [who, to] of [
      [head, '+380500000042'],
      [auditor, '+380500000043'],
    ] as const)
      assert.equal(await asks(who, to), null);
    world.clock.move(pauseAfter(round) * 1000);
  }
  assert.deepEqual(
    [await counts('person'), await counts('number')],
    [
      [2, 2],
      [2, 2],
    ],
  );
  provider.behaviour = 'broken';
  assert.equal(await asks(head, '+380500000042'), 'sms.unavailable');
  provider.behaviour = 'takes';
  assert.deepEqual(
    [await counts('person'), await counts('number')],
    [
      [2, 2],
      [2, 2],
    ],
  );
});

test('in the table itself: a code is spent by what asked for it, while it is good, once', async () => {
  const { organizationId, keyring } = world;
  const at = world.clock.now();
  const { personId } = world.cast.auditor;
  const whose = { organizationId, personId, purpose: 'step-up', boundTo: 'the session' } as const;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const code = '123456';
  const expiresAt = await act((tx) => insertCode(tx, keyring.root, whose, { id: newId(), code, at }));
  const spend = (by: CodeFor, when: Date) => act((tx) => spendCodeRow(tx, keyring.root, by, { code, at: when }));
  assert.equal(await spend({ ...whose, boundTo: 'another session' }, at), false);
  assert.equal(await spend(whose, expiresAt), false, 'its minutes are over');
  assert.equal(await spend(whose, new Date(expiresAt.getTime() - 1)), true);
  assert.equal(await spend(whose, at), false, 'used');
});

test('whoever was dismissed or whose session was ended a moment ago makes no message leave', async () => {
  nextDay();
  const { head } = world.cast;
  const { admin } = world.test;
  const wayOf = {
    enrol: () => callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: '+380500000034' } }),
    stepUp: () => callAs(signIn, 'POST /api/v1/step-up/sms', head),
  };
  const kept = async () =>
    (
      await admin`SELECT (SELECT count(*) FROM sms_codes)::int AS codes, (SELECT sum(count) FROM sms_counts)::int AS counts`
    )[0];
  const before = [await kept(), provider.received.length];
  const { sessionId } = head.actor;
  const endSession = (at: Date | null) => admin`UPDATE sessions SET ended_at = ${at} WHERE id = ${sessionId}`;
  const dismiss = (at: Date | null) => admin`UPDATE people SET deactivated_at = ${at} WHERE id = ${head.personId}`;
  for (const set of [endSession, dismiss]) {
    await set(world.clock.now());
    for (const [way, ask] of Object.entries(wayOf)) assert.equal(await refusalOf(ask()), 'session.expired', way);
    await set(null);
  }
  assert.deepEqual([await kept(), provider.received.length], before);
  const entry = (await readEntries(world)).at(-1)!;
  assert.deepEqual([entry.event, entry.outcome, entry.actorId], ['sign-in.denied', 'refused', head.personId]);
  assert.equal(await refusalOf(wayOf.enrol()), null);
});

test('whoever was dismissed or whose session was ended a moment ago takes no number, and their try is none', async () => {
  nextDay();
  const { head } = world.cast;
  const { admin } = world.test;
  const { ticket } = await callAs(signIn, 'POST /api/v1/sms-number/begin', head, { body: { phone: '+380500000033' } });
  const take = () =>
    refusalOf(callAs(signIn, 'POST /api/v1/sms-number', head, { body: { ticket, code: wrong(lastCode()) } }));
  const id = head.personId;
  await admin`UPDATE sessions SET ended_at = now() WHERE id = ${head.actor.sessionId}`;
  assert.equal(await take(), 'session.expired');
  await admin`UPDATE sessions SET ended_at = NULL WHERE id = ${head.actor.sessionId}`;
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${id}`;
  assert.equal(await take(), 'session.expired');
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${id}`;
  const [newest] = await admin`SELECT tries FROM sms_codes WHERE person_id = ${id} ORDER BY sent_at DESC LIMIT 1`;
  assert.equal(newest!['tries'], 0);
  assert.equal(await take(), 'sign-in.code_wrong', 'and who stands is judged by the code');
});

test('in the table itself: a message is counted and taken off where it went, and a day is over at its last moment', async () => {
  const { organizationId, keyring, cast } = world;
  const { admin } = world.test;
  await admin`DELETE FROM sms_counts`;
  const at = world.clock.now();
  const { factors } = defaultRules;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const to = ({ personId }: CastMember, number: string) => ({ organizationId, personId, phone: number });
  const [mine, theirs] = [to(cast.manager, '+380500000051'), to(cast.head, '+380500000052')];
  const count = (given: typeof mine, when: Date) =>
    act((tx) => countMessage(tx, keyring.root, factors, { ...given, at: when }));
  const takeOff = (given: typeof mine) => act((tx) => takeMessageOff(tx, keyring.root, factors, given));
  const rows = async () =>
    (await admin`SELECT kind, count, started_at, last_at FROM sms_counts ORDER BY kind, count, started_at`).map(
      ({ kind, count, started_at, last_at }) => [kind, count, started_at, last_at],
    );
  const seconds = (moment: Date, many: number) => new Date(moment.getTime() + many * 1_000);
  await count(theirs, at);
  const alone = await rows();
  assert.equal(alone.length, 4);
  assert.equal(await count(mine, at), pauseSeconds);
  await takeOff(mine);
  const whole = (given: Awaited<ReturnType<typeof rows>>) =>
    given.map(([kind, many, started]) => [kind, many, started]);
  assert.deepEqual(whole(await rows()), whole(alone), 'what others were sent stays counted');
  // Whoever is told to wait, or that it was too much today, is told of the own messages.
  await admin`UPDATE sms_counts SET count = ${personDayMax} WHERE kind = 'person'`;
  assert.equal(await count(mine, at), pauseSeconds);
  await assert.rejects(count(mine, seconds(at, pauseSeconds - 1)), (error: LubartError) => {
    assert.deepEqual([error.code, error.details], ['sms.too_soon', { seconds: 1 }]);
    return true;
  });
  await assert.rejects(count(theirs, seconds(at, 900)), (error: LubartError) => {
    assert.deepEqual([error.code, error.details], ['sms.too_many', { cap: 'person' }]);
    return true;
  });
  assert.equal(await count(mine, seconds(at, pauseSeconds)), 2 * pauseSeconds);
  await takeOff(mine);
  const own = async () => (await rows()).filter(([kind]) => kind === 'person' || kind === 'number');
  assert.deepEqual(
    (await own()).map(([kind, many]) => [kind, many]),
    [
      ['number', 1],
      ['number', 1],
      ['person', 1],
      ['person', personDayMax],
    ],
  );
  const dayLater = seconds(at, 86_400);
  assert.equal(await count(mine, dayLater), pauseSeconds, 'a new day, a first message');
  assert.deepEqual(
    (await rows()).filter(([, , started]) => (started as Date).getTime() === dayLater.getTime()).map(([kind]) => kind),
    ['number', 'organization', 'person', 'prefix'],
  );
});
