/** One transaction per act: done whole or not at all, and only in the name of who asks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import { prepared } from '#test/prepared.ts';
import type { Reach, Transaction } from './act.ts';
import { openDatabase } from './act.ts';

let base: TestDatabase;
before(async () => {
  base = await openTestDatabase({ connections: 2 });
});
after(() => base.close());

const reachOf = (organizationId: string, scope: Reach['scope'] = 'all'): Reach => ({
  organizationId,
  personId: null,
  departmentIds: [],
  scope,
});
const add = (tx: Transaction, id: string) =>
  prepared(
    (tx) =>
      tx`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${id}, now(), ${Buffer.alloc(1)})`,
  )(tx);
const seen = (id: string) =>
  base.database.read(reachOf(id), (tx) => tx`SELECT 1 FROM organizations`).then((rows) => rows.length);
const settingsNow = `SELECT current_setting('lubart.organization_id', true) AS organization, current_setting('lubart.scope', true) AS scope`;

test('what an act did is there; what it did before it failed is not', async () => {
  const [kept, lost] = [newId(), newId()];
  await base.database.act(reachOf(kept), (tx) => add(tx, kept));
  assert.equal(await seen(kept), 1);
  const failing = base.database.act(reachOf(lost), async (tx) => {
    await add(tx, lost);
    throw new Error('second thoughts');
  });
  await assert.rejects(failing, /second thoughts/);
  assert.equal(await seen(lost), 0);
});

test('a reading act cannot write', async () => {
  const id = newId();
  await assert.rejects(
    base.database.read(reachOf(id), (tx) => add(tx, id)),
    { code: '25006' },
  );
});

test('an error that the work swallowed is no commit', async () => {
  const id = newId();
  const swallowing = base.database.act(reachOf(id), async (tx) => {
    await add(tx, id);
    await tx`SELECT 1 / 0`.catch(() => {});
    return 'all went well';
  });
  await assert.rejects(swallowing, { code: 'server.failed', details: { reason: 'transaction was rolled back' } });
  assert.equal(await seen(id), 0);
});

test('after an act nothing of its asker stays on the connection', async () => {
  const one = openDatabase(base.address, 1);
  try {
    const id = newId();
    await one.act(reachOf(id), async (tx) => assert.equal((await tx.unsafe(settingsNow))[0]!['organization'], id));
    await one.read(reachOf(id), async (tx) => tx`SELECT 1`);
    await one.act(reachOf(id), () => Promise.reject(new Error('no'))).catch(() => {});
    const [row] = await one.outside((sql) => sql.unsafe(settingsNow));
    assert.deepEqual([row!['organization'] ?? '', row!['scope'] ?? ''], ['', '']);
  } finally {
    await one.close();
  }
});

test('who does not fit on a connection waits for one, first come first served', async () => {
  const one = openDatabase(base.address, 1);
  const order: number[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const works = [0, 1, 2, 3].map((number) =>
    one.read(reachOf(newId()), async () => {
      if (number === 0) await gate;
      order.push(number);
    }),
  );
  assert.equal(one.waiting(), 3);
  release();
  await Promise.all(works);
  assert.deepEqual([order, one.waiting()], [[0, 1, 2, 3], 0]);
  await one.close();
});

test('closing waits for the act under way, and it is committed', async () => {
  const closing = openDatabase(base.address, 2);
  const id = newId();
  const act = closing.act(reachOf(id), async (tx) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await add(tx, id);
  });
  await closing.close();
  await act;
  assert.equal(await seen(id), 1);
});
