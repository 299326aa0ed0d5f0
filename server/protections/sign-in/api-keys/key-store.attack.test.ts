/** Keys in their table: what is found by a secret, listed, counted, revoked and told of is what stands, of whom it is, at its moment. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceBehind, readEntries } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import type { NewSecret } from './key-form.ts';
import { newSecret } from './key-form.ts';
import { keyPosture } from './key-posture.ts';
import {
  claimEndingKeys,
  countLiveKeys,
  endOf,
  findKey,
  insertKey,
  listKeys,
  listLiveKeys,
  lockKey,
  revokeKeys,
  rotateKey,
  touchKey,
} from './key-store.ts';

let world: World;
let now: Date;
before(async () => {
  world = await openWorld();
  now = world.clock.now();
});
after(() => world.close());

const act = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  world.database.act(systemReach(world.organizationId), prepared(work));
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const days = 3;

async function add(who: CastMember, { at = now, made = newSecret(world.organizationId) } = {}) {
  const { organizationId } = world;
  const [id, roleIds] = [newId(), [who.actor.roles[0]!.id]];
  const given = { organizationId, id, personId: who.personId, sealed: Buffer.from('s'), made, roleIds, networks: [] };
  await act((tx) => insertKey(tx, { ...given, days, at }));
  return { id, made };
}
const find = (made: NewSecret, at: Date) => act((tx) => findKey(tx, world.organizationId, made.hash, at));
/** Only the rows that are asked for stand, so what is done to others is seen. */
const rows = async (...but: string[]) =>
  (await world.test.admin`SELECT k::text AS text FROM api_keys k WHERE id <> ALL (${but}::uuid[]) ORDER BY id`).map(
    ({ text }) => text as string,
  );
const anew = () => world.test.admin`DELETE FROM api_keys`;
const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id).toSorted();

test('a key is found by its secret, and by the one before until the last moment of its overlap, and by no other', async () => {
  await anew();
  const { organizationId } = world;
  const { id, made } = await add(world.cast.manager);
  const other = await add(world.cast.colleague);
  const next = newSecret(organizationId);
  const before = await rows(id);
  await act((tx) => rotateKey(tx, { organizationId, id, made: next, days, at: now, overlapUntil: later(60) }));
  assert.deepEqual(await rows(id), before, 'no other got a new secret');
  const over = [later(60), new Date(later(60).getTime() - 1)] as const;
  assert.equal(await find(newSecret(organizationId), now), undefined, 'a secret that nobody has');
  assert.deepEqual([(await find(made, over[0]))?.key_id, (await find(made, over[1]))?.key_id], [undefined, id]);
  assert.deepEqual([(await find(next, over[0]))?.key_id, (await find(other.made, now))?.key_id], [id, other.id]);
  const found = (await find(next, now))!;
  assert.deepEqual(
    [found.person_id, found.department_ids, found.key_roles.map((role) => role.id)],
    [world.cast.manager.personId, [world.departments.salesNorth], [world.cast.manager.actor.roles[0]!.id]],
  );
});

test('a secret before does not outlive the end of its key', async () => {
  await anew();
  const { organizationId } = world;
  const { id, made } = await add(world.cast.manager);
  const end = endOf(now, days);
  const at = new Date(end.getTime() - 60_000);
  const overlapUntil = new Date(end.getTime() + 3_600_000);
  await act((tx) => rotateKey(tx, { organizationId, id, made: newSecret(organizationId), days, at, overlapUntil }));
  assert.equal(await find(made, end), undefined);
});

test('keys are listed and taken by whoever reaches their person; revoked ones are shown for a while, and taken by nobody', async () => {
  await anew();
  const { organizationId } = world;
  const { manager, colleague, head } = world.cast;
  const [mine, theirs, gone] = [await add(manager), await add(colleague), await add(manager)];
  await act((tx) => revokeKeys(tx, { organizationId, personId: manager.personId, at: later(5), only: gone.id }));
  const reaches = {
    own: { organizationId, personId: manager.personId, departmentIds: [], scope: 'own' },
    branch: { organizationId, personId: head.personId, departmentIds: head.actor.departmentIds, scope: 'department' },
    // Departments say nothing where only one’s own are reached.
    narrow: { organizationId, personId: head.personId, departmentIds: head.actor.departmentIds, scope: 'own' },
    all: { organizationId, personId: head.personId, departmentIds: [], scope: 'all' },
  } as const;
  const seen = async (reach: (typeof reaches)[keyof typeof reaches], since: Date) =>
    ids(await act((tx) => listKeys(tx, reach, since)));
  const [both, all] = [ids([mine, gone]), ids([mine, theirs, gone])];
  assert.deepEqual(await seen(reaches.own, later(4)), both);
  assert.deepEqual(await seen(reaches.own, later(5)), [mine.id], 'not at its moment');
  assert.deepEqual(await seen(reaches.branch, later(4)), both);
  assert.deepEqual(await seen(reaches.narrow, later(4)), []);
  assert.deepEqual(await seen(reaches.all, later(4)), all);
  const taken = async (reach: (typeof reaches)[keyof typeof reaches]) =>
    Promise.all([mine, theirs, gone].map(async ({ id }) => (await act((tx) => lockKey(tx, reach, id)))?.id));
  assert.deepEqual(await taken(reaches.own), [mine.id, undefined, undefined]);
  assert.deepEqual(await taken(reaches.branch), [mine.id, undefined, undefined]);
  assert.deepEqual(await taken(reaches.narrow), [undefined, undefined, undefined]);
  assert.deepEqual(await taken(reaches.all), [mine.id, theirs.id, undefined]);
});

test('live is what neither ended nor was revoked, of somebody who works here; and a revocation is of one’s own, once', async () => {
  await anew();
  const { organizationId } = world;
  const { manager, colleague } = world.cast;
  const end = endOf(now, days);
  const [first, second, theirs] = [await add(manager), await add(manager), await add(colleague)];
  const holder = { organizationId, personId: manager.personId };
  const live = async (at: Date, personId?: string) =>
    ids(await act((tx) => listLiveKeys(tx, organizationId, at, personId)));
  const count = (at: Date) => act((tx) => countLiveKeys(tx, holder, at));
  const before = new Date(end.getTime() - 1);
  assert.deepEqual([await count(before), await count(end)], [2, 0]);
  assert.deepEqual(await live(before), ids([first, second, theirs]));
  assert.deepEqual([await live(end), await live(now, colleague.personId)], [[], [theirs.id]]);
  const others = await rows(first.id);
  const revoke = (at: Date, only?: string) => act((tx) => revokeKeys(tx, { ...holder, at, ...(only && { only }) }));
  assert.deepEqual([await revoke(now, theirs.id), await revoke(now, first.id)], [[], [first.id]]);
  assert.deepEqual(await rows(first.id), others);
  assert.deepEqual([await count(now), await live(now, manager.personId)], [1, [second.id]]);
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${manager.personId}`;
  assert.deepEqual(await live(now), [theirs.id]);
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${manager.personId}`;
  const was = await rows(second.id);
  assert.deepEqual(await revoke(later(1)), [second.id]);
  assert.deepEqual(await rows(second.id), was, 'what was revoked stays so since');
});

test('a use is written once a minute, to the key that was used', async () => {
  await anew();
  const { organizationId } = world;
  const { id } = await add(world.cast.manager);
  await add(world.cast.manager);
  const others = await rows(id);
  const use = async (at: Date, address: string) => {
    await act((tx) => touchKey(tx, { organizationId, id, address, at }));
    const [row] = await world.test.admin`SELECT last_used_at, last_address FROM api_keys WHERE id = ${id}`;
    return [row!['last_used_at'], row!['last_address']];
  };
  assert.deepEqual(await use(now, '192.0.2.1'), [now, '192.0.2.1']);
  assert.deepEqual(await use(new Date(later(1).getTime() - 1), '192.0.2.2'), [now, '192.0.2.1']);
  assert.deepEqual(await use(later(1), '192.0.2.3'), [later(1), '192.0.2.3']);
  assert.deepEqual(await rows(id), others);
});

test('of its end hears the owner of a key that ends soon and still works, once', async () => {
  await anew();
  const { organizationId } = world;
  const { manager, colleague, head } = world.cast;
  const end = endOf(now, days);
  const [soon, gone, afterwards] = [await add(manager), await add(manager), await add(manager, { at: later(1) })];
  await add(head);
  await act((tx) => revokeKeys(tx, { organizationId, personId: manager.personId, at: now, only: gone.id }));
  await add(colleague);
  const [mine] = [manager.personId];
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${colleague.personId}`;
  const claim = async (at: Date, before: Date) =>
    (await act((tx) => claimEndingKeys(tx, organizationId, at, before))).filter(
      ({ person_id }) => person_id !== head.personId,
    );
  assert.deepEqual(await claim(end, end), [], 'it has ended');
  assert.deepEqual(await claim(now, new Date(end.getTime() - 1)), [], 'not yet');
  assert.deepEqual(
    (await claim(now, end)).map(({ id, person_id }) => [id, person_id]),
    [[soon.id, mine]],
  );
  assert.deepEqual(await claim(now, end), [], 'once');
  assert.deepEqual(ids(await claim(now, later(60 * 24 * days + 1))), [afterwards.id]);
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${colleague.personId}`;
});

test('of live keys those are told of that nobody uses, that end too late and that are as wide as an owner', async () => {
  await anew();
  const { organizationId, database, clock, otherOrganizationId } = world;
  const { manager, owner } = world.cast;
  const { admin } = world.test;
  const organizations = async () => [organizationId, otherOrganizationId];
  const said = async () => (await keyPosture({ database, clock, organizations })[0]!.run()).evidence;
  const { id } = await add(manager);
  const [wide, gone] = [await add(owner), await add(owner)];
  await act((tx) => revokeKeys(tx, { organizationId, personId: owner.personId, at: now, only: gone.id }));
  await add(owner, { at: new Date(now.getTime() - days * 86_400_000) });
  const usual = { keys: 2, tooLong: 0, unused: 0, wide: 1 };
  assert.deepEqual(await said(), usual);
  const [second, since] = [1_000, new Date(now.getTime() - 90 * 86_400_000)];
  const latest = new Date(now.getTime() + 366 * 86_400_000);
  const set = async (column: string, at: Date) => {
    await admin`UPDATE api_keys SET ${admin(column)} = ${at} WHERE id = ${id}`;
    return said();
  };
  assert.deepEqual(await set('created_at', since), usual);
  assert.deepEqual(await set('created_at', new Date(since.getTime() - 1)), { ...usual, unused: 1 });
  assert.deepEqual(await set('last_used_at', since), usual, 'used since');
  await set('renewed_at', new Date(now.getTime() + second));
  assert.deepEqual(await set('expires_at', latest), usual);
  assert.deepEqual(await set('expires_at', new Date(latest.getTime() + 1)), { ...usual, tooLong: 1 });
  await act((tx) => revokeKeys(tx, { organizationId, personId: owner.personId, at: now, only: wide.id }));
  assert.deepEqual(await said(), { ...usual, keys: 1, tooLong: 1, wide: 0 });
});

test('a key that two revoke at one moment is revoked once, and written down once', async () => {
  await anew();
  const { owner, securityOfficer, manager } = world.cast;
  const { id } = await add(manager);
  await world.test
    .admin`UPDATE api_keys SET sealed = ${(await world.keyring.of(world.organizationId)).seal(`api_keys/${id}/sealed`, { name: 'Сайт' })}`;
  const by = (who: CastMember) => () => callAs(world.signIn, 'DELETE /api/v1/api-keys/:id', who, { params: { id } });
  const held = `SELECT 1 FROM api_keys WHERE id = '${id}' FOR UPDATE`;
  assert.deepEqual(await raceBehind(world.test, held, [by(owner), by(securityOfficer)]), [null, 'api-key.not_found']);
  assert.equal((await readEntries(world)).filter(({ event }) => event === 'api-key.revoked').length, 1);
});
