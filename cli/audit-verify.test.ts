/** `lubart audit verify`: a whole log, a changed one in words, and what the verifier brings along. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { writeKey } from '#contract/tlog';
import { ed25519Pair } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import { logKeyFrom } from '../server/protections/audit-log/tree/log-key.ts';
import { sealEntries } from '../server/protections/audit-log/tree/seal-entries.ts';
import { newestCheckpoint } from '../server/protections/audit-log/tree/tree-store.ts';
import { systemReach } from '#protections/encryption';
import type { Context } from './command.ts';
import { auditVerifyActions } from './commands/audit-verify.ts';

let world: World;
const folder = makeTestFolder();
const logKey = logKeyFrom(ed25519Pair().seed);
before(async () => {
  world = await openWorld();
  for (const id of [world.organizationId, world.otherOrganizationId])
    await sealEntries({ database: world.database, logKey, clock: world.clock }, id);
});
after(async () => {
  await world.close();
  rmSync(folder.path, { recursive: true, force: true });
});

async function verify(given: { key?: string; checkpoint?: string } = {}) {
  const lubart = {
    database: world.database,
    keyring: world.keyring,
    auditLog: world.auditLog,
    logKey,
    organizations: async () => [world.organizationId],
    rememberedHeads: async () => new Map<string, string>(),
    rememberVerified: async () => {},
  };
  const context = {
    operands: [],
    language: 'uk',
    text: (name: 'key' | 'checkpoint') => given[name],
    open: async () => ({ lubart }),
  };
  const { data, lines, exitCode } = await auditVerifyActions[0]!.run(context as unknown as Context);
  return { whole: (data as { whole: boolean }).whole, text: lines.join('\n'), exitCode };
}

test('a whole log is said to be whole, and that it was verified stands in it', async () => {
  const { whole, text, exitCode } = await verify({ key: writeKey(logKey.keyOf(world.organizationId)) });
  assert.deepEqual([whole, exitCode], [true, 0]);
  assert.match(text, /Журнал цілий/);
  assert.ok((await readEntries(world)).some(({ event }) => event === 'audit.verified'));
});

test('a key and a checkpoint that the verifier kept are believed rather than this machine', async () => {
  const seal = () => sealEntries({ database: world.database, logKey, clock: world.clock }, world.organizationId);
  await seal();
  const foreign = logKeyFrom(ed25519Pair().seed).keyOf(world.organizationId);
  assert.match((await verify({ key: writeKey(foreign) })).text, /підписано не ключем цього журналу/);
  await assert.rejects(verify({ key: 'не ключ' }));
  await assert.rejects(verify({ checkpoint: `${folder.path}/немає` }));
  const kept = await world.database.read(systemReach(world.organizationId), (tx) =>
    newestCheckpoint(tx, world.organizationId),
  );
  writeFileSync(`${folder.path}/head`, kept!.note);
  await seal();
  assert.equal((await verify({ checkpoint: `${folder.path}/head` })).exitCode, 0);
  await world.database.act(systemReach(world.organizationId), (tx) => tx`DELETE FROM audit_checkpoints`);
  await world.test.admin`DELETE FROM audit_leaves WHERE organization_id = ${world.organizationId} AND position > 4`;
  assert.match((await verify({ checkpoint: `${folder.path}/head` })).text, /Журнал коротший, ніж був/);
});

test('a changed entry is named in words, with exit code 6', async () => {
  await world.test
    .admin`UPDATE audit_entries SET bytes = bytes || 'x'::bytea WHERE organization_id = ${world.organizationId}
    AND id = (SELECT entry_id FROM audit_leaves WHERE organization_id = ${world.organizationId} AND position = 2)`;
  const { text, exitCode } = await verify();
  assert.equal(exitCode, 6);
  assert.match(text, /Запис № 2 змінено/);
});
