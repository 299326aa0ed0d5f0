/** Who leads a department: named, by role, nearest above; and who tries to become a head, or to stay one. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { headsOf, nearestHeads } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceOn, readEntries, refusalOf } from '#test/cast.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(async () => {
  await world.test.admin`DELETE FROM department_heads`;
});

const name = (id: string, heads: readonly CastMember[], who: CastMember = world.cast.owner) =>
  callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', who, {
    params: { id },
    body: { personIds: heads.map(({ personId }) => personId) },
  });
const inOrganization = <T>(ask: (tx: Parameters<typeof headsOf>[0], id: string, now: Date) => Promise<T>) =>
  world.database.read(systemReach(world.organizationId), (tx) => ask(tx, world.organizationId, world.clock.now()));
const of = (departmentId: string) => inOrganization((tx, id, now) => headsOf(tx, id, departmentId, now));
const nearest = (departmentId: string, but?: string) =>
  inOrganization((tx, id, now) => nearestHeads(tx, id, departmentId, now, but));
const change = (who: CastMember, body: { departmentId?: string; active?: boolean }) =>
  callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: who.personId }, body });

test('where nobody is named, who has the head’s role and works there leads; below, the nearest above', async () => {
  const { head } = world.cast;
  const { sales, salesNorth, service } = world.departments;
  assert.deepEqual(await of(sales), [head.personId]);
  assert.deepEqual(await of(salesNorth), []);
  assert.deepEqual(await nearest(salesNorth), [head.personId]);
  assert.deepEqual(await nearest(salesNorth, head.personId), [], 'nobody is their own head');
  assert.deepEqual(await nearest(service), []);
});

test('several can lead one department; the entry says who came and who went', async () => {
  const { head, manager, owner } = world.cast;
  const { salesNorth } = world.departments;
  await name(salesNorth, [manager, head]);
  const answer = await name(salesNorth, [manager, owner]);
  assert.deepEqual(new Set(answer.heads.map(({ personId }) => personId)), new Set([manager.personId, owner.personId]));
  assert.ok(answer.heads.every(({ named }) => named));
  assert.deepEqual(new Set(await nearest(salesNorth)), new Set([manager.personId, owner.personId]));
  const entry = (await readEntries(world)).at(-1)!;
  assert.deepEqual(
    [entry.event, entry.facts],
    ['department.heads_changed', { named: [owner.personId], removed: [head.personId] }],
  );
});

test('a head works in the department or above it; nobody dismissed, nobody of another organization', async () => {
  const { colleague, manager, former, outsider, head } = world.cast;
  const { sales, salesNorth } = world.departments;
  assert.equal(await refusalOf(name(sales, [colleague])), 'department.head_elsewhere');
  assert.equal(await refusalOf(name(sales, [manager])), 'department.head_elsewhere', 'from below');
  assert.equal(await refusalOf(name(salesNorth, [former])), 'person.not_found');
  assert.equal(await refusalOf(name(salesNorth, [outsider])), 'person.not_found');
  assert.equal(await refusalOf(name(outsider.departmentId, [head])), 'department.not_found');
  assert.equal(await refusalOf(name(salesNorth, [head, manager])), null);
});

test('who may change departments does not make themselves a head', async () => {
  const { colleague } = world.cast;
  const { service } = world.departments;
  const roles = await callAs(world.signIn, 'POST /api/v1/roles', world.cast.owner, {
    body: { name: 'Кадри', grants: { 'department.update': 'all' }, fieldRights: {} },
  } as never);
  const body = { roles: ['manager', (roles as { id: string }).id] };
  await callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, {
    params: { id: colleague.personId },
    body,
  });
  const actor = await world.signIn.actorById(world.organizationId, colleague.personId);
  assert.equal(await refusalOf(name(service, [{ ...colleague, actor: actor! }])), null);
  assert.equal(await refusalOf(name(service, [colleague], { ...colleague, actor: actor! })), null, 'nothing new');
  await name(service, []);
  assert.equal(await refusalOf(name(service, [colleague], { ...colleague, actor: actor! })), 'person.own_role');
});

test('who is moved away, or closed, leads no more, and does not come back as a head', async () => {
  const { manager } = world.cast;
  const { salesNorth, service } = world.departments;
  await name(salesNorth, [manager]);
  await change(manager, { departmentId: service });
  assert.ok((await readEntries(world)).some(({ facts }) => facts['headshipsEnded'] === 1));
  await change(manager, { departmentId: salesNorth });
  assert.deepEqual(await of(salesNorth), []);
  await name(salesNorth, [manager]);
  await change(manager, { active: false });
  await change(manager, { active: true });
  assert.deepEqual(await of(salesNorth), []);
});

test('a department that moves from under its head has that head no more', async () => {
  const { head } = world.cast;
  const { sales, salesNorth, service } = world.departments;
  await name(salesNorth, [head]);
  const move = (parentId: string) =>
    callAs(world.signIn, 'PATCH /api/v1/departments/:id', world.cast.owner, {
      params: { id: salesNorth },
      body: { parentId },
    });
  await move(service);
  await move(sales);
  assert.deepEqual(await of(salesNorth), []);
});

test('two who move one department at once: the second is told', async () => {
  const { salesNorth, service, root, sales } = world.departments;
  const { departments } = await callAs(world.signIn, 'GET /api/v1/departments', world.cast.owner);
  const { version } = departments.find(({ id }) => id === salesNorth)!;
  const move = (parentId: string) => () =>
    callAs(world.signIn, 'PATCH /api/v1/departments/:id', world.cast.owner, {
      params: { id: salesNorth },
      body: { parentId, version },
    });
  const answers = await raceOn(world.test, 'departments', [move(service), move(root)]);
  assert.deepEqual(new Set(answers), new Set([null, 'department.version_conflict']));
  const body = { parentId: sales };
  await callAs(world.signIn, 'PATCH /api/v1/departments/:id', world.cast.owner, { params: { id: salesNorth }, body });
});
