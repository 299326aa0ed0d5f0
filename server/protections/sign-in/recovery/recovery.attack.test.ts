import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { defaultRules } from '#contract';
import { connect } from '#database';
import { hasCode, LubartError, newId } from '#kernel';
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
  signInAs,
  visitorFrom,
} from '#test/cast.ts';
import { requestHours } from './ask-recovery.ts';
import { operatorLinkMinutes } from './operator-recovery.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const hour = 3_600_000;
const { waitingHours } = defaultRules.recovery;
const phone = visitorFrom('198.51.100.20', 'Firefox, Android');
const refusal = (code: string) => (error: unknown) => hasCode(error) && error.code === code;
const call: typeof callAs = (...given) => callAs(...given);

async function ask(who: CastMember): Promise<string> {
  const body = { email: who.email, password };
  const { ticket } = await call(world.signIn, 'POST /api/v1/sign-in', null, { body, visitor: phone });
  return (await call(world.signIn, 'POST /api/v1/recovery', null, { body: { ticket }, visitor: phone })).token;
}
const state = (token: string) =>
  call(world.signIn, 'POST /api/v1/recovery/state', null, { body: { token }, visitor: phone });
const openIt = (token: string) =>
  call(world.signIn, 'POST /api/v1/recovery/open', null, { body: { token }, visitor: phone });
const waiting = async (who: CastMember) =>
  (await call(world.signIn, 'GET /api/v1/recovery-requests', world.cast.owner)).requests.find(
    ({ personId }) => personId === who.personId,
  )!;
const approve = (by: CastMember, id: string) =>
  call(world.signIn, 'POST /api/v1/recovery-requests/:id/approve', by, { params: { id } });
const refuse = (by: CastMember, id: string) =>
  call(world.signIn, 'POST /api/v1/recovery-requests/:id/refuse', by, { params: { id } });
const about = async (event: string) => (await readEntries(world)).filter((entry) => entry.event === event);

async function approveByBoth(who: CastMember): Promise<void> {
  const { id } = await waiting(who);
  await approve(world.cast.owner, id);
  await approve(world.cast.securityOfficer, id);
}

/** The body of the last step with the code of a new app. */
async function proof(token: string, given = password) {
  const { enrolment } = await openIt(token);
  const app = new TOTP({ secret: Secret.fromBase32(enrolment.manualKey.replaceAll(' ', '')) });
  return { app, body: { token, ticket: enrolment.ticket, code: codeOf({ totp: app }, world.clock), password: given } };
}
const finish = (body: Awaited<ReturnType<typeof proof>>['body'], cookie: Cookie = {}) =>
  call(world.signIn, 'POST /api/v1/recovery/finish', null, { body, visitor: phone, cookie });

test('two colleagues and a day later the person is in with a new app; the old one, its codes and sessions are dead', async () => {
  const who = world.cast.manager;
  const token = await ask(who);
  assert.deepEqual(await state(token).then(({ state: at, approvals }) => [at, approvals]), ['waiting', 0]);
  const own = await call(world.signIn, 'GET /api/v1/recovery/own', who);
  assert.equal(own.request?.address, phone.address, 'whoever is signed in sees that somebody asked');
  await approveByBoth(who);
  world.clock.move(waitingHours * hour);
  assert.equal((await state(token)).state, 'ready');
  const thief = await signInAs(world.signIn, world.clock, who); // whoever found the phone
  assert.equal((await world.signIn.actorOf(thief, phone)).personId, who.personId);
  const { app, body } = await proof(token);
  const ids = { org: world.organizationId, person: who.personId };
  await world.test.admin`
    INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter,
      transports, device_bound, backed_up, aaguid, sealed, created_at)
    VALUES (${ids.org}, gen_random_uuid(), ${ids.person}, sha256('k'), 'k', 'k', 0, '{}', false, true, gen_random_uuid(),
      's', now())`;
  await world.test.admin`INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
    VALUES (${ids.org}, ${ids.person}, 's', now())`;
  const cookie: Cookie = {};
  const { recoveryCodes } = await finish(body, cookie);
  assert.equal(recoveryCodes.length, 10);
  const keys = await world.test.admin`SELECT 1 FROM passkeys WHERE person_id = ${who.personId}`;
  assert.equal(keys.length, 0, 'a passkey on the lost phone opens nothing');
  const numbers = await world.test.admin`SELECT 1 FROM sms_numbers WHERE person_id = ${who.personId}`;
  assert.equal(numbers.length, 0, 'nor does its number');
  assert.equal((await world.signIn.actorOf(cookie.token!, phone)).personId, who.personId);
  await assert.rejects(world.signIn.actorOf(thief, phone), refusal('session.expired'));
  await assert.rejects(signInAs(world.signIn, world.clock, who), refusal('sign-in.code_wrong'));
  await signInAs(world.signIn, world.clock, { email: who.email, totp: app });
  assert.equal((await about('recovery.finished')).length, 1);
  await assert.rejects(finish(body), refusal('link.used'), 'the link works once');
});

test('the waiting time is the server’s; approvals alone or time alone open nothing', async () => {
  const who = world.cast.colleague;
  const token = await ask(who);
  const { id } = await waiting(who);
  await approve(world.cast.owner, id);
  world.clock.move(waitingHours * hour + 1);
  await assert.rejects(openIt(token), refusal('recovery.not_ready'), 'one approval is not two');
  await approve(world.cast.securityOfficer, id);
  assert.equal((await state(token)).state, 'ready');
  await refuse(world.cast.owner, id);
  await assert.rejects(openIt(token), refusal('link.invalid'), 'refused is over');

  const soon = await ask(who);
  await approveByBoth(who);
  world.clock.move(waitingHours * hour - 1);
  const denied = (await about('recovery.denied')).length;
  await assert.rejects(openIt(soon), refusal('recovery.not_ready'));
  assert.equal((await about('recovery.denied')).length, denied + 1);
  world.clock.move(1);
  await openIt(soon);
  world.clock.move((requestHours - waitingHours) * hour);
  await assert.rejects(openIt(soon), refusal('link.expired'), 'what is not used ends');
});

test('nobody vouches twice, for themselves, without the right, or after it was taken away', async () => {
  const who = world.cast.head;
  const token = await ask(who);
  const { id } = await waiting(who);
  await approve(world.cast.owner, id);
  await assert.rejects(approve(world.cast.owner, id), refusal('recovery.approved_already'));
  assert.equal((await about('person.recover.denied')).at(-1)?.reason, 'recovery.approved_already');
  await assert.rejects(approve(who, id), refusal('access.denied'));
  await assert.rejects(approve(world.cast.outsider, id), refusal('recovery.not_found'), 'another organization');
  // The session still says owner; the row does not any more.
  const officer = world.cast.securityOfficer;
  const setRole = (role: string) => world.test.admin`
    UPDATE person_roles h SET role_id = r.id FROM roles r
    WHERE r.organization_id = h.organization_id AND r.key = ${role} AND h.person_id = ${officer.personId}`;
  await setRole('auditor');
  await assert.rejects(approve(officer, id), refusal('access.denied'));
  await setRole('owner');
  await approve(officer, id);
  world.clock.move(waitingHours * hour);
  const { body } = await proof(token);
  await setRole('auditor');
  assert.equal((await state(token)).approvals, 1, 'an approval counts while its giver may give it');
  await assert.rejects(finish(body), refusal('recovery.not_ready'));
  await setRole('owner');
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${officer.personId}`;
  await assert.rejects(finish(body), refusal('recovery.not_ready'));
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${officer.personId}`;
  await finish(await proof(token).then((again) => again.body));
});

test('asking again starts nothing anew; the person cancels, and the link is dead for good', async () => {
  const who = world.cast.colleague;
  const token = await ask(who);
  const { readyAt } = await state(token);
  world.clock.move(hour);
  await assert.rejects(ask(who), refusal('recovery.already_asked'));
  assert.equal((await state(token)).readyAt, readyAt);
  await approveByBoth(who);
  assert.equal((await call(world.signIn, 'POST /api/v1/recovery/cancel', who)).cancelled, 1);
  world.clock.move(waitingHours * hour);
  await assert.rejects(openIt(token), refusal('link.invalid'));
  assert.equal((await about('recovery.cancelled')).length, 2);
});

test('the link without the password opens nothing, and guessing it is counted', async () => {
  const who = world.cast.colleague;
  const token = await ask(who);
  await approveByBoth(who);
  world.clock.move(waitingHours * hour);
  const { body } = await proof(token, 'не-той-пароль-зовсім');
  const said = async () => (await about('recovery.denied')).map(({ reason }) => reason);
  const before = (await said()).length;
  for (let at = 0; at < 10; at += 1) await assert.rejects(finish(body), refusal('sign-in.refused'));
  await assert.rejects(finish({ ...body, password }), refusal('sign-in.too_many_attempts'));
  const guesses = Array.from({ length: 10 }, () => 'sign-in.refused');
  assert.deepEqual((await said()).slice(before), [...guesses, 'sign-in.too_many_attempts'], 'each is written down');
});

test('of two who finish at the same moment one is let in', async () => {
  const who = world.cast.colleague;
  world.clock.move(hour);
  await call(world.signIn, 'POST /api/v1/recovery/cancel', who);
  const token = await ask(who);
  await approveByBoth(who);
  world.clock.move(waitingHours * hour);
  const { body } = await proof(token);
  const ended = await raceOn(world.test, 'recovery_requests', [() => finish(body), () => finish(body)]);
  assert.deepEqual(new Set(ended), new Set([null, 'link.invalid']));
});

test('a link that nobody made, and a ticket that proves nothing, are refused and written down', async () => {
  const denied = (await about('recovery.denied')).length;
  const stranger = `${world.organizationId}.${'x'.repeat(43)}`;
  for (const token of ['x', stranger]) await assert.rejects(openIt(token), refusal('link.invalid'));
  await assert.rejects(
    call(world.signIn, 'POST /api/v1/recovery/cancel-by-link', null, { body: { token: stranger }, visitor: phone }),
    refusal('link.invalid'),
  );
  assert.equal((await about('recovery.denied')).length, denied + 3);
  await assert.rejects(
    call(world.signIn, 'POST /api/v1/recovery', null, { body: { ticket: 'x' }, visitor: phone }),
    refusal('sign-in.ticket_expired'),
  );
});

const setPerson = (who: CastMember, active: boolean) => world.test.admin`
  UPDATE people SET deactivated_at = ${active ? null : world.clock.now()} WHERE id = ${who.personId}`;

test('a ticket of before a dismissal, or of before a new password, asks nobody for anything', async () => {
  const who = world.cast.auditor;
  const ticketOf = async () =>
    (await call(world.signIn, 'POST /api/v1/sign-in', null, { body: { email: who.email, password }, visitor: phone }))
      .ticket;
  const askBy = (ticket: string) =>
    call(world.signIn, 'POST /api/v1/recovery', null, { body: { ticket }, visitor: phone });
  const early = await ticketOf();
  await setPerson(who, false);
  await assert.rejects(askBy(early), refusal('sign-in.ticket_expired'));
  await setPerson(who, true);
  await world.test
    .admin`UPDATE passwords SET changed_at = changed_at + interval '1 second' WHERE person_id = ${who.personId}`;
  await assert.rejects(askBy(early), refusal('sign-in.ticket_expired'));
  await askBy(await ticketOf());
});

test('a request whose time is over makes room for the next one', async () => {
  const who = world.cast.auditor;
  world.clock.move(requestHours * hour);
  const first = await ask(who);
  world.clock.move(requestHours * hour);
  await assert.rejects(state(first), refusal('link.expired'));
  assert.equal((await state(await ask(who))).state, 'waiting');
});

test('a link of before a dismissal, or of before a new password, opens no screen', async () => {
  const who = world.cast.auditor;
  world.clock.move(requestHours * hour);
  const token = await ask(who);
  await setPerson(who, false);
  await assert.rejects(state(token), refusal('link.invalid'));
  await setPerson(who, true);
  await world.test
    .admin`UPDATE passwords SET changed_at = changed_at + interval '1 second' WHERE person_id = ${who.personId}`;
  await assert.rejects(state(token), refusal('link.invalid'));
});

/** `work` has come as far as the lock of the person when `sql` happens. */
async function meanwhile(who: CastMember, work: () => Promise<unknown>, sql: string): Promise<string | null> {
  const gate = connect(world.test.address, 'admin');
  try {
    await gate.unsafe('BEGIN');
    await gate.unsafe(`SELECT 1 FROM people WHERE id = '${who.personId}' FOR UPDATE`);
    const ended = work().then(
      () => null,
      (error: unknown) => (hasCode(error) ? error.code : String(error)),
    );
    const waits = async () =>
      (
        await world.test.admin`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      ).length > 0;
    for (let at = 0; at < 200 && !(await waits()); at += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await gate.unsafe(sql);
    await gate.unsafe('COMMIT');
    return await ended;
  } finally {
    await gate.end({ timeout: 5 });
  }
}

test('what happens between the last look and the lock still counts', async () => {
  const who = world.cast.auditor;
  const readyProof = async () => {
    world.clock.move(requestHours * hour);
    const token = await ask(who);
    await approveByBoth(who);
    world.clock.move(waitingHours * hour);
    return (await proof(token)).body;
  };
  const { personId } = world.cast.securityOfficer;
  const table: [sql: string, code: string, undo: string][] = [
    [
      `UPDATE people SET deactivated_at = now() WHERE id = '${who.personId}'`,
      'link.invalid',
      `UPDATE people SET deactivated_at = NULL WHERE id = '${who.personId}'`,
    ],
    [`UPDATE passwords SET changed_at = now() WHERE person_id = '${who.personId}'`, 'link.invalid', 'SELECT 1'],
    [
      `UPDATE people SET deactivated_at = now() WHERE id = '${personId}'`,
      'recovery.not_ready',
      `UPDATE people SET deactivated_at = NULL WHERE id = '${personId}'`,
    ],
  ];
  for (const [sql, code, undo] of table) {
    const body = await readyProof();
    assert.equal(await meanwhile(who, () => finish(body), sql), code, sql);
    await world.test.admin.unsafe(undo);
  }
  world.clock.move(requestHours * hour);
  await ask(who);
  const { id } = await waiting(who);
  const cancel = `UPDATE recovery_requests SET cancelled_at = now() WHERE id = '${id}'`;
  assert.equal(await meanwhile(who, () => approve(world.cast.owner, id), cancel), 'recovery.not_found');
});

test('what the operator began is no colleague’s to approve, and ends what waited', async () => {
  const who = world.cast.auditor;
  world.clock.move(requestHours * hour);
  const token = await ask(who);
  await world.signIn.recover(who.email);
  await assert.rejects(state(token), refusal('link.invalid'));
  const [row] = await world.test
    .admin`SELECT id FROM recovery_requests WHERE way = 'operator' ORDER BY id DESC LIMIT 1`;
  await assert.rejects(approve(world.cast.owner, row!['id'] as string), refusal('recovery.not_found'));
  assert.equal(await waiting(who), undefined);
  await setPerson(who, false);
  await assert.rejects(world.signIn.recover(who.email), refusal('person.not_found'));
  await setPerson(who, true);
});

test('an e-mail that works in two companies: the operator is asked which, and only that one is opened', async () => {
  const { manager: who, outsider } = world.cast;
  const { admin } = world.test;
  const [theirs] = await admin`SELECT sign_in_token FROM people WHERE id = ${outsider.personId}`;
  await admin`UPDATE people SET sign_in_token = (SELECT sign_in_token FROM people WHERE id = ${who.personId})
    WHERE id = ${outsider.personId}`;
  const made = async () =>
    (
      await admin`SELECT person_id FROM recovery_requests WHERE way = 'operator' AND cancelled_at IS NULL
      AND person_id IN (${who.personId}, ${outsider.personId}) ORDER BY asked_at, id`
    ).map((row) => row['person_id']);
  await assert.rejects(world.signIn.recover(who.email), (error) => {
    assert.ok(error instanceof LubartError && error.code === 'person.several_organizations');
    const said = String(error.details?.['organizations']);
    for (const id of [world.organizationId, world.otherOrganizationId]) assert.match(said, new RegExp(`${id} \\S`));
    return true;
  });
  assert.deepEqual(await made(), []);
  assert.equal((await world.signIn.recover(who.email, world.otherOrganizationId)).personId, outsider.personId);
  assert.equal((await world.signIn.recover(who.email, world.organizationId)).personId, who.personId);
  await assert.rejects(world.signIn.recover(who.email, newId()), refusal('person.not_found'));
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${outsider.personId}`;
  await assert.rejects(world.signIn.recover(who.email, world.otherOrganizationId), refusal('person.not_found'));
  assert.equal(
    (await world.signIn.recover(who.email)).personId,
    who.personId,
    'whoever left one is meant in the other',
  );
  await admin`UPDATE people SET deactivated_at = NULL, sign_in_token = ${theirs!['sign_in_token']}
    WHERE id = ${outsider.personId}`;
});

test('whoever left five companies of the server is found by the operator in the sixth', async () => {
  const email = 'nazar.klymenko@nide.example';
  const { admin } = world.test;
  const others: string[] = [];
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const given = { organizationName: `Майстерня ${number}`, ownerName: 'Назар Клименко', email, password };
    others.push((await world.signIn.addOrganization(given)).personId);
  }
  const [sixth] = others.splice(-1);
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ANY (${others})`;
  assert.equal((await world.signIn.recover(email)).personId, sixth);
  assert.equal((await world.signIn.actorByEmail(email)).personId, sixth);
});

test('the operator of the server lets the last owner in: a new password, a new app, for an hour, recorded', async () => {
  const who = world.cast.owner;
  const lost = await signInAs(world.signIn, world.clock, who);
  await world.signIn.actorOf(lost, phone);
  const made = await world.signIn.recover(who.email);
  const token = made.link.split('#token=')[1]!;
  await assert.rejects(world.signIn.actorOf(lost, phone), refusal('session.expired'), 'sessions end at once');
  assert.equal((await about('recovery.made_by_operator')).at(-1)?.facts['by'], 'local operator');
  assert.equal((await openIt(token)).newPassword, true);
  await assert.rejects(finish((await proof(token, 'коротко')).body), refusal('password.too_short'));
  const fresh = 'Горобці-над-ставом-31';
  const wrongTries = () =>
    world.test.admin`SELECT 1 FROM sign_in_failures WHERE person_id = ${who.personId} AND count > 0`;
  await refusalOf(
    call(world.signIn, 'POST /api/v1/sign-in', null, {
      body: { email: who.email, password: 'не той пароль' },
      visitor: phone,
    }),
  );
  assert.equal((await wrongTries()).length, 1);
  await finish((await proof(token, fresh)).body);
  assert.equal((await wrongTries()).length, 0, 'the tries of whoever had forgotten it hold nobody up any more');
  const begin = (given: string) =>
    call(world.signIn, 'POST /api/v1/sign-in', null, { body: { email: who.email, password: given }, visitor: phone });
  await assert.rejects(begin(password), refusal('sign-in.refused'), 'the old password is no more');
  assert.ok((await begin(fresh)).ticket);
  const late = (await world.signIn.recover(who.email)).link.split('#token=')[1]!;
  world.clock.move(operatorLinkMinutes * 60_000);
  await assert.rejects(openIt(late), refusal('link.expired'));
  await assert.rejects(world.signIn.recover('nobody@nide.example'), refusal('person.not_found'));
  await signInAgain(world, who);
});

test('of two who wait each is let in by their own request, and loses nothing by the other’s', async () => {
  const [who, other] = [world.cast.manager, world.cast.head];
  world.clock.move(requestHours * hour);
  const [token, theirs] = [await ask(who), await ask(other)];
  assert.notEqual((await waiting(who)).id, (await waiting(other)).id);
  await approveByBoth(who);
  assert.deepEqual([(await state(token)).approvals, (await state(theirs)).approvals], [2, 0]);
  const { admin } = world.test;
  // A browser that was taken away before, and a key that was: since then, not since now.
  const [device] = await admin`
    INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at, revoked_at)
    VALUES (${world.organizationId}, gen_random_uuid(), ${who.personId}, sha256('d'), 's', '192.0.2.9', '2020-01-01',
      '2020-01-01', '2020-01-02') RETURNING id, revoked_at`;
  const kept = async () => {
    const tables = ['authenticators', 'recovery_codes', 'passkeys', 'sms_numbers', 'devices', 'api_keys', 'passwords'];
    const lists = tables.map(
      (table) => admin`
      SELECT t::text AS text FROM ${admin(table)} t WHERE person_id = ${other.personId} ORDER BY 1`,
    );
    return (await Promise.all(lists)).map((rows) => rows.map(({ text }) => text));
  };
  const before = await kept();
  assert.ok(before[0]!.length > 0 && before[1]!.length > 0);
  world.clock.move(waitingHours * hour);
  await assert.rejects(openIt(theirs), refusal('recovery.not_ready'));
  await finish((await proof(token)).body);
  assert.deepEqual(await kept(), before);
  const [same] = await admin`SELECT revoked_at FROM devices WHERE id = ${device!['id']}`;
  assert.deepEqual(same!['revoked_at'], device!['revoked_at']);
  assert.equal((await state(theirs)).state, 'waiting', 'still theirs to be let in by');
  // What was finished is cancelled by nobody afterwards.
  assert.equal((await call(world.signIn, 'POST /api/v1/recovery/cancel', who)).cancelled, 0);
  const rows = await admin`SELECT 1 FROM recovery_requests WHERE finished_at IS NOT NULL AND cancelled_at IS NOT NULL`;
  assert.equal(rows.length, 0);
});

test('out of a session that was ended nobody vouches and nobody refuses', async () => {
  const { owner, colleague } = world.cast;
  await ask(colleague);
  const { id } = await waiting(colleague);
  await world.test.admin`UPDATE sessions SET ended_at = now() WHERE id = ${owner.actor.sessionId}`;
  await assert.rejects(approve(owner, id), refusal('session.expired'));
  await assert.rejects(refuse(owner, id), refusal('session.expired'));
  await signInAgain(world, owner);
  assert.deepEqual((await waiting(colleague)).approvedBy, []);
  await refuse(owner, id);
});
