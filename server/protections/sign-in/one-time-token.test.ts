/** What is good once: taken by one, in its time, and not when it was taken back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { Transaction } from '#database';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { claimLink, insertLink } from './links/link-store.ts';
import { newToken } from './session-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const act = <T>(work: (tx: Transaction) => Promise<unknown>) =>
  world.database.act(systemReach(world.organizationId), prepared(work)) as Promise<T>;

async function makeLink(): Promise<{ id: string; expiresAt: Date }> {
  const { organizationId, cast } = world;
  const at = world.clock.now();
  const id = newId();
  const expiresAt = new Date(at.getTime() + 60_000);
  const row = { id, person_id: cast.manager.personId, purpose: 'password-reset' as const, act_id: newId() };
  const made = { sealed: Buffer.from('x'), letter_id: null, made_by: null, created_at: at, expires_at: expiresAt };
  const { hash } = newToken(organizationId);
  await act((tx) => insertLink(tx, organizationId, { ...row, ...made, token_hash: hash }));
  return { id, expiresAt };
}
const claim = (id: string, at: Date) => act<boolean>((tx) => claimLink(tx, world.organizationId, id, at));

test('it is taken once, and not at the moment at which its time is over', async () => {
  const { id, expiresAt } = await makeLink();
  assert.equal(await claim(id, expiresAt), false);
  assert.equal(await claim(id, new Date(expiresAt.getTime() - 1)), true);
  assert.equal(await claim(id, new Date(expiresAt.getTime() - 1)), false);
});

test('what was taken back is not taken', async () => {
  const { id } = await makeLink();
  await world.test.admin`UPDATE links SET withdrawn_at = now() WHERE id = ${id}`;
  assert.equal(await claim(id, world.clock.now()), false);
});
