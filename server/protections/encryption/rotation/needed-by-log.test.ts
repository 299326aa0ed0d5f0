/** A retired key is kept while an entry of the log carries a name that it sealed, whenever that entry was written. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { doerOf } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { isNeededByLog, readKeyHistory } from './rotation-store.ts';

let world: World;
let mark: number;
before(async () => {
  world = await openWorld();
  await world.auditLog.recordAlone(doerOf(world.cast.manager.actor), { event: 'contact.listed' });
  const keys = await world.database.read(systemReach(world.organizationId), (tx) =>
    readKeyHistory(tx, world.organizationId),
  );
  ({ mark } = keys.find(({ purpose }) => purpose === 'sealing')!);
});
after(() => world.close());

const isNeeded = (given: { mark: number; unmarked: boolean }, hoursFrom: number) => {
  const from = new Date(Date.now() + hoursFrom * 3_600_000);
  const lived = { from, to: new Date(from.getTime() + 7_200_000) };
  return world.database.read(systemReach(world.organizationId), (tx) =>
    isNeededByLog(tx, world.organizationId, { ...given, ...lived }),
  );
};

test('an entry of the time in which the key sealed needs it; so does one that a wrong clock put elsewhere', async () => {
  assert.equal(await isNeeded({ mark, unmarked: false }, -1), true);
  assert.equal(await isNeeded({ mark, unmarked: false }, 1_000), true);
});

test('no entry needs a key that sealed none; one of the time before marks needs the oldest', async () => {
  assert.equal(await isNeeded({ mark: mark - 1, unmarked: false }, -1), false);
  assert.equal(await isNeeded({ mark: mark - 1, unmarked: true }, -1), false);
  const old = Buffer.alloc(40, 1).toString('base64');
  await world.test.admin`UPDATE audit_entries SET bytes = convert_to(jsonb_set(convert_from(bytes, 'UTF8')::jsonb,
    '{actor,name}', ${`"${old}"`}::text::jsonb)::text, 'UTF8') WHERE id = (SELECT max(id::text)::uuid FROM audit_entries)`;
  assert.equal(await isNeeded({ mark: mark - 1, unmarked: true }, -1), true);
  assert.equal(await isNeeded({ mark: mark - 1, unmarked: false }, -1), false);
});

test('an entry that cannot be read needs every key, and keeps nobody from asking', async () => {
  const asked = { mark: mark - 1, unmarked: false };
  const put = (bytes: Buffer) => world.test.admin`UPDATE audit_entries SET bytes = ${bytes}
    WHERE id = (SELECT min(id::text)::uuid FROM audit_entries)`;
  for (const [bytes, needed] of [
    ['це не JSON', true],
    [Buffer.from('{"actor":null}\0'), true],
    [Buffer.from([0xff, 0xfe, 0x80]), true],
    ['{"actor":{"name":"не base64"}}', true],
    ['{"actor":{"name":{"other":1}}}', true],
    ['{"actor":{"name":"AQ"}}', true],
    ['{"actor":{"name":"\\u0000"}}', true],
    ['{"actor":null,"note":"Перевірка"}', false],
  ] as const) {
    await put(Buffer.from(bytes));
    assert.equal(await isNeeded(asked, -1), needed, String(bytes));
    assert.equal(await isNeeded(asked, 1_000), needed, String(bytes));
  }
});
