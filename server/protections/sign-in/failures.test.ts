import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasCode } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { failuresPerNetworkMax, openFailures, triesPerPersonMax } from './failures.ts';
import { windowMinutes } from './network-limit.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const holderOf = (name: 'manager' | 'head') => ({
  organizationId: world.organizationId,
  personId: world.cast[name].personId,
});

test('ten tries, then none until the window is over', async () => {
  const failures = openFailures(world.database, world.clock);
  const holder = holderOf('manager');
  for (let at = 1; at <= triesPerPersonMax; at += 1) assert.equal(await failures.countTry(holder), true, `try ${at}`);
  assert.equal(await failures.countTry(holder), false);
  world.clock.move(windowMinutes * 60_000 - 1);
  assert.equal(await failures.countTry(holder), false, 'the window is not over');
  assert.equal(await failures.countTry(holderOf('head')), true, 'a colleague’s failures are not mine');
  world.clock.move(1);
  assert.equal(await failures.countTry(holder), true);
  await world.database.act(systemReach(holder.organizationId), (tx) => failures.forget(tx, holder));
});

test('a thousand tries at once are still ten', async () => {
  const failures = openFailures(world.database, world.clock);
  const answers = await Promise.all(Array.from({ length: 200 }, () => failures.countTry(holderOf('head'))));
  assert.equal(answers.filter(Boolean).length, triesPerPersonMax - 1, 'one was counted above');
});

test('an unknown e-mail and a loud network are counted too', () => {
  const failures = openFailures(world.database, world.clock);
  const token = Buffer.from('unknown');
  for (let at = 1; at <= triesPerPersonMax; at += 1) assert.equal(failures.countUnknown(token), true);
  assert.equal(failures.countUnknown(token), false);
  assert.equal(failures.countUnknown(Buffer.from('another')), true);
  for (let at = 0; at < failuresPerNetworkMax; at += 1) {
    failures.enterNetwork('2001:db8:0:1::1');
    failures.leaveNetwork('2001:db8:0:1::1');
    failures.enterNetwork(`2001:db8:0:1::${at.toString(16)}`);
  }
  assert.throws(
    () => failures.enterNetwork('2001:db8:0:1:ffff::9'),
    (error) => hasCode(error, 'sign-in.too_many_attempts'),
  );
  failures.enterNetwork('2001:db8:0:2::1');
  world.clock.move(windowMinutes * 60_000);
  failures.enterNetwork('2001:db8:0:1::1');
});
