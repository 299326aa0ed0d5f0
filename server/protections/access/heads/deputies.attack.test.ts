/**
 * A deputy reaches what the absent head reaches, for those days, and nothing more: every way in which a stand-in could grow, stay,
 * or be passed on.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Permission } from '#contract';
import { permissions } from '#contract';
import type { Actor } from '#protections/access';
import { departmentIdsFor, mayGiveRole, reaches, reachOf, scopeOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import {
  callAs,
  codeOf,
  openWorld,
  password,
  raceOn,
  readEntries,
  refusalOf,
  signInAgain,
  signInAs,
  visitorFrom,
} from '#test/cast.ts';
import { create, openRooms } from '../../../crm/records/rooms.fixture.ts';
import { readStandings, reachOfStanding } from '../standings.ts';
import { prepared } from '#test/prepared.ts';
import { headSteps } from './deputy-step.ts';
import { endDeputy, listDeputies, listStanding } from './deputy-store.ts';
import { deputyDaysMax } from './name-deputy.ts';

let world: World;
const day = 86_400_000;
const kyiv = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });
const dayIn = (days: number) => kyiv.format(new Date(world.clock.now().getTime() + days * day));
before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(async () => {
  await world.test.admin`DELETE FROM deputies`;
  await world.test.admin`DELETE FROM department_heads`;
});

type Period = { from?: number; until?: number };
const stand = (deputy: CastMember, { from = 0, until = 7 }: Period = {}, who = world.cast.head, head?: CastMember) =>
  callAs(world.signIn, 'POST /api/v1/deputies', who, {
    body: {
      ...(head && { headId: head.personId }),
      deputyId: deputy.personId,
      fromDay: dayIn(from),
      untilDay: dayIn(until),
    },
  });
const now = async (who: CastMember): Promise<Actor> =>
  (await world.signIn.actorById(world.organizationId, who.personId)) ?? assert.fail('gone');
const inSales = (actor: Actor, permission: Permission = 'contact.read') =>
  reaches(actor, permission, { ownerId: world.cast.owner.personId, departmentId: world.departments.salesNorth });
const change = async (who: CastMember, body: object) => {
  await callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: who.personId }, body });
  await signInAgain(world, who);
};

test('who stands in reaches the head’s departments with the head’s rights, and the own ones as before', async () => {
  const { colleague, head } = world.cast;
  const { service, sales, salesNorth, root } = world.departments;
  await stand(colleague);
  const actor = await now(colleague);
  assert.deepEqual(new Set(departmentIdsFor(actor, 'contact.read')), new Set([sales, salesNorth]));
  for (const permission of ['contact.read', 'contact.update', 'contact.export', 'device.approve'] as const) {
    assert.ok(inSales(actor, permission), permission);
    // Attack: the head’s rights in one’s own department, where the deputy is a manager.
    for (const departmentId of [service, root]) {
      assert.ok(!reaches(actor, permission, { ownerId: head.personId, departmentId }), `${permission} elsewhere`);
    }
  }
  assert.ok(reaches(actor, 'contact.read', { ownerId: colleague.personId, departmentId: service }), 'own clients');
  assert.deepEqual((await readEntries(world)).at(-1)?.event, 'deputy.named');
});

test('who stands in comes in, and is told the rights of both places', async () => {
  const { colleague } = world.cast;
  await stand(colleague);
  world.clock.move(31_000);
  const visitor = visitorFrom('192.0.2.10');
  const { ticket } = await callAs(world.signIn, 'POST /api/v1/sign-in', null, {
    body: { email: colleague.email, password },
    visitor,
  });
  const { permissions: told } = await callAs(world.signIn, 'POST /api/v1/sign-in/code', null, {
    body: { ticket, code: codeOf(colleague, world.clock) },
    visitor,
    cookie: {},
  });
  assert.equal(told.find(({ permission }) => permission === 'device.approve')?.scope, 'department');
});

test('the wall below agrees: the deputy lists the head’s clients on those days, and no others', async () => {
  const { colleague, head, manager, owner } = world.cast;
  const { contacts } = openRooms(world);
  const made = await create(contacts, manager, { lastName: 'Півничний' });
  const others = await create(contacts, owner, { lastName: 'Власний' });
  const seenBy = async (who: CastMember) => {
    const actor = await now(who);
    const page = await contacts.list(actor, reachOf(actor, 'contact.read'), {
      filters: {},
      sort: '-created',
      cursor: undefined,
      limit: 50,
    });
    return page.records.map(({ row }) => row.id);
  };
  assert.deepEqual(await seenBy(colleague), []);
  const { id } = await stand(colleague);
  assert.deepEqual(await seenBy(colleague), [made.id]);
  assert.ok(!(await seenBy(colleague)).includes(others.id));
  await callAs(world.signIn, 'DELETE /api/v1/deputies/:id', head, { params: { id } });
  assert.deepEqual(await seenBy(colleague), []);
  await world.auditLog.flush();
});

test('a session that is open learns it at the next request, and forgets it on the day after the last', async () => {
  const { colleague } = world.cast;
  const token = await signInAs(world.signIn, world.clock, colleague);
  const here = visitorFrom('192.0.2.10');
  assert.equal(scopeOf(await world.signIn.actorOf(token, here), 'contact.read'), 'own');
  const { until } = await stand(colleague, { until: 0 });
  assert.ok(inSales(await world.signIn.actorOf(token, here)));
  assert.equal((await callAs(world.signIn, 'GET /api/v1/session', await now(colleague))).permissions.length > 0, true);
  world.clock.move(new Date(until).getTime() - world.clock.now().getTime() - 1_500);
  assert.ok(inSales(await now(colleague)), 'until the last second');
  world.clock.move(1_500);
  assert.ok(!inSales(await now(colleague)));
});

test('it begins on its day, not before', async () => {
  const { colleague } = world.cast;
  const { from } = await stand(colleague, { from: 2, until: 3 });
  world.clock.move(new Date(from).getTime() - world.clock.now().getTime() - 1);
  assert.ok(!inSales(await now(colleague)));
  world.clock.move(1);
  assert.ok(inSales(await now(colleague)));
});

test('nothing that stays is lent: no roles, rules, invitations, keys or log; and nothing can be given on', async () => {
  const { colleague, owner, head } = world.cast;
  const { departmentId: service } = colleague;
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', owner, {
    params: { id: service },
    body: { personIds: [owner.personId] },
  });
  await stand(colleague, {}, owner, owner);
  const actor = await now(colleague);
  const grown = permissions.filter((one) => scopeOf(actor, one) !== scopeOf(colleague.actor, one));
  assert.ok(grown.length > 20);
  for (const one of grown) {
    assert.match(one, /^(contact|company)\.|^(device|elevation)\.approve$|^review\.(read|answer)$/);
    assert.equal(scopeOf(actor, one), 'department', 'an owner is away: the department, not everything');
    assert.deepEqual(departmentIdsFor(actor, one), [service]);
  }
  for (const role of head.actor.roles) assert.ok(!mayGiveRole(actor, { ...role, grants: null, fieldRights: null }));
});

test('there is no chain: who stands in cannot send another, nor does a deputy’s deputy get the first head’s place', async () => {
  const { colleague, manager, head, auditor } = world.cast;
  await stand(colleague);
  const deputy = { ...colleague, actor: await now(colleague) };
  assert.equal(await refusalOf(stand(auditor, {}, deputy)), 'deputy.not_head');
  assert.equal(await refusalOf(stand(auditor, {}, deputy, head)), 'access.denied');
  await callAs(world.signIn, 'PUT /api/v1/departments/:id/heads', world.cast.owner, {
    params: { id: colleague.departmentId },
    body: { personIds: [colleague.personId] },
  });
  await stand(manager, {}, deputy);
  assert.ok(!inSales(await now(manager)), 'the colleague’s own place only');
});

test('the head’s place, not more: what the head lost, the deputy lost; what never is, is never', async () => {
  const { colleague, head } = world.cast;
  await stand(colleague);
  const role = async (body: object) =>
    (await callAs(world.signIn, 'POST /api/v1/roles', world.cast.owner, { body } as never)) as { id: string };
  const noExport = await role({ name: 'Без вивантаження', grants: { 'contact.export': 'never' }, fieldRights: {} });
  await change(head, { roles: ['head', noExport.id] });
  assert.ok(!inSales(await now(colleague), 'contact.export'));
  assert.ok(inSales(await now(colleague), 'contact.read'));
  await change(head, { roles: ['head'] });
  await change(colleague, { roles: ['manager', noExport.id] });
  assert.ok(!inSales(await now(colleague), 'contact.export'), 'never of the deputy’s own');
  await change(colleague, { roles: ['manager'] });
  await change(head, { roles: ['manager'] });
  assert.ok(!inSales(await now(colleague)), 'no head any more');
  await change(head, { roles: ['head'] });
});

test('a field that is closed to the head is closed to the deputy', async () => {
  const { colleague, head } = world.cast;
  const blind = (await callAs(world.signIn, 'POST /api/v1/roles', world.cast.owner, {
    body: { name: 'Без телефонів', grants: {}, fieldRights: { contact: { phones: 'never' } } },
  } as never)) as { id: string };
  await change(head, { roles: ['head', blind.id] });
  await stand(colleague);
  assert.equal((await now(colleague)).fieldRights.contact['phones'], 'hidden');
  await change(head, { roles: ['head'] });
  assert.equal((await now(colleague)).fieldRights.contact['phones'], undefined);
});

const endings: Record<string, () => Promise<unknown>> = {
  'the head is closed': () => change(world.cast.head, { active: false }),
  'the head works elsewhere': () => change(world.cast.head, { departmentId: world.departments.service }),
  'the deputy is closed': () => change(world.cast.colleague, { active: false }),
  'the head leaves': () =>
    callAs(world.signIn, 'POST /api/v1/people/:id/move', world.cast.owner, {
      params: { id: world.cast.head.personId },
      body: { dryRun: false, departmentId: world.departments.root, clients: 'along' },
    }),
};
for (const [what, happens] of Object.entries(endings)) {
  test(`it ends when ${what}, and does not come back`, async () => {
    const { head, colleague } = world.cast;
    await stand(colleague);
    await happens();
    await change(head, { active: true, departmentId: world.departments.sales, roles: ['head'] });
    await change(colleague, { active: true });
    assert.ok(!inSales(await now(colleague)));
    assert.ok((await readEntries(world)).some(({ facts }) => facts['deputiesEnded'] === 1));
    await world.test.admin`UPDATE deputies SET ended_at = now()`;
  });
}

test('an owner names for a head who fell ill; who only changes departments does not', async () => {
  const { colleague, owner, head, manager, outsider, former } = world.cast;
  const wide = (await callAs(world.signIn, 'POST /api/v1/roles', owner, {
    body: { name: 'Структура', grants: { 'department.update': 'all' }, fieldRights: {} },
  } as never)) as { id: string };
  await change(manager, { roles: ['manager', wide.id] });
  const clerk = { ...manager, actor: await now(manager) };
  assert.equal(await refusalOf(stand(colleague, {}, clerk, head)), 'access.denied');
  assert.equal(await refusalOf(stand(clerk, {}, clerk, head)), 'access.denied', 'for themselves even less');
  await change(manager, { roles: ['manager'] });
  assert.equal(await refusalOf(stand(outsider)), 'person.not_found');
  assert.equal(await refusalOf(stand(former)), 'person.not_found');
  assert.equal(await refusalOf(stand(head)), 'request.invalid');
  assert.equal(await refusalOf(stand(colleague, {}, manager)), 'deputy.not_head');
  assert.equal(await refusalOf(stand(colleague, {}, owner, head)), null);
});

test('an owner who was dismissed, or is an owner no more, between the question and the answer names nobody', async () => {
  const { colleague, head, owner, securityOfficer } = world.cast;
  const second = { ...securityOfficer, actor: await now(securityOfficer) };
  const named = () => refusalOf(stand(colleague, {}, second, head));
  await change(securityOfficer, { active: false });
  assert.equal(await named(), 'access.denied');
  await change(securityOfficer, { active: true, roles: ['security-officer'] });
  assert.equal(await named(), 'access.denied');
  await change(securityOfficer, { roles: ['owner'] });
  assert.equal(await named(), null);
  // Whoever sees everything does not see less for standing in.
  await world.test.admin`DELETE FROM deputies`;
  await stand(owner);
  assert.equal(scopeOf(await now(owner), 'contact.read'), 'all');
});

test('days: from today on, one day at least, not too many, no two deputies at once', async () => {
  const { colleague, manager } = world.cast;
  const refused = async (period: Period) => refusalOf(stand(colleague, period));
  assert.equal(await refused({ from: -1 }), 'deputy.period_invalid');
  assert.equal(await refused({ from: 3, until: 2 }), 'deputy.period_invalid');
  assert.equal(await refused({ until: deputyDaysMax }), 'deputy.period_invalid');
  assert.equal(await refused({ until: deputyDaysMax - 1 }), null);
  assert.equal(await refusalOf(stand(manager, { from: 3 })), 'deputy.overlaps');
  await world.test.admin`DELETE FROM deputies`;
  const both = await raceOn(world.test, 'deputies', [() => stand(colleague)]).then(async ([first]) => [
    first,
    await refusalOf(stand(manager)),
  ]);
  assert.deepEqual(both, [null, 'deputy.overlaps']);
  await world.test.admin`DELETE FROM deputies`;
  const noDay = { deputyId: colleague.personId, fromDay: '2027-02-30', untilDay: '2027-03-02' };
  for (const body of [noDay, { ...noDay, fromDay: '2027-02-27', untilDay: '2027-02-29' }]) {
    const asked = callAs(world.signIn, 'POST /api/v1/deputies', world.cast.head, { body });
    assert.equal(await refusalOf(asked), 'deputy.period_invalid', JSON.stringify(body));
  }
});

test('the head, the deputy and an owner end it; nobody else sees it', async () => {
  const { colleague, manager, head, owner } = world.cast;
  const end = (id: string, who: CastMember) =>
    callAs(world.signIn, 'DELETE /api/v1/deputies/:id', who, { params: { id } });
  for (const who of [head, colleague, owner]) {
    const { id } = await stand(colleague);
    assert.equal(await refusalOf(end(id, manager)), 'access.denied');
    const seen = async (by: CastMember) =>
      (await callAs(world.signIn, 'GET /api/v1/deputies', by)).deputies.map((one) => one.id);
    assert.deepEqual([await seen(who), await seen(manager)], [[id], []]);
    await end(id, who);
    assert.equal(await refusalOf(end(id, who)), 'deputy.not_found');
    assert.ok(!inSales(await now(colleague)));
  }
});

test('explanations know of it: for every person and right, the reach explained is the reach used', async () => {
  const { colleague, auditor } = world.cast;
  await stand(colleague);
  await stand(auditor, { from: 8, until: 9 });
  const standings = await world.database.read(systemReach(world.organizationId), (tx) =>
    readStandings(tx, world.organizationId, world.clock.now()),
  );
  assert.ok(standings.some(({ standIn }) => standIn !== undefined));
  for (const standing of standings.filter(({ active }) => active)) {
    const actor = await world.signIn.actorById(world.organizationId, standing.personId);
    for (const permission of permissions) {
      const explained = reachOfStanding(standing, permission);
      const used = scopeOf(actor!, permission) === 'none' ? undefined : reachOf(actor!, permission);
      const form = (reach: typeof used) => reach && { ...reach, departmentIds: reach.departmentIds.toSorted() };
      assert.deepEqual(form(explained), form(used));
    }
    assert.deepEqual(standing.fieldRights, actor!.fieldRights);
  }
});

test('in the table itself: what is over or ended does not stand, and what ends for one ends for no other', async () => {
  const { organizationId } = world;
  const { head, colleague, manager, owner, auditor, securityOfficer } = world.cast;
  const at = world.clock.now();
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId), prepared(work));
  const add = async (whom: CastMember, deputy: CastMember, from = -1, until = 7) => {
    const [row] = await world.test.admin`
      INSERT INTO deputies (organization_id, id, head_id, deputy_id, from_at, until_at, named_by, named_at)
      VALUES (${organizationId}, gen_random_uuid(), ${whom.personId}, ${deputy.personId},
        ${new Date(at.getTime() + from * day)}, ${new Date(at.getTime() + until * day)}, ${owner.personId}, ${at})
      RETURNING id`;
    return row!['id'] as string;
  };
  const over = await add(head, colleague, -9, -2);
  await add(manager, auditor, -9, 0); // over in this very moment
  const [first, second] = [await add(head, colleague), await add(auditor, manager)];
  const third = await add(securityOfficer, owner);
  const listed = async () => (await act((tx) => listDeputies(tx, organizationId, at))).map(({ id }) => id);
  const standing = async (deputyId?: string) =>
    (await act((tx) => listStanding(tx, organizationId, at, deputyId))).map((one) => one.deputyId);
  const three = [colleague.personId, manager.personId, owner.personId];
  assert.deepEqual(new Set(await listed()), new Set([first, second, third]));
  assert.deepEqual([new Set(await standing()), (await standing()).length], [new Set(three), 3]);
  assert.deepEqual(await standing(colleague.personId), [colleague.personId]);
  assert.equal(await act((tx) => endDeputy(tx, organizationId, over, at)), false, 'over by itself');
  const count = (who: CastMember, name: string) =>
    act((tx) =>
      headSteps.find((step) => step.name === name)!.count(tx, { organizationId, personId: who.personId, at }),
    );
  const end = (who: CastMember, name: string) =>
    act((tx) => headSteps.find((step) => step.name === name)!.end(tx, { organizationId, personId: who.personId, at }));
  assert.deepEqual([await count(head, 'deputies'), await count(colleague, 'deputies')], [1, 1]);
  assert.equal(await act((tx) => endDeputy(tx, organizationId, first, at)), true);
  assert.equal(await act((tx) => endDeputy(tx, organizationId, first, at)), false, 'once');
  assert.deepEqual(new Set(await listed()), new Set([second, third]));
  assert.deepEqual(new Set(await standing()), new Set(three.slice(1)));
  assert.deepEqual(
    [await count(head, 'deputies'), await end(head, 'deputies'), await end(colleague, 'deputies')],
    [0, 0, 0],
  );
  assert.deepEqual([await end(manager, 'deputies'), await listed()], [1, [third]]);
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${securityOfficer.personId}`;
  assert.deepEqual(await standing(), [], 'nobody stands in for who was dismissed');
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${securityOfficer.personId}`;
  for (const [who, departmentId] of [
    [head, world.departments.sales],
    [colleague, world.departments.service],
  ] as const)
    await world.test.admin`INSERT INTO department_heads (organization_id, department_id, person_id, named_by, named_at)
      VALUES (${organizationId}, ${departmentId}, ${who.personId}, ${owner.personId}, ${at})`;
  assert.deepEqual(
    [await count(head, 'headships'), await end(head, 'headships'), await count(colleague, 'headships')],
    [1, 1, 1],
  );
});
