/** Who wants to be unseen: edits the log, empties it, breaks the writing of it, or reads it without the right. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { EntryBody } from '#contract';
import type { Database } from '#database';
import { newId, Secret } from '#kernel';
import { reachOf } from '#protections/access';
import { openKeyring, rootKeyFrom, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { doerOf, openName } from './entry.ts';
import { listEntries, openEntry } from './read-entries.ts';
import { openAuditLog } from './record-entry.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

test('the app cannot change, remove or empty the log, not even as the system with the widest reach', async () => {
  const statements = [
    `UPDATE audit_entries SET event = 'contact.listed'`,
    `UPDATE audit_entries SET bytes = '' WHERE false`,
    `DELETE FROM audit_entries`,
    `TRUNCATE audit_entries`,
    `DROP TABLE audit_entries`,
    `ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY`,
    `CREATE RULE quiet AS ON INSERT TO audit_entries DO INSTEAD NOTHING`,
    `LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE`,
  ];
  const before = (await readEntries(world)).length;
  for (const statement of statements) {
    const attack = world.database.act(systemReach(world.organizationId, 'all'), (tx) => tx.unsafe(statement));
    await assert.rejects(attack, { code: '42501' }, statement);
  }
  assert.equal((await readEntries(world)).length, before);
});

test('an entry of a level or an outcome that nobody knows is refused by the database itself', async () => {
  const write = (level: string, outcome: string) =>
    world.database.act(
      systemReach(world.organizationId),
      (tx) => tx`
        INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
        VALUES (${world.organizationId}, ${newId()}, now(), ${level}, 'contact.opened', ${outcome}, '{}', '')`,
    );
  await assert.rejects(write('secret', 'done'), { code: '23514' });
  await assert.rejects(write('data', 'forgotten'), { code: '23514' });
  await assert.rejects(write('', ''), { code: '23514' });
});

test('an entry cannot be written into the log of another organization, nor read there', async () => {
  const seals = await world.keyring.of(world.organizationId);
  const doer = { ...doerOf(world.cast.outsider.actor), organizationId: world.organizationId };
  const attack = world.database.act(systemReach(world.otherOrganizationId, 'all'), (tx) =>
    world.auditLog.record(tx, seals, doer, { event: 'organization.updated' }),
  );
  await assert.rejects(attack, { code: 'audit.not_written' });
  const ours = (
    await world.test.admin`SELECT id FROM audit_entries WHERE organization_id = ${world.organizationId} LIMIT 1`
  )[0]!['id'];
  const theirReach = reachOf(world.cast.outsider.actor, 'audit.read');
  const opening = openEntry(
    world.database,
    world.keyring,
    theirReach,
    () => null,
    ours,
    async () => undefined,
    (_kind, changes) => changes,
  );
  await assert.rejects(opening, { code: 'audit.not_found' });
  const page = await listEntries(world.database, world.keyring, theirReach, { subjectId: world.cast.owner.personId });
  assert.deepEqual(page.rows, []);
});

test('who has no right to the log does not get as far as the log', () => {
  for (const who of [world.cast.head, world.cast.manager, world.cast.colleague]) {
    assert.throws(() => reachOf(who.actor, 'audit.read'), { code: 'access.denied' }, who.name);
  }
});

test('a name is sealed to whoever acted: put into an entry of somebody else it does not open', async () => {
  const { test, organizationId, keyring } = world;
  const rows = await test.admin`SELECT DISTINCT ON (actor_id) bytes FROM audit_entries
    WHERE organization_id = ${organizationId} AND actor_id IS NOT NULL ORDER BY actor_id, id DESC LIMIT 2`;
  const [first, second] = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
  const seals = await keyring.of(organizationId);
  assert.equal(typeof openName(seals, first!), 'string');
  const moved = { ...second!, actor: { ...second!.actor, name: first!.actor.name } };
  assert.throws(() => openName(seals, moved), { code: 'sealed.cannot_open' });
});

test('a name of the first form is sealed to its entry, opens there and nowhere else', async () => {
  const seals = await world.keyring.of(world.organizationId);
  const rows = await world.test.admin`SELECT bytes FROM audit_entries
    WHERE organization_id = ${world.organizationId} AND actor_id IS NOT NULL ORDER BY id LIMIT 1`;
  const body = JSON.parse((rows[0]!['bytes'] as Buffer).toString('utf8')) as EntryBody;
  const name = seals.seal(`audit_entries/${body.id}/actor`, 'Олена Коваленко').toString('base64');
  const old: EntryBody = { ...body, v: 1, actor: { ...body.actor, name } };
  assert.equal(openName(seals, old), 'Олена Коваленко');
  for (const other of [
    { ...old, id: newId() },
    { ...old, v: 2 as const },
  ])
    assert.throws(() => openName(seals, other), { code: 'sealed.cannot_open' });
});

test('breaking the writing does not help: notes wait, who reads on is stopped, and nothing is lost', async () => {
  let broken = true;
  const failing: Database = {
    ...world.database,
    act: (reach, work) => (broken ? Promise.reject(new Error('disk full')) : world.database.act(reach, work)),
  };
  const log = openAuditLog(failing, world.keyring, world.clock);
  const doer = doerOf(world.cast.manager.actor);
  const [a, b] = [newId(), newId()];
  await log.noteRead(doer, { event: 'contact.opened', subjectIds: [a] });
  await assert.rejects(log.flush(), /disk full/);
  await assert.rejects(
    log.noteRead(doer, { event: 'contact.opened', subjectIds: [b] }),
    /disk full/,
    'reading goes no further',
  );
  broken = false;
  await log.close();
  const rows = await world.test.admin`SELECT subject_ids FROM audit_entries WHERE event = 'contact.opened'`;
  const ids = rows.flatMap((row) => row['subject_ids'] as string[]);
  assert.deepEqual([ids.filter((id) => id === a).length, ids.filter((id) => id === b).length], [1, 1]);
});

test('a key that cannot be read just now costs no note', async () => {
  let broken = true;
  const keyring = {
    ...world.keyring,
    of: (id: string) => (broken ? Promise.reject(new Error('away')) : world.keyring.of(id)),
  };
  const log = openAuditLog(world.database, keyring, world.clock);
  const id = newId();
  await log.noteRead(doerOf(world.cast.manager.actor), { event: 'company.opened', subjectIds: [id] });
  await assert.rejects(log.flush(), /away/);
  broken = false;
  await log.flush();
  assert.equal(
    (await world.test.admin`SELECT 1 FROM audit_entries WHERE event = 'company.opened' AND ${id} = ANY (subject_ids)`)
      .length,
    1,
  );
});

test('a crowd of readers while the log stands still is stopped before memory is', async () => {
  const never = new Promise<never>(() => {});
  const log = openAuditLog({ ...world.database, act: () => never }, world.keyring, world.clock);
  const doer = doerOf(world.cast.manager.actor);
  const many = Array.from({ length: 50_001 }, () => newId());
  const note = log.noteRead(doer, { event: 'contact.listed', subjectIds: many });
  const first = await Promise.race([
    note.then(() => 'went on'),
    new Promise((resolve) => setTimeout(() => resolve('waits'), 300)),
  ]);
  assert.equal(first, 'waits');
});

test('a log under another root key says nothing about who did what', async () => {
  const thief = openKeyring(rootKeyFrom(new Secret(randomBytes(32))), world.database);
  const reading = listEntries(world.database, thief, systemReach(world.organizationId), {});
  await assert.rejects(reading, { code: 'start.keys_wrong' });
});

test('a cursor of one’s own invention is refused', async () => {
  const reach = reachOf(world.cast.owner.actor, 'audit.read');
  for (const cursor of ['', 'x', `' OR 1=1`, newId().toUpperCase()]) {
    await assert.rejects(
      listEntries(world.database, world.keyring, reach, { cursor }),
      { code: 'list.cursor_invalid' },
      cursor,
    );
  }
});
