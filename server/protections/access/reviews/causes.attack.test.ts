/**
 * One request starts a review. Weeks later the queue reminds, withdraws and closes; each entry and each letter says which request began
 * it. Whoever would pretend a cause, or name one of another company, cannot write it, and does not read it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EntryBody } from '#contract';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { Doer } from '#protections/audit-log';
import { doerOf, findCause, systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { openPostOffice } from '#test/post-office.ts';
import { prepared } from '#test/prepared.ts';
import { openNode, start } from './reviews.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld((await openPostOffice()).settings);
});
after(() => world.close());

const day = 86_400_000;
const bodies = async (organizationId = world.organizationId): Promise<EntryBody[]> => {
  const rows = await world.test
    .admin`SELECT bytes FROM audit_entries WHERE organization_id = ${organizationId} ORDER BY id`;
  return rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
};
const newest = async (event: string) => (await bodies()).findLast((one) => one.event === event)!;

test('one request is followed over jobs and letters to the last change that came of it', async () => {
  const house = openNode(world);
  const id = await start(house);
  const begun = await newest('review.started');
  assert.match(begun.request!, /^[0-9a-f-]{36}$/);
  await world.mail.deliverDue(world.organizationId);
  world.clock.move(8 * day);
  await house.reviews.goOn(world.organizationId);
  await world.mail.deliverDue(world.organizationId);
  world.clock.move(7 * day);
  await house.reviews.goOn(world.organizationId);
  const all = await bodies();
  const later = all.filter(({ request, cause }) => request === null && cause?.request === begun.request);
  const happened = new Map(later.map((one) => [one.event, one.cause!]));
  const job = { request: begun.request, entry: begun.id, job: 'review.go-on' };
  for (const event of ['review.reminded', 'person.role_changed', 'review.closed'])
    assert.deepEqual(happened.get(event), job, event);
  // A letter of the job follows from the entry of the job; that one from the request.
  const reminded = all.find(({ event, cause }) => event === 'review.reminded' && cause !== undefined)!;
  const letter = later.findLast(({ event }) => event === 'letter.sent')!;
  assert.deepEqual(letter.cause, { request: begun.request, entry: reminded.id, job: 'letter.deliver' });
  const first = later.find(({ event }) => event === 'letter.sent')!;
  assert.deepEqual(first.cause!.entry, begun.id, 'a letter of the request itself');
  const found = await world.test.admin`
    SELECT count(*)::int AS n FROM audit_entries WHERE organization_id = ${world.organizationId} AND request_id = ${begun.request}`;
  assert.ok(found[0]!['n'] >= later.length + 1, 'all are found by the request');
  assert.ok(all.find(({ event, subject }) => event === 'review.closed' && subject.ids.includes(id)));
});

/** Queues a letter in an act of its own, with an entry of that act. */
async function queueLetter(organizationId: string, doer: Doer): Promise<{ letter: string; entry: string }> {
  const entry = newId();
  const seals = await world.keyring.of(organizationId);
  const letter = await world.database.act(systemReach(organizationId), async (tx) => {
    await world.auditLog.record(tx, seals, doer, { event: 'person.invited', id: entry });
    return world.mail.send(tx, { organizationId, to: 'nova@vezha.example', subject: 'Лист', text: 'Текст' });
  });
  return { letter: letter!, entry };
}
const made = async (id: string) => {
  const [row] = await world.test.admin`SELECT id, written_in::text AS "writtenIn" FROM letters WHERE id = ${id}`;
  return row as { id: string; writtenIn: string };
};
const read = async <T>(work: (tx: Transaction) => Promise<T>, organizationId = world.organizationId) =>
  world.database.read(systemReach(organizationId, 'all'), work);

test('attack: the transaction that made a row is neither chosen nor changed by the program', async () => {
  const { organizationId } = world;
  const { letter } = await queueLetter(organizationId, doerOf(world.cast.owner.actor));
  const wanted = (await made(letter)).writtenIn;
  for (const table of ['letters', 'key_rotations', 'review_campaigns']) {
    await assert.rejects(
      world.database.act(
        systemReach(organizationId),
        prepared((tx) => tx.unsafe(`UPDATE ${table} SET written_in = '${wanted}'`)),
      ),
      { code: '42501' },
      table,
    );
    await assert.rejects(
      world.database.act(
        systemReach(organizationId),
        prepared((tx) =>
          tx.unsafe(`INSERT INTO ${table} (organization_id, written_in) VALUES ('${organizationId}', '${wanted}')`),
        ),
      ),
      { code: '42501' },
      table,
    );
  }
});

test('attack: a row that names a transaction of another company, or of another time, follows from nothing', async () => {
  const theirs = await queueLetter(world.otherOrganizationId, systemDoer(world.otherOrganizationId));
  const ours = await queueLetter(world.organizationId, doerOf(world.cast.owner.actor));
  const job = 'letter.deliver';
  const mine = await made(ours.letter);
  assert.equal((await read((tx) => findCause(tx, world.organizationId, job, mine)))?.entry, ours.entry);
  // Somebody with the rights of the database’s owner forged it.
  await world.test
    .admin`UPDATE letters SET written_in = ${(await made(theirs.letter)).writtenIn}::xid8 WHERE id = ${ours.letter}`;
  const forged = await made(ours.letter);
  assert.equal(await read((tx) => findCause(tx, world.organizationId, job, forged)), undefined);
  assert.equal(
    await read((tx) => findCause(tx, world.otherOrganizationId, job, forged)),
    undefined,
    'not by naming it',
  );
  await world.mail.deliverDue(world.organizationId);
  const sent = (await bodies()).findLast(
    ({ event, subject }) => event === 'letter.sent' && subject.ids[0] === ours.letter,
  )!;
  assert.equal(sent.cause, undefined);
  // A dump was restored: the same number of a transaction, at another time.
  const old = { id: '018f0000-0000-7000-8000-000000000000', writtenIn: mine.writtenIn };
  assert.equal(await read((tx) => findCause(tx, world.organizationId, job, old)), undefined);
});
