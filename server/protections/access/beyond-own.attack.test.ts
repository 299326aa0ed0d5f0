/**
 * The place as a way up: a right in “the department” is as wide as the department. Whoever looks after people or the tree tries to
 * see more by moving themselves, a friend, or the clients; and a right that knows no departments, given for one, is no right.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { GrantTable } from '#contract';
import { permissions, wholePermissions } from '#contract';
import type { Reach } from '#database';
import type { Actor } from '#protections/access';
import { combineRights, may, reaches, reachOf, rightsOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, refusalOf } from '#test/cast.ts';
import { create, openRooms } from '../../crm/records/rooms.fixture.ts';

let world: World;
/** Ірина leads sales, and may change people, the tree and passwords of the whole company. */
let head: Actor;
let keepsPeople: string;
before(async () => {
  world = await openWorld();
  keepsPeople = await makeRole('Кадри', keeping);
  await give(world.cast.head, ['head', keepsPeople]);
});
after(() => world.close());
beforeEach(async () => {
  head = await now(world.cast.head);
});

const keeping: GrantTable = {
  'person.invite': 'all',
  'person.update': 'all',
  'person.recover': 'all',
  'department.update': 'all',
  'elevation.approve': 'all',
};
type By = CastMember | Actor;
const makeRole = async (name: string, grants: GrantTable) =>
  (await callAs(world.signIn, 'POST /api/v1/roles', world.cast.owner, { body: { name, grants } })).id;
const change = (by: By, whom: { personId: string }, body: object) =>
  callAs(world.signIn, 'PATCH /api/v1/people/:id', by, { params: { id: whom.personId }, body });
const give = (whom: CastMember, roles: string[]) => change(world.cast.owner, whom, { roles });
const now = async (who: CastMember): Promise<Actor> =>
  (await world.signIn.actorById(world.organizationId, who.personId)) ?? assert.fail('gone');
const invite = (by: By, role: string, departmentId: string) =>
  callAs(world.signIn, 'POST /api/v1/invitations', by, {
    body: { name: 'Юрій Новак', email: 'yurii.novak@vezha.example', roles: [role], departmentId },
  });

test('who may change people moves neither themselves nor a friend to where they would see more', async () => {
  const { manager } = world.cast;
  const { root, sales, salesNorth, service } = world.departments;
  for (const departmentId of [root, service]) {
    assert.equal(await refusalOf(change(head, head, { departmentId })), 'access.denied', 'themselves');
  }
  await give(manager, ['head']);
  for (const departmentId of [root, service]) {
    assert.equal(await refusalOf(change(head, manager, { departmentId })), 'access.denied', 'a friend');
  }
  assert.equal(await refusalOf(change(head, manager, { departmentId: sales })), null, 'within their own branch');
  await change(world.cast.owner, manager, { departmentId: salesNorth });
  await give(manager, ['manager']);
  assert.equal(await refusalOf(change(head, manager, { departmentId: service })), null, 'who sees only own clients');
  await change(world.cast.owner, manager, { departmentId: salesNorth });
});

test('nobody makes a head where they see nothing: by hand, by invitation, for hours, or out of the account of one', async () => {
  const { colleague, owner } = world.cast;
  const { salesNorth, service, root } = world.departments;
  assert.equal(await refusalOf(change(head, colleague, { roles: ['head'] })), 'access.denied');
  assert.equal(await refusalOf(invite(head, 'head', service)), 'access.denied');
  assert.equal(await refusalOf(invite(head, 'head', root)), 'access.denied');
  assert.equal(await refusalOf(invite(head, 'head', salesNorth)), null);
  const { id } = await callAs(world.signIn, 'POST /api/v1/profile/elevations', colleague, {
    body: { role: 'head', hours: 8, reason: 'Підміняю колегу' },
  });
  const approve = callAs(world.signIn, 'POST /api/v1/elevations/:id/approve', head, { params: { id } });
  assert.equal(await refusalOf(approve), 'elevation.beyond_own');
  await change(owner, colleague, { roles: ['head'] });
  const reset = callAs(world.signIn, 'POST /api/v1/people/:id/password-reset', head, {
    params: { id: colleague.personId },
    body: { by: 'screen' },
  } as never);
  assert.equal(await refusalOf(reset), 'access.denied');
  await change(owner, colleague, { roles: ['manager'] });
});

test('who may change people takes nothing from those above them: no role, no access, no name', async () => {
  const { securityOfficer, auditor, manager, owner } = world.cast;
  await give(auditor, ['support']);
  for (const whom of [securityOfficer, auditor]) {
    for (const body of [{ roles: ['manager'] }, { active: false }, { name: 'Інша Людина' }]) {
      assert.equal(await refusalOf(change(head, whom, body)), 'access.denied', JSON.stringify(body));
    }
  }
  await give(auditor, ['auditor']);
  for (const roles of [[], ['01890000-0000-7000-8000-000000000003']]) {
    assert.equal(await refusalOf(change(owner, manager, { roles })), 'role.not_found');
  }
});

test('who only moves people puts no friend over clients that the mover does not see', async () => {
  const { head: friend, manager, auditor, owner } = world.cast;
  const { root, salesNorth, service } = world.departments;
  await give(auditor, ['security-officer']);
  const officer = await now(auditor);
  const move = (by: By, whom: CastMember, departmentId: string) =>
    callAs(world.signIn, 'POST /api/v1/people/:id/move', by, {
      params: { id: whom.personId },
      body: { dryRun: false, departmentId, clients: 'along' },
    } as never);
  for (const departmentId of [root, service]) {
    assert.equal(await refusalOf(move(officer, friend, departmentId)), 'access.denied');
  }
  assert.equal(await refusalOf(move(officer, manager, service)), null, 'who sees only own clients');
  assert.equal(await refusalOf(move(owner, manager, salesNorth)), null);
  await give(auditor, ['auditor']);
});

test('who sees one department widens no role for people of the others', async () => {
  const { owner, colleague } = world.cast;
  const keeper = await makeRole('Веде ролі', { 'role.read': 'all', 'role.update': 'all' });
  const kept = await makeRole('Бачить своїх', { 'contact.read': 'own' });
  await give(world.cast.head, ['head', keeper]);
  const wider = async (version: number) =>
    callAs(world.signIn, 'PATCH /api/v1/roles/:id', await now(world.cast.head), {
      params: { id: kept },
      body: { version, grants: { 'contact.read': 'department' } },
    });
  await change(owner, colleague, { roles: ['manager', kept] });
  assert.equal(await refusalOf(wider(1)), 'role.beyond_own');
  await change(owner, colleague, { roles: ['manager'] });
  assert.equal(await refusalOf(wider(1)), null, 'which nobody has');
  await give(world.cast.head, ['head', keepsPeople]);
});

test('who may change the tree hangs nobody’s clients under their own branch', async () => {
  const { owner } = world.cast;
  const { root, sales, salesNorth, service } = world.departments;
  const move = (by: By, id: string, parentId: string) =>
    callAs(world.signIn, 'PATCH /api/v1/departments/:id', by, { params: { id }, body: { parentId } });
  assert.equal(await refusalOf(move(head, service, sales)), 'access.denied');
  assert.ok(!(await now(world.cast.head)).departmentIds.includes(service));
  // Of the two kinds of clients one is not enough.
  for (const kind of ['contact', 'company']) {
    const seer = await makeRole(`Бачить одне (${kind})`, { [`${kind}.read`]: 'all' });
    await give(world.cast.head, ['head', keepsPeople, seer]);
    assert.equal(await refusalOf(move(await now(world.cast.head), service, sales)), 'access.denied', kind);
  }
  await give(world.cast.head, ['head', keepsPeople]);
  assert.equal(await refusalOf(move(head, salesNorth, root)), null, 'what they see themselves');
  assert.equal(await refusalOf(move(owner, salesNorth, sales)), null);
  const rename = callAs(world.signIn, 'PATCH /api/v1/departments/:id', head, {
    params: { id: service },
    body: { name: 'Обслуговування' },
  });
  assert.equal(await refusalOf(rename), null);
});

test('a right that knows no departments, given for one, is not given', async () => {
  const { auditor, manager } = world.cast;
  for (const permission of permissions) {
    const limited = ['own', 'department'] as const;
    const given = limited.map((level) => combineRights([{ grants: { [permission]: level }, fieldRights: {} }]).grants);
    const kept = wholePermissions.includes(permission) ? [undefined, undefined] : limited;
    assert.deepEqual(
      given.map((grants) => grants[permission]),
      kept,
      permission,
    );
  }
  const clerk = await makeRole('Кадри відділу', { 'person.update': 'department', 'audit.read': 'own' });
  await give(manager, ['manager', clerk]);
  const actor = await now(manager);
  assert.ok(!may(actor, 'person.update') && !may(actor, 'audit.read'));
  assert.throws(() => reachOf(actor, 'audit.read'), { code: 'access.denied' });
  assert.equal(await refusalOf(Promise.try(() => change(actor, auditor, { name: 'Інша' }))), 'access.denied');
  await give(manager, ['manager']);
});

test('nobody’s client is nobody’s: an owner or a department that is not known matches no one', async () => {
  const { organizationId } = world;
  const unknown = undefined as unknown as string;
  const actor = await now(world.cast.manager);
  assert.ok(!reaches(actor, 'contact.read', { ownerId: unknown, departmentId: unknown }));
  assert.ok(!reaches(await now(world.cast.head), 'contact.read', { ownerId: unknown, departmentId: unknown }));
  assert.ok(!reaches({ ...actor, personId: unknown }, 'contact.read', { ownerId: actor.personId, departmentId: '' }));
  const { id } = await create(openRooms(world).contacts, world.cast.manager, { lastName: 'Чийсь' });
  const seen = async (reach: Partial<Reach>) =>
    world.database.read({ organizationId, personId: null, departmentIds: [], scope: 'own', ...reach }, (tx) =>
      tx`SELECT id FROM contacts`.then((rows) => rows.length),
    );
  assert.deepEqual([await seen({ personId: actor.personId }), await seen({ scope: 'all' })], [1, 1], id);
  assert.equal(await seen({}), 0, 'own, of nobody');
  assert.equal(await seen({ scope: 'department' }), 0, 'of no department');
  assert.equal(await seen({ scope: 'none', personId: actor.personId }), 0);
  assert.equal(await seen({ scope: 'everything' as never, personId: actor.personId }), 0, 'a word nobody knows');
});

test('who has no role, or one that is gone or damaged, may nothing', async () => {
  const { colleague } = world.cast;
  const { organizationId } = world;
  const everything = await now(colleague);
  assert.ok(may(everything, 'contact.read'));
  const taken = await world.test.admin`
    DELETE FROM person_roles WHERE organization_id = ${organizationId} AND person_id = ${colleague.personId} RETURNING role_id`;
  const bare = await now(colleague);
  for (const permission of permissions) {
    const isEverybodys = ['person.read', 'department.read', 'organization.read'].includes(permission);
    assert.equal(may(bare, permission), isEverybodys, permission);
  }
  await world.test.admin`INSERT INTO person_roles (organization_id, person_id, role_id, given_at)
    VALUES (${organizationId}, ${colleague.personId}, ${taken[0]!['role_id'] as string}, now())`;
  const damaged = { 'contact.read': 'ALL', 'contact.update': true, root: 'all' } as unknown as GrantTable;
  const row = { id: '', key: null, name: 'Пошкоджена', grants: damaged, fieldRights: null };
  assert.deepEqual(combineRights([rightsOf(row)]).grants, {});
});
