/** Nobody is told the same again within the time that was meant, also when two nodes ask at one moment; and nothing silences it for ever. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { systemDoer } from './entry.ts';
import { toldLately } from './told-lately.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const event = 'system.certificate_warned';
const hours = 24;

/** Tells when nobody was told, and is ready to commit when `ready` is. */
async function tell(subjectId?: string, ready?: Promise<void>): Promise<boolean> {
  const { database, keyring, auditLog, clock, organizationId } = world;
  const seals = await keyring.of(organizationId);
  return database.act(systemReach(organizationId), async (tx) => {
    const about = subjectId === undefined ? {} : { subjectId };
    if (await toldLately(tx, organizationId, { event, hours, now: clock.now(), ...about })) return false;
    const subject = subjectId === undefined ? {} : { subjectKind: 'forward' as const, subjectIds: [subjectId] };
    await auditLog.record(tx, seals, systemDoer(organizationId), { event, facts: {}, ...subject });
    await ready;
    return true;
  });
}

test('once, and again when the time is over; about another subject at once', async () => {
  const hour = 3_600_000;
  const [one, other] = [newId(), newId()];
  assert.deepEqual([await tell(), await tell()], [true, false]);
  assert.deepEqual([await tell(one), await tell(one), await tell(other)], [true, false, true]);
  world.clock.move(23 * hour);
  assert.equal(await tell(one), false);
  world.clock.move(2 * hour);
  assert.deepEqual([await tell(), await tell(one), await tell(one)], [true, true, false]);
});

test('who asks while another tells waits for the end of it, and then tells nothing', async () => {
  const id = newId();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = tell(id, promise);
  await sleep(300);
  const second = tell(id);
  await sleep(300);
  resolve();
  assert.deepEqual(await Promise.all([first, second]), [true, false]);
});

test('who asked what time it is before another told, and then waited, tells nothing', async () => {
  const id = newId();
  assert.equal(await tell(id), true);
  world.clock.move(-5_000);
  assert.equal(await tell(id), false);
  world.clock.move(5_000);
});

test('an entry of a clock that was ahead silences nobody when it is set right', async () => {
  const id = newId();
  world.clock.move(400 * 24 * 3_600_000);
  assert.equal(await tell(id), true);
  world.clock.move(-400 * 24 * 3_600_000);
  assert.equal(await tell(id), true);
});
