/** Roles as a way up: whoever may change roles tries to get more by them, for oneself or for others, now or a moment ago. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FieldRightTable, GrantTable, RoleView } from '#contract';
import { newId } from '#kernel';
import type { Actor } from '#protections/access';
import { scopeOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { openSignIn } from '#protections/sign-in';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, origin, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import {
  countHeldRoles,
  deleteRole,
  insertRole,
  listGivenRoles,
  listHeldRoles,
  takeAllRoles,
  takeRole,
  takeRoles,
  updateRole,
} from './role-store.ts';

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

test('in the table itself: a role that is taken from one stays with others, and what is over is held by nobody', async () => {
  const { organizationId } = world;
  const { securityOfficer: other, colleague, owner } = world.cast;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const { admin } = world.test;
  const roles = await admin`SELECT id, key FROM roles WHERE organization_id = ${organizationId}`;
  const idOf = (key: string) => roles.find((row) => row['key'] === key)!['id'] as string;
  const now = world.clock.now();
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const give = (personId: string, key: string, until: Date) => admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_by, given_at, until)
    VALUES (${organizationId}, ${personId}, ${idOf(key)}, ${owner.personId}, ${now}, ${until})`;
  for (const { personId } of [other, colleague]) {
    await give(personId, 'support', inHours(2));
    await give(personId, 'marketer', inHours(-2));
  }
  const keysOf = async (who: CastMember) =>
    (
      await admin`SELECT r.key FROM person_roles h JOIN roles r ON r.id = h.role_id WHERE h.person_id = ${who.personId}
      ORDER BY r.key`
    ).map(({ key }) => key);
  const all = (own: string) => [own, 'marketer', 'support'].toSorted();
  const mine = { organizationId, personId: other.personId };
  // Held and given now: what is over is not among it.
  for (const list of [listHeldRoles, listGivenRoles] as const) {
    const rows = await act((tx) => list(tx, organizationId, now));
    const of = (id: string) =>
      rows
        .filter(({ personId }) => personId === id)
        .map(({ key }) => String(key))
        .toSorted();
    assert.deepEqual(
      [of(other.personId), of(colleague.personId)],
      [
        ['owner', 'support'],
        ['manager', 'support'],
      ],
    );
  }
  const named = await act((tx) => listHeldRoles(tx, organizationId, now, [other.personId]));
  const given = await act((tx) => listGivenRoles(tx, organizationId, now, other.personId));
  for (const rows of [named, given]) assert.ok(rows.every(({ personId }) => personId === other.personId));
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${colleague.personId}`;
  assert.ok(
    !(await act((tx) => listGivenRoles(tx, organizationId, now))).some((one) => one.personId === colleague.personId),
  );
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${colleague.personId}`;
  // Taken from one.
  await act((tx) => takeRoles(tx, { ...mine, roleIds: [idOf('support')] }));
  assert.deepEqual(await keysOf(other), all('owner'), 'for a time only: not what takes for good');
  await act((tx) => takeRole(tx, { ...mine, roleId: idOf('marketer') }));
  assert.deepEqual([await keysOf(other), await keysOf(colleague)], [['owner', 'support'], all('manager')]);
  const counts = (forGood: boolean) => act((tx) => countHeldRoles(tx, { ...mine, forGood }));
  assert.deepEqual([await counts(true), await counts(false)], [1, 1]);
  assert.equal(await act((tx) => takeAllRoles(tx, { ...mine, forGood: false })), 1);
  assert.deepEqual([await keysOf(other), await keysOf(colleague)], [['owner'], all('manager')]);
  // A role that goes takes along what is over of it, and nothing of another.
  const id = newId();
  await act((tx) => insertRole(tx, { organizationId, id, name: 'Зникає', grants: {}, fieldRights: {}, at: now }));
  const before = await keysOf(colleague);
  await act((tx) => deleteRole(tx, organizationId, id, now));
  assert.deepEqual(await keysOf(colleague), before);
  await admin`DELETE FROM person_roles WHERE until IS NOT NULL`;
});

test('in the table itself: a role that somebody else changed meanwhile is not overwritten', async () => {
  const { organizationId } = world;
  const id = newId();
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const at = world.clock.now();
  await act((tx) => insertRole(tx, { organizationId, id, name: 'Двоє', grants: {}, fieldRights: {}, at }));
  const update = (version: number) =>
    act((tx) => updateRole(tx, { organizationId, id, version, name: 'Двоє', grants: {}, fieldRights: {} }));
  assert.deepEqual([await update(1), await update(1), await update(2)], [true, false, true]);
});
