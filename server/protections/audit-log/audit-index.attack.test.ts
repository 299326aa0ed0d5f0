/** The index of the log: it hides nothing that is not in it yet, nobody writes it but the log itself, and who spoils it is seen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AuditQueryValue } from '#contract';
import { newId } from '#kernel';
import { reachOf } from '#protections/access';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { doerOf } from './entry.ts';
import { countEntries, listEntries } from './read-entries.ts';
import { toldLately } from './told-lately.ts';
import { indexEntries, mendIndex } from './tree/index-entries.ts';
import { logKeyFrom } from './tree/log-key.ts';
import { treePosture } from './tree/posture.ts';
import { sealEntries } from './tree/seal-entries.ts';

let world: World;
before(async () => {
  world = await openWorld();
  // Ids are of the clock on the wall; by another one every entry would have strayed.
  world.clock.move(Date.now() - world.clock.now().getTime());
});
after(() => world.close());

const logKey = logKeyFrom(ed25519Pair().seed);
const seal = () =>
  sealEntries({ database: world.database, logKey, clock: world.clock }, world.organizationId, {}, 100_000);
const index = () => indexEntries(world.database, world.organizationId);
const indexSome = (many: number) =>
  world.database.act(systemReach(world.organizationId), (tx) => tx`SELECT lubart_index_entries(${many})`);

const people = ['owner', 'manager', 'former'] as const;
const client = newId();
const session = newId();

/** Entries of several people, addresses, sessions and outcomes, about a client and not. */
async function record(many: number): Promise<void> {
  const { auditLog, cast, clock } = world;
  for (let at = 0; at < many; at += 1) {
    const { actor } = cast[people[at % people.length]!];
    const doer = {
      ...doerOf({ ...actor, sessionId: at % 4 === 0 ? session : actor.sessionId }),
      address: `198.51.100.${at % 5}`,
      device: at % 3 === 0 ? 'Firefox, Linux' : 'Safari, iOS',
      requestId: `r-${at % 7}`,
    };
    // One in nine strayed: its clock was set.
    clock.move(at % 9 === 0 ? -120_000 : 0);
    await auditLog.recordAlone(doer, {
      event: at % 2 === 0 ? 'contact.opened' : 'contact.updated',
      subjectKind: 'contact',
      subjectIds: at % 2 === 0 ? [client] : [newId()],
      ...(at % 6 === 0 ? { refused: 'access.denied' } : {}),
    });
    clock.move(at % 9 === 0 ? 120_000 : 0);
  }
}

async function everything(): Promise<Record<string, unknown>> {
  const { database, keyring, cast, organizationId } = world;
  const reach = reachOf(cast.auditor.actor, 'audit.read');
  const one = (await listEntries(database, keyring, reach, { event: 'contact.updated' })).rows.at(-1)!.id;
  const ago = (millis: number) => new Date(world.clock.now().getTime() - millis).toISOString();
  const [since, hourAgo] = [ago(90_000), ago(3_600_000)];
  const queries: AuditQueryValue[] = [
    {},
    { event: 'contact.opened' },
    { level: 'data' },
    { outcome: 'refused' },
    { actorId: cast.manager.personId },
    { actorId: cast.manager.personId, event: 'contact.updated' },
    { sessionId: session },
    { subjectId: client },
    { subjectId: client, outcome: 'refused' },
    { requestOf: one },
    { addressOf: one, event: 'contact.updated' },
    { networkOf: one },
    { deviceOf: one },
    { from: since },
    { from: hourAgo, event: 'contact.updated' },
    { to: since, event: 'contact.opened' },
  ];
  const found: Record<string, unknown> = {};
  for (const query of queries) {
    const page = await listEntries(database, keyring, reach, query);
    const { count } = await countEntries(database, reach, query);
    const { to, from, ...words } = query;
    const name = JSON.stringify({ ...words, to: to === since, from: from === since, within: from === hourAgo });
    found[name] = { ids: page.rows.map(({ id }) => id), count };
  }
  found['told'] = await database.read(systemReach(organizationId), (tx) =>
    toldLately(tx, organizationId, { event: 'contact.updated', hours: 1, now: world.clock.now() }),
  );
  return found;
}

type Ask = (text: TemplateStringsArray, ...values: string[]) => PromiseLike<readonly object[]>;
const countsOf = async (sql: Ask = world.test.admin) => {
  const [row] = await sql`SELECT
      (SELECT count(*)::int FROM audit_index WHERE organization_id = ${world.organizationId}) AS indexed,
      (SELECT count(*)::int FROM audit_entries WHERE organization_id = ${world.organizationId}) AS entries`;
  return row as unknown as { indexed: number; entries: number };
};

test('what is found does not depend on how far the log is indexed', async () => {
  await record(63);
  const none = await everything();
  assert.equal((await countsOf()).indexed, 0);
  for (const [query, found] of Object.entries(none))
    assert.ok(found === true || (found as { count: number }).count > 0, `${query} finds something`);
  await seal();
  assert.deepEqual(await everything(), none, 'sealed, not indexed');
  await indexSome(40);
  assert.equal((await countsOf()).indexed, 40);
  assert.deepEqual(await everything(), none, 'indexed in part');
  await index();
  const { indexed, entries } = await countsOf();
  assert.equal(indexed, entries);
  assert.deepEqual(await everything(), none, 'indexed');
  await record(9);
  const more = await everything();
  await seal();
  await index();
  assert.deepEqual(await everything(), more, 'indexed, and again');
});

test('an entry of this very act is told, though nobody else sees it yet', async () => {
  const { database, auditLog, keyring, organizationId, cast, clock } = world;
  const seals = await keyring.of(organizationId);
  const told = await database.act(systemReach(organizationId), async (tx) => {
    const asked = { event: 'organization.updated', hours: 1, now: clock.now() } as const;
    const before = await toldLately(tx, organizationId, asked);
    await auditLog.record(tx, seals, doerOf(cast.owner.actor), { event: 'organization.updated' });
    return [before, await toldLately(tx, organizationId, asked)];
  });
  assert.deepEqual(told, [false, true]);
});

test('what a long transaction keeps from being known as sealed is found once', async () => {
  await world.test.admin.begin(async (long) => {
    await long`SELECT pg_current_xact_id()`;
    await record(9);
    const found = await everything();
    await seal();
    assert.deepEqual(await everything(), found, 'sealed');
    await index();
    assert.deepEqual(await everything(), found, 'indexed');
  });
});

test('who indexes at the same time indexes each entry once', async () => {
  await record(30);
  await seal();
  await Promise.all(Array.from({ length: 5 }, () => index()));
  await index();
  const { indexed, entries } = await countsOf();
  assert.equal(indexed, entries);
});

test('who finds another at it leaves it to them', async () => {
  await record(3);
  await seal();
  const before = await countsOf();
  await world.test.admin.begin(async (other) => {
    await other`SELECT places FROM audit_indexed FOR UPDATE`;
    await index();
    assert.deepEqual(await countsOf(other), before);
  });
  await index();
  assert.equal((await countsOf()).indexed, before.entries);
});

test('the app cannot write the index, nor say how far it is', async () => {
  const statements = [
    `INSERT INTO audit_index SELECT * FROM audit_index`,
    `UPDATE audit_index SET event = 'contact.listed'`,
    `DELETE FROM audit_index`,
    `TRUNCATE audit_index`,
    `UPDATE audit_indexed SET places = 1000000`,
    `INSERT INTO audit_indexed VALUES ('${newId()}', 1000000)`,
    `DELETE FROM audit_indexed`,
  ];
  for (const statement of statements) {
    const attack = world.database.act(systemReach(world.organizationId, 'all'), (tx) => tx.unsafe(statement));
    await assert.rejects(attack, { code: '42501' }, statement);
  }
});

test('another company’s entries are neither indexed nor found', async () => {
  const { database, auditLog, cast, otherOrganizationId, organizationId } = world;
  await auditLog.recordAlone(
    { ...doerOf(cast.outsider.actor), organizationId: otherOrganizationId },
    { event: 'contact.opened', subjectIds: [client] },
  );
  const fresh = (reach: string) =>
    database.read(
      systemReach(reach, 'all'),
      (tx) => tx`SELECT DISTINCT organization_id AS id FROM lubart_fresh_entries()`,
    );
  assert.deepEqual(
    (await fresh(otherOrganizationId)).map(({ id }) => id),
    [otherOrganizationId],
  );
  assert.ok((await fresh(organizationId)).every(({ id }) => id === organizationId));
  const about = await database.read(
    systemReach(otherOrganizationId, 'all'),
    (tx) => tx`SELECT FROM lubart_find_audit_entries(${client}, NULL, 100)`,
  );
  assert.equal(about.length, 1);
  await sealEntries({ database, logKey, clock: world.clock }, otherOrganizationId);
  await index();
  const [others] = await world.test
    .admin`SELECT count(*)::int AS count FROM audit_index WHERE organization_id = ${otherOrganizationId}`;
  assert.equal(others!['count'], 0);
});

test('an index out of which something was taken, or that says something else, is named; it is made anew from the log', async () => {
  const { database, organizationId, test: own } = world;
  await seal();
  await index();
  const deps = { database, logKey, clock: world.clock, organizations: async () => [organizationId] };
  const check = treePosture(deps).find(({ id }) => id === 'audit-log.index_complete')!;
  assert.equal(await mendIndex(database, organizationId), false);
  assert.equal((await check.run()).ok, true);
  const newest = own.admin`(SELECT id FROM audit_index WHERE organization_id = ${organizationId} ORDER BY id DESC LIMIT 1)`;
  const oldest = own.admin`(SELECT id FROM audit_index WHERE organization_id = ${organizationId} ORDER BY id LIMIT 1)`;
  for (const spoil of [
    () => own.admin`DELETE FROM audit_index WHERE id = ${oldest}`,
    () => own.admin`UPDATE audit_index SET actor_id = NULL, event = 'contact.listed' WHERE id = ${newest}`,
    () => own.admin`UPDATE audit_index SET subject_ids = '{}' WHERE id = ${newest} OR true`,
    () => own.admin`UPDATE audit_index SET id = ${newId()} WHERE id = ${newest}`,
    () => own.admin`UPDATE audit_indexed SET places = places + 5 WHERE organization_id = ${organizationId}`,
  ]) {
    await spoil();
    const { ok, evidence } = await check.run();
    assert.equal(ok, false, `${String(spoil)} ${JSON.stringify(evidence)}`);
    assert.equal(await mendIndex(database, organizationId), true);
    assert.equal((await check.run()).ok, true);
  }
});
