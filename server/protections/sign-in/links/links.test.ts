import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasCode } from '#kernel';
import type { SignIn } from '#protections/sign-in';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, codeOf, openWorld, password, readEntries, signInAs, visitorFrom } from '#test/cast.ts';
import type { PostOffice } from '#test/post-office.ts';
import { linkIn, openPostOffice } from '#test/post-office.ts';

let world: World;
let office: PostOffice;
before(async () => {
  office = await openPostOffice();
  world = await openWorld(office.settings);
});
after(() => world.close());

const anybody = visitorFrom('192.0.2.77');
const post = () => world.mail.deliverDue(world.organizationId);
const lastTo = (address: string) => office.to(address).at(-1);
const call = <K extends keyof SignIn['handlers']>(
  key: K,
  who: CastMember | null,
  asked: Parameters<typeof callAs<K>>[3] = {},
) => callAs(world.signIn, key, who, asked);
const begin = (email: string, given: string) =>
  call('POST /api/v1/sign-in', null, { body: { email, password: given }, visitor: anybody });
const refusal = (code: string) => (error: unknown) => hasCode(error) && error.code === code;

async function askReset(who: Pick<CastMember, 'email'>) {
  const answer = await call('POST /api/v1/password-reset', null, { body: { email: who.email }, visitor: anybody });
  await post();
  return { answer, ...linkIn(lastTo(who.email), 'reset') };
}

test('a forgotten password is replaced by a link from the mailbox; the second factor is still asked for', async () => {
  const { manager } = world.cast;
  const { token, link, answer } = await askReset(manager);
  await world.signIn.actorOf(manager.token, anybody); // what a node keeps in memory is forgotten, too
  assert.deepEqual(answer, { byMail: true });
  assert.match(link, /^https:\/\/crm\.vezha\.example\/reset#token=/);
  const view = await call('POST /api/v1/password-reset/open', null, { body: { token }, visitor: anybody });
  assert.deepEqual([view.name, view.email, view.organizationName], [manager.name, manager.email, 'Вежа']);
  const fresh = 'Горобці-над-ставом-31';
  await call('POST /api/v1/password-reset/finish', null, { body: { token, password: fresh }, visitor: anybody });

  await assert.rejects(world.signIn.actorOf(manager.token, anybody), refusal('session.expired'));
  await assert.rejects(begin(manager.email, password), refusal('sign-in.refused'));
  const { ticket } = await begin(manager.email, fresh);
  world.clock.move(31_000);
  const session = await call('POST /api/v1/sign-in/code', null, {
    body: { ticket, code: codeOf(manager, world.clock) },
    visitor: anybody,
  });
  assert.equal(session.person.id, manager.personId);
  const entry = (await readEntries(world)).findLast(({ event }) => event === 'person.password_reset');
  assert.equal(entry?.actorId, manager.personId);
  await post();
  assert.equal(lastTo(manager.email)?.subject, 'Ваш пароль змінено');
  assert.match(lastTo(manager.email)!.text, /192\.0\.2\.77/);
});

test('a password that would not be taken elsewhere is not taken here, and the link stays good', async () => {
  const { colleague } = world.cast;
  const { token } = await askReset(colleague);
  const finish = (given: string) =>
    call('POST /api/v1/password-reset/finish', null, { body: { token, password: given }, visitor: anybody });
  await assert.rejects(finish('коротко'), refusal('password.too_short'));
  await assert.rejects(finish('Соломія Ткачук'), refusal('password.too_common'));
  await finish('Ворони-над-полем-12');
});

test('an owner makes the link for somebody, to be handed over or to be sent; the letter says who', async () => {
  const { owner, head } = world.cast;
  const shown = await call('POST /api/v1/people/:id/password-reset', owner, {
    params: { id: head.personId },
    body: { by: 'screen' },
  });
  assert.match(shown.link!, /\/reset#token=/);
  const sent = await call('POST /api/v1/people/:id/password-reset', owner, {
    params: { id: head.personId },
    body: { by: 'mail' },
  });
  assert.equal(sent.link, null);
  await post();
  assert.match(lastTo(head.email)!.text, /Олена Коваленко надсилає/);
  const { token } = linkIn(lastTo(head.email), 'reset');
  await call('POST /api/v1/password-reset/finish', null, {
    body: { token, password: 'Синиці-край-лісу-55' },
    visitor: anybody,
  });
  const entry = (await readEntries(world)).findLast(({ event }) => event === 'person.password_reset');
  assert.equal(entry?.facts['linkMadeBy'], owner.personId);
  const dead = call('POST /api/v1/password-reset/open', null, {
    body: { token: shown.link!.split('#token=')[1]! },
    visitor: anybody,
  });
  await assert.rejects(dead, refusal('link.invalid'), 'one used, all dead');
});

test('another e-mail stands when the new address confirmed, and the old one was told before and after', async () => {
  const { auditor } = world.cast;
  const to = 'daryna.nova@vezha.example';
  const asked = await call('POST /api/v1/profile/email', auditor, { body: { email: to, current: password } });
  assert.deepEqual([asked.email, asked.link, asked.letter], [to, null, 'waiting']);
  assert.equal((await call('GET /api/v1/profile/email', auditor)).waiting?.email, to);
  await post();
  assert.equal((await call('GET /api/v1/profile/email', auditor)).waiting?.letter, 'sent');
  assert.equal(lastTo(auditor.email)?.subject, 'Запит на зміну вашої адреси');
  await begin(auditor.email, password); // nothing changed yet
  const { token } = linkIn(lastTo(to), 'confirm-email');
  const view = await call('POST /api/v1/email-change/open', null, {
    body: { purpose: 'confirm', token },
    visitor: anybody,
  });
  assert.deepEqual([view.from, view.to], [auditor.email, to]);
  await call('POST /api/v1/email-change/confirm', null, { body: { token }, visitor: anybody });
  await begin(to, password);
  await assert.rejects(begin(auditor.email, password), refusal('sign-in.refused'));
  assert.equal((await call('GET /api/v1/session', auditor)).person.email, to);
  assert.equal((await call('GET /api/v1/profile/email', auditor)).waiting, null);
  await post();
  assert.equal(lastTo(auditor.email)?.subject, 'Вашу адресу змінено');

  const { token: cancel } = linkIn(lastTo(auditor.email), 'cancel-email');
  world.clock.move(71 * 3_600_000);
  const token2 = await signInAs(world.signIn, world.clock, { ...auditor, email: to });
  await world.signIn.actorOf(token2, anybody);
  await call('POST /api/v1/email-change/cancel', null, { body: { token: cancel }, visitor: anybody });
  await assert.rejects(world.signIn.actorOf(token2, anybody), refusal('session.expired'));
  await begin(auditor.email, password);
  await assert.rejects(begin(to, password), refusal('sign-in.refused'));
  const entry = (await readEntries(world)).findLast(({ event }) => event === 'person.email_change_cancelled');
  assert.equal(entry?.facts['restored'], true);
});

test('whoever asked for another e-mail can take the question back', async () => {
  const { securityOfficer } = world.cast;
  const to = 'bohdan.novyi@vezha.example';
  await call('POST /api/v1/profile/email', securityOfficer, { body: { email: to, current: password } });
  await call('DELETE /api/v1/profile/email', securityOfficer);
  await post();
  assert.equal(office.to(to).length, 0, 'the letter does not leave any more');
  assert.equal((await call('GET /api/v1/profile/email', securityOfficer)).waiting, null);
});

test('an owner asks for a colleague’s e-mail by the same rule', async () => {
  const { owner, head } = world.cast;
  const to = 'iryna.nova@vezha.example';
  const asked = await call('POST /api/v1/people/:id/email', owner, {
    params: { id: head.personId },
    body: { email: to },
  });
  assert.equal(asked.link, null);
  await post();
  assert.match(lastTo(head.email)!.text, /Олена Коваленко просить/);
  await begin(head.email, 'Синиці-край-лісу-55');
  const { token } = linkIn(lastTo(to), 'confirm-email');
  await call('POST /api/v1/email-change/confirm', null, { body: { token }, visitor: anybody });
  await begin(to, 'Синиці-край-лісу-55');
});

test('an invitation goes by letter, too, and again with a new link; the old link is dead', async () => {
  const { owner } = world.cast;
  const who = { name: 'Юлія Бондар', email: 'yuliia.bondar@vezha.example', departmentId: world.departments.sales };
  const body = { ...who, roles: ['manager'] };
  const made = await call('POST /api/v1/invitations', owner, { body });
  assert.equal(made.invitation.letter, 'waiting');
  await post();
  const letter = lastTo(who.email);
  assert.equal(letter?.subject, 'Запрошення до CRM: Вежа');
  assert.equal(linkIn(letter, 'join').link, made.link, 'the very link that was shown');
  const { id } = made.invitation;
  const again = await call('POST /api/v1/invitations/:id/send-again', owner, { params: { id } });
  await post();
  assert.notEqual(again.link, made.link);
  const open = (link: string) =>
    call('POST /api/v1/invitations/open', null, { body: { token: link.split('#token=')[1]! }, visitor: anybody });
  await assert.rejects(open(made.link), refusal('invitation.invalid'));
  assert.equal((await open(again.link)).email, who.email);
  const { invitations } = await call('GET /api/v1/invitations', owner);
  assert.equal(invitations.find((one) => one.id === id)?.letter, 'sent');
});

test('who is invited twice gets the letter of the second invitation only', async () => {
  const { owner } = world.cast;
  const who = { name: 'Злата Коваль', email: 'zlata@vezha.example', departmentId: world.departments.sales };
  const body = { ...who, roles: ['manager'] };
  await call('POST /api/v1/invitations', owner, { body });
  const second = await call('POST /api/v1/invitations', owner, { body });
  await post();
  assert.deepEqual(
    office.to(who.email).map((letter) => linkIn(letter, 'join').link),
    [second.link],
  );
});

test('while the mail server is down, inviting works: the letter waits and the link can be copied', async () => {
  const { owner } = world.cast;
  await office.close();
  const body = {
    name: 'Ярина Лисенко',
    email: 'yaryna@vezha.example',
    departmentId: world.departments.sales,
    roles: ['manager'],
  };
  const made = await call('POST /api/v1/invitations', owner, { body });
  assert.match(made.link, /\/join#token=/);
  await post();
  const { invitations } = await call('GET /api/v1/invitations', owner);
  assert.equal(invitations.find((one) => one.email === body.email)?.letter, 'failing');
  office = await openPostOffice({ port: office.port });
  world.clock.move(60_000);
  await post();
  assert.equal(linkIn(lastTo(body.email), 'join').link, made.link);
});

test('a change of one’s own password is told by letter', async () => {
  const { owner } = world.cast;
  await call('POST /api/v1/profile/password', owner, { body: { current: password, password: 'Лелеки-над-дахом-44' } });
  await post();
  assert.equal(lastTo(owner.email)?.subject, 'Ваш пароль змінено');
});

test('without a mail server everything works by links on the screen', async () => {
  const quiet = await openWorld();
  try {
    const { owner, manager, head } = quiet.cast;
    const asked = await callAs(quiet.signIn, 'POST /api/v1/profile/email', manager, {
      body: { email: 'taras.novyi@vezha.example', current: password },
    });
    assert.equal(asked.letter, 'off');
    const wrong = { body: { email: 'не адреса', current: password } };
    await assert.rejects(
      callAs(quiet.signIn, 'POST /api/v1/profile/email', head, wrong),
      refusal('field.email_invalid'),
    );
    const token = asked.link!.split('#token=')[1]!;
    await callAs(quiet.signIn, 'POST /api/v1/email-change/confirm', null, { body: { token }, visitor: anybody });
    const forgotten = { body: { email: head.email }, visitor: anybody };
    assert.deepEqual(await callAs(quiet.signIn, 'POST /api/v1/password-reset', null, forgotten), { byMail: false });
    const params = { id: head.personId };
    const byMail = callAs(quiet.signIn, 'POST /api/v1/people/:id/password-reset', owner, {
      params,
      body: { by: 'mail' },
    });
    await assert.rejects(byMail, refusal('mail.not_configured'));
    const shown = await callAs(quiet.signIn, 'POST /api/v1/people/:id/password-reset', owner, {
      params,
      body: { by: 'screen' },
    });
    const reset = { token: shown.link!.split('#token=')[1]!, password: 'Журавлі-край-неба-8' };
    await callAs(quiet.signIn, 'POST /api/v1/password-reset/finish', null, { body: reset, visitor: anybody });
  } finally {
    await quiet.close();
  }
});
