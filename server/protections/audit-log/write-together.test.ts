/** Entries of the same moment share a transaction; each is waited for, and one that fails takes no other along. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryBody, EventName } from '#contract';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { EntryRow } from './entry.ts';
import { doerOf } from './entry.ts';
import { openWriteTogether } from './write-together.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const row = (id: string) => ({ id }) as EntryRow;

test('those that come while one is on its way are written in the next transaction, and nobody is told before', async () => {
  const written: string[][] = [];
  const committed = new Set<string>();
  const together = openWriteTogether(async (_, rows) => {
    written.push(rows.map(({ id }) => id));
    await sleep(20);
    for (const { id } of rows) committed.add(id);
  });
  const give = async (id: string) => {
    await together('one', [row(id)]);
    assert.ok(committed.has(id), `${id} was told before it was committed`);
  };
  const first = give('a');
  await sleep(5);
  await Promise.all([first, give('b'), give('c'), give('d')]);
  await give('e');
  assert.deepEqual(written, [['a'], ['b', 'c', 'd'], ['e']]);
});

test('organizations do not wait for one another, and no transaction grows without a bound', async () => {
  const sizes: number[] = [];
  const together = openWriteTogether(async (organizationId, rows) => {
    if (organizationId === 'stuck') return new Promise(() => {});
    sizes.push(rows.length);
  });
  void together('stuck', [row('x')]);
  await Promise.all(Array.from({ length: 600 }, (_, at) => together('free', [row(String(at))])));
  assert.deepEqual(sizes, [256, 256, 88]);
});

test('an entry that cannot be written fails alone', async () => {
  const kept: string[] = [];
  const together = openWriteTogether(async (_, rows) => {
    await sleep(1);
    if (rows.some(({ id }) => id === 'bad')) throw new Error('this one is not written');
    kept.push(...rows.map(({ id }) => id));
  });
  const results = await Promise.allSettled(['a', 'bad', 'b', 'c'].map((id) => together('one', [row(id)])));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
  assert.deepEqual(kept.toSorted(), ['a', 'b', 'c']);
});

test('forty refusals at once are forty entries in a few transactions; inside an act none may be waited for', async () => {
  const { manager } = world.cast;
  const refused = { event: 'sso.denied', refused: 'access.denied' } as const;
  const one = () => world.auditLog.recordAlone(doerOf(manager.actor), refused);
  await Promise.all(Array.from({ length: 40 }, one));
  const [counted] = await world.test.admin`
    SELECT count(*)::int AS entries, count(DISTINCT written_in)::int AS transactions FROM audit_entries
    WHERE organization_id = ${world.organizationId} AND event = 'sso.denied'`;
  assert.equal(counted!['entries'], 40);
  assert.ok(Number(counted!['transactions']) <= 5, String(counted!['transactions']));
  const inside = world.database.act(systemReach(world.organizationId), async () => one());
  await assert.rejects(inside, { code: 'server.failed' });
});

test('what is written together reads as if it had been written alone, whatever stands in it', async () => {
  const { manager } = world.cast;
  const awkward = [
    'null',
    'NULL',
    '',
    '{}',
    '{"а","б"}',
    '\\',
    '\\"',
    `'; DROP TABLE audit_entries; --`,
    '漢😀\n\t',
    '\u001e',
    '"\u001e"\\u001e',
    null,
  ];
  const doers = awkward.map((text, at) => ({
    ...doerOf(manager.actor),
    address: text,
    device: text,
    requestId: at % 2 === 0 ? text : null,
  }));
  const subjectIds = [newId(), newId()];
  const write = (event: EventName, at: number) =>
    world.auditLog.recordAlone(doers[at]!, {
      event,
      subjectIds: at % 3 === 0 ? [] : subjectIds,
      facts: { text: awkward[at] },
    });
  await Promise.all(doers.map((_, at) => write('sso.provider_deleted', at)));
  for (const at of doers.keys()) await write('sso.provider_created', at);
  const bytesOf = async (event: EventName) =>
    (
      await world.test.admin`SELECT convert_from(bytes, 'UTF8') AS text FROM audit_entries
        WHERE organization_id = ${world.organizationId} AND event = ${event} ORDER BY id`
    ).map((row) => {
      const { facts, subject, address, device, request } = JSON.parse(row['text'] as string) as EntryBody;
      return JSON.stringify([facts, subject, address, device, request]);
    });
  assert.deepEqual(
    (await bytesOf('sso.provider_deleted')).toSorted(),
    (await bytesOf('sso.provider_created')).toSorted(),
  );
  const rows = await world.test.admin`
    SELECT id, at, level, outcome, actor_id, subject_ids, address, device, request_id, written_in, bytes FROM audit_entries
    WHERE organization_id = ${world.organizationId} AND event = 'sso.provider_deleted'`;
  assert.equal(new Set(rows.map((row) => row['written_in'])).size < awkward.length, true);
  const said = rows.map((row) => {
    const body = JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody;
    assert.equal(JSON.stringify(body), (row['bytes'] as Buffer).toString('utf8'));
    const { id, address, device, request, subject, level, outcome, actor } = body;
    const beside = [id, address, device, request, subject.ids, level, outcome, actor.id];
    const columns = ['id', 'address', 'device', 'request_id', 'subject_ids', 'level', 'outcome', 'actor_id'];
    assert.deepEqual(
      columns.map((name) => row[name] as unknown),
      beside,
    );
    assert.equal((row['at'] as Date).toISOString(), body.at);
    return body.facts['text'] as string | null;
  });
  assert.deepEqual(said.map(String).toSorted(), awkward.map(String).toSorted());
});
