/** An act and its entry in one statement: both or neither, and whoever fails says so in its own words. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlStatement, Transaction } from '#database';
import { allSent, sendStatement } from '#database';
import { newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { Doer, Happening } from './entry.ts';
import { doerOf } from './entry.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

/** The act with one statement, and the events that the log has got since. */
const actWith = (statement: SqlStatement, facts: Record<string, unknown> = {}) =>
  acted(facts, (tx, ...entry) => world.auditLog.recordWith(tx, statement, ...entry));

/** The entry with others beside it. */
const recordAlong = (along: readonly SqlStatement[], facts: Record<string, unknown> = {}) =>
  acted(facts, (tx, ...entry) => world.auditLog.record(tx, ...entry, along));

async function acted(
  facts: Record<string, unknown>,
  act: (tx: Transaction, seals: OrganizationSeals, doer: Doer, what: Happening) => Promise<void>,
) {
  const { organizationId, database, keyring, cast, test: own } = world;
  const seals = await keyring.of(organizationId);
  const since = newId();
  const acting = database.act(systemReach(organizationId), (tx) =>
    act(tx, seals, doerOf(cast.owner.actor), { event: 'organization.updated', facts }),
  );
  const failure = await acting.then(
    () => undefined,
    (error: Error & { code?: string; table_name?: string }) => error,
  );
  const rows = await own.admin`SELECT event FROM audit_entries WHERE id > ${since} ORDER BY id`;
  return { failure, events: rows.map((row) => row['event'] as string) };
}

const sealedAs = async () =>
  (await world.test.admin`SELECT sealed FROM organizations WHERE organization_id = ${world.organizationId}`)[0]![
    'sealed'
  ] as Buffer;
const change = (bytes: Buffer, organizationId = world.organizationId) => ({
  text: 'UPDATE organizations SET sealed = $1 WHERE organization_id = $2',
  values: [bytes, organizationId],
});

test('the row and its entry are written by one statement', async () => {
  const { failure, events } = await actWith(change(Buffer.from('one')));
  assert.equal(failure, undefined);
  assert.deepEqual(events, ['organization.updated']);
  assert.equal(String(await sealedAs()), 'one');
});

test('an entry too long for one goes on beside, and the act is done once', async () => {
  const { failure, events } = await actWith(change(Buffer.from('two')), { text: 'ї'.repeat(40_000) });
  assert.equal(failure, undefined);
  assert.equal(events[0], 'organization.updated');
  assert.ok(events.length > 1);
  assert.ok(events.slice(1).every((event) => event === 'audit.continued'));
  assert.equal(String(await sealedAs()), 'two');
});

test('an act that changed no row fails and leaves no entry, however long it is', async () => {
  for (const facts of [{}, { text: 'ї'.repeat(40_000) }]) {
    const { failure, events } = await actWith(change(Buffer.from('nobody'), newId()), facts);
    assert.equal(failure?.code, 'server.failed');
    assert.deepEqual(events, []);
  }
});

test('an act that the database refuses fails as it would by itself, and leaves no entry', async () => {
  const empty = { text: 'UPDATE organizations SET sealed = $1', values: [null] };
  const broken = await actWith(empty);
  assert.deepEqual([broken.failure?.code, broken.failure?.table_name], ['23502', 'organizations']);
  const add = 'INSERT INTO organizations (organization_id, sealed) VALUES ($1, $2)';
  const ofOthers = await actWith({ text: add, values: [newId(), Buffer.alloc(1)] });
  assert.equal(ofOthers.failure?.code, '42501');
  assert.deepEqual([...broken.events, ...ofOthers.events], []);
});

test('an entry of a clock that was set is named as one that strayed, by whatever way it was written, and no other is', async () => {
  const { organizationId, auditLog, cast, clock, test: own } = world;
  const doer = doerOf(cast.owner.actor);
  const long = { text: 'ї'.repeat(40_000) };
  const ways: (() => Promise<unknown>)[] = [
    () => actWith(change(Buffer.from('one'))),
    () => actWith(change(Buffer.from('two')), long),
    () => recordAlong([]),
    () => recordAlong([change(Buffer.from('three'))]),
    () => recordAlong([change(Buffer.from('four'))], long),
    () => auditLog.recordAlone(doer, { event: 'organization.updated' }),
    () => auditLog.noteRead(doer, { event: 'contact.opened', subjectIds: [newId()] }).then(() => auditLog.flush()),
  ];
  const set = (to: number) => clock.move(to - clock.now().getTime());
  const before = clock.now().getTime();
  for (const [moved, strays] of [
    [-61_000, true],
    [-50_000, false],
    [50_000, false],
    [61_000, true],
  ] as const) {
    for (const [nth, write] of ways.entries()) {
      const since = newId();
      set(Date.now() + moved);
      await write();
      const rows = await own.admin`SELECT s.entry_id IS NOT NULL AS named FROM audit_entries e
        LEFT JOIN audit_strays s ON s.organization_id = e.organization_id AND s.entry_id = e.id
        WHERE e.organization_id = ${organizationId} AND e.id > ${since}`;
      assert.ok(rows.length > 0, `way ${nth} wrote`);
      assert.ok(
        rows.every((row) => row['named'] === strays),
        `way ${nth}, moved by ${moved}`,
      );
    }
  }
  set(before);
});

test('an entry that cannot be named as one that strayed is not written, nor its act done', async () => {
  const { admin } = world.test;
  const before = String(await sealedAs());
  world.clock.move(-3_600_000);
  await admin.unsafe('ALTER TABLE audit_strays ADD CONSTRAINT wall CHECK (false) NOT VALID');
  try {
    for (const act of [
      () => actWith(change(Buffer.from('unseen'))),
      () => recordAlong([change(Buffer.from('unseen'))]),
      () => recordAlong([]),
    ]) {
      const { failure, events } = await act();
      assert.equal(failure?.code, 'audit.not_written');
      assert.deepEqual(events, []);
    }
  } finally {
    await admin.unsafe('ALTER TABLE audit_strays DROP CONSTRAINT wall');
    world.clock.move(3_600_000);
  }
  assert.equal(String(await sealedAs()), before);
});

test('an entry that the database refuses takes the act along, and says that the log was not written', async () => {
  const { admin } = world.test;
  const before = String(await sealedAs());
  const walls = [
    [
      'ALTER TABLE audit_entries ADD CONSTRAINT wall CHECK (false) NOT VALID',
      'ALTER TABLE audit_entries DROP CONSTRAINT wall',
    ],
    [
      'ALTER DOMAIN audit_outcome ADD CONSTRAINT wall CHECK (false) NOT VALID',
      'ALTER DOMAIN audit_outcome DROP CONSTRAINT wall',
    ],
    [
      'ALTER POLICY audit_entries_append ON audit_entries WITH CHECK (false)',
      'ALTER POLICY audit_entries_append ON audit_entries WITH CHECK (organization_id = lubart_organization() AND written_in = pg_current_xact_id())',
    ],
  ] as const;
  for (const [close, open] of walls) {
    await admin.unsafe(close);
    try {
      const { failure, events } = await actWith(change(Buffer.from('unseen')));
      assert.equal(failure?.code, 'audit.not_written', close);
      assert.deepEqual(events, []);
    } finally {
      await admin.unsafe(open);
    }
    assert.equal(String(await sealedAs()), before);
  }
});

test('an entry that falls with a statement before it does not say that the log was not written', async () => {
  const empty = { text: 'UPDATE organizations SET sealed = $1', values: [null] };
  for (const facts of [{}, { text: 'ї'.repeat(40_000) }]) {
    const { failure, events } = await acted(facts, async (tx, ...entry) => {
      const behind = sleep(0).then(() => world.auditLog.record(tx, ...entry));
      await allSent([behind, sendStatement(tx, empty)]);
    });
    assert.deepEqual([failure?.code, failure?.table_name], ['23502', 'organizations']);
    assert.deepEqual(events, []);
  }
});

const renamed = (text: string) => ({
  text: 'UPDATE people SET language = $1 WHERE organization_id = $2 AND language <> $1',
  values: [text, world.organizationId],
});
const languages = async () =>
  (await world.test.admin`SELECT DISTINCT language FROM people WHERE organization_id = ${world.organizationId}`).map(
    (row) => row['language'] as string,
  );

test('what happens along with an entry is done in one statement with it, found or not, however long the entry is', async () => {
  for (const [facts, sealed, language] of [
    [{}, 'along', 'en'],
    [{ text: 'ї'.repeat(40_000) }, 'beside', 'uk'],
  ] as const) {
    const nothing = change(Buffer.from('nobody'), newId());
    const { failure, events } = await recordAlong([nothing, renamed(language), change(Buffer.from(sealed))], facts);
    assert.equal(failure, undefined);
    assert.equal(events[0], 'organization.updated');
    assert.equal(String(await sealedAs()), sealed);
    assert.deepEqual(await languages(), [language]);
  }
});

test('one of those that happen along fails in its own words and takes the others and the entry back', async () => {
  const [sealed, spoken] = [String(await sealedAs()), await languages()];
  for (const facts of [{}, { text: 'ї'.repeat(40_000) }]) {
    const empty = { text: 'UPDATE organizations SET sealed = $1', values: [null] };
    const { failure, events } = await recordAlong([renamed('en'), empty], facts);
    assert.deepEqual([failure?.code, failure?.table_name], ['23502', 'organizations']);
    assert.deepEqual(events, []);
  }
  await world.test.admin.unsafe('ALTER TABLE audit_entries ADD CONSTRAINT wall CHECK (false) NOT VALID');
  try {
    const { failure, events } = await recordAlong([renamed('en'), change(Buffer.from('unseen'))]);
    assert.equal(failure?.code, 'audit.not_written');
    assert.deepEqual(events, []);
  } finally {
    await world.test.admin.unsafe('ALTER TABLE audit_entries DROP CONSTRAINT wall');
  }
  assert.deepEqual([String(await sealedAs()), await languages()], [sealed, spoken]);
});
