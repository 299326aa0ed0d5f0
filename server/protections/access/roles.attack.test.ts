/** Roles as a way up: whoever may change roles tries to get more by them, for oneself or for others, now or a moment ago. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FieldRightTable, GrantTable, RoleView } from '#contract';
import { hasCode } from '#kernel';
import type { Actor } from '#protections/access';
import { scopeOf } from '#protections/access';
import { openSignIn } from '#protections/sign-in';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, origin, readEntries, signInAs, visitorFrom } from '#test/cast.ts';

let world: World;
let keeper: RoleView;

/** The manager keeps the roles of the company, too: sees own clients, changes roles. */
before(async () => {
  world = await openWorld();
  const { owner, manager } = world.cast;
  keeper = await create(owner, 'Веде ролі', { 'role.read': 'all', 'role.update': 'all' });
  await giveRoles(manager, ['manager', keeper.id]);
});
after(() => world.close());

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (hasCode(error) ? error.code : String(error)),
  );
type By = CastMember | Actor;
const create = (by: By, name: string, grants: GrantTable, fieldRights: FieldRightTable = {}) =>
  callAs(world.signIn, 'POST /api/v1/roles', by, { body: { name, grants, fieldRights } });
const change = (
  by: By,
  { id, version }: Pick<RoleView, 'id' | 'version'>,
  to: { name?: string; grants?: GrantTable; fieldRights?: FieldRightTable },
) => callAs(world.signIn, 'PATCH /api/v1/roles/:id', by, { params: { id }, body: { version, ...to } });
const reset = (by: By, id: string) => callAs(world.signIn, 'POST /api/v1/roles/:id/reset', by, { params: { id } });
const remove = (by: By, id: string) => callAs(world.signIn, 'DELETE /api/v1/roles/:id', by, { params: { id } });
/** Gives roles; whose roles changed signs in anew. */
const giveRoles = async (whom: CastMember, roles: string[]) => {
  const params = { id: whom.personId };
  await callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params, body: { roles } });
  whom.token = await signInAs(world.signIn, world.clock, whom);
  whom.actor = await actorNow(whom);
};
const actorNow = (person: CastMember) => world.signIn.actorOf(person.token, visitorFrom('192.0.2.10'));
const ready = async (key: string, by: CastMember = world.cast.owner) =>
  (await callAs(world.signIn, 'GET /api/v1/roles', by)).roles.find((role) => role.key === key)!;
const eventsSince = async (count: number) => (await readEntries(world)).slice(count).map(({ event }) => event);

test('nobody makes a role wider than oneself, neither one’s own nor another', async () => {
  const { manager } = world.cast;
  const before = (await readEntries(world)).length;
  for (const permission of ['contact.read', 'contact.export', 'person.update', 'audit.read'] as const) {
    const wider: GrantTable = { ...keeper.grants, [permission]: 'all' };
    assert.equal(await refusalOf(change(manager, keeper, { grants: wider })), 'role.beyond_own', permission);
    assert.equal(await refusalOf(create(manager, `Ширша ${permission}`, wider)), 'role.beyond_own', permission);
  }
  const managers = await ready('manager');
  const wider: GrantTable = { ...managers.grants, 'contact.read': 'department' };
  assert.equal(await refusalOf(change(manager, managers, { grants: wider })), 'role.beyond_own');
  assert.equal(scopeOf(await actorNow(manager), 'contact.read'), 'own');
  assert.deepEqual(await eventsSince(before), []);
});

test('what is above somebody is not cut by them either', async () => {
  const { manager } = world.cast;
  const head = await ready('head');
  assert.equal(head.mayChange, true, 'the owner may');
  assert.equal((await ready('head', manager)).mayChange, false);
  assert.equal(await refusalOf(change(manager, head, { grants: {} })), 'role.beyond_own');
  const wide = await create(world.cast.owner, 'Експорт усього', { 'contact.read': 'all', 'contact.export': 'all' });
  assert.equal(await refusalOf(remove(manager, wide.id)), 'role.beyond_own');
  await remove(world.cast.owner, wide.id);
});

test('the owner’s role stays as it is, whoever asks', async () => {
  const owners = await ready('owner');
  for (const by of [world.cast.owner, world.cast.manager]) {
    assert.equal(await refusalOf(change(by, owners, { grants: {} })), 'role.fixed');
    assert.equal(await refusalOf(change(by, owners, { name: 'Ніхто' })), 'role.fixed');
    assert.equal(await refusalOf(reset(by, owners.id)), 'role.fixed');
    assert.equal(await refusalOf(remove(by, owners.id)), 'role.fixed');
  }
});

test('a field that is half hidden from somebody does not open by a role of their making', async () => {
  const { owner, colleague } = world.cast;
  const closed = await create(
    owner,
    'Без телефонів',
    { 'contact.read': 'own', 'role.read': 'all', 'role.update': 'all' },
    { contact: { phones: 'masked', notes: 'hidden' } },
  );
  await giveRoles(colleague, [closed.id]);
  const actor = await actorNow(colleague);
  const grants: GrantTable = { 'contact.read': 'own' };
  const open = (fieldRights: FieldRightTable) => refusalOf(create(actor, 'З телефонами', grants, fieldRights));
  assert.equal(await open({}), 'role.beyond_own');
  assert.equal(await open({ contact: { phones: 'masked', notes: 'masked' } }), 'role.beyond_own');
  assert.equal(await refusalOf(change(actor, closed, { fieldRights: {} })), 'role.beyond_own');
  assert.equal(await open({ contact: { phones: 'hidden', notes: 'hidden' } }), null);
  await giveRoles(colleague, ['manager']);
});

test('a right that was taken away a moment ago changes no role any more', async () => {
  const { manager } = world.cast;
  const stale = manager.actor;
  assert.equal(scopeOf(stale, 'role.update'), 'all');
  await giveRoles(manager, ['manager']);
  assert.equal(await refusalOf(create(stale, 'Запізніла', { 'contact.read': 'own' })), 'access.denied');
  assert.equal(await refusalOf(change(stale, keeper, { name: 'Запізніла' })), 'access.denied');
  assert.equal(await refusalOf(remove(stale, keeper.id)), 'access.denied');
  await giveRoles(manager, ['manager', keeper.id]);
});

test('a role of another organization is not there', async () => {
  const { owner, outsider } = world.cast;
  const theirs = await ready('manager', outsider);
  assert.equal(await refusalOf(change(owner, theirs, { name: 'Наша' })), 'role.not_found');
  assert.equal(await refusalOf(reset(owner, theirs.id)), 'role.not_found');
  assert.equal(await refusalOf(remove(owner, theirs.id)), 'role.not_found');
  assert.notEqual(await refusalOf(giveRoles(world.cast.colleague, [theirs.id])), null);
  assert.equal((await ready('manager', outsider)).version, theirs.version);
});

test('a role that somebody has is not deleted; one that nobody has is, once', async () => {
  const { owner } = world.cast;
  assert.equal(await refusalOf(remove(owner, keeper.id)), 'role.in_use');
  const spare = await create(owner, 'Зайва', { 'contact.read': 'own' });
  const before = (await readEntries(world)).length;
  assert.equal(await refusalOf(remove(owner, spare.id)), null);
  assert.equal(await refusalOf(remove(owner, spare.id)), 'role.not_found');
  assert.deepEqual(await eventsSince(before), ['role.deleted']);
});

test('who saves over somebody else’s change is told, and nothing is lost', async () => {
  const { owner, securityOfficer } = world.cast;
  const role = await create(owner, 'Двоє правлять', { 'contact.read': 'own' });
  const changed = await change(securityOfficer, role, { grants: { 'contact.read': 'department' } });
  assert.equal(await refusalOf(change(owner, role, { grants: {} })), 'role.version_conflict');
  assert.equal(changed.grants['contact.read'], 'department');
  await remove(owner, role.id);
});

test('“never” is stronger than what another role gives, and its reversal brings it back', async () => {
  const { owner, head } = world.cast;
  assert.equal(scopeOf(await actorNow(head), 'contact.export'), 'department');
  const stop = await create(owner, 'Без експорту', { 'contact.export': 'never' });
  await giveRoles(head, ['head', stop.id]);
  assert.equal(scopeOf(await actorNow(head), 'contact.export'), 'none');
  const eased = await change(owner, stop, { grants: { 'contact.export': 'none' } });
  assert.equal(scopeOf(await actorNow(head), 'contact.export'), 'department');
  assert.equal(eased.version, stop.version + 1);
  await giveRoles(head, ['head']);
});

test('a change of a role counts on this node at once and on another within a second', async () => {
  const { database, keyring, auditLog, clock, cast } = world;
  const second = openSignIn({ database, keyring, auditLog, clock, origin: () => origin });
  const there = () => second.actorOf(cast.manager.token, visitorFrom('192.0.2.10'));
  assert.equal(scopeOf(await there(), 'contact.import'), 'own');
  const managers = await ready('manager');
  await change(cast.owner, managers, { grants: { ...managers.grants, 'contact.import': 'none' } });
  assert.equal(scopeOf(await actorNow(cast.manager), 'contact.import'), 'none');
  clock.move(1_001);
  assert.equal(scopeOf(await there(), 'contact.import'), 'none');
  const back = await reset(cast.owner, managers.id);
  assert.deepEqual([back.edited, back.grants['contact.import']], [false, 'own']);
  await second.close();
});

test('every change of a role is written down with what was before and after; one that changes nothing is not', async () => {
  const { owner } = world.cast;
  const before = (await readEntries(world)).length;
  const role = await create(owner, 'Для журналу', { 'contact.read': 'own' });
  const changed = await change(owner, role, { grants: { 'contact.read': 'all' } });
  await change(owner, changed, { grants: { 'contact.read': 'all' } });
  await remove(owner, role.id);
  assert.deepEqual(await eventsSince(before), ['role.created', 'role.updated', 'role.deleted']);
  const entry = (await readEntries(world))[before + 1]!;
  assert.deepEqual(entry.facts['grants'], [{ permission: 'contact.read', before: 'own', after: 'all' }]);
});
