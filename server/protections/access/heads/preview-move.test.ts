import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { companyKind, contactKind, countReachable } from '#crm/records';
import type { GrantTable } from '#contract';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, refusalOf } from '#test/cast.ts';
import { create, openRooms } from '../../../crm/records/rooms.fixture.ts';
import type { ExplainDeps } from '../explain-access.ts';
import { previewDepartmentMove, previewPersonMove } from './preview-move.ts';

let world: World;
let deps: ExplainDeps;
before(async () => {
  world = await openWorld();
  const { database, clock, signIn } = world;
  const kinds = { contact: contactKind, company: companyKind };
  deps = {
    database,
    clock,
    directory: signIn.directory,
    countRecords: (kind, reach) => countReachable(database, kinds[kind], reach),
    holderOf: () => assert.fail('no record is looked at'),
  };
  const { contacts } = openRooms(world);
  for (let at = 0; at < 3; at += 1) await create(contacts, world.cast.manager, { lastName: 'Клієнт' });
  await create(contacts, world.cast.colleague, { lastName: 'Клієнт' });
});
after(() => world.close());

const department = (id: string, parentId: string) => {
  const { actor } = world.cast.owner;
  return previewDepartmentMove(deps, actor, reachOf(actor, 'department.update'), id, parentId);
};
const person = (id: string, departmentId: string) => {
  const { actor } = world.cast.owner;
  return previewPersonMove(deps, actor, reachOf(actor, 'person.leave'), id, departmentId);
};
const names = (people: readonly { name: string }[]) => people.map(({ name }) => name);

test('a department that moves takes its people and clients out of one head’s sight, as the preview says', async () => {
  const { head, owner } = world.cast;
  const { salesNorth, service, sales } = world.departments;
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', owner, {
    params: { id: salesNorth },
    body: { personIds: [head.personId] },
  });
  const away = await department(salesNorth, service);
  assert.deepEqual([away.people, away.contacts.count, names(away.gain), names(away.lose)], [1, 3, [], [head.name]]);
  assert.deepEqual(names(away.headsLost), [head.name]);
  const stays = await department(salesNorth, sales);
  assert.deepEqual([stays.gain, stays.lose, stays.headsLost], [[], [], []]);
  await callAs(world.signIn, 'PATCH /api/v1/departments/:id', owner, {
    params: { id: salesNorth },
    body: { parentId: service },
  });
  const back = await department(salesNorth, sales);
  assert.deepEqual(names(back.gain), [head.name]);
  const body = { parentId: sales };
  await callAs(world.signIn, 'PATCH /api/v1/departments/:id', owner, { params: { id: salesNorth }, body });
});

test('a head who moves sees other clients; the colleagues who will see theirs are named', async () => {
  const { head, manager } = world.cast;
  const { service } = world.departments;
  const moved = await person(head.personId, service);
  assert.deepEqual([moved.sees.contacts.before.count, moved.sees.contacts.after.count], [3, 1]);
  const follows = await person(manager.personId, service);
  assert.deepEqual([follows.contacts.count, names(follows.lose)], [3, [head.name]]);
  assert.deepEqual(follows.sees.contacts.before, follows.sees.contacts.after, 'own clients are own everywhere');
});

const now = async (who: CastMember): Promise<Actor> =>
  (await world.signIn.actorById(world.organizationId, who.personId)) ?? assert.fail('gone');
async function giveAlso(who: CastMember, name: string, grants: GrantTable): Promise<Actor> {
  const { owner } = world.cast;
  const role = await callAs(world.signIn, 'POST /api/v1/roles', owner, { body: { name, grants } });
  const body = { roles: [who.role, role.id] };
  await callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: who.personId }, body });
  return now(who);
}

test('whoever does not see the clients is told tens, and nobody looks into a department for which they do not answer', async () => {
  const { auditor, head, manager, colleague } = world.cast;
  const { salesNorth, service, sales } = world.departments;
  const clerk = await giveAlso(auditor, 'Кадри', { 'department.update': 'all', 'person.leave': 'all' });
  const move = (by: Actor, id: string, departmentId: string) =>
    previewPersonMove(deps, by, reachOf(by, 'person.leave'), id, departmentId);
  const tree = (by: Actor) => previewDepartmentMove(deps, by, reachOf(by, 'department.update'), salesNorth, service);
  const none = { count: 0, more: false, about: true };
  assert.deepEqual((await tree(clerk)).contacts, none, 'of three');
  const moved = await move(clerk, manager.personId, service);
  assert.deepEqual([moved.contacts, moved.sees.contacts.before, moved.sees.companies.after], [none, none, none]);
  for (let at = 0; at < 3; at += 1) await create(openRooms(world).contacts, manager, { lastName: 'Клієнт' });
  assert.deepEqual((await tree(clerk)).contacts, { count: 10, more: false, about: true }, 'of six');
  const leads = await giveAlso(head, 'Кадри відділу', { 'department.update': 'all', 'person.leave': 'department' });
  assert.deepEqual((await tree(leads)).contacts, { count: 6, more: false }, 'who sees them all');
  assert.equal(await refusalOf(move(leads, colleague.personId, sales)), 'access.denied');
  assert.equal(await refusalOf(move(leads, manager.personId, service)), 'access.denied');
  assert.equal(await refusalOf(move(leads, manager.personId, sales)), null);
});

test('rings, the company itself and what is elsewhere are refused, as the move would be', async () => {
  const { root, sales, salesNorth } = world.departments;
  const { outsider, owner } = world.cast;
  assert.equal(await refusalOf(department(sales, salesNorth)), 'request.invalid');
  assert.equal(await refusalOf(department(root, sales)), 'request.invalid');
  assert.equal(await refusalOf(department(outsider.departmentId, sales)), 'department.not_found');
  assert.equal(await refusalOf(department(sales, outsider.departmentId)), 'department.not_found');
  assert.equal(await refusalOf(person(outsider.personId, sales)), 'person.not_found');
  assert.equal(await refusalOf(person(owner.personId, outsider.departmentId)), 'department.not_found');
});
