/** Logs are verified by themselves; what was found, when, and up to which head is remembered where the database’s owner cannot write. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { doerOf } from '#protections/audit-log';
import { openHeadFile, openLogKey, openSealer, openVerifiedFile, treePosture } from '#protections/audit-log/tree';
import type { LogKey } from '#protections/audit-log/tree';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
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
  const { database, auditLog, clock } = world;
  return {
    database,
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
