/** The two steps of sign-in against someone who has a part of what is needed and all the time in the world. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { words } from '#contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openDatabase } from '#database';
import { hasCode } from '#kernel';
import type { TOTP } from 'otpauth';
import { URI } from 'otpauth';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import {
  callAs,
  codeOf,
  openWorld,
  origin,
  password,
  raceBehind,
  readEntries,
  signInAs,
  visitorFrom,
} from '#test/cast.ts';
import { systemReach } from '#protections/encryption';
import { prepared } from '#test/prepared.ts';
import { refusalMillisMin } from './begin-sign-in.ts';
import { openSignIn } from './open-sign-in.ts';
import { failuresPerNetworkMax, triesPerPersonMax } from './failures.ts';
import { windowMinutes } from './network-limit.ts';
import { erasedHash, hashesAtOnceMax } from './password.ts';
import { renewHash } from './sign-in-store.ts';
import { ticketMinutes } from './tickets.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const begin = (email: string, given = password, visitor = visitorFrom('192.0.2.20')) =>
  callAs(world.signIn, 'POST /api/v1/sign-in', null, { body: { email, password: given }, visitor });
const finish = (ticket: string, code: string, cookie: Cookie = {}, visitor = visitorFrom('192.0.2.20')) =>
  callAs(world.signIn, 'POST /api/v1/sign-in/code', null, { body: { ticket, code }, visitor, cookie });
const codeOfRefusal = (error: unknown) => (hasCode(error) ? error.code : String(error));
const refusalOf = (work: Promise<unknown>) => work.then(() => null, codeOfRefusal);
/** A code that is none of the person’s now. */
const wrongCode = (person: CastMember) => {
  const now = world.clock.now().getTime();
  const near = new Set([-1, 0, 1].map((step) => person.totp.generate({ timestamp: now + step * 30_000 })));
  return ['000000', '111111', '222222', '333333'].find((code) => !near.has(code))!;
};
const acceptedBy = async ({ personId }: CastMember) =>
  (await readEntries(world)).filter(
    ({ event, actorId }) => event === 'sign-in.password_accepted' && actorId === personId,
  ).length;
const nextWindow = () => world.clock.move(windowMinutes * 60_000 + 31_000);

test('password and code open a session; the log says who, where and how', async () => {
  nextWindow();
  const { manager } = world.cast;
  const { ticket } = await begin('Taras.Melnyk@VEZHA.example');
  const cookie: Cookie = {};
  const session = await finish(ticket, codeOf(manager, world.clock), cookie);
  assert.equal(session.person.id, manager.personId);
  assert.equal(session.person.name, 'Тарас Мельник');
  assert.equal(session.organization.name, 'Вежа');
  assert.ok(session.permissions.some(({ permission, scope }) => permission === 'contact.read' && scope === 'own'));
  assert.ok(cookie.token!.startsWith(`${world.organizationId}.`));
  const [accepted, signedIn] = (await readEntries(world)).slice(-2);
  assert.deepEqual([accepted!.event, signedIn!.event], ['sign-in.password_accepted', 'session.signed_in']);
  assert.deepEqual([signedIn!.actorId, signedIn!.facts], [manager.personId, { way: 'password', factor: 'totp' }]);
});

test('one code in a burst over two nodes opens one session', async () => {
  nextWindow();
  const { head } = world.cast;
  const database = openDatabase(world.test.address, 4);
  const { keyring, auditLog, clock } = world;
  const other = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  try {
    const { ticket } = await begin(head.email);
    const code = codeOf(head, world.clock);
    const nodes = [world.signIn, other, world.signIn, other, world.signIn, other];
    const answers = await Promise.all(
      nodes.map((node) =>
        refusalOf(
          callAs(node, 'POST /api/v1/sign-in/code', null, {
            body: { ticket, code },
            visitor: visitorFrom('192.0.2.20'),
            cookie: {},
          }),
        ),
      ),
    );
    assert.equal(answers.filter((refusal) => refusal === null).length, 1, answers.join());
    assert.equal(answers.filter((refusal) => refusal === 'sign-in.code_already_used').length, nodes.length - 1);
  } finally {
    await other.close();
    await database.close();
  }
});

test('a phone whose clock is two minutes off is refused, in words that name the clock; half a minute is forgiven', async () => {
  const { colleague } = world.cast;
  for (const [seconds, refusal] of [
    [-120, 'sign-in.code_wrong'],
    [120, 'sign-in.code_wrong'],
    [30, null],
  ] as const) {
    nextWindow();
    const { ticket } = await begin(colleague.email);
    const code = colleague.totp.generate({ timestamp: world.clock.now().getTime() + seconds * 1000 });
    assert.equal(await refusalOf(finish(ticket, code)), refusal, `${seconds} s`);
  }
  assert.match(words.uk.errors['sign-in.code_wrong'], /час на телефоні/);
});

test('a code that was used does not open a second session', async () => {
  nextWindow();
  const { manager } = world.cast;
  const code = codeOf(manager, world.clock);
  await finish((await begin(manager.email)).ticket, code);
  const { ticket } = await begin(manager.email);
  assert.equal(await refusalOf(finish(ticket, code)), 'sign-in.code_already_used');
  world.clock.move(30_000);
  assert.equal(await refusalOf(finish(ticket, code)), 'sign-in.code_already_used', 'still within its 90 seconds');
  const earlier = manager.totp.generate({ timestamp: world.clock.now().getTime() - 60_000 });
  assert.notEqual(await refusalOf(finish(ticket, earlier)), null, 'and no code from before it');
  const last = (await readEntries(world)).findLast((entry) => entry.reason === 'sign-in.code_already_used');
  assert.deepEqual([last!.event, last!.outcome, last!.actorId], ['sign-in.denied', 'refused', manager.personId]);
});

test('one code sent many times at once opens one session', async () => {
  nextWindow();
  const { head } = world.cast;
  const { ticket } = await begin(head.email);
  const code = codeOf(head, world.clock);
  const answers = await Promise.all(Array.from({ length: 8 }, () => refusalOf(finish(ticket, code))));
  assert.equal(answers.filter((answer) => answer === null).length, 1);
  assert.ok(
    answers.every((answer) => answer === null || answer === 'sign-in.code_already_used'),
    answers.join(),
  );
});

test('a burst of wrong codes is checked ten times and no more, and then the right one does not help', async () => {
  nextWindow();
  const { auditor } = world.cast;
  const { ticket } = await begin(auditor.email);
  const wrong = wrongCode(auditor);
  const answers = await Promise.all(Array.from({ length: 60 }, () => refusalOf(finish(ticket, wrong))));
  assert.equal(answers.filter((answer) => answer === 'sign-in.code_wrong').length, triesPerPersonMax);
  assert.equal(answers.filter((answer) => answer === 'sign-in.too_many_attempts').length, 60 - triesPerPersonMax);
  assert.equal(await refusalOf(finish(ticket, codeOf(auditor, world.clock))), 'sign-in.too_many_attempts');
  assert.equal(
    await refusalOf(finish(ticket, auditor.recoveryCodes[0]!)),
    'sign-in.too_many_attempts',
    'all factors together',
  );
  assert.equal(await refusalOf(begin(auditor.email)), 'sign-in.too_many_attempts', 'the password too');
  nextWindow();
  const again = await begin(auditor.email);
  assert.equal(await refusalOf(finish(again.ticket, codeOf(auditor, world.clock))), null);
});

test('signing in over and over with the password does not wash away wrong codes', async () => {
  nextWindow();
  const { auditor } = world.cast;
  const answers: (string | null)[] = [];
  for (let at = 0; at < triesPerPersonMax + 2; at += 1) {
    answers.push(
      await begin(auditor.email).then(({ ticket }) => refusalOf(finish(ticket, wrongCode(auditor))), codeOfRefusal),
    );
  }
  assert.equal(answers.filter((answer) => answer === 'sign-in.code_wrong').length, triesPerPersonMax);
  assert.deepEqual(answers.slice(-2), ['sign-in.too_many_attempts', 'sign-in.too_many_attempts']);
});

test('a burst of wrong passwords is counted like one after another', async () => {
  nextWindow();
  const { colleague } = world.cast;
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => refusalOf(begin(colleague.email, 'не той пароль зовсім'))),
  );
  assert.equal(answers.filter((answer) => answer === 'sign-in.refused').length, triesPerPersonMax);
  const before = await acceptedBy(colleague);
  assert.equal(await refusalOf(begin(colleague.email)), 'sign-in.too_many_attempts', 'the right one neither');
  assert.equal(await acceptedBy(colleague), before, 'and nothing says that it was accepted');
  assert.equal(await refusalOf(begin(world.cast.head.email)), null, 'the office goes on working');
});

test('what is written while a password is hashed stands only when it was right, and holds no more connections than hashes run', async () => {
  const { manager } = world.cast;
  const countOf = async () => {
    const [row] = await world.test.admin<{ count: number }[]>`
      SELECT sum(count)::int AS count FROM sign_in_failures WHERE person_id = ${manager.personId}`;
    return row!.count;
  };
  nextWindow();
  const before = await acceptedBy(manager);
  await begin(manager.email); // the count of this window begins
  assert.deepEqual([await acceptedBy(manager), await countOf()], [before + 1, 0]);
  const writing = async () => {
    const [row] = await world.test.admin<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction' AND backend_xid IS NOT NULL`;
    return row!.count;
  };
  const { keyring, auditLog, clock } = world;
  const database = openDatabase(world.test.address, triesPerPersonMax);
  const node = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  const body = { email: manager.email, password: 'Не той, а довгий' };
  const visitor = visitorFrom('192.0.2.20');
  try {
    const tries = Array.from({ length: triesPerPersonMax - 1 }, () =>
      refusalOf(callAs(node, 'POST /api/v1/sign-in', null, { body, visitor })),
    );
    const all = Promise.all(tries);
    const seen: number[] = [];
    for (let isOver = false; !isOver;) {
      seen.push(await writing());
      isOver = await Promise.race([all.then(() => true), sleep(2, false)]);
    }
    assert.ok(Math.max(...seen) >= 1, 'something was written while hashes ran');
    // Behind each that runs the one before it may still be going back.
    assert.ok(Math.max(...seen) <= 2 * hashesAtOnceMax, seen.join());
    assert.deepEqual(new Set(await all), new Set(['sign-in.refused']));
    assert.deepEqual([await acceptedBy(manager), await countOf()], [before + 1, triesPerPersonMax - 1]);
    assert.equal(await writing(), 0, 'and nothing is left open');
  } finally {
    await node.close();
    await database.close();
  }
});

test('a recovery code works once', async () => {
  nextWindow();
  const { manager } = world.cast;
  const [code] = manager.recoveryCodes;
  const { ticket } = await begin(manager.email);
  const answers = await Promise.all(Array.from({ length: 5 }, () => refusalOf(finish(ticket, code!.toLowerCase()))));
  assert.equal(answers.filter((answer) => answer === null).length, 1);
  assert.equal(await refusalOf(finish((await begin(manager.email)).ticket, code!)), 'sign-in.code_already_used');
  const used = (await readEntries(world)).filter((entry) => entry.event === 'sign-in.recovery_code_used');
  assert.equal(used.length, 1);
});

test('a recovery code of a colleague is no code of mine', async () => {
  nextWindow();
  const { manager, head } = world.cast;
  const { ticket } = await begin(manager.email);
  assert.equal(await refusalOf(finish(ticket, head.recoveryCodes[3]!)), 'sign-in.code_wrong');
});

test('a ticket belongs to the person whose password was given: the code of another does not fit it', async () => {
  nextWindow();
  const { manager, head } = world.cast;
  const { ticket } = await begin(manager.email);
  assert.equal(await refusalOf(finish(ticket, codeOf(head, world.clock))), 'sign-in.code_wrong');
});

test('a ticket ends after five minutes, and with the password it was given for', async () => {
  nextWindow();
  const { head } = world.cast;
  const late = await begin(head.email);
  world.clock.move(5 * 60_000);
  assert.equal(await refusalOf(finish(late.ticket, codeOf(head, world.clock))), 'sign-in.ticket_expired');
  const stolen = await begin(head.email);
  world.clock.move(1_000);
  await callAs(world.signIn, 'POST /api/v1/profile/password', head, {
    body: { current: password, password: 'Інший-довгий-шлях-44' },
  });
  assert.equal(await refusalOf(finish(stolen.ticket, codeOf(head, world.clock))), 'sign-in.ticket_expired');
  await callAs(world.signIn, 'POST /api/v1/profile/password', head, {
    body: { current: 'Інший-довгий-шлях-44', password },
  });
});

test('the former employee knows the password and has the app, and is a stranger', async () => {
  nextWindow();
  const { former } = world.cast;
  assert.equal(await refusalOf(begin(former.email)), 'sign-in.refused');
  const last = (await readEntries(world)).findLast(({ actorId }) => actorId === former.personId);
  assert.deepEqual([last?.event, last?.facts['deactivated']], ['sign-in.denied', true]);
});

test('whoever is dismissed between the two steps stays outside', async () => {
  nextWindow();
  const { owner, colleague } = world.cast;
  const { ticket } = await begin(colleague.email);
  const change = (active: boolean) =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: colleague.personId }, body: { active } });
  await change(false);
  assert.equal(await refusalOf(finish(ticket, codeOf(colleague, world.clock))), 'sign-in.ticket_expired');
  await change(true);
});

test('a ticket that was made up, or comes too late, opens nothing and is written down', async () => {
  nextWindow();
  const { manager, thief } = world.cast;
  const { ticket } = await begin(manager.email);
  world.clock.move(ticketMinutes['second-step'] * 60_000);
  const code = codeOf(manager, world.clock);
  const late = await refusalOf(finish(ticket, code));
  const madeUp = await refusalOf(finish(`${ticket}AAAA`, code));
  const elsewhere = await refusalOf(
    callAs(world.signIn, 'POST /api/v1/sign-in/device', null, { body: { ticket }, visitor: thief.visitor }),
  );
  assert.deepEqual(
    [late, madeUp, elsewhere],
    Array.from({ length: 3 }, () => 'sign-in.ticket_expired'),
  );
  const entries = (await readEntries(world)).filter(({ facts }) => facts['step'] === 'ticket').slice(-3);
  assert.deepEqual(
    entries.map(({ event, facts: { purpose, late: wasLate, person } }) => [event, purpose, wasLate, person]),
    [
      ['sign-in.denied', 'second-step', true, manager.personId],
      ['sign-in.denied', 'second-step', false, undefined],
      ['sign-in.denied', 'device', false, undefined],
    ],
  );
});

test('an unknown e-mail and a wrong password get one answer, at about one time, and the same limit', async () => {
  nextWindow();
  const { manager, thief } = world.cast;
  const measure = async (email: string) => {
    const started = performance.now();
    const before = process.cpuUsage();
    const code = await refusalOf(begin(email, 'не той пароль зовсім', thief.visitor));
    const { user, system } = process.cpuUsage(before);
    return { code, millis: performance.now() - started, work: user + system };
  };
  const known: Awaited<ReturnType<typeof measure>>[] = [];
  const unknown: Awaited<ReturnType<typeof measure>>[] = [];
  for (let at = 0; at < 6; at += 1) {
    known.push(await measure(manager.email));
    unknown.push(await measure('nikoho.nema@vezha.example'));
  }
  assert.deepEqual(new Set([...known, ...unknown].map(({ code }) => code)), new Set(['sign-in.refused']));
  const median = (list: number[]) => list.sort((a, b) => a - b)[3]!;
  const [here, nowhere] = [known, unknown].map((list) => median(list.map(({ millis }) => millis))) as [number, number];
  assert.ok(Math.abs(here - nowhere) < 100, `known ${here} ms, unknown ${nowhere} ms`);
  assert.ok(
    [...known, ...unknown].every(({ millis }) => millis >= refusalMillisMin - 2),
    'no refusal leaves early',
  );
  const [worked, pretended] = [known, unknown].map((list) => median(list.map(({ work }) => work))) as [number, number];
  assert.ok(pretended > worked / 2, `a hash is computed for nobody too: ${worked} µs, ${pretended} µs`);
  for (let at = 6; at < triesPerPersonMax; at += 1)
    assert.equal((await measure('nikoho.nema@vezha.example')).code, 'sign-in.refused');
  assert.equal((await measure('nikoho.nema@vezha.example')).code, 'sign-in.too_many_attempts');
  const denied = (await readEntries(world)).filter(
    (entry) => entry.event === 'sign-in.denied' && entry.actorId === null,
  );
  assert.ok(denied.length >= 6, 'tries for nobody are written too');
});

test('what is no e-mail at all is just unknown', async () => {
  nextWindow();
  for (const email of ['xxx', '@@@@', "' OR 1=1 --", '💥💥💥', 'a'.repeat(254)]) {
    assert.equal(await refusalOf(begin(email)), 'sign-in.refused', email);
  }
});

test('a flood from one network ends at the network’s limit; other networks sign in', async () => {
  nextWindow();
  const flood = visitorFrom('198.51.100.9', 'curl, Linux');
  const answers = await Promise.all(
    Array.from({ length: failuresPerNetworkMax + 40 }, (_, at) =>
      refusalOf(begin(`nikoho.${at}@vezha.example`, 'не той пароль', flood)),
    ),
  );
  assert.ok(answers.filter((answer) => answer === 'sign-in.too_many_attempts').length >= 40);
  assert.ok(answers.every((answer) => answer !== null));
  assert.equal(await refusalOf(begin(world.cast.head.email)), null);
});

test('a stronger hash takes the place of the one it was made from, of that person; never of a password set meanwhile', async () => {
  const { organizationId } = world;
  const { manager } = world.cast;
  const holder = { organizationId, personId: manager.personId };
  const hashes = async () => world.test.admin`SELECT person_id, hash FROM passwords ORDER BY person_id`;
  const before = await hashes();
  const renew = (from: string) =>
    world.database.act(
      systemReach(organizationId),
      prepared((tx) => renewHash(tx, holder, from, erasedHash())),
    );
  await renew('what stood before');
  assert.deepEqual(await hashes(), before);
  const mine = before.find((row) => row['person_id'] === manager.personId)!['hash'] as string;
  // Somebody else with the same hash: nobody has, but who writes to the table.
  const { admin } = world.test;
  const { personId } = world.cast.colleague;
  const [theirs] = await admin`SELECT hash FROM passwords WHERE person_id = ${personId}`;
  await admin`UPDATE passwords SET hash = ${mine} WHERE person_id = ${personId}`;
  await renew(mine);
  const after = await hashes();
  const hashOf = (id: string) => after.find((row) => row['person_id'] === id)!['hash'];
  assert.deepEqual([hashOf(manager.personId), hashOf(personId)], [erasedHash(), mine]);
  await admin`UPDATE passwords SET hash = ${mine} WHERE person_id = ${manager.personId}`;
  await admin`UPDATE passwords SET hash = ${theirs!['hash']} WHERE person_id = ${personId}`;
});

test('a password that changes at the very moment of the second step ends the sign-in that began under the old one', async () => {
  nextWindow();
  const { manager } = world.cast;
  const { ticket } = await begin(manager.email);
  const gate = connect(world.test.address, 'admin');
  try {
    await gate.unsafe('BEGIN');
    await gate`SELECT 1 FROM people WHERE id = ${manager.personId} FOR UPDATE`;
    await gate`UPDATE passwords SET changed_at = now() WHERE person_id = ${manager.personId}`;
    const ended = refusalOf(finish(ticket, codeOf(manager, world.clock)));
    for (let waiting = 0, at = 0; waiting === 0 && at < 500; at += 1) {
      await sleep(10);
      const rows = await world.test.admin`
        SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      waiting = rows[0]!['n'];
    }
    await gate.unsafe('COMMIT');
    assert.equal(await ended, 'sign-in.ticket_expired');
  } finally {
    await gate.end({ timeout: 5 });
  }
});

test('one e-mail in two organizations: the password says which, and a try that was right elsewhere is not counted here', async () => {
  nextWindow();
  const { manager } = world.cast;
  const theirs = 'Калина-над-ставом-9';
  const given = { organizationName: 'Друга', ownerName: 'Тарас Мельник', email: manager.email, password: theirs };
  const second = await world.signIn.addOrganization(given);
  const totp = URI.parse(second.otpauthUri) as TOTP;
  for (const [said, organization, of] of [
    [theirs, second.organizationId, { totp }],
    [password, world.organizationId, manager],
  ] as const) {
    world.clock.move(31_000);
    const { ticket } = await begin(manager.email, said);
    const session = await finish(ticket, codeOf(of, world.clock));
    assert.equal(session.organization.id, organization);
  }
  const counts = async () =>
    world.test
      .admin`SELECT count FROM sign_in_failures WHERE count > 0 AND person_id IN (${manager.personId}, ${second.personId})`;
  assert.equal((await counts()).length, 0);
  assert.equal(await refusalOf(begin(manager.email, 'Ні-те-ні-інше-5')), 'sign-in.refused');
  assert.deepEqual(
    (await counts()).map((row) => row['count']),
    [1, 1],
    'a wrong password is a try of both',
  );
});

test('recovery codes asked for twice at one moment are ten: those made a moment before open nothing beside them', async () => {
  const { colleague } = world.cast;
  nextWindow();
  const token = await signInAs(world.signIn, world.clock, colleague);
  const actor = await world.signIn.actorOf(token, visitorFrom('192.0.2.20'));
  const renew = () => callAs(world.signIn, 'POST /api/v1/recovery-codes', actor);
  const row = `SELECT 1 FROM people WHERE id = '${colleague.personId}' FOR UPDATE`;
  assert.deepEqual(await raceBehind(world.test, row, [renew, renew]), [null, null]);
  const [left] = await world.test
    .admin`SELECT count(*)::int AS n FROM recovery_codes WHERE person_id = ${colleague.personId}`;
  assert.equal(left!['n'], 10);
});
