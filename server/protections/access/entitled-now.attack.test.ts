/**
 * What an act goes by: sessions of others, places of before, and many acts at one moment, none of which may wait for another that waits
 * for it. That every route asks is played in test/judged-now.attack.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceBehind, raceOn, refusalOf, signInAgain } from '#test/cast.ts';
import type { Actor } from './actor.ts';
import { actorNow, requireEntitledNow, requireStandingNow } from './entitled-now.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const selfOf = (actor: Actor) =>
  world.database.act(systemReach(actor.organizationId), (tx) =>
    requireEntitledNow(tx, actor, 'contact.read', world.clock.now()),
  );
const stands = (actor: Actor) =>
  world.database.act(systemReach(actor.organizationId), (tx) => requireStandingNow(tx, actor));

test('only an open session of one’s own counts; a program is refused, an operator has none', async () => {
  const { manager, head } = world.cast;
  const actors: readonly [string, Actor, string | null][] = [
    ['one’s own', manager.actor, null],
    ['an operator’s', { ...manager.actor, sessionId: null }, null],
    ['a colleague’s', { ...manager.actor, sessionId: head.actor.sessionId }, 'session.expired'],
    ['one that nobody has', { ...manager.actor, sessionId: newId() }, 'session.expired'],
    ['a program’s', { ...manager.actor, sessionId: newId(), apiKeyId: newId() }, 'session.expired'],
  ];
  for (const [whose, actor, code] of actors)
    assert.deepEqual([await refusalOf(selfOf(actor)), await refusalOf(stands(actor))], [code, code], whose);
  const { actor } = manager;
  await world.test.admin`UPDATE sessions SET ended_at = now() WHERE id = ${actor.sessionId}`;
  assert.deepEqual(
    [await refusalOf(selfOf(actor)), await refusalOf(stands(actor))],
    ['session.expired', 'session.expired'],
  );
  await world.test.admin`UPDATE sessions SET ended_at = NULL WHERE id = ${actor.sessionId}`;
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${manager.personId}`;
  assert.deepEqual(
    [await refusalOf(selfOf(actor)), await refusalOf(stands(actor))],
    ['access.denied', 'session.expired'],
  );
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${manager.personId}`;
});

test('the place counts where one works now, and a head’s place that one takes no more is gone', async () => {
  const { manager } = world.cast;
  const { sales, service } = world.departments;
  const believed: Actor = { ...manager.actor, departmentIds: [sales], standIn: { 'contact.read': [sales] } };
  await world.test.admin`UPDATE people SET department_id = ${service} WHERE id = ${manager.personId}`;
  const self = await selfOf(believed);
  assert.deepEqual(self.departmentIds, [service]);
  const actor = actorNow(believed, self);
  assert.deepEqual([actor.departmentIds, actor.standIn, actor.sessionId], [[service], undefined, believed.sessionId]);
  await world.test.admin`UPDATE people SET department_id = ${manager.departmentId} WHERE id = ${manager.personId}`;
});

test('acts of one person and of those who change that person, all at one moment: each is done or refused, none waits for ever', async () => {
  const { owner, securityOfficer: second, manager } = world.cast;
  const { signIn } = world;
  const rules = () => callAs(signIn, 'GET /api/v1/security/rules', owner);
  const { version } = await rules();
  const role = (name: string) => () =>
    callAs(signIn, 'POST /api/v1/roles', second, { body: { name, grants: { 'contact.read': 'own' } } });
  const asked = await callAs(signIn, 'POST /api/v1/profile/elevations', manager, {
    body: { role: 'support', hours: 2, reason: 'Підміна' },
  });
  const named = (by: CastMember, whom: CastMember, name: string) => () =>
    callAs(signIn, 'PATCH /api/v1/people/:id', by, { params: { id: whom.personId }, body: { name } });
  const rounds = [
    [role('Перша'), role('Друга'), named(owner, second, 'Богдан Р.'), named(second, owner, 'Олена К.')],
    [
      role('Третя'),
      named(owner, second, 'Богдан Романюк'),
      () => callAs(signIn, 'POST /api/v1/elevations/:id/approve', second, { params: { id: asked.id } }),
      () =>
        callAs(signIn, 'PUT /api/v1/security/rules', second, {
          body: { version, change: { sessions: { organization: { idleHours: 11, days: 7 }, roles: [] } } },
        }),
    ],
    [
      () => callAs(signIn, 'DELETE /api/v1/people/:id/sessions', second, { params: { id: owner.personId } }),
      () => callAs(signIn, 'DELETE /api/v1/people/:id/sessions', second, { params: { id: manager.personId } }),
      named(owner, second, 'Богдан Р.'),
    ],
  ];
  for (const works of rounds) {
    const ended = await raceOn(world.test, 'audit_entries', works);
    // Whose session was ended a moment before is told so.
    assert.deepEqual(
      ended.filter((code) => code !== null && code !== 'session.expired'),
      [],
    );
  }
  await signInAgain(world, owner);
});

test('a role is made while its maker’s roles are changed: the two take turns, and what was taken makes nothing', async () => {
  const { owner, securityOfficer: second } = world.cast;
  const make = () =>
    callAs(world.signIn, 'POST /api/v1/roles', second, {
      body: { name: 'Остання', grants: { 'contact.read': 'own' } },
    });
  const change = (roles: string[]) => () =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: second.personId }, body: { roles } });
  const all = 'SELECT 1 FROM roles FOR UPDATE';
  assert.deepEqual(await raceBehind(world.test, all, [make, change(['manager'])]), [null, null]);
  await change(['owner'])();
  await signInAgain(world, second);
  assert.deepEqual(await raceBehind(world.test, all, [change(['manager']), make]), [null, 'access.denied']);
});
