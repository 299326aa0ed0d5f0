import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceOn, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const make = (name: string, parentId?: string | null) =>
  callAs(world.signIn, 'POST /api/v1/departments', world.cast.owner, {
    body: { name, ...(parentId === undefined ? {} : { parentId }) },
  });
const change = (id: string, body: { name?: string; parentId?: string | null }) =>
  callAs(world.signIn, 'PATCH /api/v1/departments/:id', world.cast.owner, { params: { id }, body });
const remove = (id: string) =>
  callAs(world.signIn, 'DELETE /api/v1/departments/:id', world.cast.owner, { params: { id } });

test('everybody sees the tree, with how many work where', async () => {
  const { departments } = await callAs(world.signIn, 'GET /api/v1/departments', world.cast.manager);
  const byName = new Map(departments.map((department) => [department.name, department]));
  assert.equal(byName.get('Уся компанія')!.parentId, null);
  assert.equal(byName.get('Продажі: північ')!.parentId, world.departments.sales);
  assert.equal(byName.get('Продажі: північ')!.peopleCount, 1, 'the former employee is not counted');
});

test('a department is made, renamed, moved and deleted; each leaves its entry', async () => {
  const made = await make('Маркетинг');
  assert.equal(made.parentId, world.departments.root);
  const moved = await change(made.id, { name: ' Реклама  і  PR ', parentId: world.departments.sales });
  assert.deepEqual([moved.name, moved.parentId], ['Реклама і PR', world.departments.sales]);
  assert.equal(
    (await change(made.id, { parentId: null })).parentId,
    world.departments.root,
    'null: directly under the company',
  );
  await remove(made.id);
  assert.equal(await refusalOf(remove(made.id)), 'department.not_found');
  const events = (await readEntries(world)).map((entry) => entry.event);
  assert.deepEqual(events.slice(-4), [
    'department.created',
    'department.updated',
    'department.updated',
    'department.deleted',
  ]);
});

test('no two of one name side by side, whatever the case', async () => {
  const { id } = await make('Склад');
  assert.equal(await refusalOf(make('СКЛАД')), 'department.name_taken');
  assert.equal(await refusalOf(change(id, { name: 'сервіс' })), 'department.name_taken');
  assert.equal(await refusalOf(make('Склад', world.departments.sales)), null, 'elsewhere it may be');
});

test('the tree stays a tree, also when two move at once', async () => {
  const { root, sales, salesNorth, service } = world.departments;
  assert.equal(await refusalOf(change(sales, { parentId: salesNorth })), 'request.invalid');
  assert.equal(await refusalOf(change(sales, { parentId: sales })), 'request.invalid');
  assert.equal(await refusalOf(change(root, { parentId: sales })), 'request.invalid');
  assert.equal(await refusalOf(change(sales, { parentId: world.cast.outsider.departmentId })), 'department.not_found');
  const answers = await raceOn(world.test, 'departments', [
    () => change(sales, { parentId: service }),
    () => change(service, { parentId: sales }),
  ]);
  assert.deepEqual(new Set(answers), new Set(['request.invalid', null]));
  await refusalOf(change(sales, { parentId: root }));
  await refusalOf(change(service, { parentId: root }));
});

test('a department with people, sub-departments or a waiting invitation is not deleted, nor the company itself', async () => {
  const { root, sales, service } = world.departments;
  for (const id of [root, sales, service]) assert.equal(await refusalOf(remove(id)), 'department.not_empty');
  const { id } = await make('Юристи');
  const body = {
    name: 'Юрій Новак',
    email: 'yurii.novak@vezha.example',
    roles: ['manager'],
    departmentId: id,
  };
  const { invitation } = await callAs(world.signIn, 'POST /api/v1/invitations', world.cast.owner, { body });
  assert.equal(await refusalOf(remove(id)), 'department.not_empty');
  await callAs(world.signIn, 'DELETE /api/v1/invitations/:id', world.cast.owner, { params: { id: invitation.id } });
  assert.equal(await refusalOf(remove(id)), null);
});

test('with a department go the invitations to it that are over, whoever made them, and none to another', async () => {
  const { id } = await make('Архів');
  const { owner, securityOfficer } = world.cast;
  const invite = async (by: CastMember, email: string, departmentId: string) => {
    const body = { name: 'Юрій Новак', email: `${email}@vezha.example`, roles: ['manager'], departmentId };
    return (await callAs(world.signIn, 'POST /api/v1/invitations', by, { body })).invitation.id;
  };
  const end = (by: CastMember, invitation: string) =>
    callAs(world.signIn, 'DELETE /api/v1/invitations/:id', by, { params: { id: invitation } });
  const left = async (ids: readonly string[]) => {
    const rows = await world.test.admin`SELECT id FROM invitations WHERE id = ANY (${[...ids]}::uuid[]) ORDER BY id`;
    return rows.map((row) => row['id'] as string);
  };
  const here = [await invite(owner, 'arkhiv.1', id), await invite(securityOfficer, 'arkhiv.2', id)];
  const elsewhere = [
    await invite(owner, 'servis.1', world.departments.service),
    await invite(owner, 'servis.2', world.departments.service),
  ];
  await end(owner, here[0]!);
  await end(owner, elsewhere[0]!);
  assert.equal(await refusalOf(remove(id)), 'department.not_empty', 'the officer’s waits');
  assert.deepEqual(await left(here), here.toSorted(), 'nor does what is over go before');
  await end(securityOfficer, here[1]!);
  assert.equal(await refusalOf(remove(id)), null);
  assert.deepEqual(await left(here), []);
  assert.deepEqual(await left(elsewhere), elsewhere.toSorted(), 'what was asked of others can still be looked up');
});

test('an invitation that was accepted, or whose week is over, keeps no department', async () => {
  for (const ended of ['accepted_at', 'expires_at'] as const) {
    const { id } = await make(`Тимчасовий ${ended}`);
    const body = {
      name: 'Юрій Новак',
      email: `${ended}@vezha.example`,
      roles: ['manager'],
      departmentId: id,
    };
    await callAs(world.signIn, 'POST /api/v1/invitations', world.cast.owner, { body });
    const { admin } = world.test;
    const now = world.clock.now();
    const at = (millis: number) => admin`
      UPDATE invitations SET ${admin(ended)} = ${new Date(now.getTime() + millis)} WHERE department_id = ${id}`;
    if (ended === 'expires_at') {
      await at(1);
      assert.equal(await refusalOf(remove(id)), 'department.not_empty', 'a moment before its end');
    }
    await at(0);
    assert.equal(await refusalOf(remove(id)), null, ended);
  }
});

test('a department with clients is not deleted, also when its people are gone', async () => {
  const { id } = await make('Опт');
  const { owner } = world.cast;
  const bytes = Buffer.alloc(32);
  await world.test.admin`
    INSERT INTO contacts (organization_id, id, owner_id, department_id, stage, legal_basis, name_bucket, created_at, updated_at, record_key, sealed)
    VALUES (${world.organizationId}, gen_random_uuid(), ${owner.personId}, ${id}, 'lead', 'contract', 0, now(), now(), ${bytes}, ${bytes})`;
  assert.equal(await refusalOf(remove(id)), 'department.not_empty');
});

test('who sees what follows the tree at the next request', async () => {
  const { head } = world.cast;
  const token = await signInAs(world.signIn, world.clock, head);
  const visitor = visitorFrom('192.0.2.50');
  const before = await world.signIn.actorOf(token, visitor);
  const { id } = await make('Продажі: південь', world.departments.sales);
  const afterwards = await world.signIn.actorOf(token, visitor);
  assert.ok(!before.departmentIds.includes(id) && afterwards.departmentIds.includes(id));
});

test('a department of another organization does not exist', async () => {
  const { departmentId } = world.cast.outsider;
  assert.equal(await refusalOf(change(departmentId, { name: 'Наша' })), 'department.not_found');
  assert.equal(await refusalOf(remove(departmentId)), 'department.not_found');
});
