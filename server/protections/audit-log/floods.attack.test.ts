/** Who refuses to stop: a flood of attempts neither fills the log nor hides a single attempt, on however many nodes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ManyAtOnce } from '#contract';
import type { Database } from '#database';
import { newId } from '#kernel';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { doerOf } from './entry.ts';
import type { Doer, Happening } from './entry.ts';
import type { AuditLog } from './record-entry.ts';
import { openAuditLog } from './record-entry.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const limit = { key: 'nobody', perMinuteMax: 20 };
const refused: Happening = { event: 'session.denied', refused: 'session.missing' };
const from = (address: string): Doer => ({
  organizationId: world.organizationId,
  actor: null,
  address,
  device: 'curl',
  requestId: newId(),
});
const node = (database: Database = world.database): AuditLog => openAuditLog(database, world.keyring, world.clock);

/** How many attempts the entries since `id` speak of, and in how many entries. */
async function counted(since: string, event = 'session.denied') {
  const rows = await world.test
    .admin`SELECT bytes FROM audit_entries WHERE event = ${event} AND id > ${since} ORDER BY id`;
  const facts = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')).facts as Partial<ManyAtOnce>);
  return { entries: rows.length, attempts: facts.reduce((sum, { times }) => sum + (times ?? 1), 0), facts };
}

test('two nodes under a flood: few entries, and together they speak of every attempt', async () => {
  const since = newId();
  const nodes = [node(), node()];
  const attempts = Array.from({ length: 1_500 }, (_, at) =>
    nodes[at % 2]!.refuse(from(`203.0.113.${at % 3}`), refused, limit),
  );
  await Promise.all(attempts);
  await Promise.all(nodes.map((one) => one.close())); // a stop writes what is gathered
  const { entries, attempts: said, facts } = await counted(since);
  assert.equal(said, 1_500);
  assert.equal(entries, 2 * (limit.perMinuteMax + 1));
  const many = facts.filter(({ times }) => times !== undefined) as (ManyAtOnce & { addresses: number })[];
  assert.deepEqual(
    many.map(({ times, addresses }) => [times, addresses]),
    [
      [730, 3],
      [730, 3],
    ],
  );
  for (const { firstAt, lastAt } of many) assert.ok(Date.parse(firstAt) <= Date.parse(lastAt));
});

test('one below, the limit, one above', async () => {
  for (const [attempts, entries] of [
    [19, 19],
    [20, 20],
    [21, 21],
    [25, 21],
  ] as const) {
    const since = newId();
    const log = node();
    for (let at = 0; at < attempts; at += 1) await log.refuse(from('203.0.113.7'), refused, limit);
    await log.flush();
    assert.deepEqual(await counted(since).then((said) => [said.entries, said.attempts]), [entries, attempts]);
  }
});

test('a quiet minute later the next attempt is an entry of its own again; others have a limit of their own', async () => {
  const since = newId();
  const log = node();
  for (let at = 0; at < 30; at += 1) await log.refuse(from('203.0.113.7'), refused, limit);
  await log.refuse(from('203.0.113.8'), refused, { ...limit, key: 'somebody' });
  world.clock.move(60_000);
  await log.refuse(from('203.0.113.7'), refused, limit);
  await log.flush();
  assert.deepEqual(await counted(since).then((said) => [said.entries, said.attempts]), [23, 32]);
});

test('while the log cannot be written nothing of the flood is forgotten', async () => {
  const since = newId();
  let broken = true;
  const log = node({
    ...world.database,
    act: (reach, work) => (broken ? Promise.reject(new Error('disk full')) : world.database.act(reach, work)),
  });
  const tries = await Promise.allSettled(
    Array.from({ length: 50 }, () => log.refuse(from('203.0.113.7'), refused, limit)),
  );
  assert.equal(tries.filter(({ status }) => status === 'rejected').length, limit.perMinuteMax, 'who tries is told so');
  await assert.rejects(log.flush(), /disk full/);
  await log.refuse(from('203.0.113.7'), refused, limit);
  broken = false;
  await log.flush();
  assert.equal((await counted(since)).attempts, 51);
});

test('what was tried is named: the clients of a probe, once each, and who it was', async () => {
  const since = newId();
  const log = node();
  const ids = Array.from({ length: 30 }, () => newId());
  for (const id of [...ids, ...ids])
    await log.refuse(
      doerOf(world.cast.manager.actor),
      { event: 'contact.missed', refused: 'contact.not_found', subjectKind: 'contact', subjectIds: [id] },
      { key: world.cast.manager.personId, perMinuteMax: 1 },
    );
  await log.flush();
  const rows = await world.test
    .admin`SELECT actor_id, subject_ids FROM audit_entries WHERE event = 'contact.missed' AND id > ${since} ORDER BY id`;
  assert.deepEqual(
    rows.map((row) => [row['actor_id'], (row['subject_ids'] as string[]).length]),
    [
      [world.cast.manager.personId, 1],
      [world.cast.manager.personId, 30],
    ],
  );
});
