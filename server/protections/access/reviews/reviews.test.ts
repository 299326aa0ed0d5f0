/** Access reviews as they go when everybody behaves. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { defaultReviewRules } from '#contract';
import type { World } from '#test/cast.ts';
import { callAs, openWorld, readEntries } from '#test/cast.ts';
import { openPostOffice } from '#test/post-office.ts';
import { duePeriod, periodOf } from './review-rules.ts';
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
const campaign = (id: string, by = world.cast.owner) =>
  callReview(house, 'GET /api/v1/reviews/:id', by, { params: { id } });

test('each head is asked about the people of the department; a head and owners by whoever runs reviews', async () => {
  const { owner, securityOfficer, head, manager, colleague, auditor } = world.cast;
  // An owner who works in a department is above its head all the same.
  await callAs(house.signIn, 'PATCH /api/v1/people/:id', owner, {
    params: { id: securityOfficer.personId },
    body: { departmentId: world.departments.salesNorth },
  });
  await world.test.admin`DELETE FROM review_campaigns`;
  const plan = await callReview(house, 'POST /api/v1/reviews', owner, { body: { dryRun: true } });
  assert.deepEqual([plan.id, plan.people, plan.rights], [null, 6, 6]);
  const id = await start(house);
  assert.deepEqual(
    (await asked(house, head, manager)).map(({ name }) => name),
    ['Менеджер'],
  );
  assert.deepEqual(await asked(house, head, colleague), [], 'another department');
  assert.deepEqual(await asked(house, head, head), [], 'oneself');
  assert.deepEqual(await asked(house, owner, owner), [], 'oneself');
  assert.deepEqual(await asked(house, head, securityOfficer), [], 'an owner');
  for (const whom of [head, colleague, auditor, securityOfficer]) {
    assert.equal((await asked(house, owner, whom)).length, 1, whom.name);
  }
  assert.equal((await asked(house, owner, manager)).length, 0, 'a head is there');
  assert.equal((await asked(house, securityOfficer, owner)).length, 1, 'an owner by another');
  assert.deepEqual(await callReview(house, 'GET /api/v1/reviews/waiting', head), {
    rights: 1,
    until: new Date(world.clock.now().getTime() + 14 * day).toISOString(),
  });
  assert.equal((await callReview(house, 'GET /api/v1/reviews/waiting', manager)).rights, 0);
  const seen = await campaign(id, head);
  assert.deepEqual(
    [...new Set(seen.rights.map(({ person }) => person.name))].toSorted(),
    [head.name, manager.name, securityOfficer.name].toSorted(),
  );
});

test('a withdrawal takes effect at once, and is taken back before the end by whoever made it', async () => {
  const { head, manager } = world.cast;
  const id = await start(house);
  const [right] = await asked(house, head, manager);
  const done = await answer(house, head, id, [{ itemId: right!.id, answer: 'withdraw', note: 'Працює з товаром' }]);
  assert.deepEqual(done, [{ itemId: right!.id, outcome: 'withdrawn', refused: null }]);
  assert.deepEqual(await rolesOf(house, manager), []);
  assert.equal(await house.signIn.actorById(world.organizationId, manager.personId).then((a) => a!.roles.length), 0);
  const [now] = await asked(house, head, manager);
  assert.deepEqual([now!.note, now!.outcome, now!.answeredBy], ['Працює з товаром', 'withdrawn', head.name]);
  await answer(house, head, id, [{ itemId: right!.id, answer: 'confirm' }]);
  assert.deepEqual(await rolesOf(house, manager), ['manager']);
  const events = (await readEntries(world)).slice(-4).map(({ event }) => event);
  assert.deepEqual(events, ['person.role_changed', 'review.answered', 'person.role_changed', 'review.answered']);
});

test('what nobody answers for is withdrawn after the deadline, the last owner stays, the result is signed', async () => {
  const { owner, securityOfficer, head, manager, colleague } = world.cast;
  const id = await start(house);
  const [right] = await asked(house, head, manager);
  await answer(house, head, id, [{ itemId: right!.id, answer: 'confirm' }]);
  const fates = (await campaign(id)).unanswered;
  assert.equal(fates.length, 5);
  assert.deepEqual(
    fates.filter(({ held }) => held !== null).map(({ held }) => held),
    ['person.last_owner'],
  );
  world.clock.move(14 * day);
  await house.reviews.goOn(world.organizationId);
  const closed = (await callReview(house, 'GET /api/v1/reviews', owner)).campaigns[0]!;
  assert.deepEqual([closed.kept, closed.withdrawn, closed.refused, closed.total], [1, 4, 1, 6]);
  assert.deepEqual([await rolesOf(house, manager), await rolesOf(house, colleague)], [['manager'], []]);
  const owners = [...(await rolesOf(house, owner)), ...(await rolesOf(house, securityOfficer))];
  assert.deepEqual(owners, ['owner'], 'one of two');
  const held = (await campaign(id)).rights.find(({ refused }) => refused !== null);
  assert.deepEqual(
    [fates.find((fate) => fate.held !== null)!.id, 'person.last_owner'],
    [held!.id, held!.refused],
    'as the preview said',
  );
  const who = (await rolesOf(house, owner)).length > 0 ? owner : securityOfficer;
  const result = await callReview(house, 'GET /api/v1/reviews/:id/result', who, { params: { id } });
  assert.equal(result.verification.valid, true);
  assert.equal(result.organization, 'Вежа');
});

test('the calendar starts one campaign a quarter, once, also when the day was missed', async () => {
  const rules = defaultReviewRules;
  const since = new Date('2026-11-02T09:00:00Z');
  assert.equal(periodOf(new Date('2026-12-31T22:30:00Z'), 3), '2027-01-01', 'in Kyiv it is January');
  assert.equal(duePeriod(new Date('2026-12-31T21:00:00Z'), rules, since), null, 'began before the organization');
  assert.equal(
    duePeriod(new Date('2027-05-20T09:00:00Z'), rules, since),
    '2027-04-01',
    'the one before is not made up for',
  );
  assert.equal(duePeriod(new Date('2027-05-20T09:00:00Z'), { ...rules, calendar: false }, since), null);
  const count = async () => (await callReview(house, 'GET /api/v1/reviews', world.cast.owner)).campaigns.length;
  await house.reviews.goOn(world.organizationId);
  assert.equal(await count(), 0);
  world.clock.move(new Date('2027-05-20T09:00:00Z').getTime() - world.clock.now().getTime());
  await house.reviews.goOn(world.organizationId);
  await house.reviews.goOn(world.organizationId);
  assert.equal(await count(), 1);
});

test('another calendar begins with its next period', async () => {
  const { owner } = world.cast;
  world.clock.move(new Date('2027-02-10T09:00:00Z').getTime() - world.clock.now().getTime());
  const rules = { ...defaultReviewRules, intervalMonths: 1 as const, reminderDays: [2, 5, 2] };
  const saved = await callReview(house, 'PUT /api/v1/reviews/rules', owner, { body: { version: 0, rules } });
  assert.deepEqual([saved.version, saved.rules.reminderDays], [1, [5, 2]]);
  await house.reviews.goOn(world.organizationId);
  assert.equal((await callReview(house, 'GET /api/v1/reviews', owner)).campaigns.length, 0);
  world.clock.move(20 * day);
  await house.reviews.goOn(world.organizationId);
  assert.equal((await callReview(house, 'GET /api/v1/reviews', owner)).campaigns[0]!.reason, 'calendar');
});

test('who moves is reviewed by the new head, and is not asked about twice', async () => {
  const { owner, head, colleague, manager } = world.cast;
  const first = await start(house);
  await callAs(house.signIn, 'POST /api/v1/people/:id/move', owner, {
    params: { id: colleague.personId },
    body: { dryRun: false, departmentId: world.departments.salesNorth, clients: 'along' },
  });
  const rights = await asked(house, head, colleague);
  assert.equal(rights.length, 1);
  assert.notEqual(rights[0]!.campaignId, first);
  assert.equal((await campaign(first)).rights.find(({ person }) => person.id === colleague.personId)!.outcome, 'moved');
  await callAs(house.signIn, 'PATCH /api/v1/people/:id', owner, {
    params: { id: manager.personId },
    body: { departmentId: world.departments.service },
  });
  assert.equal((await asked(house, head, manager)).length, 0);
  assert.equal((await asked(house, owner, manager)).length, 1, 'no head there');
});

test('hints say when a right was last of use, who gave it, and that colleagues lack it', async () => {
  const { owner, head, manager, colleague, former } = world.cast;
  const change = (whom: typeof owner, body: object) =>
    callAs(house.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: whom.personId }, body });
  await change(former, { active: true });
  await change(colleague, { departmentId: world.departments.salesNorth });
  await giveRoles(house, manager, ['manager', 'auditor']);
  await world.auditLog.recordAlone(
    { organizationId: world.organizationId, actor: manager.actor, address: null, device: null, requestId: null },
    { event: 'contact.opened' },
  );
  await start(house);
  const rights = await asked(house, head, manager);
  const hints = new Map(rights.map((right) => [right.role!.key, right.hints]));
  const used = hints.get('manager')!;
  assert.equal(used.lastUsedAt, world.clock.now().toISOString());
  assert.deepEqual([used.peers, used.peersWith, used.unusual, used.sleeping], [2, 2, false, false]);
  const odd = hints.get('auditor')!;
  assert.deepEqual([odd.lastUsedAt, odd.peersWith, odd.unusual, odd.givenBy], [null, 0, true, owner.name]);
  assert.ok(odd.wider.includes('audit.read') && !odd.wider.includes('contact.read'));
});

test('what the last review said is shown in the next', async () => {
  const { owner, head, manager } = world.cast;
  const id = await start(house);
  const [right] = await asked(house, head, manager);
  await answer(house, head, id, [{ itemId: right!.id, answer: 'confirm' }]);
  const keep = (await campaign(id)).rights.filter(({ id: one }) => one !== right!.id);
  for (const { id: itemId, person } of keep) {
    const by = person.id === owner.personId ? world.cast.securityOfficer : owner;
    await answer(house, by, id, [{ itemId, answer: 'confirm' }]);
  }
  await callReview(house, 'POST /api/v1/reviews/:id/close', owner, { params: { id }, body: {} });
  await start(house);
  const [next] = await asked(house, head, manager);
  assert.equal(next!.hints.previous!.outcome, 'kept');
});

test('letters: at the start, on the days before the deadline, once each; silence is escalated', async () => {
  await world.close();
  const post = await openPostOffice();
  world = await openWorld(post.settings);
  house = openNode(world);
  const { head, manager, owner } = world.cast;
  const id = await start(house);
  const sent = async (to: string) => {
    await world.mail.deliverDue(world.organizationId);
    return post.letters.filter((letter) => letter.to.includes(to)).map(({ subject }) => subject);
  };
  assert.deepEqual(await sent(head.email), ['Перегляньте доступи ваших людей до 16 листопада']);
  world.clock.move(7 * day);
  await house.reviews.goOn(world.organizationId);
  await house.reviews.goOn(world.organizationId);
  assert.equal((await sent(head.email)).length, 2);
  assert.equal((await asked(house, owner, manager)).length, 0);
  world.clock.move(4 * day);
  await house.reviews.goOn(world.organizationId);
  assert.equal((await asked(house, owner, manager)).length, 1, 'nobody above: whoever runs reviews');
  assert.equal((await sent(head.email)).length, 3);
  assert.ok((await sent(owner.email)).some((subject) => subject.startsWith('Хтось не відповідає')));
  const seen = await campaign(id);
  assert.equal(seen.reviewers.find(({ reviewer }) => reviewer?.id === head.personId)!.escalated, 1);
  await post.close();
});

test('a closed campaign is kept for its years, then goes with everything of it', async () => {
  const { owner } = world.cast;
  const id = await start(house);
  await callReview(house, 'POST /api/v1/reviews/:id/close', owner, { params: { id }, body: {} });
  world.clock.move(4 * 366 * day);
  const old = new Date('2020-01-01T00:00:00Z');
  await house.reviews.goOn(world.organizationId);
  const left = async () =>
    Number((await world.test.admin`SELECT count(*) AS n FROM review_results WHERE campaign_id = ${id}`)[0]!['n']);
  assert.equal(await left(), 1, 'the database keeps what is younger than a year by its own clock');
  await world.test.admin`UPDATE review_campaigns SET started_at = ${old}, closed_at = ${old} WHERE id = ${id}`;
  await house.reviews.goOn(world.organizationId);
  assert.equal(await left(), 0);
  assert.ok((await readEntries(world)).some(({ event }) => event === 'review.forgotten'));
});
