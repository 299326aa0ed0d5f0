/** Entries get their places in the tree, whatever the order of their commits; heads are signed and lead from one to the next. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  consistencyProof,
  findIn,
  inclusionProof,
  leafHash,
  readCheckpoint,
  readNote,
  rootOf,
  signersOf,
  subtreesOfConsistency,
  verifyConsistency,
  verifyInclusion,
} from '#contract/tlog';
import { systemReach } from '#protections/encryption';
import { doerOf } from '#protections/audit-log';
import { ed25519Pair, ed25519Verify } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { growTree } from './grow-tree.ts';
import type { Tile } from './grow-tree.ts';
import { sha256 } from './hash.ts';
import { logKeyFrom } from './log-key.ts';
import { openSealer } from './sealer.ts';
import type { Backlog } from './seal-entries.ts';
import { sealEntries } from './seal-entries.ts';
import { entriesAt, newestCheckpoint, positionOf, thinCheckpoints } from './tree-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const logKey = logKeyFrom(ed25519Pair().seed);
const deps = () => ({ database: world.database, logKey, clock: world.clock });
const reach = () => systemReach(world.organizationId);
const record = async (count: number) => {
  const seals = await world.keyring.of(world.organizationId);
  await world.database.act(reach(), async (tx) => {
    for (let at = 0; at < count; at += 1) {
      await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.listed' });
    }
  });
};
const head = async () => {
  const one = await world.database.read(reach(), (tx) => newestCheckpoint(tx, world.organizationId));
  const note = readNote(one!.note)!;
  const signed = signersOf(note, [logKey.keyOf(world.organizationId)], ed25519Verify);
  assert.equal(signed.length, 1, 'the log’s key signed it');
  return readCheckpoint(note.text)!;
};
const entries = async () => {
  const { size } = await head();
  return world.database.read(reach(), (tx) => entriesAt(tx, world.organizationId, 0, size));
};
const unsealed = async () =>
  (await world.database.outside((sql) => sql`SELECT lubart_unsealed_organizations() AS id`))
    .map((row) => row['id'] as string)
    .filter((id) => id === world.organizationId);

test('every entry has one place, and the head is that of the tree over their exact bytes', async () => {
  await record(700);
  await sealEntries(deps(), world.organizationId);
  const { size, root } = await head();
  const all = await entries();
  assert.ok(size >= 700);
  assert.equal(all.length, size);
  const leaves = Buffer.concat(all.map(({ bytes }) => leafHash(sha256, bytes!)));
  assert.deepEqual(growTree(0, [], leaves).root, Buffer.from(root));
  assert.deepEqual(await unsealed(), []);
  assert.equal(await sealEntries(deps(), world.organizationId), 0);
});

test('a tree that grew in any pieces is the tree that grew at once', () => {
  const leaves = Array.from({ length: 1_500 }, (_, at) => sha256(Buffer.from(String(at))));
  const whole = growTree(0, [], Buffer.concat(leaves));
  for (const piece of [1, 7, 255, 256, 257, 1_000]) {
    const tiles = new Map<string, Tile>();
    let size = 0;
    let root: Buffer = Buffer.alloc(0);
    while (size < leaves.length) {
      const grown = growTree(size, [...tiles.values()], Buffer.concat(leaves.slice(size, size + piece)));
      for (const tile of grown.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
      ({ size, root } = { size: grown.size, root: grown.root });
    }
    assert.deepEqual(root, whole.root, String(piece));
    for (const tile of whole.tiles) assert.deepEqual(tiles.get(`${tile.level}/${tile.index}`), tile);
  }
});

test('an entry that was begun first and committed last is not skipped', async () => {
  const seals = await world.keyring.of(world.organizationId);
  const late = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = world.database.act(reach(), async (tx) => {
    await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.created' });
    begun.resolve();
    await late.promise;
  });
  await begun.promise;
  await record(1);
  const before_ = (await head()).size;
  await sealEntries(deps(), world.organizationId);
  assert.equal((await head()).size, before_ + 1);
  assert.deepEqual(await unsealed(), []);
  await record(3);
  late.resolve();
  await slow;
  assert.deepEqual(await unsealed(), [world.organizationId]);
  await sealEntries(deps(), world.organizationId);
  assert.equal((await head()).size, before_ + 5);
  assert.deepEqual(await unsealed(), []);
  const ids = (await entries()).map(({ bytes }) => (JSON.parse(bytes!.toString()) as { id: string }).id);
  assert.equal(new Set(ids).size, ids.length);
});

test('a backlog of several runs is sealed in the order of its transactions, whoever seals between, dies or commits late', async () => {
  const seals = await world.keyring.of(world.organizationId);
  const late = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = world.database.act(reach(), async (tx) => {
    await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.created' });
    begun.resolve();
    await late.promise;
  });
  await begun.promise;
  for (let nth = 0; nth < 4; nth += 1) await record(25);
  const from = (await head()).size;
  const run = (backlog: Backlog) => sealEntries(deps(), world.organizationId, backlog, 30);
  const mine: Backlog = {};
  assert.equal(await run(mine), 30);
  assert.equal(mine.done !== undefined, true);
  // Committed first by number and last by time, while the backlog is under way: it belongs to the next one.
  late.resolve();
  await slow;
  await record(5);
  assert.equal(await run(mine), 30);
  // Somebody who knows nothing of it, a process that was killed or another node, takes the late one along.
  assert.equal(await run({}), 30);
  assert.equal(await run(mine), 11);
  assert.equal(mine.done, undefined);
  assert.deepEqual(await unsealed(), [world.organizationId], 'the five');
  assert.equal(await run(mine), 5);
  assert.equal(await run(mine), 0);
  // Exactly full: the run after it finds nothing, and says so to whoever looks next.
  await record(30);
  const full: Backlog = {};
  assert.equal(await run(full), 30);
  assert.equal(await run(full), 0);
  assert.deepEqual(await unsealed(), []);
  // Another node came to the end of the backlog meanwhile, and more came.
  await record(70);
  const [slower, faster]: Backlog[] = [{}, {}];
  assert.equal(await run(slower!), 30);
  assert.equal(await run(faster!), 30);
  assert.equal(await run(faster!), 10);
  await record(3);
  assert.equal(await run(slower!), 3);
  const all = (await entries()).slice(from);
  assert.equal(all.length, 106 + 30 + 73);
  const ids = all.map(({ bytes }) => (JSON.parse(bytes!.toString()) as { id: string }).id);
  assert.equal(new Set(ids).size, ids.length);
  const rows = await world.test.admin`
    SELECT id, written_in::text AS written_in FROM audit_entries WHERE organization_id = ${world.organizationId}`;
  const writtenIn = new Map(rows.map((row) => [row['id'] as string, Number(row['written_in'])]));
  const order = ids.slice(0, 60).map((id) => writtenIn.get(id)!);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const { size, root } = await head();
  const leaves = Buffer.concat((await entries()).map(({ bytes }) => leafHash(sha256, bytes!)));
  assert.deepEqual([size, Buffer.from(root)], [leaves.length / 32, growTree(0, [], leaves).root]);
});

test('two nodes that seal while entries pour in give each entry one place, in one line of heads', async () => {
  const failed = (error: unknown) => assert.fail(String(error));
  const sealers = [openSealer(deps(), failed), openSealer(deps(), failed)];
  const heads = [await head()];
  for (let round = 0; round < 6; round += 1) {
    await Promise.all([record(40), record(40), ...sealers.map((sealer) => sealer.sealNow())]);
    heads.push(await head());
  }
  await sealers[0]!.sealNow();
  heads.push(await head());
  for (const sealer of sealers) await sealer.close();
  assert.deepEqual(await unsealed(), []);
  const last = heads.at(-1)!;
  assert.equal(last.size, heads[0]!.size + 480);
  const tiles = await world.database.read(reach(), (tx) => tx`SELECT level, index, hashes FROM audit_tiles`);
  const find = findIn(sha256, ({ level, index }) => {
    const tile = tiles.find((row) => row['level'] === level && Number(row['index']) === index);
    return tile?.['hashes'] as Buffer | undefined;
  });
  assert.deepEqual(Buffer.from(rootOf(sha256, last.size, find)), Buffer.from(last.root));
  for (const one of heads) {
    assert.ok(subtreesOfConsistency(one.size, last.size).length > 0 || one.size === last.size);
    const proof = consistencyProof(sha256, one.size, last.size, find);
    assert.ok(verifyConsistency(sha256, { old: one.size, oldRoot: one.root, size: last.size, root: last.root, proof }));
  }
  const all = await entries();
  const middle = all[300]!;
  const proof = inclusionProof(sha256, 300, last.size, find);
  const leaf = leafHash(sha256, middle.bytes!);
  assert.ok(verifyInclusion(sha256, { leaf, index: 300, size: last.size, proof, root: last.root }));
  const { id } = JSON.parse(middle.bytes!.toString()) as { id: string };
  assert.equal(await world.database.read(reach(), (tx) => positionOf(tx, world.organizationId, id)), 300);
});

const entryOf = (writtenIn: string) =>
  `INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes, written_in)
   VALUES ('${world.organizationId}', gen_random_uuid(), now(), 'data', 'x', 'done', '{}', '', ${writtenIn})`;

test('the app cannot say that an entry was written in another transaction, nor take a place away', async () => {
  const earlier = `(pg_current_xact_id()::text::bigint - 1)::text::xid8`;
  for (const [statement, refused] of [
    [entryOf(`'1'`), /row-level security/],
    [entryOf(earlier), /row-level security/],
    ['UPDATE audit_leaves SET position = position + 1', /permission denied/],
    ['DELETE FROM audit_leaves', /permission denied/],
    ['DELETE FROM audit_tiles', /permission denied/],
    ['DELETE FROM audit_trees', /permission denied/],
    ['UPDATE audit_checkpoints SET size = 1', /permission denied/],
  ] as const) {
    await assert.rejects(
      world.database.act(reach(), (tx) => tx.unsafe(statement)),
      refused,
      statement,
    );
  }
});

test('an entry that names its own transaction is no entry to the guard of acts: what was changed with it is not committed', async () => {
  const change = `UPDATE organizations SET sealed = sealed WHERE organization_id = '${world.organizationId}'`;
  await assert.rejects(
    world.database.act(reach(), async (tx) => {
      await tx.unsafe(change);
      await tx.unsafe(entryOf('pg_current_xact_id()'));
    }),
    { code: 'server.failed' },
  );
});

test('of old heads the last of each hour is kept, of new ones all', async () => {
  const { admin } = world.test;
  const count = async () =>
    (await admin`SELECT count(*)::int AS n FROM audit_checkpoints WHERE organization_id = ${world.organizationId}`)[0]![
      'n'
    ];
  const all = await count();
  assert.ok(all > 3);
  const now = new Date('2026-11-26T12:00:00Z');
  const thin = () => world.database.act(reach(), (tx) => thinCheckpoints(tx, world.organizationId, now));
  await admin`UPDATE audit_checkpoints SET signed_at = '2026-11-26T12:30:00Z' WHERE organization_id = ${world.organizationId}`;
  assert.equal(await thin(), 0);
  await admin`UPDATE audit_checkpoints SET signed_at = '2026-11-26T10:30:00Z' WHERE organization_id = ${world.organizationId}`;
  const newest = (await head()).size;
  assert.equal(await thin(), all - 1);
  assert.equal((await head()).size, newest);
});
