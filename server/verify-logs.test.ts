/** Logs are verified by themselves; what was found, when, and up to which head is remembered where the database’s owner cannot write. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noteKey, writeKey } from '#contract/tlog';
import type { Transaction } from '#database';
import { doerOf } from '#protections/audit-log';
import {
  logHash,
  openHeadFile,
  openLogKey,
  openSealer,
  openVerifiedFile,
  treePosture,
} from '#protections/audit-log/tree';
import type { LogKey } from '#protections/audit-log/tree';
import { ed25519Pair, systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import { prepared } from '#test/prepared.ts';
import { insertAnchor, saveKept } from './protections/audit-log/anchors/anchor-store.ts';
import { insertStamp } from './protections/audit-log/anchors/stamp-store.ts';
import { insertWitness, saveConfirmed } from './protections/audit-log/witness/witness-store.ts';
import { verifyDue } from './verify-logs.ts';

const folder = makeTestFolder();
const heads = openHeadFile(join(folder.path, 'log-heads.json'));
const verified = openVerifiedFile(join(folder.path, 'log-verified.json'));
const told: string[] = [];
const hour = 3_600_000;
let world: World;
let logKey: LogKey;
let seal: () => Promise<void>;

before(async () => {
  world = await openWorld();
  logKey = await openLogKey(join(folder.path, 'log.key'), world.keyring.root, true);
  const sealer = openSealer({ database: world.database, logKey, clock: world.clock, heads }, () => {});
  seal = async () => {
    await sealer.sealNow();
    await heads.write();
  };
});
after(async () => {
  await world.close();
  folder.remove();
});

const id = () => world.organizationId;
const deps = () => {
  const { database, keyring, auditLog, clock } = world;
  return {
    database,
    keyring,
    auditLog,
    clock,
    logKey,
    heads,
    verified,
    log: { error: (_: object, text: string) => told.push(text) },
  };
};
async function record(count: number): Promise<void> {
  const seals = await world.keyring.of(id());
  await world.database.act(systemReach(id()), async (tx) => {
    for (let at = 0; at < count; at += 1)
      await world.auditLog.record(tx, seals, doerOf(world.cast.manager.actor), { event: 'contact.listed' });
  });
}
const posture = async () => {
  const checks = treePosture({ ...deps(), organizations: async () => [id()] });
  return checks.find((check) => check.id === 'audit-log.verified_lately')!.run();
};
const runs = async () =>
  (await world.test.admin`SELECT 1 FROM audit_entries WHERE organization_id = ${id()} AND event = 'audit.verified'`)
    .length;

test('a log is verified once a day, and the posture tells when nobody does', async () => {
  await record(300);
  await seal();
  assert.equal((await posture()).ok, true, 'a young log may wait for its first night');
  world.clock.move(40 * hour);
  assert.deepEqual([(await posture()).ok, (await posture()).evidence['never']], [false, 1]);
  await verifyDue(deps(), [id()]);
  await verifyDue(deps(), [id()]);
  assert.equal(await runs(), 1, 'the second run had nothing to do');
  const last = (await verified.read()).get(id())!;
  assert.deepEqual([last.findings, last.note?.split('\n')[1]], [0, String(last.size)]);
  assert.equal((await posture()).ok, true);
  await seal();
  world.clock.move(37 * hour);
  assert.deepEqual([(await posture()).ok, (await posture()).evidence['late']], [false, 1]);
  await verifyDue(deps(), [id()]);
  assert.equal(await runs(), 2);
  assert.deepEqual(told, []);
});

test('a confirmation from outside that does not fit is a finding of the night too', async () => {
  await seal();
  const at = world.clock.now();
  const [head] = await world.test.admin<{ size: number; note: string }[]>`SELECT size::int, note FROM audit_checkpoints
    WHERE organization_id = ${id()} ORDER BY size DESC LIMIT 1`;
  const key = noteKey(logHash, 'witness.example', 'witness', ed25519Pair().publicKey);
  const witness = '0190a0a0-0000-7000-8000-000000000001';
  const night = async () => {
    await seal();
    world.clock.move(24 * hour);
    await verifyDue(deps(), [id()]);
    return (await verified.read()).get(id())!.findings;
  };
  const act = (work: (tx: Transaction) => Promise<unknown>) => world.database.act(systemReach(id()), prepared(work));
  try {
    // Confirmed, as the row says; the witness did not sign it.
    await act(async (tx) => {
      await insertWitness(tx, id(), { id: witness, address: 'https://witness.example', key: writeKey(key), at });
      await saveConfirmed(tx, id(), witness, { ...head!, confirmedAt: at, now: at, nextAt: at });
    });
    assert.equal(await night(), 1);
    assert.deepEqual([(await posture()).ok, (await posture()).evidence['withFindings']], [false, 1]);
    assert.match(told.pop()!, /was changed/);
    const [entry] = await world.test
      .admin`SELECT convert_from(bytes, 'UTF8')::jsonb -> 'facts' ->> 'findings' AS findings
      FROM audit_entries WHERE organization_id = ${id()} AND event = 'audit.verified' ORDER BY id DESC LIMIT 1`;
    assert.equal(entry!['findings'], '1');
    await act((tx) =>
      insertStamp(tx, id(), {
        anchorId: witness,
        ...head!,
        stamp: Buffer.from('no time stamp'),
        at: world.clock.now(),
      }),
    );
    assert.equal(await night(), 2, 'and a time stamp that is none');
  } finally {
    await world.test.admin`DELETE FROM audit_stamps`;
    await world.test.admin`DELETE FROM audit_witnesses`;
  }
  assert.equal(await night(), 0);
  assert.equal((await posture()).ok, true);
  told.length = 0;
});

test('settings of a place outside that do not open any more keep the night from nothing', async () => {
  await seal();
  const seals = await world.keyring.of(id());
  const at = world.clock.now();
  const telegram = { token: `123456789:${'A'.repeat(35)}`, chat: '-100777' };
  const place = { id: '0190a0a0-0000-7000-8000-000000000002', kind: 'telegram' as const, settings: { telegram } };
  const [head] = await world.test.admin<{ size: number; note: string }[]>`SELECT size::int, note FROM audit_checkpoints
    WHERE organization_id = ${id()} ORDER BY size DESC LIMIT 1`;
  await world.database.act(
    systemReach(id()),
    prepared(async (tx: Transaction) => {
      await insertAnchor(tx, seals, { ...place, everyMinutes: 60, at });
      await saveKept(tx, id(), place.id, { ...head!, at, now: at, nextAt: at });
    }),
  );
  await world.test.admin`UPDATE audit_anchors SET sealed = set_byte(sealed, 20, (get_byte(sealed, 20) + 1) % 256)`;
  world.clock.move(24 * hour);
  await verifyDue(deps(), [id()]);
  assert.deepEqual(
    [(await verified.read()).get(id())!.at, (await verified.read()).get(id())!.findings],
    [world.clock.now().toISOString(), 0],
  );
  await world.test.admin`DELETE FROM audit_anchors`;
});

test('what was found stays known, and a log in which the verified head does not stand any more is noticed', async () => {
  await seal();
  const whole = (await verified.read()).get(id())!;
  await world.test.admin`UPDATE audit_entries SET bytes = bytes || ' '::bytea
    WHERE id = (SELECT entry_id FROM audit_leaves WHERE organization_id = ${id()} AND position = 7)`;
  world.clock.move(24 * hour);
  await verifyDue(deps(), [id()]);
  const broken = await posture();
  assert.deepEqual([broken.ok, broken.evidence['withFindings']], [false, 1]);
  assert.match(told[0]!, /was changed/);
  await verified.remember(id(), whole);
  assert.equal((await posture()).evidence['headLost'], 0);
  await world.test.admin`UPDATE audit_tiles SET hashes = set_byte(hashes, 0, (get_byte(hashes, 0) + 1) % 256)
    WHERE organization_id = ${id()} AND level = 1 AND index = 0`;
  const cut = await posture();
  assert.deepEqual([cut.ok, cut.evidence['headLost']], [false, 1]);
});

test('an index of the log that hides an entry is made anew by night, and the night says so', async () => {
  await seal();
  const { admin } = world.test;
  await admin`DELETE FROM audit_index WHERE organization_id = ${id()} AND id = (
    SELECT min(id::text)::uuid FROM audit_index WHERE organization_id = ${id()})`;
  const index = async () => {
    const checks = treePosture({ ...deps(), organizations: async () => [id()] });
    return (await checks.find((check) => check.id === 'audit-log.index_complete')!.run()).ok;
  };
  assert.equal(await index(), false);
  told.length = 0;
  const night = async () => {
    world.clock.move(24 * hour);
    await verifyDue(deps(), [id()]);
    const [entry] = await admin`SELECT convert_from(bytes, 'UTF8')::jsonb -> 'facts' ->> 'index' AS index
      FROM audit_entries WHERE organization_id = ${id()} AND event = 'audit.verified' ORDER BY id DESC LIMIT 1`;
    return entry!['index'];
  };
  assert.equal(await night(), 'made anew');
  assert.equal(await index(), true);
  assert.equal(await night(), null, 'the next night had nothing to do');
  assert.equal(told.filter((text) => text.includes('the index of the audit log was changed')).length, 1);
});
