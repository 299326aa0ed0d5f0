/** Whoever looks for everything from one address finds it at once among many, and learns nothing of another company’s log by it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AuditQueryValue, EntryBody } from '#contract';
import { newId, newIdAt } from '#kernel';
import { reachOf } from '#protections/access';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { doerOf } from './entry.ts';
import { findLead, lookedAtMax, selectEntries } from './find-entries.ts';
import { countEntries, listEntries } from './read-entries.ts';
import { findCircumstances } from './same-circumstances.ts';
import { indexEntries } from './tree/index-entries.ts';
import { logKeyFrom } from './tree/log-key.ts';
import { sealEntries } from './tree/seal-entries.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

type From = { address: string | null; device: string | null; requestId: string | null };

async function record(from: From, organizationId = world.organizationId): Promise<string> {
  const id = newId();
  const seals = await world.keyring.of(organizationId);
  const doer = { ...doerOf(world.cast.manager.actor), organizationId, ...from };
  await world.database.act(systemReach(organizationId), (tx) =>
    world.auditLog.record(tx, seals, doer, { event: 'contact.read.denied', id, refused: 'access.denied' }),
  );
  return id;
}

const found = async (query: AuditQueryValue): Promise<string[]> => {
  const reach = reachOf(world.cast.auditor.actor, 'audit.read');
  return (await listEntries(world.database, world.keyring, reach, query)).rows.map(({ id }) => id).toReversed();
};

test('one entry leads to all of the same request, address, network and device, and to no others', async () => {
  const here = await record({ address: '198.51.100.9', device: 'Safari, iOS', requestId: 'r-1' });
  const sameRequest = await record({ address: '203.0.113.4', device: 'Edge, Windows', requestId: 'r-1' });
  const neighbour = await record({ address: '198.51.100.77', device: 'Edge, Windows', requestId: 'r-2' });
  await record({ address: '198.51.10.9', device: 'Edge, Windows', requestId: 'r-3' });
  await record({ address: '198.51.101.9', device: 'Edge, Windows', requestId: 'r-4' });
  const again = await record({ address: '198.51.100.9', device: 'Safari, iOS', requestId: 'r-5' });
  assert.deepEqual(await found({ requestOf: here }), [here, sameRequest]);
  assert.deepEqual(await found({ addressOf: here }), [here, again]);
  assert.deepEqual(await found({ networkOf: here }), [here, neighbour, again]);
  assert.deepEqual(await found({ deviceOf: here }), [here, again]);
  assert.deepEqual(await found({ networkOf: here, deviceOf: neighbour }), [neighbour], 'together they narrow');
  assert.deepEqual(await found({ networkOf: here, outcome: 'done' }), []);
});

test('an entry without an address has no neighbours, and not everybody else without one', async () => {
  const nowhere = await record({ address: null, device: null, requestId: null });
  for (const name of ['requestOf', 'addressOf', 'networkOf', 'deviceOf'] as const) {
    assert.deepEqual(await found({ [name]: nowhere }), [], name);
  }
});

test('an entry of another company names nothing, just as one that never was', async () => {
  const theirs = await record(
    { address: '198.51.100.9', device: 'Safari, iOS', requestId: 'r-1' },
    world.otherOrganizationId,
  );
  for (const name of ['requestOf', 'addressOf', 'networkOf', 'deviceOf'] as const) {
    for (const id of [theirs, newId()]) await assert.rejects(found({ [name]: id }), { code: 'audit.not_found' });
  }
});

test('a stretch of time is found by the moment of its entries, also when the clock was set forth and back by days', async () => {
  const { admin } = world.test;
  const moments = ['2024-05-01T10:00:00Z', '2024-05-01T10:00:30Z', '2024-05-03T00:00:00Z', '2024-05-01T09:59:59.999Z'];
  const ids = [newIdAt(Date.parse(moments[0]!)), newIdAt(Date.parse(moments[1]!) + 30_000), newId(), newId()];
  for (const [nth, id] of ids.entries()) {
    const bytes = await bytesOfAnother(id, moments[nth]!);
    await admin`INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
      VALUES (${world.organizationId}, ${id}, ${moments[nth]!}, 'system', 'audit.listed', 'done', '{}', ${bytes})`;
    // All four, for what is named there and did not stray is not found twice.
    await admin`INSERT INTO audit_strays (organization_id, entry_id) VALUES (${world.organizationId}, ${id})`;
  }
  assert.deepEqual(await found({ from: moments[0]!, to: '2024-05-02T00:00:00Z' }), [ids[0], ids[1]]);
  assert.deepEqual(await found({ from: moments[0]!, to: '2024-05-04T00:00:00Z' }), [ids[0], ids[1], ids[2]]);
  assert.deepEqual(await found({ to: moments[0]! }), [ids[3]], 'up to, and not with');
  assert.deepEqual(await found({ to: moments[1]! }), [ids[0], ids[3]]);
  assert.deepEqual(await found({ from: moments[1]!, to: '2024-06-01T00:00:00Z' }), [ids[1], ids[2]]);
});

async function bytesOfAnother(id: string, at: string): Promise<Buffer> {
  const [row] = await world.test.admin`SELECT bytes FROM audit_entries
    WHERE organization_id = ${world.organizationId} ORDER BY id LIMIT 1`;
  const body = JSON.parse((row!['bytes'] as Buffer).toString('utf8')) as EntryBody;
  return Buffer.from(JSON.stringify({ ...body, id, at, actor: { id: null, role: null, name: null } }));
}

test('among many entries each filter reads a page from an index, as the app under row-level security', async () => {
  const rare = await record({ address: '192.0.2.1', device: 'Старий телефон', requestId: 'r-rare' });
  await fillLog(world, 20_000);
  await index();
  const reach = reachOf(world.cast.auditor.actor, 'audit.read');
  const sessionId = newId();
  const queries: AuditQueryValue[] = [
    {},
    { requestOf: rare },
    { addressOf: rare },
    { networkOf: rare },
    { deviceOf: rare },
    { sessionId },
    { event: 'contact.erased' },
    { actorId: world.cast.former.personId },
    { outcome: 'refused' },
    { to: '2020-01-01T00:00:00Z' },
    { from: '2090-01-01T00:00:00Z' },
    { to: '2020-01-01T00:00:00Z', actorId: world.cast.manager.personId },
    { from: '2090-01-01T00:00:00Z', event: 'contact.opened' },
  ];
  for (const query of queries) {
    const plan = await world.database.read(reach, async (tx) => {
      const same = await findCircumstances(tx, reach, query);
      const lead = await findLead(tx, reach, query, same, null);
      return tx`EXPLAIN (ANALYZE, TIMING OFF) ${selectEntries(tx, reach, query, same, lead, 51)}`;
    });
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    assert.match(text, /Index Scan|Index Only Scan|Bitmap Index Scan/, JSON.stringify(query));
    assert.doesNotMatch(text, /Seq Scan/, JSON.stringify(query));
    const removed = [...text.matchAll(/Rows Removed by Filter: (\d+)/g)].reduce((sum, one) => sum + Number(one[1]), 0);
    assert.ok(removed < 1_000, `${JSON.stringify(query)} passes over ${removed} entries`);
  }
});

test('what never happened together is looked for in steps, none of which passes over the whole log, and all of which find what is there', async () => {
  const { former, manager } = world.cast;
  const { admin } = world.test;
  const { organizationId } = world;
  const many = lookedAtMax * 2 + 500;
  await admin`INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, actor_id, subject_ids, address, device, bytes)
    SELECT ${organizationId}, uuidv7(), now(), 'data', 'contact.listed', 'done', ${former.personId}, '{}', '10.9.0.' || n % 200, 'Firefox, Linux', '{}'
    FROM generate_series(1, ${many}::int) AS n`;
  // One that is both lies behind all of them.
  const [first] = await admin`SELECT id, at FROM audit_entries
    WHERE organization_id = ${organizationId} AND event = 'contact.opened' ORDER BY id LIMIT 1`;
  const wanted = first!['id'] as string;
  const bytes = await bytesOfAnother(wanted, (first!['at'] as Date).toISOString());
  await admin`UPDATE audit_entries SET actor_id = ${former.personId}, bytes = ${bytes} WHERE id = ${wanted}`;
  await admin`UPDATE audit_index SET actor_id = ${former.personId} WHERE id = ${wanted}`;
  await index();
  const reach = reachOf(world.cast.auditor.actor, 'audit.read');
  const query = { actorId: former.personId, event: 'contact.opened' };
  const counted = await countEntries(world.database, reach, query);
  assert.equal(counted.more, true, 'it is said that not everything was looked at');
  assert.match(String(counted.lookedTo), /^20\d\d-/);
  const seen: string[] = [];
  let steps = 0;
  for (let cursor: string | null = ''; cursor !== null; steps += 1) {
    const before = cursor === '' ? null : cursor;
    const plan = await world.database.read(reach, async (tx) => {
      const lead = await findLead(tx, reach, query, [], before);
      return tx`EXPLAIN (ANALYZE, TIMING OFF) ${selectEntries(tx, reach, query, [], lead, 51)}`;
    });
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    const removed = [...text.matchAll(/Rows Removed by Filter: (\d+)/g)].reduce((sum, one) => sum + Number(one[1]), 0);
    assert.ok(removed <= lookedAtMax + 1, `a step passes over ${removed} entries`);
    const page = await listEntries(world.database, world.keyring, reach, {
      ...query,
      ...(before !== null && { cursor: before }),
    });
    assert.equal(page.next === null, page.lookedTo === null);
    seen.push(...page.rows.map(({ id }) => id));
    cursor = page.next;
  }
  assert.deepEqual(seen, [wanted]);
  assert.ok(steps > 1 && steps < 5, `${steps} steps`);
  assert.deepEqual(await countEntries(world.database, reach, { actorId: manager.personId, event: 'contact.erased' }), {
    count: 0,
    more: false,
    lookedTo: null,
  });
  const most = await countEntries(world.database, reach, { actorId: former.personId });
  assert.deepEqual(most, { count: 10_000, more: true, lookedTo: null });
});

/** Entries as the log of a year holds them; written by the database itself, for their bytes do not matter here. */
async function fillLog({ test: { admin }, organizationId, cast }: World, count: number): Promise<void> {
  await admin`INSERT INTO audit_entries
      (organization_id, id, at, level, event, outcome, actor_id, session_id, subject_ids, request_id, address, device, bytes)
    SELECT ${organizationId}, uuidv7(), now(), 'data', 'contact.opened', 'done', ${cast.manager.personId},
      md5((n / 50)::text)::uuid, '{}', md5((n / 2)::text), '10.1.' || n % 3 || '.' || n % 200, 'Firefox, Linux', '{}'
    FROM generate_series(1, ${count}::int) AS n`;
}

/** Entries get their places and are indexed, as a second later. */
async function index(): Promise<void> {
  const { database, clock, organizationId } = world;
  await sealEntries({ database, logKey: logKeyFrom(ed25519Pair().seed), clock }, organizationId, {}, 100_000);
  await indexEntries(database, organizationId);
  await world.test.admin`ANALYZE audit_entries, audit_index`;
}
