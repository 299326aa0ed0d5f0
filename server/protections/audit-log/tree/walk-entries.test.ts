/** The log read as a whole: every part arrives wherever it breaks, in order, and what is sealed meanwhile is no finding. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import { openDatabase } from '#database';
import { doerOf } from '#protections/audit-log';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { growInThread } from './grow-in-thread.ts';
import { logKeyFrom } from './log-key.ts';
import { sealEntries } from './seal-entries.ts';
import { verifyLog } from './verify-log.ts';
import type { Room } from './read-piece.ts';
import { readPiece, strayMax } from './read-piece.ts';
import { countWithoutPlace } from './tree-store.ts';
import { walkEntries } from './walk-entries.ts';

let world: World;
const logKey = logKeyFrom(ed25519Pair().seed);
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const id = () => world.organizationId;
const seal = () => sealEntries({ database: world.database, logKey, clock: world.clock }, id());
async function record(count: number): Promise<void> {
  const seals = await world.keyring.of(id());
  await world.database.act(systemReach(id()), async (tx) => {
    for (let at = 0; at < count; at += 1)
      await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.listed' });
  });
}

/** A log of its own, for what would be in the way of others. */
async function inAnotherWorld(work: () => Promise<void>): Promise<void> {
  const mine = world;
  world = await openWorld();
  try {
    await work();
  } finally {
    await world.close();
    world = mine;
  }
}

/** A row as a test reads it. */
type Row = { position: number; bytes: Buffer | null };

async function walked(end: number, spare: Room[] = []): Promise<Row[]> {
  const found: Row[] = [];
  for await (const piece of walkEntries(world.database, id(), end, spare)) {
    const { count, positions, froms, lengths, bytes } = piece;
    for (const [nth, position] of positions.subarray(0, count).entries()) {
      const from = froms[nth]!;
      found.push({ position, bytes: from === -1 ? null : Buffer.from(bytes.slice(from, from + lengths[nth]!)) });
    }
    spare.push(piece);
  }
  return found;
}

const usedRoom = (entries: number, bytes: number): Room => ({
  positions: new Float64Array(new SharedArrayBuffer(8 * entries)).fill(9),
  froms: new Int32Array(new SharedArrayBuffer(4 * entries)).fill(9),
  lengths: new Int32Array(new SharedArrayBuffer(4 * entries)).fill(9),
  bytes: new Uint8Array(new SharedArrayBuffer(bytes)).fill(9),
  ids: new Uint8Array(new SharedArrayBuffer(16 * entries)).fill(9),
});

const kept = async (): Promise<Row[]> =>
  (
    await world.test
      .admin`SELECT l.position::int, e.bytes FROM audit_leaves l LEFT JOIN audit_entries e ON e.id = l.entry_id
      WHERE l.organization_id = ${id()} ORDER BY l.position`
  ).map((row) => ({ position: row['position'] as number, bytes: row['bytes'] as Buffer | null }));

test('every entry comes once, in order; one that is gone comes without its bytes', async () => {
  await record(300);
  await seal();
  await world.test.admin`DELETE FROM audit_entries WHERE id =
    (SELECT entry_id FROM audit_leaves WHERE organization_id = ${id()} AND position = 17)`;
  const all = await kept();
  assert.ok(all.length >= 300 && all[17]!.bytes === null && all.filter(({ bytes }) => bytes === null).length === 1);
  assert.deepEqual(await walked(250), all.slice(0, 250));
  // In a room that is too small, and was used before.
  assert.deepEqual(await walked(250, [usedRoom(250, 100)]), all.slice(0, 250));
  assert.deepEqual(await walked(250, [usedRoom(249, 1000)]), all.slice(0, 250));
});

test('entries come in the order of their places, whatever the order of their ids, and from long pieces too', async () => {
  const size = (await kept()).length;
  // More than two pieces, whose ids stand the other way round.
  await world.test.admin`
    WITH made AS (
      INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
      SELECT organization_id, ('ffffffff-ffff-7fff-bfff-' || lpad(to_hex(1000000 - n), 12, '0'))::uuid, at, level, event, outcome, subject_ids,
        convert_to('№ ' || n, 'UTF8')
      FROM audit_entries, generate_series(1, 9000) AS n WHERE id = (SELECT entry_id FROM audit_leaves WHERE organization_id = ${id()} AND position = 3)
      RETURNING organization_id, id)
    INSERT INTO audit_leaves (organization_id, position, entry_id)
    SELECT organization_id, ${size} + row_number() OVER (ORDER BY id DESC) - 1, id FROM made`;
  const all = await kept();
  assert.equal(all.length, size + 9000);
  assert.equal(String(all[size]!.bytes), '№ 1');
  assert.deepEqual(await walked(all.length), all);
});

test('ids of long ago beside those of today hide no entry, though far too many others lie between', async () => {
  await inAnotherWorld(async () => {
    await record(300);
    await seal();
    const old = '00000000-0000-7000-8000-000000000000';
    await world.test
      .admin`WITH changed AS (UPDATE audit_leaves SET entry_id = ${old} WHERE organization_id = ${id()} AND position = 5
      RETURNING old.entry_id AS id) UPDATE audit_entries SET id = ${old} FROM changed WHERE audit_entries.id = changed.id`;
    await world.test.admin`
      INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
      SELECT organization_id, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, at, level, event, outcome, subject_ids, bytes
      FROM audit_entries, generate_series(1, ${strayMax + 500}) AS n WHERE id = ${old}`;
    const all = await kept();
    assert.ok(all.every(({ bytes }) => bytes !== null));
    assert.deepEqual(await walked(all.length), all);
  });
});

test('a log is read and counted by one process, however ready PostgreSQL is to start more', async () => {
  await inAnotherWorld(async () => {
    await record(50);
    await seal();
    const { admin, address } = world.test;
    await admin`
      INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
      SELECT organization_id, ('ffffffff-ffff-7fff-bfff-' || lpad(to_hex(n), 12, '0'))::uuid, at, level, event, outcome, subject_ids, bytes
      FROM audit_entries, generate_series(1, 9000) AS n WHERE id = (SELECT entry_id FROM audit_leaves WHERE organization_id = ${id()} AND position = 3)`;
    const settings = ['debug_parallel_query = on'];
    for (const cost of ['parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size'])
      settings.push(`${cost} = 0`);
    for (const setting of settings) await admin.unsafe(`ALTER DATABASE ${address.database} SET ${setting}`);
    const asked = async () =>
      (
        await admin`SELECT parallel_workers_to_launch::int AS n FROM pg_stat_database WHERE datname = current_database()`
      )[0]!['n'] as number;
    /** How many other processes it asked for: what a connection has counted is there for all to see when it is gone. */
    const askedBy = async (work: (tx: Transaction) => Promise<unknown>) => {
      const before = await asked();
      const database = openDatabase(address, 1);
      const pid = await database.read(systemReach(id()), async (tx) => {
        await work(tx);
        return (await tx`SELECT pg_backend_pid() AS pid`)[0]!['pid'] as number;
      });
      await database.close();
      while ((await admin`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`).length > 0);
      return (await asked()) - before;
    };
    // Where nothing is said against it.
    assert.ok((await askedBy((tx) => tx`SELECT count(*) FROM audit_entries`)) > 0);
    assert.equal(await askedBy((tx) => readPiece(tx, id(), [0, 50])), 0);
    assert.equal(await askedBy((tx) => countWithoutPlace(tx, id(), world.clock.now())), 0);
  });
});

test('a thread that fails is an error, not a verification without end', { timeout: 60_000 }, async () => {
  const growing = { size: 1, kept: [{ level: 0, index: 0 }] as never, now: 0 };
  for (const ask of ['end', 'add'] as const) {
    const grower = growInThread();
    grower.begin(growing);
    const piece = () => ({ ...usedRoom(0, 0), count: 0 });
    const asked = async () => {
      if (ask === 'end') return grower.end();
      for (;;) await grower.add(piece());
    };
    await assert.rejects(asked(), TypeError);
    await grower.close();
  }
});

test('a log of more than one piece verifies, its entries handed to a thread', async () => {
  await inAnotherWorld(async () => {
    await record(4_200);
    await seal();
    const { size, findings } = await verifyLog(
      { database: world.database, key: logKey.keyOf(id()), now: world.clock.now() },
      id(),
    );
    assert.deepEqual(findings, []);
    assert.ok(size > 4_200);
  });
});

test('people work on while the log is verified: what is sealed meanwhile is no finding', async () => {
  await inAnotherWorld(async () => {
    await record(300);
    await seal();
    let reads = 0;
    const whole = world.database;
    const database: World['database'] = {
      ...whole,
      read: async (reach, work) => {
        const result = await whole.read(reach, work);
        reads += 1;
        // After the heads and after the tree; then the entries are read.
        if (reads <= 2) {
          await record(20);
          await seal();
        }
        return result;
      },
    };
    const verified = await verifyLog({ database, key: logKey.keyOf(id()), now: world.clock.now() }, id());
    assert.deepEqual(verified.findings, []);
    assert.ok(reads > 3 && verified.size > 320);
  });
});
