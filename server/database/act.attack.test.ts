/** Connections that die, statements that come late, askers that are no ids: nobody’s data ends up with anybody else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import { prepared } from '#test/prepared.ts';
import type { Database, Reach, Transaction } from './act.ts';
import { openDatabase } from './act.ts';

let base: TestDatabase;
let one: Database;
before(async () => {
  base = await openTestDatabase();
  one = openDatabase(base.address, 1);
});
after(async () => {
  await one.close();
  await base.close();
});

const reachOf = (organizationId: string): Reach => ({
  organizationId,
  personId: null,
  departmentIds: [],
  scope: 'all',
});
const add = (tx: Transaction, id: string) =>
  prepared(
    (tx) =>
      tx`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${id}, now(), ${Buffer.alloc(1)})`,
  )(tx);
const isThere = async (id: string) =>
  (await base.admin`SELECT 1 FROM organizations WHERE organization_id = ${id}`).length === 1;
const kill = async (tx: Transaction) => {
  const [row] = await tx`SELECT pg_backend_pid() AS pid`;
  await base.admin`SELECT pg_terminate_backend(${row!['pid']}, 5000)`;
  await new Promise((resolve) => setTimeout(resolve, 30));
};
const lost = { code: 'server.failed', details: { reason: 'connection lost' } };

test('a connection killed in the middle of an act: refused, never reported as committed', async () => {
  const id = newId();
  const act = one.act(reachOf(id), async (tx) => {
    await add(tx, id);
    await kill(tx);
  });
  await assert.rejects(act, lost);
  assert.equal(await isThere(id), false);
});

test('killed, and the work goes on: its later statements change nothing and blame nobody', async () => {
  const [first, second] = [newId(), newId()];
  const act = one.act(reachOf(first), async (tx) => {
    await add(tx, first);
    await kill(tx);
    await tx`SELECT 1`; // the connection is made again here, without a transaction
    await add(tx, second);
  });
  await assert.rejects(act, lost);
  assert.deepEqual([await isThere(first), await isThere(second)], [false, false]);
});

test('killed while nobody uses it: the next act does not notice', async () => {
  const [row] = await one.outside((sql) => sql`SELECT pg_backend_pid() AS pid`);
  await base.admin`SELECT pg_terminate_backend(${row!['pid']}, 5000)`;
  await new Promise((resolve) => setTimeout(resolve, 30));
  const id = newId();
  await one.act(reachOf(id), (tx) => add(tx, id));
  assert.equal(await isThere(id), true);
});

test('a late statement of work that has failed does not land in the next act, which is somebody else’s', async () => {
  const [ours, theirs] = [newId(), newId()];
  await one.act(reachOf(theirs), (tx) => add(tx, theirs));
  let late: Promise<unknown> = Promise.resolve();
  const failed = one.act(reachOf(ours), async (tx) => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return tx`SELECT organization_id FROM organizations`;
    };
    late = slow().then(
      (rows) => rows.length,
      (error: { details?: { reason?: string } }) => error.details?.reason,
    );
    await Promise.all([tx`SELECT 1 / 0`, late]);
  });
  await assert.rejects(failed, { code: '22012' });
  await one.act(reachOf(theirs), async (tx) => {
    await new Promise((resolve) => setTimeout(resolve, 80));
    await tx`SELECT 1`;
  });
  assert.equal(await late, 'transaction is over');
});

test('a second question inside an act is refused at once, even while other lanes are free', async () => {
  const two = openDatabase(base.address, 2);
  const id = newId();
  const refused = { code: 'server.failed', details: { reason: 'a second question inside an act' } };
  try {
    await two.act(reachOf(id), async (tx) => {
      await tx`SELECT 1`;
      for (const second of [
        () => two.act(reachOf(id), async () => {}),
        () => two.read(reachOf(id), (inner) => inner`SELECT 1`),
        () => two.outside((sql) => sql`SELECT 1`),
      ]) {
        await assert.rejects(second, refused);
      }
    });
    await two.outside((sql) => sql`SELECT 1`);
  } finally {
    await two.close();
  }
});

test('what an act has set going and did not wait for may ask when the act is over', async () => {
  const id = newId();
  const over = Promise.withResolvers<void>();
  let later: Promise<unknown> = Promise.resolve();
  await one.act(reachOf(id), async (tx) => {
    later = over.promise.then(() => one.read(reachOf(id), (sql) => sql`SELECT 1 AS one`));
    await tx`SELECT 1`;
  });
  over.resolve();
  assert.equal(((await later) as unknown[]).length, 1);
});

test('an organization, a person or a department that is no id never reaches the database', async () => {
  const id = newId();
  const bad = [`${id}'; RESET ROLE; --`, '', id.toUpperCase(), `${id}\n`];
  for (const text of bad) {
    for (const reach of [
      { ...reachOf(id), organizationId: text },
      { ...reachOf(id), departmentIds: [id, text] },
      ...(text === '' ? [] : [{ ...reachOf(id), personId: text }]),
    ]) {
      let ran = false;
      const act = async () =>
        one.act(reach, async () => {
          ran = true;
        });
      await assert.rejects(act, { code: 'request.invalid' }, JSON.stringify(reach));
      assert.equal(ran, false);
    }
  }
});

test('one organization never sees another, and outside any organization there is nobody', async () => {
  const [ours, theirs] = [newId(), newId()];
  for (const id of [ours, theirs]) await one.act(reachOf(id), (tx) => add(tx, id));
  const rows = await one.read(reachOf(ours), (tx) => tx`SELECT organization_id AS id FROM organizations`);
  assert.deepEqual(
    rows.map((row) => row['id']),
    [ours],
  );
  assert.equal((await one.outside((sql) => sql`SELECT 1 FROM organizations`)).length, 0);
  await assert.rejects(
    one.act(reachOf(ours), (tx) => add(tx, newId())),
    { code: '42501' },
  );
});

test('the app’s connection cannot make itself more than it is', async () => {
  for (const statement of [
    'SET ROLE postgres',
    'SET SESSION AUTHORIZATION postgres',
    'CREATE TABLE mine (id int)',
    'ALTER TABLE people DISABLE ROW LEVEL SECURITY',
    'TRUNCATE audit_entries',
  ]) {
    await assert.rejects(
      one.outside((sql) => sql.unsafe(statement)),
      (error: { code?: string }) => /^(42501|22023)$/.test(error.code ?? ''),
      statement,
    );
  }
  const [row] = await one.outside((sql) =>
    sql
      .unsafe('RESET ROLE; SELECT current_user AS name')
      .then((all) => (all as unknown as { name: string }[][]).at(-1)!),
  );
  assert.equal(row!.name, 'lubart_app');
});

test('a change that would leave no trace is not committed, however it is hidden', async () => {
  const id = newId();
  const entry = (tx: Transaction) =>
    tx`INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
      VALUES (${id}, ${newId()}, now(), 'administration', 'organization.updated', 'done', '{}', ${Buffer.from('{}')})`;
  const change = (tx: Transaction) =>
    tx`UPDATE organizations SET sealed = ${Buffer.alloc(2)} WHERE organization_id = ${id}`;
  await base.database.act(reachOf(id), (tx) => add(tx, id));
  const unseen: [how: string, work: (tx: Transaction) => Promise<unknown>][] = [
    ['nothing is said', change],
    [
      'what was said is taken back',
      (tx) =>
        tx
          .unsafe('SAVEPOINT said')
          .then(() => entry(tx))
          .then(() => tx.unsafe('ROLLBACK TO said'))
          .then(() => change(tx)),
    ],
    ['an entry that another act wrote', (tx) => tx`SELECT 1 FROM audit_entries`.then(() => change(tx))],
    [
      'within another statement',
      (tx) =>
        tx`WITH changed AS (UPDATE organizations SET sealed = ${Buffer.alloc(3)} WHERE organization_id = ${id} RETURNING 1) SELECT 1`,
    ],
  ];
  await base.database.act(reachOf(id), entry);
  for (const [how, work] of unseen) {
    const attack = base.database.act(reachOf(id), async (tx) => void (await work(tx)));
    await assert.rejects(attack, { code: 'server.failed', details: { reason: 'no entry of the log says so' } }, how);
  }
  const sizes = async () =>
    (await base.admin`SELECT octet_length(sealed) AS size FROM organizations WHERE organization_id = ${id}`)[0]![
      'size'
    ];
  assert.equal(await sizes(), 1, 'nothing of it was kept');
  await base.database.act(reachOf(id), async (tx) => {
    await change(tx);
    await entry(tx);
  });
  assert.equal(await sizes(), 2);
  // Nothing was changed: nothing to say. A change that was taken back is none.
  await base.database.act(
    reachOf(id),
    (tx) => tx`UPDATE organizations SET sealed = '' WHERE organization_id = ${newId()}`,
  );
  await base.database.act(reachOf(id), async (tx) => {
    await tx.unsafe('SAVEPOINT before');
    await change(tx);
    await tx.unsafe('ROLLBACK TO before');
  });
});

test('an entry that may be left out is refused: it would leave the mark of one and be none', async () => {
  const [id, taken] = [newId(), newId()];
  await base.database.act(reachOf(id), (tx) => add(tx, id));
  const insert = (
    end: string,
  ) => `INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
    VALUES ('${id}', '${taken}', now(), 'administration', 'organization.updated', 'done', '{}', '\\x7b7d') ${end}`;
  const change = `UPDATE organizations SET sealed = '\\x0909' WHERE organization_id = '${id}'`;
  await base.database.act(reachOf(id), (tx) => tx.unsafe(insert('')));
  for (const left of [
    `${insert('ON CONFLICT DO NOTHING')}; ${change}`,
    `WITH noted AS (${insert('ON CONFLICT (organization_id, id) DO NOTHING')}) ${change}`,
    `${insert('ON CONFLICT (organization_id, id) DO UPDATE SET outcome = excluded.outcome')}; ${change}`,
    `MERGE INTO audit_entries USING (SELECT 1) AS one ON false WHEN NOT MATCHED THEN DO NOTHING; ${change}`,
  ]) {
    await assert.rejects(
      base.database.act(reachOf(id), (tx) => tx.unsafe(left)),
      { code: '0A000' },
      left,
    );
  }
  const [row] = await base.admin`SELECT octet_length(sealed) AS size FROM organizations WHERE organization_id = ${id}`;
  assert.equal(row!['size'], 1);
});

const noEntryNeeded = (tx: Transaction) => tx`SELECT set_config('lubart.changed', '', true)`;
const raw = (tx: Transaction, id: string) =>
  tx`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${id}, now(), ${Buffer.alloc(1)})`;
const over = { code: 'server.failed', details: { reason: 'transaction is over' } };

test('COMMIT that leaves behind the last statements commits all of them, whenever they were begun', async () => {
  const id = newId();
  const nested = async (tx: Transaction) => {
    await Promise.resolve();
    await Promise.all([raw(tx, id), noEntryNeeded(tx)]);
  };
  const said = await one.act(reachOf(id), async (tx, commitBehind) => {
    const [, rows] = await Promise.all([nested(tx), tx`SELECT 7 AS seven`, commitBehind()]);
    return rows[0]!['seven'];
  });
  assert.equal(said, 7);
  assert.equal(await isThere(id), true);
});

test('a statement after COMMIT was sent is refused, and does not run by itself', async () => {
  const [first, second] = [newId(), newId()];
  await one.act(reachOf(first), async (tx, commitBehind) => {
    await Promise.all([prepared((tx) => raw(tx, first))(tx), noEntryNeeded(tx)]);
    await commitBehind();
    await assert.rejects(async () => raw(tx, second), over);
  });
  assert.deepEqual([await isThere(first), await isThere(second)], [true, false]);
});

test('of what COMMIT was sent behind nothing stands when one statement fails, and the act goes on from its savepoint', async () => {
  const [before, ours] = [newId(), newId()];
  await one.act(reachOf(before), async (tx, commitBehind) => {
    await prepared((tx) => raw(tx, before))(tx);
    await tx`SAVEPOINT judged`;
    const sent = [tx`UPDATE organizations SET sealed = ${Buffer.alloc(9)}`, tx`SELECT 1 / 0`, commitBehind()];
    const settled = await Promise.allSettled(sent);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    await tx`ROLLBACK TO SAVEPOINT judged`;
  });
  const rows = await base.admin`SELECT length(sealed) AS length FROM organizations WHERE organization_id = ${before}`;
  assert.equal(rows[0]!['length'], 1);
  const swallowed = one.act(reachOf(ours), async (tx, commitBehind) => {
    await Promise.allSettled([raw(tx, ours), tx`SELECT 1 / 0`, commitBehind()]);
  });
  await assert.rejects(swallowed, { code: 'server.failed', details: { reason: 'transaction was rolled back' } });
  assert.equal(await isThere(ours), false);
});

test('COMMIT that was sent behind a change asks for its entry too, and work that does not wait for it is waited for', async () => {
  const id = newId();
  const unseen = one.act(reachOf(id), (tx, commitBehind) => Promise.all([raw(tx, id), commitBehind()]));
  await assert.rejects(unseen, { code: 'server.failed', details: { reason: 'no entry of the log says so' } });
  assert.equal(await isThere(id), false);
  await one.act(reachOf(id), async (tx, commitBehind) => {
    void Promise.allSettled([raw(tx, id), noEntryNeeded(tx), commitBehind()]);
  });
  assert.equal(await isThere(id), true);
  let kept: Transaction;
  const failed = one.act(reachOf(id), async (tx, commitBehind) => {
    kept = tx;
    void Promise.allSettled([tx`SELECT 1 / 0`, commitBehind()]);
  });
  await assert.rejects(failed, { code: 'server.failed', details: { reason: 'transaction was rolled back' } });
  await assert.rejects(async () => kept`SELECT 1`, over);
  const killed = one.act(reachOf(id), async (tx, commitBehind) => {
    await kill(tx);
    await Promise.all([tx`SELECT 1`, commitBehind()]);
  });
  await assert.rejects(killed, lost);
});

test('work that fails at the moment at which its COMMIT is to leave: the lane is given on only after both', async () => {
  const [ours, theirs] = [newId(), newId()];
  let left = false;
  const failing = one.act(reachOf(ours), (_tx, commitBehind) => {
    void commitBehind().finally(() => (left = true));
    return Promise.reject(new Error('second thoughts'));
  });
  const next = one.act(reachOf(theirs), (tx) => {
    assert.equal(left, true, 'nothing of the act before is still to come');
    return add(tx, theirs);
  });
  await assert.rejects(failing, /second thoughts/);
  await next;
  assert.equal(await isThere(theirs), true);
});

test('work that comes after the closing is refused and opens no connection that nobody would close', async () => {
  const late = openDatabase(base.address, 1);
  const reach = reachOf(newId());
  await late.read(reach, (tx) => tx`SELECT 1`);
  await late.close();
  await new Promise((resolve) => setTimeout(resolve, 100)); // until the socket is gone, too
  await assert.rejects(late.read(reach, (tx) => tx`SELECT 1`));
  await assert.rejects(late.act(reach, (tx) => add(tx, newId())));
});
