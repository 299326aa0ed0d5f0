/** Invitations: a door for one person, once, as long as whoever opened it may. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { URI } from 'otpauth';
import type { TOTP } from 'otpauth';
import { connect } from '#database';
import type { CastMember, Cookie, World } from '#test/cast.ts';
import { callAs, openWorld, origin, password, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import type { PostOffice } from '#test/post-office.ts';
import { openPostOffice } from '#test/post-office.ts';
import { invitationDays } from './invite-person.ts';

let world: World;
let office: PostOffice;
before(async () => {
  office = await openPostOffice();
  world = await openWorld(office.settings);
});
after(() => world.close());

const visitor = visitorFrom('192.0.2.40');
const tokenOf = (link: string) => new URLSearchParams(new URL(link).hash.slice(1)).get('token')!;

let people = 0;
const newcomer = () => ({ name: 'Юрій Новак', email: `yurii.novak.${(people += 1)}@vezha.example` });
async function invite(
  by: CastMember,
  given: Partial<{ name: string; email: string; roles: string[]; departmentId: string }> = {},
) {
  const body = { ...newcomer(), roles: ['manager'], departmentId: world.departments.service, ...given };
  const { invitation, link } = await callAs(world.signIn, 'POST /api/v1/invitations', by, { body });
  return { invitation, link, token: tokenOf(link) };
}
const sendAgain = (by: CastMember, id: string) =>
  callAs(world.signIn, 'POST /api/v1/invitations/:id/send-again', by, { params: { id } });
const withdraw = (by: CastMember, id: string) =>
  callAs(world.signIn, 'DELETE /api/v1/invitations/:id', by, { params: { id } });
const open = (token: string) =>
  callAs(world.signIn, 'POST /api/v1/invitations/open', null, { body: { token }, visitor });
async function accept(
  token: string,
  change: { ticket?: string; code?: string; password?: string } = {},
  cookie: Cookie = {},
) {
  const { enrolment } = await open(token);
  const code = codeFor(enrolment.otpauthUri);
  const body = { token, ticket: enrolment.ticket, code, password, ...change };
  return callAs(world.signIn, 'POST /api/v1/invitations/accept', null, { body, cookie, visitor });
}
const codeFor = (uri: string) => (URI.parse(uri) as TOTP).generate({ timestamp: world.clock.now().getTime() });

test('an invited person joins with the role and department of the invitation', async () => {
  const { owner } = world.cast;
  const { invitation, link, token } = await invite(owner, { roles: ['head'], departmentId: world.departments.sales });
  assert.ok(link.startsWith(`${origin}/join#token=${world.organizationId}.`));
  const shown = await open(token);
  assert.deepEqual(
    [shown.organizationName, shown.name, shown.email, shown.roles[0]!.key],
    ['Вежа', invitation.name, invitation.email, 'head'],
  );
  const cookie: Cookie = {};
  const { session, recoveryCodes } = await accept(token, {}, cookie);
  assert.deepEqual([session.person.roles[0]!.key, session.person.department!.id], ['head', world.departments.sales]);
  assert.equal(recoveryCodes.length, 10);
  assert.equal((await world.signIn.actorOf(cookie.token!, visitor)).personId, session.person.id);
  const events = (await readEntries(world)).map((entry) => entry.event);
  assert.deepEqual(events.slice(-4), [
    'person.invited',
    'person.joined',
    'person.factor_enrolled',
    'session.signed_in',
  ]);
  const { invitations } = await callAs(world.signIn, 'GET /api/v1/invitations', owner);
  assert.ok(!invitations.some(({ id }) => id === invitation.id), 'it waits no longer');
});

test('an invitation is accepted once, also when many hands hold the link', async () => {
  const { token } = await invite(world.cast.owner);
  const { enrolment } = await open(token);
  const body = { token, ticket: enrolment.ticket, code: codeFor(enrolment.otpauthUri), password };
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => refusalOf(callAs(world.signIn, 'POST /api/v1/invitations/accept', null, { body }))),
  );
  assert.deepEqual(
    answers.filter((answer) => answer !== 'invitation.used'),
    [null],
  );
  assert.equal(await refusalOf(open(token)), 'invitation.used');
  const denied = (await readEntries(world)).filter((entry) => entry.event === 'invitation.denied');
  assert.equal(denied.length, 4, 'three hands that came too late by a moment, and one afterwards');
});

test('an invitation ends: withdrawn, replaced, or after a week', async () => {
  const { owner } = world.cast;
  const withdrawn = await invite(owner);
  const withdraw = () =>
    refusalOf(
      callAs(world.signIn, 'DELETE /api/v1/invitations/:id', owner, { params: { id: withdrawn.invitation.id } }),
    );
  assert.equal(await withdraw(), null);
  assert.equal(await withdraw(), 'invitation.invalid');
  assert.equal(await refusalOf(open(withdrawn.token)), 'invitation.invalid');
  const first = await invite(owner);
  const second = await invite(owner, { email: first.invitation.email.toUpperCase() });
  assert.equal(await refusalOf(open(first.token)), 'invitation.invalid');
  world.clock.move(invitationDays * 86_400_000 - 1);
  assert.equal(await refusalOf(open(second.token)), null);
  world.clock.move(1);
  assert.equal(await refusalOf(open(second.token)), 'invitation.expired');
  assert.equal(await refusalOf(accept(second.token)), 'invitation.expired');
});

test('a made-up link, or a true one for another organization, is nothing', async () => {
  const { token } = await invite(world.cast.owner);
  const [, secret] = token.split('.');
  for (const wrong of [
    '',
    'x',
    `${world.otherOrganizationId}.${secret}`,
    `${world.organizationId}.${'x'.repeat(43)}`,
  ]) {
    assert.equal(await refusalOf(open(wrong)), 'invitation.invalid', wrong);
  }
});

test('the authenticator ticket of another invitation is not taken', async () => {
  const mine = await invite(world.cast.owner);
  const theirs = await open((await invite(world.cast.owner)).token);
  const change = { ticket: theirs.enrolment.ticket, code: codeFor(theirs.enrolment.otpauthUri) };
  assert.equal(await refusalOf(accept(mine.token, change)), 'sign-in.ticket_expired');
});

test('a wrong code or a poor password lets nobody in, and the invitation goes on waiting', async () => {
  const { token, invitation } = await invite(world.cast.owner);
  const { enrolment } = await open(token);
  const right = codeFor(enrolment.otpauthUri);
  const wrong = right === '000000' ? '111111' : '000000';
  assert.equal(await refusalOf(accept(token, { ticket: enrolment.ticket, code: wrong })), 'sign-in.code_wrong');
  assert.equal(await refusalOf(accept(token, { password: 'коротко' })), 'password.too_short');
  assert.equal(await refusalOf(accept(token, { password: invitation.email })), 'password.too_common');
  assert.equal(await refusalOf(accept(token)), null);
});

test('only who may invite invites; nobody gives more than they have', async () => {
  const { head, manager, auditor } = world.cast;
  for (const person of [head, manager, auditor]) {
    assert.equal(await refusalOf(invite(person, { roles: ['owner'] })), 'access.denied', person.name);
    assert.equal(await refusalOf(invite(person)), 'access.denied', person.name);
  }
});

test('an e-mail that somebody has is not invited again', async () => {
  const { owner, manager, outsider } = world.cast;
  assert.equal(await refusalOf(invite(owner, { email: manager.email.toUpperCase() })), 'person.email_taken');
  assert.equal(await refusalOf(invite(owner, { departmentId: outsider.departmentId })), 'department.not_found');
  assert.equal(await refusalOf(invite(owner, { email: 'хтось' })), 'field.email_invalid');
});

test('the invitation of whoever was dismissed or lost the right is dead, also when the row says that it waits', async () => {
  const { owner, securityOfficer } = world.cast;
  const back = await invite(securityOfficer, { roles: ['owner'] });
  const change = (body: { roles?: string[]; active?: boolean }) =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: securityOfficer.personId }, body });
  await change({ roles: ['auditor'] });
  assert.equal(await refusalOf(open(back.token)), 'invitation.invalid');
  const [row] = await world.test.admin`SELECT withdrawn_at FROM invitations WHERE id = ${back.invitation.id}`;
  assert.notEqual(row!['withdrawn_at'], null, 'withdrawn with the right to invite');
  await world.test.admin`UPDATE invitations SET withdrawn_at = NULL WHERE id = ${back.invitation.id}`;
  assert.equal(await refusalOf(open(back.token)), 'invitation.invalid');
  await change({ roles: ['owner'], active: false });
  await world.test.admin`UPDATE invitations SET withdrawn_at = NULL WHERE id = ${back.invitation.id}`;
  assert.equal(await refusalOf(open(back.token)), 'invitation.invalid');
  await change({ active: true });
  await world.test.admin`UPDATE invitations SET withdrawn_at = now() WHERE id = ${back.invitation.id}`;
  securityOfficer.actor = await world.signIn.actorOf(
    await signInAs(world.signIn, world.clock, securityOfficer),
    visitor,
  );
});

test('whoever invited must be able to invite, and to give these very roles, at the moment at which the link is opened', async () => {
  const { securityOfficer, head, owner } = world.cast;
  const { admin } = world.test;
  const ofHead = await invite(securityOfficer, { roles: ['head'] });
  const ofOwner = await invite(securityOfficer, { roles: ['owner'] });
  const harmless = await callAs(world.signIn, 'POST /api/v1/roles', owner, { body: { name: 'Гість', grants: {} } });
  const ofBoth = await invite(securityOfficer, { roles: [harmless.id, 'owner'] });
  const give = (key: string) => admin`
    UPDATE person_roles SET role_id = (
      SELECT id FROM roles WHERE key = ${key} AND organization_id = ${world.organizationId})
    WHERE person_id = ${securityOfficer.personId}`;
  await give('head');
  assert.equal(await refusalOf(open(ofHead.token)), 'invitation.invalid', 'may not invite any more');
  assert.equal(await refusalOf(invite(securityOfficer)), 'access.denied', 'whatever was true when the request came in');
  const [before] =
    await admin`SELECT grants FROM roles WHERE key = 'head' AND organization_id = ${world.organizationId}`;
  const setGrants = (grants: object) => admin`
    UPDATE roles SET grants = ${admin.json(grants as never)} WHERE key = 'head' AND organization_id = ${world.organizationId}`;
  const widened = { ...(before!['grants'] as object), 'person.invite': 'all' as const };
  await setGrants(widened);
  assert.equal(await refusalOf(open(ofHead.token)), null);
  assert.equal(await refusalOf(open(ofOwner.token)), 'invitation.invalid', 'may not make an owner');
  assert.equal(await refusalOf(open(ofBoth.token)), 'invitation.invalid', 'nor one who is something harmless besides');
  const inviting = {
    ...head,
    actor: { ...head.actor, grants: { ...head.actor.grants, 'person.invite': 'all' as const } },
  };
  assert.equal(await refusalOf(invite(inviting, { roles: ['owner'] })), 'access.denied');
  await setGrants(before!['grants'] as object);
  await give('owner');
  assert.equal(await refusalOf(open(ofOwner.token)), null);
  await admin`UPDATE invitations SET role_ids = '{}' WHERE id = ${ofOwner.invitation.id}`;
  assert.equal(await refusalOf(open(ofOwner.token)), 'invitation.invalid', 'with no role there is nothing to join as');
  assert.equal(await refusalOf(invite(owner, { roles: [] })), 'role.not_found');
});

test('with a role that is no more an invitation opens nothing: nobody joins with what is left of it', async () => {
  const { owner } = world.cast;
  const forbids = await callAs(world.signIn, 'POST /api/v1/roles', owner, {
    body: { name: 'Без вивантаження', grants: { 'contact.export': 'never' } },
  });
  const { token, invitation } = await invite(owner, { roles: ['manager', forbids.id] });
  assert.equal((await open(token)).roles.length, 2);
  const { enrolment } = await open(token);
  await callAs(world.signIn, 'DELETE /api/v1/roles/:id', owner, { params: { id: forbids.id } });
  assert.equal(await refusalOf(open(token)), 'invitation.invalid');
  const body = { token, ticket: enrolment.ticket, code: codeFor(enrolment.otpauthUri), password };
  const late = callAs(world.signIn, 'POST /api/v1/invitations/accept', null, { body, visitor });
  assert.equal(await refusalOf(late), 'invitation.invalid');
  assert.equal(await refusalOf(sendAgain(owner, invitation.id)), 'invitation.invalid');
  await withdraw(owner, invitation.id);
});

test('nobody takes over by asking again what they could not give, nor after the right is gone', async () => {
  const { owner, head, securityOfficer } = world.cast;
  const { admin } = world.test;
  const { organizationId } = world;
  const ofOwner = await invite(owner, { roles: ['owner'] });
  const ofHead = await invite(owner, { roles: ['head'], departmentId: head.departmentId });
  const elsewhere = await invite(owner, { roles: ['head'], departmentId: world.departments.root });
  const [was] = await admin`SELECT grants FROM roles WHERE key = 'head' AND organization_id = ${organizationId}`;
  const before = was!['grants'] as object;
  const setGrants = (grants: object) => admin`
    UPDATE roles SET grants = ${admin.json(grants as never)} WHERE key = 'head' AND organization_id = ${organizationId}`;
  await setGrants({ ...head.actor.grants, 'person.invite': 'all' });
  const inviting = {
    ...head,
    actor: { ...head.actor, grants: { ...head.actor.grants, 'person.invite': 'all' as const } },
  };
  assert.equal(await refusalOf(sendAgain(inviting, ofHead.invitation.id)), null);
  assert.equal(await refusalOf(sendAgain(inviting, ofOwner.invitation.id)), 'access.denied', 'more than oneself');
  assert.equal(await refusalOf(sendAgain(inviting, elsewhere.invitation.id)), 'access.denied', 'wider than one’s own');
  await setGrants(before);
  assert.equal(await refusalOf(sendAgain(inviting, ofHead.invitation.id)), 'access.denied', 'it was true before');
  assert.equal(await refusalOf(sendAgain(securityOfficer, ofOwner.invitation.id)), null);
});

test('a letter that was still on its way with the old link does not leave after a new one', async () => {
  const { owner } = world.cast;
  const { invitation, token } = await invite(owner);
  const { link } = await sendAgain(owner, invitation.id);
  await world.mail.deliverDue(world.organizationId);
  const letters = office.to(invitation.email);
  assert.equal(letters.length, 1);
  assert.ok(letters[0]!.text.includes(link) && !letters[0]!.text.includes(token));
  assert.equal(await refusalOf(open(token)), 'invitation.invalid');
  assert.equal(await refusalOf(open(tokenOf(link))), null);
});

test('what is withdrawn at this very moment is neither withdrawn twice nor sent again', async () => {
  const { owner, securityOfficer } = world.cast;
  const withdrawn = async () =>
    (await readEntries(world)).filter(({ event }) => event === 'invitation.withdrawn').length;
  for (const late of [withdraw, sendAgain]) {
    const { invitation } = await invite(owner);
    const before = await withdrawn();
    const refused = await whileOneWithdraws(invitation.id, () => late(securityOfficer, invitation.id));
    assert.equal(refused, 'invitation.invalid', late.name);
    assert.equal(await withdrawn(), before, late.name);
  }
});

/** Somebody has withdrawn it and not yet committed: the other one read it as waiting, and comes to change it. */
async function whileOneWithdraws(id: string, work: () => Promise<unknown>): Promise<string | null> {
  const first = connect(world.test.address, 'admin');
  try {
    await first.unsafe('BEGIN');
    await first`UPDATE invitations SET withdrawn_at = now() WHERE id = ${id}`;
    const refused = refusalOf(work());
    for (let tries = 0; tries < 500; tries += 1) {
      const rows = await world.test.admin`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      if (rows.length > 0) break;
      await sleep(10);
    }
    await first.unsafe('COMMIT');
    return await refused;
  } finally {
    await first.end({ timeout: 5 });
  }
}

test('with somebody’s right to invite go the invitations that wait, of this person and of nobody else', async () => {
  const { owner, securityOfficer } = world.cast;
  const accepted = await invite(securityOfficer);
  await accept(accepted.token);
  const waiting = await invite(securityOfficer);
  const ofOwner = await invite(owner);
  const change = (roles: string[]) =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, {
      params: { id: securityOfficer.personId },
      body: { roles },
    });
  await change(['auditor']);
  const rows = await world.test.admin`
    SELECT id, withdrawn_at IS NOT NULL AS withdrawn FROM invitations
    WHERE id IN (${accepted.invitation.id}, ${waiting.invitation.id}, ${ofOwner.invitation.id})`;
  const isWithdrawn = (id: string) => rows.find((row) => row['id'] === id)!['withdrawn'];
  assert.equal(isWithdrawn(waiting.invitation.id), true);
  assert.equal(isWithdrawn(accepted.invitation.id), false, 'what was accepted stays so');
  assert.equal(isWithdrawn(ofOwner.invitation.id), false, 'of somebody else');
  await change(['owner']);
  securityOfficer.actor = await world.signIn.actorOf(
    await signInAs(world.signIn, world.clock, securityOfficer),
    visitor,
  );
});

test('the secret of a link is not in the database', async () => {
  const { token } = await invite(world.cast.owner);
  const secret = Buffer.from(token.split('.')[1]!, 'base64url');
  const rows = await world.test.admin`SELECT token_hash FROM invitations`;
  assert.ok(rows.length > 3);
  assert.ok(rows.every((row) => !(row['token_hash'] as Buffer).equals(secret)));
});

test('withdrawing one invitation leaves the others as they are', async () => {
  const { owner } = world.cast;
  const [first, second] = [await invite(owner), await invite(owner)];
  await withdraw(owner, first.invitation.id);
  assert.equal(await refusalOf(open(first.token)), 'invitation.invalid');
  assert.equal(await refusalOf(open(second.token)), null);
  await withdraw(owner, second.invitation.id);
});
