/** Colleagues: who sees, who changes, and how nobody makes oneself more than one is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { Actor } from '#protections/access';
import type { CastMember, CastName, World } from '#test/cast.ts';
import { callAs, openWorld, raceOn, readEntries, refusalOf, signInAs, visitorFrom } from '#test/cast.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

type Change = { name?: string; roles?: string[]; departmentId?: string; active?: boolean };
const change = (by: CastMember | Actor, whom: CastMember, body: Change) =>
  callAs(world.signIn, 'PATCH /api/v1/people/:id', by, { params: { id: whom.personId }, body });
const roleOf = async (whom: CastMember) =>
  (await world.signIn.directory.find(world.organizationId, whom.personId))!.roles.map(({ key }) => key).join();
const signInAgain = async (person: CastMember) => {
  person.actor = await world.signIn.actorOf(
    await signInAs(world.signIn, world.clock, person),
    visitorFrom('192.0.2.60'),
  );
};

test('everybody sees colleagues; e-mails only who may change people, and one’s own', async () => {
  const { owner, manager } = world.cast;
  const seen = (await callAs(world.signIn, 'GET /api/v1/people', manager)).people;
  assert.equal(seen.length, 7);
  assert.deepEqual(
    seen.filter((person) => person.email !== null).map((person) => person.id),
    [manager.personId],
  );
  assert.equal(seen.find((person) => person.id === world.cast.former.personId)!.active, false);
  const all = (await callAs(world.signIn, 'GET /api/v1/people', owner)).people;
  assert.ok(all.every((person) => person.email !== null));
  assert.deepEqual(all.map((person) => person.name)[0], 'Богдан Романюк', 'in the order of the alphabet');
  assert.ok(!all.some((person) => person.id === world.cast.outsider.personId));
});

test('a person is changed; what happened stands in the log without the name', async () => {
  const { owner, manager } = world.cast;
  const changed = await change(owner, manager, { name: 'Тарас  Мельниченко', departmentId: world.departments.service });
  assert.deepEqual([changed.name, changed.departmentId], ['Тарас Мельниченко', world.departments.service]);
  const entry = (await readEntries(world)).at(-1)!;
  assert.equal(entry.event, 'person.updated');
  assert.deepEqual(entry.facts, {
    fields: ['name', 'department'],
    departmentBefore: world.departments.salesNorth,
    departmentAfter: world.departments.service,
  });
  await change(owner, manager, { name: 'Тарас Мельник', departmentId: world.departments.salesNorth });
  const count = (await readEntries(world)).length;
  await change(owner, manager, { name: 'Тарас Мельник' });
  assert.equal((await readEntries(world)).length, count, 'nothing changed, nothing happened');
});

test('nobody but an owner changes anybody, oneself least of all', async () => {
  const { owner } = world.cast;
  for (const name of ['head', 'manager', 'auditor', 'colleague'] as CastName[]) {
    const person = world.cast[name];
    assert.equal(await refusalOf(change(person, person, { roles: ['owner'] })), 'access.denied', name);
    assert.equal(await refusalOf(change(person, owner, { active: false })), 'access.denied', name);
  }
});

test('a profile change carries no role, department or access', async () => {
  const { manager } = world.cast;
  const body = { name: 'Тарас Мельник', roles: ['owner'], departmentId: world.departments.root, active: true } as {
    name: string;
  };
  const session = await callAs(world.signIn, 'PATCH /api/v1/profile', manager, { body });
  assert.equal(session.person.roles[0]!.key, 'manager');
  assert.equal(await roleOf(manager), 'manager');
});

test('an owner changes neither own role nor own access', async () => {
  const { owner } = world.cast;
  assert.equal(await refusalOf(change(owner, owner, { roles: ['manager'] })), 'person.own_role');
  assert.equal(await refusalOf(change(owner, owner, { active: false })), 'person.own_role');
  assert.equal(await refusalOf(change(owner, owner, { name: owner.name })), null);
});

test('the last owner stays', async () => {
  const { owner, securityOfficer } = world.cast;
  await change(owner, securityOfficer, { active: false });
  assert.equal(await refusalOf(change(owner, owner, { roles: ['auditor'] })), 'person.last_owner');
  assert.equal(await refusalOf(change(owner, owner, { active: false })), 'person.last_owner');
  await change(owner, securityOfficer, { active: true });
  await signInAgain(securityOfficer);
});

test('two owners who dismiss each other at one moment: one stays', async () => {
  const { owner, securityOfficer } = world.cast;
  const answers = await raceOn(world.test, 'people', [
    () => change(owner, securityOfficer, { roles: ['manager'] }),
    () => change(securityOfficer, owner, { roles: ['manager'] }),
  ]);
  assert.deepEqual(new Set(answers), new Set(['access.denied', null]));
  const [kept, lost] = (await roleOf(owner)) === 'owner' ? [owner, securityOfficer] : [securityOfficer, owner];
  assert.equal(await roleOf(lost), 'manager');
  await change(kept, lost, { roles: ['owner'] });
  await signInAgain(lost);
  await signInAgain(kept);
});

test('who has just lost the role does nothing more with an actor that was made before', async () => {
  const { owner, securityOfficer, manager } = world.cast;
  const stale = securityOfficer.actor;
  await change(owner, securityOfficer, { roles: ['auditor'] });
  assert.equal(await refusalOf(change(stale, manager, { roles: ['owner'] })), 'access.denied');
  const body = {
    name: 'Юрій Новак',
    email: 'yurii.novak@vezha.example',
    roles: ['owner'],
    departmentId: world.departments.root,
  };
  assert.equal(await refusalOf(callAs(world.signIn, 'POST /api/v1/invitations', stale, { body })), 'access.denied');
  await change(owner, securityOfficer, { roles: ['owner'] });
  await signInAgain(securityOfficer);
});

test('a person of another organization does not exist', async () => {
  const { owner, outsider } = world.cast;
  assert.equal(await refusalOf(change(owner, outsider, { active: false })), 'person.not_found');
  assert.equal(await refusalOf(change(outsider, owner, { roles: ['manager'] })), 'person.not_found');
  assert.equal(
    await refusalOf(change(owner, world.cast.manager, { departmentId: outsider.departmentId })),
    'department.not_found',
  );
});

test('the directory finds people by either alphabet, and says nothing when two fit', async () => {
  const { directory } = world.signIn;
  const { manager, former } = world.cast;
  const byName = async (text: string) => (await directory.byName(world.organizationId, text))?.id;
  for (const text of ['Тарас Мельник', 'мельник тарас', 'Taras Melnyk', manager.email.toUpperCase()]) {
    assert.equal(await byName(text), manager.personId, text);
  }
  for (const text of ['', 'Тарас', former.name, former.email, 'x@y.example'])
    assert.equal(await byName(text), undefined, text);
  await change(world.cast.owner, world.cast.colleague, { name: 'Тарас Мельник' });
  assert.equal(await byName('Тарас Мельник'), undefined);
  await change(world.cast.owner, world.cast.colleague, { name: world.cast.colleague.name });
  assert.deepEqual(await directory.findPerson(world.organizationId, manager.personId), {
    departmentId: manager.departmentId,
  });
  assert.equal(await directory.findPerson(world.organizationId, former.personId), undefined);
  assert.equal((await directory.departmentByName(world.organizationId, 'prodazhi'))?.id, world.departments.sales);
  assert.equal(await directory.hasDepartment(world.organizationId, world.cast.outsider.departmentId), false);
});

test('the organization gets a new name, by who may', async () => {
  const { owner, head } = world.cast;
  const rename = (by: CastMember) =>
    callAs(world.signIn, 'PATCH /api/v1/organization', by, { body: { name: 'Вежа Захід' } });
  assert.equal(await refusalOf(rename(head)), 'access.denied');
  assert.equal((await rename(owner)).name, 'Вежа Захід');
  assert.equal((await callAs(world.signIn, 'GET /api/v1/organization', head)).name, 'Вежа Захід');
  assert.equal((await readEntries(world)).at(-1)!.event, 'organization.updated');
});

test('a local operator acts as a person who is active, and it is written down', async () => {
  const { manager, former } = world.cast;
  const actor = await world.signIn.actorByEmail(manager.email.toUpperCase());
  assert.deepEqual([actor.personId, actor.sessionId, actor.device], [manager.personId, null, 'Lubart CLI']);
  const entry = (await readEntries(world)).at(-1)!;
  assert.deepEqual([entry.event, entry.device, entry.actorId], ['session.signed_in', 'Lubart CLI', manager.personId]);
  assert.equal(await refusalOf(world.signIn.actorByEmail(former.email)), 'person.not_found');
  assert.equal(await refusalOf(world.signIn.actorByEmail('nikoho@vezha.example')), 'person.not_found');
});

test('an e-mail that works in two companies: a local operator acts in neither until it is said in which', async () => {
  const { manager, outsider } = world.cast;
  const { admin } = world.test;
  const tokenOf = async (who: CastMember) =>
    (await admin`SELECT sign_in_token FROM people WHERE id = ${who.personId}`)[0]!['sign_in_token'] as Buffer;
  const [shared, theirs] = [await tokenOf(manager), await tokenOf(outsider)];
  const signIns = async () =>
    (await admin`SELECT count(*)::int AS n FROM audit_entries WHERE event = 'session.signed_in'`)[0]!['n'] as number;
  const give = (token: Buffer) => admin`UPDATE people SET sign_in_token = ${token} WHERE id = ${outsider.personId}`;
  await give(shared);
  const before = await signIns();
  const as = (within?: string) => world.signIn.actorByEmail(manager.email, within);
  assert.equal(await refusalOf(as()), 'person.several_organizations');
  assert.equal(await refusalOf(as(newId())), 'person.not_found');
  assert.equal(await signIns(), before);
  assert.equal((await as(world.otherOrganizationId)).personId, outsider.personId);
  assert.equal((await as(world.organizationId)).personId, manager.personId);
  assert.equal(await signIns(), before + 2);
  await admin`UPDATE people SET deactivated_at = now() WHERE id = ${outsider.personId}`;
  assert.equal((await as()).personId, manager.personId, 'whoever left one is meant in the other');
  assert.equal(await refusalOf(as(world.otherOrganizationId)), 'person.not_found');
  await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${outsider.personId}`;
  await give(theirs);
});
