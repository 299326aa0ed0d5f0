/**
 * A review as a way in, up or out: rights confirmed by whoever has them, answered for by whoever is not asked, taken where a guard
 * must hold, given back as more; a deadline that is carried out twice or by half; a result that somebody wrote themselves.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { GrantTable, RoleView } from '#contract';
import { systemReach } from '#protections/encryption';
import { newId } from '#kernel';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceBehind, raceOn, readEntries, refusalOf, signInAgain } from '#test/cast.ts';
import { ed25519Verify } from '#protections/encryption';
import { findPublicKey, readSignedFile } from './sign-result.ts';
import { prepared } from '#test/prepared.ts';
import { beginClosing, claimLetter, listOpenCampaigns, markClosed } from './campaign-store.ts';
import {
  escalateItems,
  findItems,
  giveToReviewer,
  listAsked,
  listPrevious,
  listUnanswered,
  settleItem,
  settleMoved,
} from './item-store.ts';
import { create, openRooms } from '../../../crm/records/rooms.fixture.ts';
import type { House } from './reviews.fixture.ts';
import { answer, asked, callReview, giveRoles, openNode, rolesOf, start } from './reviews.fixture.ts';

let world: World;
let house: House;
beforeEach(async () => {
  world = await openWorld();
  house = openNode(world);
});
afterEach(() => world.close());

const day = 86_400_000;
const change = async (whom: CastMember, body: object) => {
  await callAs(house.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: whom.personId }, body });
  await signInAgain(world, whom);
};
const role = (name: string, grants: GrantTable): Promise<RoleView> =>
  callAs(house.signIn, 'POST /api/v1/roles', world.cast.owner, { body: { name, grants } });
const rightsOf = async (id: string, whom: CastMember) => {
  const seen = await callReview(house, 'GET /api/v1/reviews/:id', world.cast.owner, { params: { id } });
  return seen.rights.filter(({ person }) => person.id === whom.personId);
};
const rightOf = async (id: string, whom: CastMember) => (await rightsOf(id, whom))[0]!;
const tryAnswer = async (
  who: CastMember | CastMember['actor'],
  id: string,
  whom: CastMember,
  said: 'confirm' | 'withdraw' = 'confirm',
) => refusalOf(answer(house, who, id, [{ itemId: (await rightOf(id, whom)).id, answer: said }]));
const close = (id: string) =>
  callReview(house, 'POST /api/v1/reviews/:id/close', world.cast.owner, { params: { id }, body: {} });
const eventsOf = async (event: string) => (await readEntries(world)).filter((entry) => entry.event === event);

test('nobody reviews own rights: neither an owner, nor a head, nor with a row that names them', async () => {
  const { owner, head } = world.cast;
  const id = await start(house);
  assert.equal(await tryAnswer(owner, id, owner), 'review.own');
  assert.equal(await tryAnswer(head, id, head), 'review.own');
  await world.test.admin`UPDATE review_items SET reviewer_id = person_id`;
  assert.equal(await tryAnswer(head, id, head), 'review.own');
  assert.equal(await tryAnswer(owner, id, owner, 'withdraw'), 'review.own');
  assert.equal((await rightOf(id, head)).outcome, null);
});

test('nobody answers for people of another department, whatever else they may', async () => {
  const { head, colleague, auditor, manager, securityOfficer } = world.cast;
  const id = await start(house);
  assert.equal(await tryAnswer(head, id, colleague), 'review.not_asked');
  assert.equal(await tryAnswer(head, id, auditor, 'withdraw'), 'review.not_asked');
  // One right of one’s own people and one of strangers: all or nothing.
  const [mine] = await rightsOf(id, manager);
  const [other] = await rightsOf(id, colleague);
  const both = [mine!, other!].map((right) => ({ itemId: right.id, answer: 'withdraw' as const }));
  assert.equal(await refusalOf(answer(house, head, id, both)), 'review.not_asked');
  assert.deepEqual(await rolesOf(house, manager), ['manager']);
  assert.equal(await tryAnswer(securityOfficer, id, manager), 'review.not_asked', 'the head is asked first');
});

test('an auditor reads and cannot answer; a head neither runs, nor closes, nor reads the whole result', async () => {
  const { auditor, head, manager, owner } = world.cast;
  const id = await start(house);
  assert.equal((await callReview(house, 'GET /api/v1/reviews/:id', auditor, { params: { id } })).rights.length, 6);
  assert.equal(await tryAnswer(auditor, id, manager), 'access.denied');
  assert.equal(
    await refusalOf(callReview(house, 'POST /api/v1/reviews', head, { body: { dryRun: false } })),
    'access.denied',
  );
  const closing = { params: { id }, body: {} };
  assert.equal(await refusalOf(callReview(house, 'POST /api/v1/reviews/:id/close', head, closing)), 'access.denied');
  assert.equal(
    await refusalOf(callReview(house, 'GET /api/v1/reviews/:id/result', owner, { params: { id } })),
    'review.not_found',
    'not closed',
  );
  await close(id);
  for (const key of ['GET /api/v1/reviews/:id/result', 'GET /api/v1/reviews/:id/file'] as const) {
    assert.equal(await refusalOf(callReview(house, key, head, { params: { id } })), 'access.denied');
  }
  const seen = await callReview(house, 'GET /api/v1/reviews/:id', head, { params: { id } });
  assert.ok(seen.rights.every(({ person }) => [head.personId, manager.personId].includes(person.id)));
});

test('who was asked and has lost the right, or works elsewhere now, answers nothing with an actor made before', async () => {
  const { head, manager } = world.cast;
  const id = await start(house);
  const stale = head.actor;
  await change(head, { departmentId: world.departments.service });
  assert.equal(await tryAnswer(stale, id, manager), 'review.not_asked');
  await change(head, { departmentId: world.departments.sales, roles: ['manager'] });
  assert.equal(await tryAnswer(stale, id, manager), 'access.denied');
  await change(head, { roles: ['head'] });
  await change(head, { active: false });
  assert.equal(await tryAnswer(stale, id, manager), 'access.denied');
  await house.reviews.goOn(world.organizationId);
  assert.equal((await rightOf(id, manager)).reviewer, null, 'somebody else is asked');
});

test('whose person works elsewhere now is not asked about them any more', async () => {
  const { head, manager } = world.cast;
  const id = await start(house);
  const [before] = await rightsOf(id, manager);
  await world.test.admin`UPDATE people SET department_id = ${world.departments.service} WHERE id = ${manager.personId}`;
  assert.equal(await tryAnswer(head, id, manager), 'review.not_asked', 'the name in the row is no right');
  await world.test.admin`UPDATE people SET department_id = ${manager.departmentId} WHERE id = ${manager.personId}`;
  await change(manager, { departmentId: world.departments.service });
  const given = [{ itemId: before!.id, answer: 'confirm' as const }];
  assert.equal(await refusalOf(answer(house, head, id, given)), 'review.not_asked');
  // Who still reaches the person: what passed to another review is not answered in the old one.
  const { owner, colleague } = world.cast;
  await change(colleague, { departmentId: world.departments.root });
  assert.equal(await tryAnswer(owner, id, colleague, 'withdraw'), 'review.not_asked');
});

test('who stands in for an absent head answers in that place, for those days, and not about oneself', async () => {
  const { head, manager, colleague } = world.cast;
  const id = await start(house);
  assert.equal(await tryAnswer(colleague, id, manager), 'access.denied');
  const kyiv = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv' });
  const dayIn = (days: number) => kyiv.format(new Date(world.clock.now().getTime() + days * day));
  const stand = (deputyId: string, from: number, until: number) =>
    callAs(house.signIn, 'POST /api/v1/deputies', head, {
      body: { deputyId, fromDay: dayIn(from), untilDay: dayIn(until) },
    });
  await stand(colleague.personId, 0, 1);
  colleague.actor = (await house.signIn.actorById(world.organizationId, colleague.personId))!;
  assert.deepEqual((await asked(house, colleague, manager)).length, 1);
  assert.equal(await tryAnswer(colleague, id, colleague), 'review.own');
  assert.equal(await tryAnswer(colleague, id, world.cast.auditor), 'review.not_asked');
  assert.equal(await tryAnswer(colleague, id, manager), null);
  world.clock.move(3 * day);
  assert.equal(await tryAnswer(colleague.actor, id, manager, 'withdraw'), 'access.denied', 'the days are over');
});

test('a client that was shared, an API key and a role for a time are reviewed, and end with a withdrawal', async () => {
  const { head, manager, owner } = world.cast;
  const { contacts } = openRooms(world);
  const contact = await create(contacts, owner, { lastName: 'Коваль' });
  const until = new Date(Date.now() + 5 * day);
  await world.test.admin`
    INSERT INTO shares (organization_id, id, contact_id, person_id, may_edit, shared_by, created_at, until)
    VALUES (${world.organizationId}, ${newId()}, ${contact.id}, ${manager.personId}, true, ${owner.personId}, now(), ${until})`;
  const temporary = new Date(world.clock.now().getTime() + 5 * day);
  await world.test.admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_at, until)
    SELECT ${world.organizationId}, ${manager.personId}, id, ${world.clock.now()}, ${temporary}
    FROM roles WHERE organization_id = ${world.organizationId} AND key = 'support'`;
  await world.test.admin`
    INSERT INTO api_keys (organization_id, id, person_id, sealed, hint, secret_hash, role_ids, days, created_at, renewed_at, expires_at)
    SELECT ${world.organizationId}, ${newId()}, ${manager.personId}, ${Buffer.alloc(40)}, 'lub_1234', ${Buffer.alloc(32, 5)}, ARRAY[id], 10,
      ${world.clock.now()}, ${world.clock.now()}, ${temporary} FROM roles
    WHERE organization_id = ${world.organizationId} AND key = 'manager'`;
  const id = await start(house);
  const rights = await asked(house, head, manager);
  assert.deepEqual(rights.map(({ kind }) => kind).toSorted(), ['api-key', 'role', 'share', 'temporary-role']);
  const away = rights.filter(({ kind }) => kind !== 'role');
  const done = await answer(
    house,
    head,
    id,
    away.map((right) => ({ itemId: right.id, answer: 'withdraw' as const })),
  );
  assert.deepEqual(
    done.map(({ outcome }) => outcome),
    ['withdrawn', 'withdrawn', 'withdrawn'],
  );
  assert.deepEqual(await rolesOf(house, manager), ['manager']);
  const [share] = await world.test.admin`SELECT ended_why FROM shares`;
  assert.equal(share!['ended_why'], 'withdrawn');
  assert.equal((await world.test.admin`SELECT 1 FROM api_keys WHERE revoked_at IS NULL`).length, 0);
  // A share is not given back by whoever may not see the client.
  const [first] = away.filter(({ kind }) => kind === 'share');
  const back = await answer(house, head, id, [{ itemId: first!.id, answer: 'confirm' }]);
  assert.equal(back[0]!.refused, 'review.changed_since');
});

test('what somebody shared with a whole department is asked about that person, and ends with a withdrawal', async () => {
  const { head, manager, owner } = world.cast;
  const { contacts } = openRooms(world);
  const contact = await create(contacts, owner, { lastName: 'Коваль' });
  await world.test.admin`UPDATE shares SET ended_at = now(), ended_why = 'withdrawn' WHERE ended_at IS NULL`;
  const until = new Date(Date.now() + 5 * day);
  await world.test.admin`
    INSERT INTO shares (organization_id, id, contact_id, department_id, may_edit, shared_by, created_at, until)
    VALUES (${world.organizationId}, ${newId()}, ${contact.id}, ${world.departments.service}, false, ${manager.personId}, now(), ${until})`;
  const id = await start(house);
  const [right] = (await asked(house, head, manager)).filter(({ kind }) => kind === 'department-share');
  assert.equal(right!.name, 'Один контакт, відділ: Сервіс', 'to whom, and not which one');
  assert.equal(right!.hints.lastUsedAt, null, 'that the one who shared works daily says nothing of the department');
  const done = await answer(house, head, id, [{ itemId: right!.id, answer: 'withdraw' }]);
  assert.equal(done[0]!.outcome, 'withdrawn');
  const open = await world.test.admin`SELECT 1 FROM shares WHERE ended_at IS NULL`;
  assert.equal(open.length, 0);
  const entry = (await readEntries(world)).findLast(({ event }) => event === 'contact.share_ended');
  assert.equal(entry!.facts['department'], world.departments.service);
});

test('after the deadline, and from the first moment of closing, no answer is taken', async () => {
  const { owner, head, manager } = world.cast;
  const id = await start(house);
  // The head stays a head after the end.
  await answer(house, owner, id, [{ itemId: (await rightOf(id, head)).id, answer: 'confirm' }]);
  await world.test.admin`UPDATE review_campaigns SET closing_at = ${world.clock.now()} WHERE id = ${id}`;
  assert.equal(await tryAnswer(head, id, manager), 'review.closed');
  await world.test.admin`UPDATE review_campaigns SET closing_at = NULL WHERE id = ${id}`;
  world.clock.move(14 * day);
  assert.equal(await tryAnswer(head, id, manager), 'review.closed');
  await close(id);
  assert.equal(await tryAnswer(head, id, manager), 'review.closed');
  assert.equal(await refusalOf(close(id)), 'review.closed');
});

test('who runs reviews no more, or was dismissed, closes none with an actor made before', async () => {
  const { securityOfficer: stale } = world.cast;
  const id = await start(house);
  const closing = () => refusalOf(callReview(house, 'POST /api/v1/reviews/:id/close', stale, { params: { id } }));
  await change(stale, { roles: ['security-officer'] });
  assert.equal(await closing(), 'access.denied', 'an owner no more');
  await change(stale, { roles: ['manager'] });
  const actor = { ...stale.actor, roles: [] };
  const without = callReview(house, 'POST /api/v1/reviews/:id/close', actor, { params: { id } });
  assert.equal(await refusalOf(without), 'access.denied', 'without the right');
  await change(stale, { roles: ['owner'] });
  await world.test.admin`UPDATE people SET deactivated_at = now() WHERE id = ${stale.personId}`;
  assert.equal(await closing(), 'access.denied', 'dismissed');
  await world.test.admin`UPDATE people SET deactivated_at = NULL WHERE id = ${stale.personId}`;
  const open = await world.test.admin`SELECT closing_at FROM review_campaigns WHERE id = ${id}`;
  assert.deepEqual(
    open.map((row) => row['closing_at']),
    [null],
    'others still answer',
  );
  assert.equal(await closing(), null);
});

test('a review is closed while somebody answers in it: the two take turns, and neither waits for ever', async () => {
  const { owner, head, manager } = world.cast;
  const id = await start(house);
  const { id: itemId } = await rightOf(id, manager);
  const ended = await raceBehind(world.test, `SELECT 1 FROM people WHERE id = '${owner.personId}' FOR UPDATE`, [
    () => close(id),
    () => answer(house, head, id, [{ itemId, answer: 'confirm' }]),
  ]);
  // It depends on whose turn comes next whether the right to answer is taken already, with the session, or only the campaign closed.
  const [closing, answering] = ended;
  assert.equal(closing, null);
  assert.ok(['review.closed', 'access.denied', 'session.expired'].includes(answering!), String(answering));
});

test('the officer of security takes no owner’s role: it is reported as refused, and not lost', async () => {
  const { owner, auditor } = world.cast;
  await giveRoles(house, auditor, ['security-officer']);
  const id = await start(house);
  const right = await rightOf(id, owner);
  const done = await answer(house, auditor, id, [{ itemId: right.id, answer: 'withdraw' }]);
  assert.deepEqual(done, [{ itemId: right.id, outcome: 'refused', refused: 'review.owner_only' }]);
  assert.deepEqual(await rolesOf(house, owner), ['owner']);
  assert.equal((await rightOf(id, owner)).refused, 'review.owner_only');
  assert.equal((await eventsOf('review.withdrawal_refused')).length, 1);
});

test('two owners who withdraw each other at one moment: one stays', async () => {
  const { owner, securityOfficer } = world.cast;
  const id = await start(house);
  const [first, second] = [await rightOf(id, owner), await rightOf(id, securityOfficer)];
  const take = (by: CastMember, itemId: string) => () => answer(house, by, id, [{ itemId, answer: 'withdraw' }]);
  const ended = await raceOn(world.test, 'person_roles', [take(owner, second.id), take(securityOfficer, first.id)]);
  assert.deepEqual(new Set(ended), new Set([null, 'access.denied']));
  assert.equal([...(await rolesOf(house, owner)), ...(await rolesOf(house, securityOfficer))].length, 1);
});

test('the last owner’s role is not taken: neither by an answer nor by the deadline', async () => {
  const { owner, securityOfficer, auditor } = world.cast;
  await change(securityOfficer, { roles: ['security-officer'] });
  const id = await start(house);
  assert.equal(await tryAnswer(auditor, id, owner), 'access.denied');
  await close(id);
  assert.deepEqual(await rolesOf(house, owner), ['owner']);
  assert.equal((await rightOf(id, owner)).refused, 'person.last_owner');
});

test('a role that forbids is not withdrawn: taking it would open what it closes', async () => {
  const { head, manager } = world.cast;
  const never = await role('Без вивантаження', { 'contact.read': 'never' });
  await giveRoles(house, manager, ['manager', never.id]);
  const id = await start(house);
  const right = (await asked(house, head, manager)).find(({ name }) => name === 'Без вивантаження')!;
  const done = await answer(house, head, id, [{ itemId: right.id, answer: 'withdraw' }]);
  assert.deepEqual(done[0], { itemId: right.id, outcome: 'refused', refused: 'review.would_widen' });
  const second = await start(house);
  const kept = (await asked(house, head, manager)).find(
    (one) => one.campaignId === second && one.role?.key === 'manager',
  )!;
  await answer(house, head, second, [{ itemId: kept.id, answer: 'confirm' }]);
  await close(second);
  assert.ok((await rolesOf(house, manager)).includes('Без вивантаження'), 'the deadline does not either');
});

test('a second thought gives back what was taken, and nothing more', async () => {
  const { owner, head, manager, securityOfficer } = world.cast;
  const own = await role('Своя', { 'contact.read': 'own' });
  await giveRoles(house, manager, [own.id]);
  const id = await start(house);
  const [right] = await asked(house, head, manager);
  const say = (who: CastMember, said: 'confirm' | 'withdraw') =>
    answer(house, who, id, [{ itemId: right!.id, answer: said }]);
  await say(head, 'withdraw');
  await callAs(house.signIn, 'PATCH /api/v1/roles/:id', owner, {
    params: { id: own.id },
    body: { version: own.version, grants: { 'contact.read': 'all', 'contact.export': 'all' } },
  });
  assert.deepEqual(await say(head, 'confirm'), [
    { itemId: right!.id, outcome: 'withdrawn', refused: 'review.changed_since' },
  ]);
  assert.deepEqual(await rolesOf(house, manager), []);
  // Nobody but who took it: after escalation others may answer, too.
  await world.test.admin`UPDATE review_items SET escalated_at = now() WHERE id = ${right!.id}`;
  assert.equal((await say(securityOfficer, 'confirm'))[0]!.refused, 'review.changed_since');
  assert.deepEqual(await rolesOf(house, manager), []);
});

test('what somebody took, nobody else gives back; what is gone is not answered for', async () => {
  const { owner, securityOfficer, head, auditor } = world.cast;
  const id = await start(house);
  const right = await rightOf(id, head);
  const say = (who: CastMember, itemId: string, said: 'confirm' | 'withdraw') =>
    answer(house, who, id, [{ itemId, answer: said }]);
  await say(securityOfficer, right.id, 'withdraw');
  assert.equal((await say(owner, right.id, 'confirm'))[0]!.refused, 'review.changed_since');
  assert.deepEqual(await rolesOf(house, head), []);
  assert.equal((await say(securityOfficer, right.id, 'confirm'))[0]!.refused, null, 'who took it may');
  const lost = await rightOf(id, auditor);
  await change(auditor, { roles: ['support'] });
  assert.equal((await say(owner, lost.id, 'withdraw'))[0]!.outcome, 'gone');
  assert.equal(await tryAnswer(owner, id, auditor, 'confirm'), 'review.not_asked');
  assert.equal((await rightOf(id, auditor)).outcome, 'gone');
});

test('a rule that leaves no time to escalate is not saved, nor one that somebody changed meanwhile', async () => {
  const { owner } = world.cast;
  const { version, rules } = await callReview(house, 'GET /api/v1/reviews/rules', owner);
  const save = (given: object, at = version) =>
    refusalOf(
      callReview(house, 'PUT /api/v1/reviews/rules', owner, { body: { version: at, rules: { ...rules, ...given } } }),
    );
  const { deadlineDays } = rules;
  assert.equal(await save({ escalateDays: deadlineDays + 1 }), 'request.invalid');
  assert.equal(await save({ escalateDays: deadlineDays }), 'request.invalid');
  assert.equal(await save({ escalateDays: deadlineDays - 1 }), null);
  assert.equal(await save({}), 'review.rules_conflict');
});

test('the period is started by two nodes at one moment: there is one campaign', async () => {
  const nodes = [house, openNode(world)];
  world.clock.move(new Date('2027-01-04T09:00:00Z').getTime() - world.clock.now().getTime());
  const ended = await raceOn(
    world.test,
    'review_campaigns',
    nodes.map((node) => () => node.reviews.goOn(world.organizationId)),
  );
  assert.deepEqual(ended, [null, null]);
  const rows = await world.test.admin`SELECT id FROM review_campaigns`;
  assert.equal(rows.length, 1);
  assert.equal((await eventsOf('review.started')).length, 1);
});

test('two nodes close at one moment: every right is taken once, one result is signed', async () => {
  const id = await start(house);
  world.clock.move(14 * day);
  const nodes = [house, openNode(world)];
  const ended = await raceOn(
    world.test,
    'person_roles',
    nodes.map((node) => () => node.reviews.goOn(world.organizationId)),
  );
  assert.deepEqual(ended, [null, null]);
  await house.reviews.goOn(world.organizationId);
  const taken = (await eventsOf('person.role_changed')).filter(({ facts }) => facts['unanswered'] === true);
  assert.equal(taken.length, 5);
  const outcomes = await world.test
    .admin`SELECT outcome, count(*)::int AS n FROM review_items GROUP BY outcome ORDER BY n`;
  assert.deepEqual(
    outcomes.map((row) => [row['outcome'], row['n']]),
    [
      ['refused', 1],
      ['withdrawn', 5],
    ],
  );
  assert.equal((await eventsOf('review.closed')).length, 1);
  assert.equal((await world.test.admin`SELECT 1 FROM review_results WHERE campaign_id = ${id}`).length, 1);
});

test('killed halfway, the deadline is carried out to its end by the next run, and nothing twice', async () => {
  const id = await start(house);
  world.clock.move(14 * day);
  const { directory } = house.signIn;
  const dying = openNode(world, { directory: { ...directory, list: () => Promise.reject(new Error('killed')) } });
  assert.equal(await refusalOf(dying.reviews.goOn(world.organizationId)), 'Error: killed');
  assert.equal(await tryAnswer(world.cast.head, id, world.cast.manager, 'withdraw'), 'access.denied', 'a head no more');
  const between = await world.test.admin`SELECT closed_at, closing_at FROM review_campaigns WHERE id = ${id}`;
  assert.deepEqual([between[0]!['closed_at'], between[0]!['closing_at'] === null], [null, false]);
  await house.reviews.goOn(world.organizationId);
  await house.reviews.goOn(world.organizationId);
  assert.equal((await eventsOf('person.role_changed')).filter(({ facts }) => facts['unanswered'] === true).length, 5);
  assert.equal((await eventsOf('review.closed')).length, 1);
});

test('a piece that fails in its middle leaves nothing of itself', async () => {
  await start(house);
  world.clock.move(14 * day);
  let count = 0;
  const { ties } = house.signIn;
  const failing = openNode(world, {
    ties: {
      ...ties,
      endSessions: (...given) => {
        count += 1;
        return count === 3 ? Promise.reject(new Error('the disk is gone')) : ties.endSessions(...given);
      },
    },
  });
  assert.equal(await refusalOf(failing.reviews.goOn(world.organizationId)), 'Error: the disk is gone');
  assert.deepEqual(await rolesOf(house, world.cast.manager), ['manager']);
  assert.deepEqual(await rolesOf(house, world.cast.owner), ['owner']);
  assert.equal((await eventsOf('person.role_changed')).length, 0);
});

test('reviews of another organization are not there, and its rights are not answered for', async () => {
  const { outsider, manager, owner } = world.cast;
  const id = await start(house);
  const right = await rightOf(id, manager);
  for (const key of [
    'GET /api/v1/reviews/:id',
    'GET /api/v1/reviews/:id/result',
    'GET /api/v1/reviews/:id/file',
  ] as const) {
    assert.equal(await refusalOf(callReview(house, key, outsider, { params: { id } })), 'review.not_found');
  }
  const given = [{ itemId: right.id, answer: 'withdraw' as const }];
  assert.equal(await refusalOf(answer(house, outsider, id, given)), 'review.not_found');
  const closing = { params: { id }, body: {} };
  assert.equal(
    await refusalOf(callReview(house, 'POST /api/v1/reviews/:id/close', outsider, closing)),
    'review.not_found',
  );
  assert.deepEqual((await callReview(house, 'GET /api/v1/reviews', outsider)).campaigns, []);
  const other = await start(house);
  assert.equal(await refusalOf(answer(house, owner, other, given)), 'review.not_found', 'of another campaign');
  assert.equal(await refusalOf(answer(house, owner, newId(), given)), 'review.not_found');
  for (const table of ['campaigns', 'items', 'letters', 'keys', 'results', 'rules']) {
    const seen = await world.database.read(systemReach(world.otherOrganizationId, 'all'), (tx) =>
      tx.unsafe(`SELECT 1 FROM review_${table}`),
    );
    assert.equal(seen.length, 0, table);
  }
});

test('a result that somebody changed, or signed with a key of their own, is seen through', async () => {
  const { owner } = world.cast;
  const id = await start(house);
  await close(id);
  const { bytes } = await callReview(house, 'GET /api/v1/reviews/:id/file', owner, { params: { id } });
  let text = '';
  for await (const chunk of bytes) text += Buffer.from(chunk).toString();
  const key = (await world.database.read(systemReach(world.organizationId), (tx) =>
    findPublicKey(tx, world.organizationId, readSignedFile(text)!.keyId),
  ))!;
  const holds = (file: string) => {
    const read = readSignedFile(file)!;
    return ed25519Verify(key, read.bytes, read.signature);
  };
  assert.ok(holds(text));
  assert.ok(!holds(text.replace('"withdrawn"', '"kept"')));
  const { document, signature } = JSON.parse(text);
  assert.ok(!holds(JSON.stringify({ form: 'lubart-signed-review/1', document: { ...document, more: 1 }, signature })));
  await world.test.admin`UPDATE review_results SET signature = ${Buffer.alloc(64, 1)}`;
  const seen = await callReview(house, 'GET /api/v1/reviews/:id/result', owner, { params: { id } });
  assert.equal(seen.verification.valid, false);
  // The app itself cannot change what was signed, nor let a young campaign go.
  const act = (sql: string) =>
    refusalOf(world.database.act(systemReach(world.organizationId, 'all'), (tx) => tx.unsafe(sql)));
  assert.match((await act(`UPDATE review_results SET signature = signature`))!, /permission denied/);
  assert.match((await act(`DELETE FROM review_results`))!, /permission denied/);
  assert.equal(await act(`DELETE FROM review_campaigns`), null);
  assert.equal((await world.test.admin`SELECT 1 FROM review_campaigns`).length, 1);
});

test('in the table itself: what is answered stays as it is, and what is done to one review or right is done to no other', async () => {
  const { organizationId } = world;
  const { head, manager, colleague, owner } = world.cast;
  const { admin } = world.test;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId, 'all'), prepared(work));
  const now = world.clock.now();
  const inDays = (days: number) => new Date(now.getTime() + days * day);
  const [first, second] = [await start(house), await start(house)];
  const one = async (id: string, whom: CastMember) =>
    (await act((tx) => listUnanswered(tx, organizationId, id))).find(({ person_id }) => person_id === whom.personId)!;
  const [mine, theirs] = [await one(first, manager), await one(first, colleague)];
  const rows = async (...but: string[]) =>
    (await admin`SELECT i::text AS text FROM review_items i WHERE id <> ALL (${but}::uuid[]) ORDER BY id`).map(
      ({ text }) => text,
    );
  const found = await act((tx) => findItems(tx, organizationId, second, [mine.id]));
  assert.equal(found.length, 0, 'of another review');
  const others = await rows(mine.id);
  const kept = {
    outcome: 'kept',
    refused: null,
    answer: 'confirm',
    answered_by: head.personId,
    note: null,
    at: now,
  } as const;
  await act((tx) => settleItem(tx, organizationId, mine.id, kept));
  assert.deepEqual(await rows(mine.id), others);
  // What was answered goes to nobody else, and is not asked again after a move.
  const before = await rows(theirs.id);
  await act((tx) => giveToReviewer(tx, organizationId, [mine.id, theirs.id], owner.personId));
  const to = { personId: owner.personId, at: now };
  assert.equal(await act((tx) => escalateItems(tx, organizationId, [mine.id, theirs.id], to)), 1);
  assert.equal(await act((tx) => escalateItems(tx, organizationId, [theirs.id], { ...to, at: inDays(1) })), 0, 'once');
  assert.deepEqual(await rows(theirs.id), before);
  const again = await one(second, manager);
  const unmoved = await rows(again.id);
  const moved = { personId: manager.personId, butCampaignId: first, at: now };
  assert.ok((await act((tx) => settleMoved(tx, organizationId, moved))) > 0);
  const ofManager = (await act((tx) => findItems(tx, organizationId, second, [again.id])))[0]!;
  assert.deepEqual([ofManager.outcome, await rows(again.id)], ['moved', unmoved]);
  const answered = await rows();
  await act((tx) => settleMoved(tx, organizationId, { ...moved, butCampaignId: second }));
  assert.deepEqual(await rows(), answered, 'what is answered does not move');
  // Asked is who is named, about others, while the review takes answers.
  const asks = async (places: readonly string[], personId = head.personId, at = now, pool = false) =>
    (await act((tx) => listAsked(tx, organizationId, { personId, places, pool, now: at }))).map((item) => item.id);
  assert.ok((await asks([head.personId])).includes(mine.id));
  assert.ok(!(await asks([head.personId])).includes(again.id), 'moved');
  assert.ok(!(await asks([head.personId], manager.personId)).includes(mine.id), 'about oneself');
  assert.deepEqual(await asks([manager.personId]), []);
  assert.deepEqual(await asks([head.personId], head.personId, inDays(400)), [], 'too late');
  // A letter goes once to each; a review ends for itself, once, and not before its time.
  const letter = { campaignId: first, personId: head.personId, what: 'three', at: now };
  const claim = (given: typeof letter) => act((tx) => claimLetter(tx, organizationId, given));
  assert.deepEqual([await claim(letter), await claim(letter)], [true, false]);
  const begin = (at: Date, by: string | null) => act((tx) => beginClosing(tx, organizationId, first, { at, by }));
  assert.equal(await begin(now, null), undefined, 'its time has not come');
  assert.equal((await begin(now, owner.personId))?.id, first);
  assert.equal((await begin(inDays(1), null))?.id, first, 'begun, and to be ended by whoever comes');
  const campaigns = async () =>
    (await admin`SELECT id, closing_at, closed_by, closed_at FROM review_campaigns ORDER BY id`).map((row) => ({
      ...row,
    }));
  const blank = { closing_at: null, closed_by: null, closed_at: null };
  const expected = (closedAt: Date | null) =>
    [
      { id: first, closing_at: now, closed_by: owner.personId, closed_at: closedAt },
      { id: second, ...blank },
    ].toSorted((a, b) => a.id.localeCompare(b.id));
  assert.deepEqual(await campaigns(), expected(null));
  assert.ok(!(await asks([head.personId])).includes(mine.id), 'closing');
  assert.equal((await act((tx) => listPrevious(tx, organizationId))).length, 0, 'of what is not closed');
  await act((tx) => markClosed(tx, organizationId, first, inDays(1)));
  assert.deepEqual(await campaigns(), expected(inDays(1)));
  assert.equal(await begin(inDays(2), owner.personId), undefined);
  assert.deepEqual(
    (await act((tx) => listOpenCampaigns(tx, organizationId))).map(({ id }) => id),
    [second],
  );
  const previous = await act((tx) => listPrevious(tx, organizationId));
  assert.deepEqual(
    previous.map(({ personId, outcome }) => [personId, outcome]),
    [[manager.personId, 'kept']],
  );
});
