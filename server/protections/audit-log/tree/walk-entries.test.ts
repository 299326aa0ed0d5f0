/** The log read as a whole: every part arrives wherever it breaks, in order, and what is sealed meanwhile is no finding. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { doerOf } from '#protections/audit-log';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { logKeyFrom } from './log-key.ts';
import { sealEntries } from './seal-entries.ts';
import { verifyLog } from './verify-log.ts';
import type { PlacedEntry } from './walk-entries.ts';
import { openCopyReader, walkEntries } from './walk-entries.ts';

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

function copied(rows: readonly PlacedEntry[]): Buffer {
  const head = Buffer.alloc(19 + 3);
  head.writeInt32BE(3, 15); // an extension of the header, to be passed over
  const parts = rows.map(({ position, bytes }) => {
    const fixed = Buffer.alloc(18);
    fixed.writeInt16BE(2, 0);
    fixed.writeInt32BE(8, 2);
    fixed.writeBigInt64BE(BigInt(position), 6);
    fixed.writeInt32BE(bytes === null ? -1 : bytes.length, 14);
    return Buffer.concat([fixed, bytes ?? Buffer.alloc(0)]);
  });
  return Buffer.concat([head, ...parts, Buffer.from([0xff, 0xff])]);
}

test('rows come out whole wherever the parts break', () => {
  const rows = [
    { position: 0, bytes: Buffer.from('перший') },
    { position: 5_000_000_000, bytes: null },
    { position: 5_000_000_001, bytes: Buffer.alloc(0) },
    { position: 5_000_000_002, bytes: Buffer.alloc(300, 7) },
  ];
  const whole = copied(rows);
  for (let size = 1; size <= whole.length; size += 1) {
    const found: PlacedEntry[] = [];
    const take = openCopyReader((position, bytes) => found.push({ position, bytes: bytes && Buffer.from(bytes) }));
    for (let at = 0; at < whole.length; at += size) take(whole.subarray(at, at + size));
    assert.deepEqual(found, rows);
  }
});

test('every entry comes once, in order; one that is gone comes without its bytes', async () => {
  await record(300);
  await seal();
  await world.test.admin`DELETE FROM audit_entries WHERE id =
    (SELECT entry_id FROM audit_leaves WHERE organization_id = ${id()} AND position = 17)`;
  const found: PlacedEntry[] = [];
  for await (const rows of walkEntries(world.database, id(), 250)) found.push(...rows);
  assert.deepEqual(
    found.map(({ position }) => position),
    Array.from({ length: 250 }, (_, at) => at),
  );
  assert.deepEqual(
    found.flatMap(({ position, bytes }) => (bytes === null ? [position] : [])),
    [17],
  );
  const kept = await world.test.admin`SELECT e.bytes FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
    WHERE l.organization_id = ${id()} ORDER BY l.position LIMIT 17`;
  assert.deepEqual(
    found.slice(0, 17).map(({ bytes }) => bytes),
    kept.map((row) => row['bytes'] as Buffer),
  );
});

test('people work on while the log is verified: what is sealed meanwhile is no finding', async () => {
  const other = await openWorld();
  const mine = world;
  world = other;
  try {
    await record(300);
    await seal();
    let reads = 0;
    const database: World['database'] = {
      ...other.database,
      read: async (reach, work) => {
        const result = await other.database.read(reach, work);
        reads += 1;
        // After the heads and after the tree; then the entries are read.
        if (reads <= 2) {
          await record(20);
          await seal();
        }
        return result;
      },
    };
    const verified = await verifyLog({ database, key: logKey.keyOf(id()), now: other.clock.now() }, id());
    assert.deepEqual(verified.findings, []);
    assert.ok(reads > 3 && verified.size > 320);
  } finally {
    world = mine;
    await other.close();
  }
});
