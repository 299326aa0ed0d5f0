/**
 * Time stamps that lie in the database are what dates the entries for others. Whoever took the app over cannot throw them away or change
 * them; the rules of keeping take only those that date nothing any more.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readNote } from '#contract/tlog';
import type { Transaction } from '#database';
import { doerOf } from '#protections/audit-log';
import { newestHead } from '#protections/audit-log/tree';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeCertificate, stampBytes } from '#test/soft-authority.ts';
import { logKeyFrom } from '../tree/log-key.ts';
import { sealEntries } from '../tree/seal-entries.ts';
import { insertStamp, newestStamp, pruneStamps, stampedSizes, stampsAt } from './stamp-store.ts';

let world: World;
const logKey = logKeyFrom(ed25519Pair().seed);
const root = makeCertificate({ name: 'Корінь', ca: true });
const signer = makeCertificate({ name: 'Служба часу', issuer: root, uses: ['timeStamping'] });
const [tsa, other] = ['0190a0a0-0000-7000-8000-000000000001', '0190a0a0-0000-7000-8000-000000000002'];

before(async () => {
  world = await openWorld();
  await world.test.admin`DELETE FROM audit_entries`;
});
after(() => world.close());

const id = () => world.organizationId;
const read = <T>(work: (tx: Transaction) => Promise<T>) => world.database.read(systemReach(id()), work);
const act = <T>(work: (tx: Transaction) => Promise<T>) => world.database.act(systemReach(id()), work);

/** So many more entries, and a stamp of the head over them by each of these; returns the size. */
async function grow(count: number, ...places: string[]): Promise<number> {
  const seals = await world.keyring.of(id());
  await act(async (tx) => {
    for (let at = 0; at < count; at += 1)
      await world.auditLog.record(tx, seals, doerOf(world.cast.owner.actor), { event: 'contact.opened' });
  });
  await sealEntries({ database: world.database, logKey, clock: world.clock }, id());
  const { size, note } = (await read((tx) => newestHead(tx, id())))!;
  for (const anchorId of places)
    await act((tx) => insertStamp(tx, id(), { anchorId, size, note, stamp: stampOf(note), at: world.clock.now() }));
  return size;
}
const stampOf = (note: string) => stampBytes(Buffer.from(note), { signer });
const sizesOf = (from: number, to: number) => read((tx) => stampedSizes(tx, id(), { from, to }));
const forget = (from: number, to: number) => world.test.admin`
  DELETE FROM audit_entries e USING audit_leaves l
  WHERE l.entry_id = e.id AND l.position >= ${from} AND l.position < ${to}`;

test('each stamp is kept, and for what is shown there is the oldest that covers it, of each place', async () => {
  assert.deepEqual([await grow(10, tsa), await grow(10, tsa, other), await grow(10, tsa)], [10, 20, 30]);
  await grow(5);
  for (const [from, to, sizes] of [
    [0, 1, [10, 20]],
    [0, 10, [10, 20]],
    [0, 11, [10, 20]],
    [9, 10, [10, 20]],
    [10, 11, [20]],
    [19, 20, [20]],
    [20, 21, [30]],
    [0, 30, [10, 20, 30]],
    [29, 30, [30]],
    [30, 35, []],
  ] as [number, number, number[]][])
    assert.deepEqual(await sizesOf(from, to), sizes, `${from}–${to}`);
  const at20 = await read((tx) => stampsAt(tx, id(), 20));
  assert.deepEqual(at20.map(({ anchorId }) => anchorId).toSorted(), [tsa, other]);
  assert.ok(at20.every(({ note }) => readNote(note)?.text.includes('\n20\n')));
});

test('a second stamp of the same head does not take the place of the first, which is the earlier', async () => {
  const [first] = await read((tx) => stampsAt(tx, id(), 30));
  assert.ok(first !== undefined);
  const later = { ...first, note: 'інше', stamp: Buffer.from('інша'), at: new Date() };
  await act((tx) => insertStamp(tx, id(), later));
  assert.deepEqual(await read((tx) => stampsAt(tx, id(), 30)), [first]);
  const { note, stamp } = first;
  assert.deepEqual({ ...(await read((tx) => newestStamp(tx, id(), tsa)))! }, { note, stamp });
});

test('who took the app over neither throws a stamp away nor changes it', async () => {
  for (const attack of [
    (tx: Transaction) => tx`DELETE FROM audit_stamps WHERE size = 10`,
    (tx: Transaction) => tx`UPDATE audit_stamps SET stamped_at = now() WHERE size = 10`,
    (tx: Transaction) => tx`TRUNCATE audit_stamps`,
  ])
    await assert.rejects(act(attack), /permission denied/);
  // Everything is kept still: asking the database to clear away clears nothing.
  assert.equal(await act(pruneStamps), 0);
});

test('a stamp goes when nothing that it covers first is kept, and the newest of each place stays', async () => {
  await forget(0, 9);
  assert.equal(await act(pruneStamps), 0);
  await forget(9, 10);
  // Of the other place the same stamp covers what stands from 10 on.
  assert.equal(await act(pruneStamps), 1);
  assert.deepEqual(await sizesOf(0, 35), [20, 30]);
  await forget(10, 19);
  assert.equal(await act(pruneStamps), 0);
  await forget(19, 35);
  // The newest of each: 30 of the one, 20 of the other.
  assert.equal(await act(pruneStamps), 1);
  const left = await world.test.admin`SELECT anchor_id, size::int FROM audit_stamps ORDER BY size`;
  assert.deepEqual(
    left.map((row) => [row['anchor_id'], row['size']]),
    [
      [other, 20],
      [tsa, 30],
    ],
  );
});
