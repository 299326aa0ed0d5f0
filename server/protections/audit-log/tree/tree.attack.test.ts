/** The log against its owner: whoever may do anything in the database edits, deletes, inserts, cuts, signs; each is found and named. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { signText, writeCheckpoint, writeNote } from '#contract/tlog';
import { doerOf } from '#protections/audit-log';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import { growTree } from './grow-tree.ts';
import { sha256 } from './hash.ts';
import { logKeyFrom, originOf } from './log-key.ts';
import { openHeadFile } from './head-file.ts';
import { sealEntries } from './seal-entries.ts';
import { openSealer } from './sealer.ts';
import { standsIn } from './stands-in.ts';
import { newestCheckpoint } from './tree-store.ts';
import { treePosture } from './posture.ts';
import { verifyLog } from './verify-log.ts';

let world: World;
const worlds: World[] = [];
const logKey = logKeyFrom(ed25519Pair().seed);
after(async () => {
  for (const one of worlds) await one.close();
});

const deps = () => ({ database: world.database, logKey, clock: world.clock });
const id = () => world.organizationId;
const seal = () => sealEntries(deps(), id());
const admin = (text: string) => world.test.admin.unsafe(text);
async function record(count: number): Promise<void> {
  const seals = await world.keyring.of(id());
  await world.database.act(systemReach(id()), async (tx) => {
    for (let at = 0; at < count; at += 1)
      await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.listed' });
  });
}
const noteNow = async () => (await world.database.read(systemReach(id()), (tx) => newestCheckpoint(tx, id())))!.note;
async function found(remembered?: string): Promise<string[]> {
  const key = logKey.keyOf(id());
  const now = new Date(world.clock.now().getTime() + 3_600_000);
  const given = { database: world.database, key, now, ...(remembered === undefined ? {} : { remembered }) };
  const { judge: _here, ...here } = await verifyLog(given, id());
  const { judge: _there, ...there } = await verifyLog({ ...given, threadedFrom: 0 }, id());
  assert.deepEqual(there, here, 'a thread of its own finds the same');
  return [...new Set(here.findings.map(({ kind }) => kind))].toSorted();
}
const postureHolds = async () => {
  const [check] = treePosture({ ...deps(), organizations: async () => [id()] });
  return (await check!.run()).ok;
};

beforeEach(async () => {
  world = await openWorld();
  worlds.push(world);
  await record(600);
  await seal();
  await record(40);
  await seal();
  assert.deepEqual(await found(await noteNow()), []);
  assert.equal(await postureHolds(), true);
});

test('an entry that is edited, also with its columns, is named', async () => {
  await admin(`UPDATE audit_entries SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'contact.listed', 'contact.opened'), 'UTF8'),
    event = 'contact.opened' WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = 630)`);
  assert.deepEqual(await found(), ['entry_changed', 'head_not_of_log', 'tile_changed'].slice(0, 2));
  assert.equal(await postureHolds(), false);
});

test('an entry that is edited together with the kept tree no longer fits the signed heads', async () => {
  await admin(
    `UPDATE audit_entries SET bytes = bytes || 'x'::bytea WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = 3)`,
  );
  await admin(`UPDATE audit_tiles SET hashes = overlay(hashes PLACING (SELECT sha256('\\x00'::bytea || e.bytes)
    FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id WHERE l.position = 3) FROM 97) WHERE level = 0 AND index = 0`);
  assert.ok((await found()).includes('head_not_of_log'));
  assert.ok(!(await found()).includes('entry_changed'));
});

test('an entry that is deleted is missed; without its place too', async () => {
  await admin('DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = 100)');
  assert.deepEqual(await found(), ['entry_gone']);
  await admin('DELETE FROM audit_leaves WHERE position = 100');
  assert.ok((await found()).includes('place_gone'));
  assert.ok((await found()).includes('head_not_of_log'));
});

test(
  'a stored tree that says to be longer than the log is named, and keeps nobody waiting',
  { timeout: 120_000 },
  async () => {
    await admin(`UPDATE audit_trees SET size = 9000000000000000 WHERE organization_id = '${id()}'`);
    assert.deepEqual(await found(), ['place_gone']);
    await admin(
      `INSERT INTO audit_leaves (organization_id, position, entry_id) VALUES ('${id()}', 8999999999999999, gen_random_uuid())`,
    );
    assert.deepEqual(await found(), ['place_gone']);
  },
);

test('an entry that is put in past the door, as of long ago, has no place; sealed then, it stands at the end', async () => {
  await admin(`INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes, written_in)
    SELECT organization_id, gen_random_uuid(), at - interval '1 year', level, event, outcome, subject_ids, bytes, '3' FROM audit_entries LIMIT 1`);
  await seal();
  assert.deepEqual(await found(), ['without_place']);
});

test('a clock that is set back is named where it was; two minutes are what clocks differ by', async () => {
  world.clock.move(-100_000);
  await record(2);
  await seal();
  assert.deepEqual(await found(), []);
  world.clock.move(-3_600_000);
  await record(2);
  await seal();
  assert.deepEqual(await found(), ['clock_back']);
  // Attack: an entry before it says a moment that is none.
  await admin(`UPDATE audit_entries SET bytes = overlay(bytes PLACING '${'z'.repeat(23)}Z'::bytea FROM 58)
    WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = 630)`);
  assert.ok((await found()).includes('clock_back'));
});

test('a log that is cut off is seen by whoever remembers a head; so is an old copy that goes on otherwise', async () => {
  const remembered = await noteNow();
  await admin('DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_leaves WHERE position >= 600)');
  await admin('DELETE FROM audit_leaves WHERE position >= 600');
  await admin(`DELETE FROM audit_checkpoints WHERE size > (SELECT min(size) FROM audit_checkpoints)`);
  assert.ok((await found(remembered)).includes('log_cut'));
  await record(100);
  await admin('DELETE FROM audit_tiles');
  const leaves =
    (await admin(`SELECT sha256('\\x00'::bytea || e.bytes) AS hash FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry_id
    WHERE l.organization_id = '${id()}' ORDER BY l.position`)) as unknown as { hash: Buffer }[];
  const grown = growTree(0, [], Buffer.concat(leaves.map(({ hash }) => hash)));
  for (const { level, index, hashes } of grown.tiles)
    await world.test
      .admin`INSERT INTO audit_tiles (organization_id, level, index, hashes) VALUES (${id()}, ${level}, ${index}, ${hashes})`;
  await admin(`UPDATE audit_trees SET size = ${leaves.length} WHERE organization_id = '${id()}'`);
  await admin(`DELETE FROM audit_checkpoints`);
  await seal();
  assert.deepEqual(await found(), [], 'by itself it looks whole');
  assert.deepEqual(await found(remembered), ['head_not_of_log'], 'a fork, for who remembers');
});

test('a head that is signed by another key, or says another size, is no head of this log', async () => {
  const thief = logKeyFrom(ed25519Pair().seed);
  const text = writeCheckpoint({ origin: originOf(id()), size: 7, root: sha256(Buffer.from('x')) });
  const note = writeNote(text, [signText(thief.keyOf(id()), text, thief.sign)]);
  await world.test
    .admin`INSERT INTO audit_checkpoints (organization_id, size, note, signed_at) VALUES (${id()}, 7, ${note}, now())`;
  assert.deepEqual(await found(), ['head_forged']);
  const genuine = await noteNow();
  await world.test.admin`UPDATE audit_checkpoints SET note = ${genuine} WHERE size = 7`;
  assert.deepEqual(await found(), ['head_forged'], 'a genuine note in the place of another head');
});

test('a shorter head does not take the place of the one that is remembered', async () => {
  const folder = makeTestFolder();
  const heads = openHeadFile(`${folder.path}/log-heads.json`);
  const long = await noteNow();
  heads.remember(id(), long);
  await heads.write();
  const text = writeCheckpoint({ origin: originOf(id()), size: 3, root: sha256(Buffer.from('x')) });
  heads.remember(id(), writeNote(text, [signText(logKey.keyOf(id()), text, logKey.sign)]));
  await heads.write();
  assert.equal((await heads.read()).get(id()), long);
  await record(5);
  await seal();
  heads.remember(id(), await noteNow());
  await heads.write();
  assert.equal((await heads.read()).get(id()), await noteNow());
  folder.remove();
});

test('a log that was rewritten and then outgrew the remembered head does not take its place, and the posture names it', async () => {
  const folder = makeTestFolder();
  const heads = openHeadFile(`${folder.path}/log-heads.json`);
  const stands = (organizationId: string, note: string) => standsIn(world.database, organizationId, note);
  const long = await noteNow();
  heads.remember(id(), long);
  await heads.write(stands);
  const [check] = treePosture({ ...deps(), heads, organizations: async () => [id()] });
  assert.equal((await check!.run()).ok, true);
  // The tree itself is rewritten, as whoever owns the database can; it grows on, and is signed by the log’s own key.
  await admin(`UPDATE audit_tiles SET hashes = set_byte(hashes, 0, (get_byte(hashes, 0) + 1) % 256) WHERE level = 1`);
  await record(300);
  await seal();
  heads.remember(id(), await noteNow());
  await assert.rejects(heads.write(stands), RangeError);
  assert.equal((await heads.read()).get(id()), long, 'the one that tells is kept');
  const found = await check!.run();
  assert.deepEqual([found.ok, found.evidence['rememberedLost']], [false, 1]);
  folder.remove();
});

test('one organization whose log cannot be sealed does not hold up the others', async () => {
  const first = world;
  const other = await openWorld();
  worlds.push(other);
  world = first;
  await record(3);
  const broken: string[] = [];
  const sealed: string[] = [];
  const database = {
    ...world.database,
    outside: async () => [{ id: 'broken' }, { id: id() }] as never,
    act: ((reach, work) => {
      if (reach.organizationId === 'broken') return Promise.reject(new Error('the log of this one cannot be sealed'));
      sealed.push(reach.organizationId);
      return first.database.act(reach, work);
    }) as typeof world.database.act,
  };
  const sealer = openSealer({ ...deps(), database }, (error) => broken.push(String(error)));
  await assert.rejects(sealer.sealNow(), /cannot be sealed/);
  assert.deepEqual([...new Set(sealed)], [id()]);
  await sealer.close();
});
