/** The rules of a lost phone against whoever turns them: who is asked, how many, how long, and in a small office. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { RecoveryRules } from '#contract';
import { defaultRules, recoveryWaitingHoursMax } from '#contract';
import { hasCode } from '#kernel';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, password, readEntries, signInAgain, visitorFrom } from '#test/cast.ts';
import { addWaysIn, countWaysIn } from '#test/ways-in.ts';
import type { PostOffice } from '#test/post-office.ts';
import { openPostOffice } from '#test/post-office.ts';
import { requestHours } from './ask-recovery.ts';

let world: World;
let post: PostOffice;
before(async () => {
  post = await openPostOffice();
  world = await openWorld(post.settings);
  const { auditor } = world.cast;
  await giveRole(auditor, 'security-officer');
  world.clock.move(2_000);
  officer = { ...auditor, actor: await world.signIn.actorOf(auditor.token, visitorFrom('192.0.2.10')) };
});
after(() => world.close());

const hour = 3_600_000;
const phone = visitorFrom('198.51.100.20', 'Firefox, Android');
const refusal = (code: string) => (error: unknown) => hasCode(error) && error.code === code;
const owner = () => world.cast.owner;
const second = () => world.cast.securityOfficer; // another owner
const manager = () => world.cast.manager;
/** A security officer by role, who is no owner. */
let officer: CastMember;

const giveRole = (person: CastMember, role: string) => world.test.admin`
  INSERT INTO person_roles (organization_id, person_id, role_id, given_at)
  SELECT organization_id, ${person.personId}, id, now() FROM roles
  WHERE organization_id = ${world.organizationId} AND key = ${role}`;

async function setRules(recovery: Partial<RecoveryRules>) {
  const { version } = await callAs(world.signIn, 'GET /api/v1/security/rules', owner());
  const change = { recovery: { ...defaultRules.recovery, ...recovery } };
  return callAs(world.signIn, 'PUT /api/v1/security/rules', owner(), { body: { version, change } });
}
beforeEach(async () => {
  for (const who of [owner(), second()]) await signInAgain(world, who);
  await setRules({});
});
afterEach(async () => {
  world.clock.move(requestHours * hour); // what was asked is over, and so are counted tries
});

async function ask(who: CastMember): Promise<{ token: string; needed: number; readyAt: string; id: string }> {
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: who.email, password },
    visitor: phone,
  });
  const asked = await callAs(world.signIn, 'POST /api/v1/recovery', null, { body: { ticket }, visitor: phone });
  const { requests } = await callAs(world.signIn, 'GET /api/v1/recovery-requests', owner());
  return { ...asked, id: requests.find(({ personId }) => personId === who.personId)!.id };
}
const approve = (by: CastMember, id: string) =>
  callAs(world.signIn, 'POST /api/v1/recovery-requests/:id/approve', by, { params: { id } });
const state = (token: string) =>
  callAs(world.signIn, 'POST /api/v1/recovery/state', null, { body: { token }, visitor: phone });
const hoursUntil = ({ readyAt }: { readyAt: string }) => (Date.parse(readyAt) - world.clock.now().getTime()) / hour;

async function prove(token: string) {
  const { enrolment } = await callAs(world.signIn, 'POST /api/v1/recovery/open', null, {
    body: { token },
    visitor: phone,
  });
  const app = new TOTP({ secret: Secret.fromBase32(enrolment.manualKey.replaceAll(' ', '')) });
  return { app, body: { token, ticket: enrolment.ticket, code: codeOf({ totp: app }, world.clock), password } };
}
async function finish(who: CastMember, token: string): Promise<string> {
  const { app, body } = await prove(token);
  const cookie: Cookie = {};
  await callAs(world.signIn, 'POST /api/v1/recovery/finish', null, { body, visitor: phone, cookie });
  who.totp = app;
  return cookie.token!;
}

test('a security officer of the group vouches for a manager, and never for an owner', async () => {
  const asked = await ask(manager());
  await approve(officer, asked.id);
  await approve(second(), asked.id);
  world.clock.move(24 * hour);
  assert.equal((await state(asked.token)).state, 'ready');
  await finish(manager(), asked.token);

  const mine = await ask(owner());
  await assert.rejects(approve(officer, mine.id), refusal('access.denied'));
  await approve(second(), mine.id);
});

test('only the named are asked and only they vouch, though others may recover people too', async () => {
  await setRules({ approvers: { roles: ['security-officer'], people: [second().personId] } });
  const before = post.letters.length;
  const asked = await ask(world.cast.colleague);
  await world.mail.deliverDue(world.organizationId);
  const told = new Set(post.letters.slice(before).flatMap(({ to }) => to));
  assert.deepEqual(told, new Set([world.cast.colleague.email, officer.email, second().email]));
  await assert.rejects(approve(owner(), asked.id), refusal('access.denied'));
  const { requests } = await callAs(world.signIn, 'GET /api/v1/recovery-requests', owner());
  assert.equal(requests.find(({ id }) => id === asked.id)?.mayApprove, false);
  await approve(second(), asked.id);
  await approve(officer, asked.id);
  world.clock.move(24 * hour);
  await finish(world.cast.colleague, asked.token);
  await world.mail.deliverDue(world.organizationId);
  for (const who of [world.cast.colleague, officer, second()])
    assert.match(post.to(who.email).at(-1)!.subject, /відновлено/, 'everybody concerned learns of the end too');
});

test('in a small office whoever is there must approve, after the longest wait; one minute earlier nothing opens', async () => {
  const asked = await ask(owner());
  assert.deepEqual([asked.needed, hoursUntil(asked)], [1, recoveryWaitingHoursMax]);
  await assert.rejects(approve(owner(), asked.id), refusal('access.denied'), 'not for oneself');
  world.clock.move(recoveryWaitingHoursMax * hour);
  assert.equal((await state(asked.token)).state, 'waiting', 'time alone is not a colleague');
  world.clock.move(-60_000);
  await approve(second(), asked.id);
  await assert.rejects(prove(asked.token), refusal('recovery.not_ready'));
  world.clock.move(60_000);
  await finish(owner(), asked.token);
  owner().actor = { ...owner().actor, address: '192.0.2.10' };
});

test('whoever is named without the right to recover people is neither asked nor counted', async () => {
  const { head } = world.cast;
  await setRules({ approvers: { roles: [], people: [owner().personId, head.personId] } });
  const before = post.to(head.email).length;
  const asked = await ask(manager());
  assert.deepEqual([asked.needed, hoursUntil(asked)], [1, recoveryWaitingHoursMax], 'one of two, as in a small office');
  await world.mail.deliverDue(world.organizationId);
  assert.equal(post.to(head.email).length, before);
});

test('what the operator of the server begins, the person and the group learn by letter', async () => {
  await world.signIn.recover(manager().email);
  await world.mail.deliverDue(world.organizationId);
  assert.equal(post.to(manager().email).at(-1)?.subject, 'Ваш вхід відновлюють на сервері');
  for (const who of [owner(), second(), officer])
    assert.equal(post.to(who.email).at(-1)?.subject, 'Колезі відновлюють вхід на сервері');
});

test('with nobody to ask a password opens nothing, however long one waits', async () => {
  await setRules({ approvers: { roles: [], people: [second().personId] }, needed: 1 });
  await assert.rejects(ask(second()), refusal('recovery.too_few_approvers'));
  const last = (await readEntries(world)).filter(({ event }) => event === 'recovery.denied').at(-1);
  assert.equal(last?.reason, 'recovery.too_few_approvers');
});

test('rules that are turned down do not hasten a request that waits', async () => {
  const asked = await ask(manager());
  await setRules({ needed: 1, waitingHours: 0 });
  await approve(second(), asked.id);
  const { needed, readyAt, state: at } = await state(asked.token);
  assert.deepEqual([needed, readyAt, at], [2, asked.readyAt, 'waiting']);
  await assert.rejects(prove(asked.token), refusal('recovery.not_ready'));
  await approve(officer, asked.id);
  await assert.rejects(prove(asked.token), refusal('recovery.not_ready'), 'the day still runs');
  world.clock.move(24 * hour);
  await finish(manager(), asked.token);
});

test('rules that are made stricter hold for a request that waits, also between the screen and the last step', async () => {
  await setRules({ needed: 1, waitingHours: 0 });
  const asked = await ask(manager());
  await approve(second(), asked.id);
  const { body } = await prove(asked.token);
  const last = () => callAs(world.signIn, 'POST /api/v1/recovery/finish', null, { body, visitor: phone });
  await setRules({ needed: 1, waitingHours: 1 });
  await assert.rejects(last(), refusal('recovery.not_ready'));
  await setRules({ needed: 2, waitingHours: 0 });
  await assert.rejects(last(), refusal('recovery.not_ready'));
  // Of three who were asked five are needed now: all three, after the longest wait.
  await setRules({ needed: 5, waitingHours: 0 });
  const { needed, readyAt } = await state(asked.token);
  assert.deepEqual([needed, hoursUntil({ readyAt })], [3, recoveryWaitingHoursMax]);
  await setRules({ needed: 1, waitingHours: 0 });
  await finish(manager(), asked.token);
});

test('a friend who is named while the request waits does not vouch, and who is taken out counts no more', async () => {
  await setRules({ approvers: { roles: [], people: [owner().personId, officer.personId] } });
  const asked = await ask(manager());
  await approve(officer, asked.id);
  await setRules({ approvers: { roles: ['owner'], people: [] } });
  await assert.rejects(approve(second(), asked.id), refusal('access.denied'), 'was not asked');
  await approve(owner(), asked.id);
  world.clock.move(24 * hour);
  assert.equal((await state(asked.token)).approvals, 1, 'the officer is out of the group');
  await assert.rejects(prove(asked.token), refusal('recovery.not_ready'));
});

test('with the new phone nothing opens that the old one made: key, number, browser, program; colleagues keep theirs', async () => {
  await setRules({ needed: 1, waitingHours: 0 });
  const { colleague } = world.cast;
  for (const who of [manager(), colleague]) await addWaysIn(world, who);
  await world.test.admin`DELETE FROM recovery_requests WHERE person_id = ${manager().personId}`;
  const { secret } = await callAs(world.signIn, 'POST /api/v1/api-keys', second(), {
    body: { name: 'Сайт', roles: ['manager'] },
  });
  const theirs = await countWaysIn(world, colleague);
  const asked = await ask(manager());
  await approve(second(), asked.id);
  await finish(manager(), asked.token);
  const left = await countWaysIn(world, manager());
  for (const way of ['passkeys', 'sms_numbers', 'devices', 'api_keys'] as const) assert.equal(left[way], 0, way);
  assert.deepEqual([left.sessions, left.authenticators, left.recovery_codes], [1, 1, 10], 'what stands is new');
  assert.deepEqual(await countWaysIn(world, colleague), theirs);
  await world.signIn.actorOfKey(secret, visitorFrom('192.0.2.10'));

  world.clock.move(requestHours * hour);
  const mine = await ask(second());
  await approve(owner(), mine.id);
  world.clock.move(recoveryWaitingHoursMax * hour);
  await finish(second(), mine.token);
  world.clock.move(2_000);
  await assert.rejects(world.signIn.actorOfKey(secret, visitorFrom('192.0.2.10')), refusal('api-key.refused'));
});

test('where the rules say so, approvals open at once', async () => {
  await setRules({ waitingHours: 0 });
  const asked = await ask(manager());
  await assert.rejects(prove(asked.token), refusal('recovery.not_ready'));
  for (const by of [second(), officer]) await approve(by, asked.id);
  const session = await finish(manager(), asked.token);
  assert.equal((await world.signIn.actorOf(session, phone)).personId, manager().personId);
});

test('a group that nobody is in is not saved; what lowers the protection is written down as that', async () => {
  for (const approvers of [
    { roles: [], people: [] },
    { roles: ['manager'], people: [] },
    { roles: [], people: [manager().personId, world.cast.former.personId] },
  ])
    await assert.rejects(setRules({ approvers }), refusal('security.approvers_empty'));
  const lowered = async (given: Partial<RecoveryRules>) => {
    await setRules({});
    await setRules(given);
    const entry = (await readEntries(world)).filter(({ event }) => event === 'security.rules_changed').at(-1);
    return entry?.facts['recoveryLowered'];
  };
  const { roles } = defaultRules.recovery.approvers;
  assert.equal(await lowered({ needed: 1 }), true);
  assert.equal(await lowered({ waitingHours: 23 }), true);
  assert.equal(await lowered({ approvers: { roles, people: [world.cast.head.personId] } }), true);
  assert.equal(await lowered({ approvers: { roles: [...roles, 'head'], people: [] } }), true);
  assert.equal(await lowered({ needed: 3, waitingHours: 72, approvers: { roles: ['owner'], people: [] } }), false);
});

test('before saving one sees who would be asked, and who would have too few colleagues or none', async () => {
  const preview = (given: Partial<RecoveryRules>) =>
    callAs(world.signIn, 'POST /api/v1/security/recovery/preview', owner(), {
      body: { ...defaultRules.recovery, ...given },
    });
  const usual = await preview({});
  assert.deepEqual(
    new Set(usual.people.map(({ name, owner: isOwner, mayApprove }) => [name, isOwner, mayApprove].join())),
    new Set([owner(), second()].map(({ name }) => `${name},true,true`).concat(`${officer.name},false,true`)),
  );
  // An owner has one other owner to ask; the officer has two.
  assert.deepEqual(new Set(usual.short.names), new Set([owner().name, second().name]));
  assert.equal(usual.nobody.count, 0);
  const alone = await preview({ approvers: { roles: ['head'], people: [owner().personId] } });
  assert.deepEqual(alone.nobody.names, [owner().name]);
  assert.equal(alone.people.find(({ name }) => name === world.cast.head.name)?.mayApprove, false);
  assert.ok(alone.short.count >= 4);
});
