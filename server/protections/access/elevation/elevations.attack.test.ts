/** A role for a time: every way in which it could be given by the wrong person, twice, for ever, or be used to give more. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { elevationHoursMax, elevationWaitDays, permissions } from '#contract';
import type { Actor } from '#protections/access';
import { scopeOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import {
  callAs,
  openWorld,
  raceBehind,
  raceOn,
  readEntries,
  refusalOf,
  signInAgain,
  signInAs,
  visitorFrom,
} from '#test/cast.ts';
import { systemReach } from '#protections/encryption';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import { prepared } from '#test/prepared.ts';
import type { ElevationRow } from './elevation-store.ts';
import {
  approveElevation,
  closeElevation,
  countOpenOf,
  countTemporaryRoles,
  endAllOf,
  endElevation,
  expireElevations,
  findElevation,
  followReview,
  insertElevation,
  listOpenElevations,
} from './elevation-store.ts';
import { noteExpiredElevations } from './elevations.ts';

let world: World;
const hour = 3_600_000;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(async () => {
  await world.test.admin`DELETE FROM elevations`;
  await world.test.admin`DELETE FROM person_roles WHERE until IS NOT NULL`;
});

const ask = (who: CastMember | Actor, role = 'support', hours = 8) =>
  callAs(world.signIn, 'POST /api/v1/profile/elevations', who, { body: { role, hours, reason: 'Підміняю колегу' } });
const approve = (who: CastMember | Actor, id: string) =>
  callAs(world.signIn, 'POST /api/v1/elevations/:id/approve', who, { params: { id } });
const refuse = (who: CastMember | Actor, id: string) =>
  callAs(world.signIn, 'POST /api/v1/elevations/:id/refuse', who, { params: { id } });
const giveBack = (who: CastMember | Actor, id: string) =>
  callAs(world.signIn, 'POST /api/v1/profile/elevations/:id/end', who, { params: { id } });
const endEarly = (who: CastMember | Actor, id: string) =>
  callAs(world.signIn, 'POST /api/v1/elevations/:id/end', who, { params: { id } });
const now = async (who: CastMember): Promise<Actor> =>
  (await world.signIn.actorById(world.organizationId, who.personId)) ?? assert.fail('gone');
const reads = async (who: CastMember) => scopeOf(await now(who), 'contact.read');
const change = async (who: CastMember, body: object) => {
  await callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: who.personId }, body });
  await signInAgain(world, who);
};
const fromHere = visitorFrom('192.0.2.10');
/** A role of one’s own making; gives its id. */
const makeRole = async (name: string, grants: Record<string, string>) =>
  (await callAs(world.signIn, 'POST /api/v1/roles', world.cast.owner, { body: { name, grants } })).id;

test('every open session of the person has the role at the next request, and loses it in its moment', async () => {
  const { manager, owner } = world.cast;
  const tokens = [
    await signInAs(world.signIn, world.clock, manager),
    await signInAs(world.signIn, world.clock, manager),
  ];
  const scopes = async () =>
    Promise.all(tokens.map(async (token) => scopeOf(await world.signIn.actorOf(token, fromHere), 'contact.read')));
  assert.deepEqual(await scopes(), ['own', 'own']);
  const { id } = await ask(manager, 'support', 2);
  assert.deepEqual(await scopes(), ['own', 'own'], 'asking gives nothing');
  const given = await approve(owner, id);
  assert.deepEqual([given.state, new Date(given.until!).getTime()], ['active', world.clock.now().getTime() + 2 * hour]);
  assert.deepEqual(await scopes(), ['all', 'all']);
  world.clock.move(2 * hour - 1_500);
  assert.deepEqual(await scopes(), ['all', 'all']);
  world.clock.move(1_500);
  assert.deepEqual(await scopes(), ['own', 'own']);
  assert.equal(await refusalOf(ask(manager, 'support', 2)), null, 'it is not held any more, swept or not');
  assert.equal(await noteExpiredElevations(world, world.organizationId), 1);
  assert.equal((await world.test.admin`SELECT 1 FROM person_roles WHERE until IS NOT NULL`).length, 0);
  assert.equal(await noteExpiredElevations(world, world.organizationId), 0);
  const said = (await readEntries(world)).filter((entry) => entry.facts['elevation'] === id);
  assert.deepEqual(
    said.map(({ event, actorId, facts }) => [event, actorId, facts['why'] ?? null]),
    [
      ['elevation.asked', manager.personId, null],
      ['elevation.approved', owner.personId, null],
      ['elevation.ended', null, 'expired'],
    ],
  );
});

test('nobody approves their own request, by any of their roles', async () => {
  const { head, owner, securityOfficer } = world.cast;
  const { id } = await ask(head);
  assert.equal(await refusalOf(approve(head, id)), 'elevation.own');
  assert.equal(await refusalOf(refuse(head, id)), 'elevation.own');
  const own = await ask(owner, 'support');
  assert.equal(await refusalOf(approve(owner, own.id)), 'elevation.own');
  assert.equal(await refusalOf(approve(securityOfficer, own.id)), null, 'a second owner does');
});

test('who lacks the right, is of another department or organization, or has less than the role, approves nothing', async () => {
  const { manager, colleague, head, auditor, outsider } = world.cast;
  const { id } = await ask(manager, 'support');
  assert.equal(await refusalOf(approve(colleague, id)), 'access.denied');
  assert.equal(await refusalOf(approve(auditor, id)), 'access.denied');
  assert.equal(await refusalOf(approve(outsider, id)), 'elevation.not_found');
  assert.equal(await refusalOf(approve(head, id)), 'elevation.beyond_own', 'support sees all clients, a head does not');
  const elsewhere = await ask(colleague, 'head');
  assert.equal(await refusalOf(approve(head, elsewhere.id)), 'access.denied', 'not of the head’s departments');
  assert.equal(await refusalOf(endEarly(head, elsewhere.id)), 'access.denied');
  assert.equal(await refusalOf(endEarly(outsider, elsewhere.id)), 'elevation.not_found');
  assert.equal(await refusalOf(giveBack(outsider, elsewhere.id)), 'elevation.not_found');
  const { elevations } = await callAs(world.signIn, 'GET /api/v1/elevations', head);
  assert.deepEqual(
    [...new Set(elevations.map(({ person }) => person.id))],
    [manager.personId],
    'nor reads why they ask',
  );
  const within = await ask(manager, 'head');
  assert.equal(await refusalOf(approve(head, within.id)), null);
});

test('the role of an owner is never given for a time, and no request is longer than a week', async () => {
  const { head, owner } = world.cast;
  assert.equal(await refusalOf(ask(head, 'owner')), 'elevation.role_denied');
  assert.equal(await refusalOf(ask(head, 'baseline')), 'role.not_found');
  assert.equal(await refusalOf(ask(head, 'head')), 'elevation.already_held');
  const { id } = await ask(head, 'support', elevationHoursMax);
  assert.equal(await refusalOf(ask(head, 'support')), 'elevation.already_asked');
  const given = await approve(owner, id);
  assert.equal(new Date(given.until!).getTime() - world.clock.now().getTime(), elevationHoursMax * hour);
  await assert.rejects(
    world.test.admin`UPDATE elevations SET until = until + interval '1 hour' WHERE id = ${id}`,
    { code: '23514' },
    'the table itself knows no later end',
  );
  const silent = callAs(world.signIn, 'POST /api/v1/profile/elevations', head, {
    body: { role: 'marketer', hours: 1, reason: '  a  ' },
  });
  assert.equal(await refusalOf(silent), 'request.invalid', 'without a reason');
  const longer = world.test.admin`UPDATE elevations SET hours = ${elevationHoursMax + 1} WHERE id = ${id}`;
  await assert.rejects(longer, { code: '23514' });
});

test('an approval that is sent again, or by two at once, gives the role once and makes it no longer', async () => {
  const { manager, owner, securityOfficer } = world.cast;
  const { id } = await ask(manager, 'support', 3);
  const ended = await raceOn(world.test, 'elevations', [() => approve(owner, id), () => approve(securityOfficer, id)]);
  assert.deepEqual(new Set(ended), new Set(['elevation.not_waiting', null]));
  const until = async () =>
    (
      await world.test.admin`SELECT until FROM person_roles WHERE person_id = ${manager.personId} AND until IS NOT NULL`
    ).map((row) => (row['until'] as Date).getTime());
  const before = await until();
  world.clock.move(hour);
  assert.equal(await refusalOf(approve(owner, id)), 'elevation.not_waiting');
  assert.deepEqual(await until(), before);
  await endEarly(owner, id);
  assert.equal(await refusalOf(approve(owner, id)), 'elevation.not_waiting');
  assert.equal(await reads(manager), 'own');
});

test('what was withdrawn, refused, or is a week old is not approved any more', async () => {
  const { manager, owner } = world.cast;
  const theirs = await ask(world.cast.colleague);
  const { elevations } = await callAs(world.signIn, 'GET /api/v1/profile/elevations', manager);
  assert.ok(!elevations.some(({ id }) => id === theirs.id), 'one’s own requests and nobody else’s');
  const withdrawn = await ask(manager);
  await giveBack(manager, withdrawn.id);
  assert.equal(await refusalOf(approve(owner, withdrawn.id)), 'elevation.not_waiting');
  const refused = await ask(manager);
  await refuse(owner, refused.id);
  assert.equal(await refusalOf(approve(owner, refused.id)), 'elevation.not_waiting');
  const old = await ask(manager);
  world.clock.move(7 * 24 * hour);
  assert.equal(await refusalOf(approve(owner, old.id)), 'elevation.not_waiting');
  assert.equal(await refusalOf(ask(manager)), null, 'and may be asked anew');
});

test('an elevated person cannot lift others: the approval counts only what one has for good', async () => {
  const { manager, colleague, owner } = world.cast;
  const approver = await makeRole('Погоджує', { 'elevation.approve': 'all' });
  const small = await makeRole('Мала роль', { 'contact.read': 'own' });
  await approve(owner, (await ask(manager, approver)).id);
  const waiting = await ask(colleague, small);
  assert.equal(scopeOf(await now(manager), 'elevation.approve'), 'all');
  assert.equal(await refusalOf(approve(await now(manager), waiting.id)), 'access.denied');
  // For good it would do; but with nothing of the role itself that was given for a time.
  await change(manager, { roles: ['manager', approver] });
  assert.equal(await refusalOf(approve(await now(manager), waiting.id)), null);
  const wide = await makeRole('Широка роль', { 'contact.read': 'all' });
  await approve(owner, (await ask(manager, 'support')).id);
  const more = await ask(colleague, wide);
  assert.equal(await refusalOf(approve(await now(manager), more.id)), 'elevation.beyond_own');
  await change(manager, { roles: ['manager'] });
});

test('what one has for hours is not given to others for good: by role, invitation, the tree, or another place of work', async () => {
  const { manager, colleague, head, owner } = world.cast;
  const { root, service, salesNorth } = world.departments;
  const boss = await makeRole('Керує всім', Object.fromEntries(permissions.map((one) => [one, 'all'])));
  const wide = await makeRole('Бачить усіх клієнтів', { 'contact.read': 'all' });
  const narrow = await makeRole('Бачить власних клієнтів', { 'contact.read': 'own' });
  const acts = (by: Actor): Record<string, () => Promise<unknown>> => ({
    role: () =>
      callAs(world.signIn, 'PATCH /api/v1/people/:id', by, {
        params: { id: colleague.personId },
        body: { roles: ['manager', wide] },
      }),
    invitation: () =>
      callAs(world.signIn, 'POST /api/v1/invitations', by, {
        body: { name: 'Юрій Новак', email: 'yurii.novak@vezha.example', roles: [wide], departmentId: service },
      }),
    'new role': () =>
      callAs(world.signIn, 'POST /api/v1/roles', by, { body: { name: 'Усе', grants: { 'contact.read': 'all' } } }),
    'wider role': () =>
      callAs(world.signIn, 'PATCH /api/v1/roles/:id', by, {
        params: { id: narrow },
        body: { version: 1, grants: { 'contact.read': 'all' } },
      }),
    tree: () =>
      callAs(world.signIn, 'PATCH /api/v1/departments/:id', by, {
        params: { id: service },
        body: { parentId: salesNorth },
      }),
    place: () =>
      callAs(world.signIn, 'POST /api/v1/people/:id/move', by, {
        params: { id: head.personId },
        body: { dryRun: true, departmentId: root, clients: 'along' },
      } as never),
  });
  await approve(owner, (await ask(manager, boss)).id);
  const elevated = acts(await now(manager));
  for (const [what, act] of Object.entries(elevated)) {
    assert.match(String(await refusalOf(act())), /^(access\.denied|role\.beyond_own)$/, what);
  }
  const narrower = callAs(world.signIn, 'PATCH /api/v1/roles/:id', await now(manager), {
    params: { id: wide },
    body: { version: 1, grants: { 'contact.read': 'own' } },
  });
  assert.equal(await refusalOf(narrower), null, 'to take is what it was given for');
  const back = { params: { id: wide }, body: { version: 2, grants: { 'contact.read': 'all' } } };
  await callAs(world.signIn, 'PATCH /api/v1/roles/:id', owner, back as never);
  await change(manager, { roles: ['manager', boss] });
  for (const [what, act] of Object.entries(acts(await now(manager)))) {
    assert.equal(await refusalOf(act()), null, `${what}, of what one has for good`);
  }
  await change(manager, { roles: ['manager'] });
  await change(colleague, { roles: ['manager'] });
  const home = { params: { id: service }, body: { parentId: root } };
  await callAs(world.signIn, 'PATCH /api/v1/departments/:id', owner, home);
});

test('whom a head leads does not approve the head’s request', async () => {
  const { head, manager, owner } = world.cast;
  const approver = await makeRole('Погоджує всім', { 'elevation.approve': 'all', 'contact.read': 'own' });
  const small = await makeRole('Дрібна роль', { 'contact.read': 'own' });
  await change(manager, { roles: ['manager', approver] });
  const { id } = await ask(head, small);
  assert.equal(await refusalOf(approve(await now(manager), id)), 'elevation.led');
  assert.equal(await refusalOf(approve(owner, id)), null);
  await change(manager, { roles: ['manager'] });
});

test('an approver who lost the right, or was dismissed, between the question and the answer approves nothing', async () => {
  const { manager, head, owner, colleague } = world.cast;
  const { id } = await ask(manager, 'head');
  const stale = head.actor;
  await change(head, { roles: ['manager'] });
  assert.equal(await refusalOf(approve(stale, id)), 'access.denied');
  await change(head, { roles: ['head'], active: false });
  assert.equal(await refusalOf(approve(stale, id)), 'access.denied');
  await change(head, { active: true });
  // And nobody gets a role who was dismissed meanwhile.
  const leaving = await ask(colleague, 'support');
  await change(colleague, { active: false });
  assert.equal(await refusalOf(approve(owner, leaving.id)), 'access.denied');
  await change(colleague, { active: true });
});

test('both sides end it before its time; nobody else does; and a role given for good meanwhile stays', async () => {
  const { manager, colleague, owner, head } = world.cast;
  const first = await ask(manager);
  await approve(owner, first.id);
  assert.equal(await reads(manager), 'all');
  assert.equal(await refusalOf(giveBack(colleague, first.id)), 'elevation.not_found');
  await giveBack(manager, first.id);
  assert.equal(await reads(manager), 'own');
  assert.equal(await refusalOf(giveBack(manager, first.id)), 'elevation.not_waiting');
  const second = await ask(manager);
  await approve(owner, second.id);
  const stale = await now(head);
  await change(head, { roles: ['auditor'] });
  assert.equal(await refusalOf(endEarly(stale, second.id)), 'access.denied', 'a head no more');
  await change(head, { roles: ['head'], departmentId: colleague.departmentId });
  assert.equal(await refusalOf(endEarly(stale, second.id)), 'access.denied', 'elsewhere now');
  await change(head, { departmentId: head.departmentId });
  await endEarly(await now(head), second.id);
  assert.equal(await reads(manager), 'own', 'a head takes back what others gave to the department');
  const third = await ask(manager);
  await approve(owner, third.id);
  await change(manager, { roles: ['manager', 'support'] });
  await giveBack(manager, third.id);
  assert.equal(await reads(manager), 'all');
  await change(manager, { roles: ['manager'] });
});

test('who stands in for a head and was moved a moment ago ends nothing in the department of before', async () => {
  const { head, colleague, manager, owner } = world.cast;
  await change(colleague, { roles: ['head'] });
  await change(manager, { departmentId: world.departments.service });
  const day = (days: number) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' }).format(
      world.clock.now().getTime() + days * 24 * hour,
    );
  await callAs(world.signIn, 'POST /api/v1/deputies', await now(head), {
    body: { deputyId: colleague.personId, fromDay: day(0), untilDay: day(3) },
  });
  const { id } = await ask(await now(manager));
  await approve(owner, id);
  const stale = await now(colleague);
  await change(colleague, { departmentId: world.departments.salesNorth });
  assert.equal(await refusalOf(endEarly(stale, id)), 'access.denied', 'elsewhere now');
  await change(colleague, { departmentId: world.departments.service });
  assert.equal(await refusalOf(endEarly(stale, id)), null);
  await world.test.admin`DELETE FROM deputies`;
  await change(colleague, { roles: ['manager'] });
  await change(manager, { departmentId: manager.departmentId });
});

test('a role that was given for good while the request waited stays for good', async () => {
  const { manager, owner } = world.cast;
  const { id } = await ask(manager, 'support', 1);
  await change(manager, { roles: ['manager', 'support'] });
  assert.equal(await refusalOf(approve(owner, id)), 'elevation.already_held');
  world.clock.move(2 * hour);
  assert.equal(await reads(manager), 'all');
  await change(manager, { roles: ['manager'] });
});

test('whoever leaves waits for nothing and keeps nothing', async () => {
  const { colleague, manager, owner } = world.cast;
  await ask(colleague, 'support');
  await approve(owner, (await ask(colleague, 'marketer')).id);
  const left = await callAs(world.signIn, 'POST /api/v1/people/:id/leave', owner, {
    params: { id: colleague.personId },
    body: { dryRun: false, handOver: { rule: 'person', personId: manager.personId } },
  });
  const count = (name: string) => left.steps.find((step) => step.name === name)?.count;
  assert.deepEqual([count('elevations'), count('temporaryRoles')], [2, 1]);
  assert.deepEqual((await callAs(world.signIn, 'GET /api/v1/elevations', owner)).elevations, []);
});

/** What a test does to the table itself. */
const act = <T>(work: (tx: Transaction) => Promise<T>) =>
  world.database.act(systemReach(world.organizationId), prepared(work));

test('in the table itself: a request is answered once and in time, and what is done to one is done to no other', async () => {
  const { organizationId } = world;
  const { manager, colleague, owner } = world.cast;
  const roles = await world.test.admin`SELECT id, key FROM roles WHERE organization_id = ${organizationId}`;
  const roleId = (key: string) => roles.find((row) => row['key'] === key)!['id'] as string;
  const [support, marketer] = [roleId('support'), roleId('marketer')];
  const now = world.clock.now();
  const after = (hours: number) => new Date(now.getTime() + hours * hour);
  const add = async (who: CastMember, role: string, at = now) => {
    const id = newId();
    const sealed = Buffer.from('-');
    const asked = { organizationId, id, personId: who.personId, roleId: role, hours: 2, sealed, at };
    await act((tx) => insertElevation(tx, asked));
    return id;
  };
  const rowOf = async (id: string) => (await act((tx) => findElevation(tx, organizationId, id)))!;
  const rows = async (...but: string[]) =>
    (await world.test.admin`SELECT e::text AS text FROM elevations e WHERE id <> ALL (${but}::uuid[]) ORDER BY id`).map(
      ({ text }) => text,
    );
  const held = async () =>
    (await world.test.admin`SELECT h::text AS text FROM person_roles h WHERE until IS NOT NULL ORDER BY 1`).map(
      ({ text }) => text,
    );
  const approveAt = (row: ElevationRow, at = now) =>
    act((tx) => approveElevation(tx, { organizationId, row, by: owner.personId, at }));
  const close = (id: string, refusedBy: string | null) =>
    act((tx) => closeElevation(tx, organizationId, id, { at: now, refusedBy }));
  const end = (row: ElevationRow, at = now) =>
    act((tx) => endElevation(tx, organizationId, row, { at, by: owner.personId }));

  // Asking anew puts away one’s own old request for this role, and nothing else.
  const old = after(-24 * 30);
  for (const answer of ['approved_at', 'refused_at', 'withdrawn_at']) {
    const { admin } = world.test;
    const until = answer === 'approved_at' ? after(1 - 24 * 30) : null;
    await admin`UPDATE elevations SET ${admin(answer)} = ${old}, answered_by = ${answer === 'withdrawn_at' ? null : owner.personId},
      until = ${until}, ended_at = ${until} WHERE id = ${await add(manager, support, old)}`;
  }
  const lapsed = await add(manager, support, old);
  const [others, otherRole] = [await add(colleague, support, old), await add(manager, marketer, old)];
  const before = await rows(lapsed);
  const id = await add(manager, support);
  assert.deepEqual(await rows(lapsed, id), before);
  assert.notEqual((await rowOf(lapsed)).withdrawn_at, null);
  assert.equal(await approveAt(await rowOf(others)), undefined, 'of last month');
  const open = async (at = now) => (await act((tx) => listOpenElevations(tx, organizationId, at))).map((row) => row.id);
  assert.deepEqual(await open(), [id]);
  assert.equal(await close(otherRole, null), true);

  const second = await add(colleague, marketer);
  const waiting = await rows(id);
  const row = await rowOf(id);
  assert.deepEqual((await approveAt(row))?.until, after(2));
  assert.deepEqual(await rows(id), waiting);
  assert.equal(await approveAt(row, after(1)), undefined, 'approved already');
  assert.equal(await close(id, owner.personId), false, 'approved already');
  assert.equal(await close(id, null), false);
  const refused = await add(manager, marketer);
  assert.equal(await close(refused, owner.personId), true);
  assert.equal(await approveAt(await rowOf(refused)), undefined, 'refused already');
  assert.deepEqual([await close(refused, owner.personId), await close(refused, null)], [false, false]);
  const withdrawn = await add(manager, marketer);
  assert.equal(await close(withdrawn, null), true);
  assert.equal(await approveAt(await rowOf(withdrawn)), undefined, 'withdrawn already');
  assert.deepEqual([await close(withdrawn, owner.personId), await close(withdrawn, null)], [false, false]);

  // Two hold a role for a time; one ends.
  await approveAt(await rowOf(second));
  assert.deepEqual(new Set(await open()), new Set([id, second]));
  assert.equal(await act((tx) => countOpenOf(tx, organizationId, manager.personId, now)), 1);
  const [mine, theirs] = [await rowOf(id), await rowOf(second)];
  assert.equal(await end(mine, after(2)), false, 'over by itself');
  // Others have the same roles until the same moment.
  for (const [who, role] of [
    [colleague, support],
    [manager, marketer],
  ] as const)
    await world.test.admin`
      INSERT INTO person_roles (organization_id, person_id, role_id, given_by, given_at, until)
      VALUES (${organizationId}, ${who.personId}, ${role}, ${owner.personId}, ${now}, ${after(2)})`;
  const both = await held();
  const kept = await rows(id);
  assert.equal(await end(mine), true);
  assert.deepEqual([await end(mine), await rows(id), (await held()).length], [false, kept, both.length - 1]);
  assert.deepEqual(await act((tx) => countTemporaryRoles(tx, organizationId, now)), { active: 3, tooLong: 0 });
  assert.deepEqual(await act((tx) => countTemporaryRoles(tx, organizationId, after(2))), { active: 0, tooLong: 0 });
  const state = await rows(second);
  const of = { personId: colleague.personId, roleId: marketer, until: theirs.until!, endedAt: after(1) };
  for (const wrong of [{ personId: manager.personId }, { roleId: support }, { until: after(9) }]) {
    await act((tx) => followReview(tx, organizationId, { ...of, ...wrong }));
    assert.equal((await rowOf(second)).ended_at, null);
  }
  await act((tx) => followReview(tx, organizationId, of));
  assert.deepEqual([(await rowOf(second)).ended_at, await rows(second)], [after(1), state]);
  await act((tx) => followReview(tx, organizationId, { ...of, endedAt: null }));
  const until = await held();
  assert.equal((await act((tx) => expireElevations(tx, organizationId, after(1)))).length, 0, 'not over yet');
  assert.deepEqual(await held(), until);
  assert.equal(await act((tx) => endAllOf(tx, organizationId, manager.personId, now)), 0);
  assert.deepEqual([(await rowOf(second)).ended_at, await rows(second)], [null, state]);
  assert.equal(await act((tx) => countOpenOf(tx, organizationId, colleague.personId, after(2))), 1, 'of last month');
  assert.equal(await act((tx) => endAllOf(tx, organizationId, colleague.personId, now)), 2);

  const tooLong = async (past: number) => {
    const until = new Date(now.getTime() + elevationHoursMax * hour + past);
    await world.test.admin`UPDATE person_roles SET given_at = ${now}, until = ${until}
      WHERE person_id = ${manager.personId} AND role_id = ${marketer}`;
    return (await act((tx) => countTemporaryRoles(tx, organizationId, now))).tooLong;
  };
  assert.deepEqual([await tooLong(0), await tooLong(1)], [0, 1]);

  // A request waits until the last moment of its days, and not at their end.
  const over = after(24 * elevationWaitDays);
  const just = new Date(over.getTime() - 1);
  const late = await add(colleague, support);
  assert.deepEqual([(await open(just)).includes(late), (await open(over)).includes(late)], [true, false]);
  assert.equal(await approveAt(await rowOf(late), over), undefined);
  const anew = await add(colleague, support, over);
  assert.deepEqual((await rowOf(late)).withdrawn_at, over);
  const seen: (Date | null)[] = [];
  const withdrawing = `UPDATE elevations SET withdrawn_at = '${over.toISOString()}' WHERE id = '${anew}'`;
  const find = async () =>
    void seen.push((await act((tx) => findElevation(tx, organizationId, anew, true)))!.withdrawn_at);
  assert.deepEqual(
    [await raceBehind(world.test, withdrawing, [find]), seen],
    [[null], [over]],
    'held, it is as it stands',
  );
  await world.test.admin`UPDATE elevations SET withdrawn_at = NULL WHERE id = ${anew}`;
  const atLast = new Date(over.getTime() + (just.getTime() - now.getTime()));
  const ends = (await approveAt(await rowOf(anew), atLast))!.until!;
  const moments = [new Date(ends.getTime() - 1), ends];
  assert.deepEqual(await Promise.all(moments.map(async (at) => (await open(at)).includes(anew))), [true, false]);
});
