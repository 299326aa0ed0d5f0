import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import type { Mail } from '#mail';
import { openMail } from '#mail';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld, origin, readEntries } from '#test/cast.ts';
import { openPostOffice } from '#test/post-office.ts';
import { markGivenUp, markSent } from './letter-store.ts';
import type { PostOffice } from '#test/post-office.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const mailOf = (office: Pick<PostOffice, 'settings'>, settings = office.settings): Mail =>
  openMail({ ...world, origin: () => origin, settings });

const about = () => ({
  organizationId: world.organizationId,
  to: world.cast.manager.email,
  subject: 'Новий пароль',
  text: `Вітаємо!\n\nПерейдіть за посиланням:\n\n${origin}/reset#token=таємниця`,
});
const send = (mail: Mail, letter = about()) =>
  world.database.act(systemReach(world.organizationId), (tx) => mail.send(tx, letter));
const rowOf = async (id: string | null) =>
  (await world.test.admin`SELECT *, octet_length(sealed) AS size FROM letters WHERE id = ${id}`)[0]!;
const stateOf = async (mail: Mail, id: string | null) =>
  (
    await world.database.read(systemReach(world.organizationId), (tx) => mail.statesOf(tx, world.organizationId, [id]))
  ).get(id!);
const minute = 60_000;

test('a letter arrives as it was written, in text and in HTML, and nothing of it stays behind', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const id = await send(mail);
  assert.equal(await stateOf(mail, id), 'waiting');
  assert.equal(office.letters.length, 0, 'nothing leaves before it is delivered');
  await mail.deliverDue(world.organizationId);
  const [letter] = office.to(world.cast.manager.email);
  assert.equal(letter?.subject, 'Новий пароль');
  assert.equal(letter?.text, about().text);
  assert.match(letter.html, new RegExp(`<a href="${origin}/reset#token=таємниця" `));
  assert.equal(letter?.from, 'crm@vezha.example');
  assert.match(letter.raw, /^auto-submitted: auto-generated$/im);
  assert.match(letter.raw, new RegExp(`^message-id: <${id}@vezha.example>`, 'im'), 'the same at every try');
  assert.equal(await stateOf(mail, id), 'sent');
  assert.equal((await rowOf(id))['size'], 0);
  await mail.deliverDue(world.organizationId);
  assert.equal(office.letters.length, 1, 'and it arrives once');
});

test('an act that is rolled back sends nothing', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const undone = world.database.act(systemReach(world.organizationId), async (tx) => {
    await mail.send(tx, about());
    throw new Error('changed my mind');
  });
  await assert.rejects(undone, /changed my mind/);
  await mail.deliverDue(world.organizationId);
  assert.equal(office.letters.length, 0);
});

test('without a mail server nothing is written, and whoever sends is told', async () => {
  const mail = openMail({ ...world, origin: () => origin, settings: undefined });
  const before = await world.test.admin`SELECT count(*)::int AS n FROM letters`;
  assert.equal(mail.configured, false);
  assert.equal(await send(mail), null);
  const after = await world.test.admin`SELECT count(*)::int AS n FROM letters`;
  assert.equal(after[0]!['n'], before[0]!['n']);
});

test('while the mail server is down letters wait; when it is back they arrive', async () => {
  const office = await openPostOffice();
  const { port } = office;
  const mail = mailOf(office);
  await office.close();
  const id = await send(mail);
  const next = await send(mail);
  await mail.deliverDue(world.organizationId);
  assert.equal(await stateOf(mail, id), 'failing');
  assert.equal((await rowOf(next))['tries'], 0, 'the others do not knock at a door where nobody is');
  assert.deepEqual([(await rowOf(id))['tries'], (await rowOf(id))['fault']], [1, 'ESOCKET']);
  await mail.deliverDue(world.organizationId);
  assert.equal((await rowOf(id))['tries'], 1, 'not again at once');
  const back = await openPostOffice({ port });
  world.clock.move(minute);
  await mail.deliverDue(world.organizationId);
  assert.equal(back.to(world.cast.manager.email).length, 2);
  assert.equal(await stateOf(mail, id), 'sent');
});

test('what cannot be delivered within a day is given up, with an entry and without its text', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  await office.close();
  const id = await send(mail);
  let tries = 0;
  for (let minutes = 0; minutes <= 24 * 60; minutes += 1, world.clock.move(minute)) {
    await mail.deliverDue(world.organizationId);
    tries = (await rowOf(id))['tries'];
    if (minutes === 3) assert.equal(tries, 3, 'soon at first');
  }
  assert.ok(tries > 40 && tries < 60, `${tries} tries`);
  assert.equal(await stateOf(mail, id), 'given-up');
  assert.equal((await rowOf(id))['size'], 0);
  const entry = (await readEntries(world)).findLast(({ event }) => event === 'letter.given_up');
  assert.deepEqual(entry?.facts, { fault: 'ESOCKET', tries });
});

test('a letter whose link is dead is not sent any more', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const goodUntil = new Date(world.clock.now().getTime() + 30 * minute);
  const id = await send(mail, { ...about(), goodUntil } as never);
  world.clock.move(31 * minute);
  await mail.deliverDue(world.organizationId);
  assert.equal(office.letters.length, 0);
  assert.equal(await stateOf(mail, id), 'given-up');
});

test('a letter is tried for a day at most, however long its link is good', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const goodUntil = new Date(world.clock.now().getTime() + 7 * 24 * 60 * minute);
  const id = await send(mail, { ...about(), goodUntil } as never);
  world.clock.move(24 * 60 * minute);
  await mail.deliverDue(world.organizationId);
  assert.equal(await stateOf(mail, id), 'given-up');
});

test('what was sent or given up is neither sent again nor taken back nor called otherwise', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const { organizationId } = world;
  const inAct = (work: (tx: Transaction) => Promise<void>) => world.database.act(systemReach(organizationId), work);
  const sent = (await send(mail))!;
  await mail.deliverDue(organizationId);
  const late = (await send(mail, { ...about(), goodUntil: world.clock.now() } as never))!;
  await mail.deliverDue(organizationId);
  const now = world.clock.now();
  await inAct((tx) => markGivenUp(tx, organizationId, sent, { fault: 'late', at: now }));
  await inAct((tx) => markSent(tx, organizationId, late, now));
  for (const id of [sent, late]) await inAct((tx) => mail.takeBack(tx, organizationId, id));
  world.clock.move(60 * minute);
  await mail.deliverDue(organizationId);
  assert.deepEqual([await stateOf(mail, sent), await stateOf(mail, late)], ['sent', 'given-up']);
  assert.equal((await rowOf(late))['sent_at'], null);
  assert.equal((await rowOf(sent))['given_up_at'], null);
  assert.equal((await rowOf(late))['tries'], 1, 'nobody took it up again');
  assert.equal(office.letters.length, 1);
});

test('a letter that was taken back is not sent', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  const id = await send(mail);
  await world.database.act(systemReach(world.organizationId), (tx) => mail.takeBack(tx, world.organizationId, id));
  await mail.deliverDue(world.organizationId);
  assert.equal(office.letters.length, 0);
});

test('an address that the mail server does not know is given up at once; others go on', async () => {
  const office = await openPostOffice({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('taras') ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done(),
  });
  const mail = mailOf(office);
  const lost = await send(mail);
  const found = await send(mail, { ...about(), to: world.cast.head.email });
  await mail.deliverDue(world.organizationId);
  assert.deepEqual([await stateOf(mail, lost), await stateOf(mail, found)], ['given-up', 'sent']);
  assert.equal((await rowOf(lost))['fault'], 'EENVELOPE 550');
});

test('a mail server that is busy is asked again', async () => {
  let busy = true;
  const office = await openPostOffice({
    onRcptTo: (_address, _session, done) =>
      busy ? done(Object.assign(new Error('greylisted'), { responseCode: 451 })) : done(),
  });
  const mail = mailOf(office);
  const id = await send(mail);
  await mail.deliverDue(world.organizationId);
  assert.equal(await stateOf(mail, id), 'failing');
  busy = false;
  world.clock.move(minute);
  await mail.deliverDue(world.organizationId);
  assert.equal(await stateOf(mail, id), 'sent');
});

test('two nodes deliver a letter once', async () => {
  const office = await openPostOffice();
  const nodes = [mailOf(office), mailOf(office), mailOf(office)];
  for (let at = 0; at < 6; at += 1) await send(nodes[0]!);
  await Promise.all(nodes.map((node) => node.deliverDue(world.organizationId)));
  assert.equal(office.letters.length, 6);
  assert.equal(new Set(office.letters.map(({ raw }) => /^message-id: (.*)$/im.exec(raw)?.[1])).size, 6);
});

test('a slow mail server delays letters and holds no transaction', async () => {
  const office = await openPostOffice({ onMailFrom: (_address, _session, done) => setTimeout(done, 700) });
  const mail = mailOf(office);
  const id = await send(mail);
  const delivering = mail.deliverDue(world.organizationId);
  await new Promise((resolve) => setTimeout(resolve, 250));
  const open = await world.test.admin`
    SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;
  assert.equal(open[0]!['n'], 0);
  await delivering;
  assert.equal(await stateOf(mail, id), 'sent');
});

test('how the mail goes is told in numbers', async () => {
  const office = await openPostOffice();
  const mail = mailOf(office);
  await send(mail);
  await mail.deliverDue(world.organizationId);
  const status = await mail.status(world.organizationId);
  assert.equal(status.configured, true);
  assert.equal(status.from, 'crm@vezha.example');
  assert.ok(status.sentToday >= 1 && status.givenUpToday >= 1);
  assert.equal(status.waiting, 0);
});
