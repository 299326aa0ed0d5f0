import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '#database';
import { hasCode, newId } from '#kernel';
import { promptTries } from '../failures.ts';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, password, raceBehind, raceOn, readEntries, signInAs, visitorFrom } from '#test/cast.ts';
import type { PostOffice } from '#test/post-office.ts';
import { linkIn, openPostOffice } from '#test/post-office.ts';
import { resetsPerHourMax } from './ask-reset.ts';
import { resetsOfOneMax, resetsPerNetworkMax } from './reset-limit.ts';

let world: World;
let office: PostOffice;
before(async () => {
  office = await openPostOffice();
  world = await openWorld(office.settings);
});
after(() => world.close());

const thief = () => world.cast.thief.visitor;
const fresh = 'Горобці-над-ставом-31';
const post = () => world.mail.deliverDue(world.organizationId);
const lastTo = (address: string) => office.to(address).at(-1);
const refusal = (code: string) => (error: unknown) => hasCode(error) && error.code === code;
const ask = (email: string, visitor = visitorFrom('198.51.100.7')) =>
  callAs(world.signIn, 'POST /api/v1/password-reset', null, { body: { email }, visitor });
const openIt = (token: string) =>
  callAs(world.signIn, 'POST /api/v1/password-reset/open', null, { body: { token }, visitor: thief() });
const finish = (token: string, given = fresh) =>
  callAs(world.signIn, 'POST /api/v1/password-reset/finish', null, {
    body: { token, password: given },
    visitor: thief(),
  });
const settleEmail = (what: 'confirm' | 'cancel', token: string) =>
  callAs(world.signIn, `POST /api/v1/email-change/${what}`, null, { body: { token }, visitor: thief() });
const askEmail = (who: CastMember, email: string) =>
  callAs(world.signIn, 'POST /api/v1/profile/email', who, { body: { email, current: password } });
/** Past the limits of the tests before. */
const later = () => world.clock.move(2 * 3_600_000);

async function resetToken(who: CastMember): Promise<string> {
  later();
  await ask(who.email);
  await post();
  return linkIn(lastTo(who.email), 'reset').token;
}

const deniedLinks = async () => (await readEntries(world)).filter(({ event }) => event === 'link.denied').length;

test('nobody sees or takes back the question for another e-mail that a colleague has asked', async () => {
  later();
  const { head, colleague } = world.cast;
  await askEmail(colleague, 'inna.nova@vezha.example');
  const waits = async (who: CastMember) => (await callAs(world.signIn, 'GET /api/v1/profile/email', who)).waiting;
  assert.equal(await waits(head), null);
  await callAs(world.signIn, 'DELETE /api/v1/profile/email', head);
  assert.equal((await waits(colleague))?.email, 'inna.nova@vezha.example');
  await callAs(world.signIn, 'DELETE /api/v1/profile/email', colleague);
  assert.equal(await waits(colleague), null);
});

test('a link works once, also for two who follow it at the same moment', async () => {
  const token = await resetToken(world.cast.colleague);
  const before = await deniedLinks();
  const ended = await raceOn(world.test, 'links', [() => finish(token), () => finish(token, `${fresh}-інший`)]);
  assert.deepEqual(new Set(ended), new Set([null, 'link.used']));
  assert.equal(await deniedLinks(), before + 1, 'whoever came too late by a moment is written down');
  await assert.rejects(finish(token), refusal('link.used'));
  assert.equal(await deniedLinks(), before + 2, 'and whoever came afterwards');
});

test('a link lives half an hour and dies with the password it was made under', async () => {
  const { head } = world.cast;
  const late = await resetToken(head);
  world.clock.move(30 * 60_000 - 1);
  await openIt(late);
  world.clock.move(1);
  await assert.rejects(openIt(late), refusal('link.expired'));
  await assert.rejects(finish(late), refusal('link.expired'));

  const token = await resetToken(head);
  await callAs(world.signIn, 'POST /api/v1/profile/password', head, { body: { current: password, password: fresh } });
  await assert.rejects(finish(token), refusal('link.invalid'));
  // Even if it had not been withdrawn.
  await world.test.admin`UPDATE links SET withdrawn_at = NULL WHERE purpose = 'password-reset'`;
  await assert.rejects(openIt(token), refusal('link.invalid'));
  await assert.rejects(finish(token), refusal('link.invalid'));
});

test('a tampered link, one of another organization and one of another purpose open nothing', async () => {
  const { auditor } = world.cast;
  const token = await resetToken(auditor);
  const turned = token.slice(0, 37) + (token[37] === 'A' ? 'B' : 'A') + token.slice(38);
  const elsewhere = world.otherOrganizationId + token.slice(36);
  const nowhere = newId() + token.slice(36);
  const before = await deniedLinks();
  for (const wrong of [turned, elsewhere, nowhere, token.slice(0, 36), `${token}x`, '', auditor.token])
    await assert.rejects(openIt(wrong), refusal('link.invalid'), wrong);
  await assert.rejects(settleEmail('confirm', token), refusal('link.invalid'));
  await assert.rejects(settleEmail('cancel', token), refusal('link.invalid'));
  // Of the ten one is noted in the other organization, and the one that is nowhere here, where nobodies are.
  assert.equal(await deniedLinks(), before + 8);
  await askEmail(auditor, 'daryna.nova@vezha.example');
  await post();
  const confirm = linkIn(lastTo('daryna.nova@vezha.example'), 'confirm-email').token;
  for (const wrong of [() => openIt(confirm), () => finish(confirm), () => settleEmail('cancel', confirm)])
    await assert.rejects(wrong(), refusal('link.invalid'));
  await openIt(token); // still good for what it is for
});

test('a reset link is no way around the second factor and no session', async () => {
  const { manager } = world.cast;
  const cookie: { token?: string | null } = {};
  await callAs(world.signIn, 'POST /api/v1/password-reset/finish', null, {
    body: { token: await resetToken(manager), password: fresh },
    visitor: thief(),
    cookie,
  });
  assert.equal(cookie.token, undefined);
  const sessions = await world.test
    .admin`SELECT 1 FROM sessions WHERE person_id = ${manager.personId} AND ended_at IS NULL`;
  assert.equal(sessions.length, 0);
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: manager.email, password: fresh },
    visitor: thief(),
  });
  const code = callAs(world.signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket, code: '000000' },
    visitor: thief(),
  });
  await assert.rejects(code, refusal('sign-in.code_wrong'));
});

test('neither words nor time tell who works here', async () => {
  later();
  const { manager, former } = world.cast;
  const millis: Record<string, number[]> = {};
  const answers = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    for (const email of [manager.email, former.email, 'nikoho@vezha.example', 'це не адреса']) {
      const at = performance.now();
      answers.add(JSON.stringify(await ask(email)));
      (millis[email] ??= []).push(performance.now() - at);
    }
  }
  assert.equal(answers.size, 1);
  // The quickest of each: a machine that has much else to do makes answers slower, never quicker.
  const quickest = Object.values(millis).map((all) => Math.min(...all));
  assert.ok(Math.max(...quickest) - Math.min(...quickest) < 60, quickest.join(' '));
  await post();
  assert.equal(office.to(former.email).length, 0, 'the dismissed get no letter');
});

test('asking a hundred times, from wherever, sends three letters', async () => {
  later();
  const { owner } = world.cast;
  const before = office.to(owner.email).length;
  const asked = Array.from({ length: 100 }, (_, at) => ask(owner.email, visitorFrom(`198.51.${at}.7`)));
  assert.deepEqual(new Set((await Promise.all(asked)).map(({ byMail }) => byMail)), new Set([true]));
  await post();
  assert.equal(office.to(owner.email).length - before, resetsPerHourMax);
});

test('one network does not flood: beyond its number it is refused whomever it asks about, and written down', async () => {
  later();
  const somewhere = (at: number) => visitorFrom(`203.0.113.${at % 250}`);
  const some = Array.from({ length: resetsPerNetworkMax - 1 }, (_, at) =>
    ask(`nikho-${at}@nide.example`, somewhere(at)),
  );
  await Promise.all(some);
  await ask('ostannii@nide.example', somewhere(1));
  world.clock.move(60_000); // refusals about nobody known are written sixty a minute
  for (const email of [world.cast.owner.email, 'shche@nide.example'])
    await assert.rejects(ask(email, somewhere(7)), refusal('sign-in.too_many_attempts'));
  const entry = (await readEntries(world)).at(-1);
  assert.deepEqual([entry?.event, entry?.reason], ['sign-in.denied', 'sign-in.too_many_attempts']);
  await ask(world.cast.owner.email, visitorFrom('192.0.2.7'));
  world.clock.move(15 * 60_000);
  await ask(world.cast.owner.email, somewhere(7));
});

test('a colleague who asks about one person without end shuts nobody else in the office out', async () => {
  later();
  const { manager, head } = world.cast;
  const desk = visitorFrom('192.0.2.31');
  const all = Array.from({ length: 2 * resetsPerNetworkMax }, () => ask(manager.email, desk));
  const ended = await Promise.allSettled(all);
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, resetsOfOneMax);
  const before = office.to(head.email).length;
  await ask(head.email, visitorFrom('192.0.2.32'));
  await post();
  assert.equal(office.to(head.email).length, before + 1);
});

test('whoever uses up the tries and the letters of a person leaves those of the person’s own browser', async () => {
  later();
  const { auditor } = world.cast;
  const own = { ...visitorFrom('192.0.2.33'), browser: 'd'.repeat(43) };
  await signInAs(world.signIn, world.clock, auditor, own);
  const before = office.to(auditor.email).length;
  for (let at = 0; at < resetsPerHourMax; at += 1) await ask(auditor.email, visitorFrom(`198.51.100.${at}`));
  const others = Array.from({ length: 2 * resetsPerNetworkMax }, (_, at) =>
    ask(`nikho-${at}@nide.example`, visitorFrom('192.0.2.34')),
  );
  await Promise.allSettled(others);
  await post();
  assert.equal(office.to(auditor.email).length, before + resetsPerHourMax);
  await assert.rejects(ask(auditor.email, visitorFrom('192.0.2.33')), refusal('sign-in.too_many_attempts'));
  const another = { ...own, browser: 'e'.repeat(43) };
  await assert.rejects(ask(auditor.email, another), refusal('sign-in.too_many_attempts'));
  await assert.rejects(ask(world.cast.head.email, own), refusal('sign-in.too_many_attempts'), 'nor for anybody else');
  for (let at = 0; at < 5; at += 1) await ask(auditor.email, own);
  await post();
  assert.equal(office.to(auditor.email).length, before + 2 * resetsPerHourMax, 'and these have an end, too');
});

test('links lead to our own address, whatever host the request named', async () => {
  const token = await resetToken(world.cast.securityOfficer);
  assert.ok(token.length > 60);
  for (const letter of office.letters) {
    for (const [link] of letter.text.matchAll(/https?:\/\/\S+/g))
      assert.ok(link.startsWith('https://crm.vezha.example/'));
  }
});

test('the secret of a link stands after the #, is kept as a hash only and is in no entry of the log', async () => {
  const token = await resetToken(world.cast.securityOfficer);
  const secret = token.split('.')[1]!;
  const { link } = linkIn(lastTo(world.cast.securityOfficer.email), 'reset');
  const address = new URL(link);
  assert.deepEqual([address.search, address.pathname], ['', '/reset']);
  await openIt(token);
  await assert.rejects(openIt(`${token}x`));
  for (const table of ['links', 'letters', 'audit_entries']) {
    const rows = await world.test.admin.unsafe(`SELECT t::text AS text FROM ${table} t`);
    assert.ok(rows.length > 0);
    const hex = Buffer.from(secret).toString('hex');
    assert.ok(!rows.some((row) => row['text'].includes(secret) || row['text'].includes(hex)), table);
  }
});

/** Somebody with a role that helps with passwords, this far; `undo` takes it back. */
async function helperWith(who: CastMember, reach: 'department' | 'all') {
  const { owner } = world.cast;
  const set = (body: object) =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: who.personId }, body });
  const role = await callAs(world.signIn, 'POST /api/v1/roles', owner, {
    body: { name: `Паролі ${newId()}`, grants: { 'person.recover': reach } },
  });
  await set({ roles: [who.role, role.id] });
  const actor = (await world.signIn.actorById(world.organizationId, who.personId))!;
  return { helper: { ...who, actor }, set, role: role.id, undo: () => set({ roles: [who.role] }) };
}
const resetFor = (by: CastMember, id: string) =>
  callAs(world.signIn, 'POST /api/v1/people/:id/password-reset', by, { params: { id }, body: { by: 'screen' } });
const emailFor = (by: CastMember, id: string) =>
  callAs(world.signIn, 'POST /api/v1/people/:id/email', by, {
    params: { id },
    body: { email: 'zamina@vezha.example' },
  });

test('whoever helps with passwords gets into no account with more rights, not into one’s own, and not into another organization', async () => {
  const { owner, manager, outsider, head } = world.cast;
  const wide = await helperWith(head, 'all');
  await assert.rejects(resetFor(wide.helper, owner.personId), refusal('access.denied'));
  await wide.undo();
  await assert.rejects(resetFor(owner, owner.personId), refusal('access.denied'));
  const nearby = await helperWith(head, 'department');
  await resetFor(nearby.helper, manager.personId);
  await assert.rejects(
    resetFor(nearby.helper, world.cast.colleague.personId),
    refusal('person.not_found'),
    'of another department',
  );
  await nearby.undo();
  await assert.rejects(resetFor(owner, outsider.personId), refusal('person.not_found'));
  await assert.rejects(resetFor(outsider, manager.personId), refusal('person.not_found'));
  await assert.rejects(resetFor(owner, world.cast.former.personId), refusal('person.not_found'));
});

test('who was dismissed, lost the right or works elsewhere now makes no link to a colleague’s account any more', async () => {
  const { manager, head } = world.cast;
  const { helper, set, role, undo } = await helperWith(head, 'department');
  const tries = async (code: string, why: string) => {
    await assert.rejects(resetFor(helper, manager.personId), refusal(code), why);
    await assert.rejects(emailFor(helper, manager.personId), refusal(code), why);
  };
  await set({ departmentId: world.departments.service });
  await tries('person.not_found', 'elsewhere now');
  await set({ departmentId: world.departments.sales });
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${head.personId}`;
  await tries('access.denied', 'dismissed');
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${head.personId}`;
  await resetFor(helper, manager.personId);
  // Also narrower than the person whose account it is.
  await set({ roles: [role] });
  await tries('access.denied', 'a head no more');
  await undo();
  await tries('access.denied', 'without the right');
});

test('an open session is no place to guess the password by asking for another e-mail', async () => {
  const { auditor } = world.cast;
  later();
  const tries = Array.from({ length: 12 }, () =>
    callAs(world.signIn, 'POST /api/v1/profile/email', auditor, {
      body: { email: 'x@nide.example', current: 'не той пароль' },
    }).then(
      () => null,
      (error: unknown) => (hasCode(error) ? error.code : 'other'),
    ),
  );
  const codes = await Promise.all(tries);
  assert.equal(codes.filter((code) => code === 'sign-in.refused').length, promptTries);
  assert.equal(codes.filter((code) => code === 'sign-in.too_many_attempts').length, 12 - promptTries);
});

test('an intruder who changes the address twice is undone by the first mailbox, and has no link left', async () => {
  later();
  const { securityOfficer: victim } = world.cast;
  const [first, second] = ['persha@pastka.example', 'druha@pastka.example'];
  await askEmail(victim, first);
  await post();
  const rescue = linkIn(lastTo(victim.email), 'cancel-email').token;
  await settleEmail('confirm', linkIn(lastTo(first), 'confirm-email').token);
  await askEmail(victim, second);
  await post();
  const undo = linkIn(lastTo(first), 'cancel-email').token;
  const confirm = linkIn(lastTo(second), 'confirm-email').token;
  await ask(first);
  await post();
  const reset = linkIn(lastTo(first), 'reset').token;
  await settleEmail('cancel', rescue);
  await assert.rejects(settleEmail('confirm', confirm), refusal('link.invalid'));
  await assert.rejects(settleEmail('cancel', undo), refusal('link.invalid'));
  await assert.rejects(finish(reset), refusal('link.invalid'));
  await assert.rejects(world.signIn.actorOf(victim.token, thief()), refusal('session.expired'));
  const begun = callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: victim.email, password },
    visitor: thief(),
  });
  assert.ok((await begun).ticket);
});

test('an e-mail that somebody has got meanwhile is not taken from them', async () => {
  const { owner, colleague } = world.cast;
  const to = 'spilna@vezha.example';
  for (const email of [colleague.email, owner.email.toUpperCase()])
    await assert.rejects(askEmail(owner, email), refusal('person.email_taken'), email);
  await callAs(world.signIn, 'POST /api/v1/people/:id/email', owner, {
    params: { id: world.cast.manager.personId },
    body: { email: to },
  });
  await post();
  const mine = linkIn(lastTo(to), 'confirm-email').token;
  await callAs(world.signIn, 'POST /api/v1/people/:id/email', owner, {
    params: { id: colleague.personId },
    body: { email: to },
  });
  await post();
  await settleEmail('confirm', linkIn(lastTo(to), 'confirm-email').token);
  await assert.rejects(settleEmail('confirm', mine), refusal('person.email_taken'));
});

/** What happens while the person’s row is locked by somebody else who then changes it: the work must see the change. */
async function meanwhile(who: CastMember, change: (sql: Sql) => Promise<unknown>, work: () => Promise<unknown>) {
  const gate = connect(world.test.address, 'admin');
  try {
    await gate.unsafe('BEGIN');
    await gate`SELECT 1 FROM people WHERE id = ${who.personId} FOR UPDATE`;
    const ended = work().then(
      () => null,
      (error: unknown) => (hasCode(error) ? error.code : String(error)),
    );
    for (let waiting = 0, at = 0; waiting === 0 && at < 500; at += 1) {
      await sleep(10);
      const rows = await world.test.admin`
        SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      waiting = rows[0]!['n'];
    }
    await change(gate);
    await gate.unsafe('COMMIT');
    return await ended;
  } finally {
    await gate.end({ timeout: 5 });
  }
}
type Sql = ReturnType<typeof connect>;

test('a link of somebody whose access is closed opens nothing, also when it closes at this very moment', async () => {
  const { head } = world.cast;
  const close = (sql: Sql) => sql`UPDATE people SET deactivated_at = now() WHERE id = ${head.personId}`;
  const reopen = () => world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${head.personId}`;
  const reset = await resetToken(head);
  assert.equal(await meanwhile(head, close, () => finish(reset)), 'link.invalid');
  await assert.rejects(openIt(reset), refusal('link.invalid'));
  await reopen();
  await openIt(reset);
  await callAs(world.signIn, 'POST /api/v1/people/:id/email', world.cast.owner, {
    params: { id: head.personId },
    body: { email: 'iryna.insha@vezha.example' },
  });
  await post();
  const confirm = linkIn(lastTo('iryna.insha@vezha.example'), 'confirm-email').token;
  assert.equal(await meanwhile(head, close, () => settleEmail('confirm', confirm)), 'link.invalid');
  await reopen();
});

test('whose access closes at this very moment asks for no other address', async () => {
  later();
  const { securityOfficer: leaving } = world.cast;
  const close = (sql: Sql) => sql`UPDATE people SET deactivated_at = now() WHERE id = ${leaving.personId}`;
  assert.equal(await meanwhile(leaving, close, () => askEmail(leaving, 'nova@nide.example')), 'session.expired');
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${leaving.personId}`;
});

test('a password that changes at this very moment ends the link that was made under the old one', async () => {
  const { head } = world.cast;
  const token = await resetToken(head);
  const change = (sql: Sql) => sql`UPDATE passwords SET changed_at = now() WHERE person_id = ${head.personId}`;
  assert.equal(await meanwhile(head, change, () => finish(token)), 'link.invalid');
});

test('of two links for a new password one is used; the letter of the other does not leave any more', async () => {
  later();
  const { head, owner } = world.cast;
  const make = (by: 'mail' | 'screen') =>
    callAs(world.signIn, 'POST /api/v1/people/:id/password-reset', owner, {
      params: { id: head.personId },
      body: { by },
    });
  await post();
  const before = office.to(head.email).filter(({ subject }) => subject === 'Новий пароль для Lubart').length;
  await make('mail');
  const { link } = await make('screen');
  await finish(link!.split('#token=')[1]!, `${fresh}-утретє`);
  await post();
  assert.equal(office.to(head.email).filter(({ subject }) => subject === 'Новий пароль для Lubart').length, before);
});

test('a new password is neither one’s own name nor the company’s', async () => {
  const token = await resetToken(world.cast.head);
  for (const own of ['Вежа Ірина Савчук', 'Ірина-Вежа-2026'])
    await assert.rejects(finish(token, own), refusal('password.too_common'), own);
});

test('a confirmed address ends what was on its way to the old one, and a question of before confirms nothing after', async () => {
  later();
  const { head, owner } = world.cast;
  const askFor = async (email: string) => {
    await callAs(world.signIn, 'POST /api/v1/people/:id/email', owner, {
      params: { id: head.personId },
      body: { email },
    });
    await post();
    return linkIn(lastTo(email), 'confirm-email').token;
  };
  const first = await askFor('iryna.persha@vezha.example');
  await ask(head.email);
  await post();
  const reset = linkIn(lastTo(head.email), 'reset').token;
  const second = await askFor('iryna.druha@vezha.example');
  await assert.rejects(settleEmail('confirm', first), refusal('link.invalid'), 'the new question took its place');
  const ended = await raceOn(world.test, 'links', [
    () => settleEmail('confirm', second),
    () => settleEmail('confirm', second),
  ]);
  assert.deepEqual(new Set(ended), new Set([null, 'link.used']), 'confirmed once, also by two at the same moment');
  await assert.rejects(finish(reset), refusal('link.invalid'), 'the old mailbox may be somebody else’s by now');
  await assert.rejects(settleEmail('confirm', first), refusal('link.invalid'));
  // Even if it had not been withdrawn.
  await world.test.admin`UPDATE links SET withdrawn_at = NULL WHERE purpose = 'email-confirm' AND used_at IS NULL`;
  await assert.rejects(settleEmail('confirm', first), refusal('link.invalid'));
});

test('whoever confirms another e-mail and whoever takes the question back at one moment take turns; a name changed then keeps the e-mail', async () => {
  later();
  const { owner } = world.cast;
  const asked = async (email: string) => {
    await askEmail(owner, email);
    await post();
    return linkIn(lastTo(email), 'confirm-email').token;
  };
  const emailNow = async () => (await callAs(world.signIn, 'GET /api/v1/session', owner)).person.email;
  const first = await asked('olena.persha@vezha.example');
  const drop = () => callAs(world.signIn, 'DELETE /api/v1/profile/email', owner);
  const rows = 'SELECT 1 FROM links FOR UPDATE';
  assert.deepEqual(await raceBehind(world.test, rows, [() => settleEmail('confirm', first), drop]), [null, null]);
  assert.equal(await emailNow(), 'olena.persha@vezha.example');
  const second = await asked('olena.druha@vezha.example');
  const rename = () => callAs(world.signIn, 'PATCH /api/v1/profile', owner, { body: { name: 'Олена Нова' } });
  const row = `SELECT 1 FROM people WHERE id = '${owner.personId}' FOR UPDATE`;
  assert.deepEqual(await raceBehind(world.test, row, [() => settleEmail('confirm', second), rename]), [null, null]);
  assert.equal(await emailNow(), 'olena.druha@vezha.example');
});
