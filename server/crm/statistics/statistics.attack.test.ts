/**
 * The curious head of statistics: counts clients that are closed, and tries to come to one of them by differences, periods, filters,
 * fields and other organizations.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { GrantTable } from '#contract';
import { routes } from '#contract';
import type { Actor } from '#protections/access';
import { combineRights, reachOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld, readEntries, refusalOf, visitorFrom } from '#test/cast.ts';
import { shapeChecker } from '../../http/check-shape.ts';
import { create, openRooms } from '../records/rooms.fixture.ts';
import type { StatisticsHandlers } from './routes.ts';
import { statisticsHandlers } from './routes.ts';

let world: World;
let handlers: StatisticsHandlers;
before(async () => {
  world = await openWorld();
  const { database, auditLog, signIn } = world;
  handlers = statisticsHandlers({
    database,
    auditLog,
    domains: async (organizationId) => ({
      managers: (await signIn.directory.list(organizationId)).map(({ id }) => id),
      departments: (await signIn.directory.departments(organizationId)).map(({ id }) => id),
    }),
  });
  const { contacts } = openRooms(world);
  const { manager, colleague, head, owner, outsider } = world.cast;
  const make = async (who: CastMember, stage: string, count: number) => {
    for (let at = 0; at < count; at += 1)
      await create(contacts, who, {
        lastName: `Клієнт ${at}`,
        stage,
        tags: ['vip'],
        expectedAmount: `${1000 + at}.50`,
      });
  };
  await make(manager, 'new', 7);
  await make(manager, 'customer', 6);
  await make(colleague, 'new', 8);
  await make(colleague, 'inactive', 2);
  await make(head, 'contacted', 3);
  await make(owner, 'qualified', 1);
  await make(outsider, 'qualified', 50);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

/** The person with these rights and no others. */
const withRights = (who: CastMember, grants: GrantTable): Actor => ({
  ...who.actor,
  ...combineRights([{ grants, fieldRights: {} }]),
});
const ask = (actor: Actor, query: { period?: string } = {}) =>
  handlers['GET /api/v1/contacts/statistics']({
    actor,
    query,
    reach: reachOf(actor, 'contact.statistics'),
    visitor: visitorFrom('192.0.2.10'),
  } as never);
type Answer = Awaited<ReturnType<typeof ask>>;
const table = (answer: Answer, by: string) => {
  const group = answer.groups.find((one) => one.by === by);
  return group === undefined ? undefined : Object.fromEntries(group.cells.map(({ key, count }) => [key, count]));
};
const sums = (answer: Answer, by: string) =>
  Object.fromEntries(answer.groups.find((one) => one.by === by)!.cells.map(({ key, sum }) => [key, sum]));
const blind = (who = world.cast.auditor, extra: GrantTable = {}) =>
  withRights(who, { 'contact.statistics': 'all', ...extra });

test('who sees the rows gets exact numbers, of every group however small, and only of the own organization', async () => {
  const answer = await ask(world.cast.owner.actor);
  assert.deepEqual([answer.exact, answer.total], [true, 27]);
  assert.deepEqual(table(answer, 'stage'), { new: 15, customer: 6, contacted: 3, inactive: 2, qualified: 1 });
  assert.deepEqual(table(answer, 'tag'), { vip: 27 });
  assert.equal(answer.stagesByManager!.find(({ stage }) => stage === 'qualified')!.count, 1);
  await world.auditLog.flush();
  assert.deepEqual((await readEntries(world)).at(-1)!.event, 'contact.counted');
});

test('each scope counts what it reaches: own, department with those below, all, nothing', async () => {
  const { manager, head, colleague, auditor } = world.cast;
  const totals = [manager, head, colleague].map(async (who) => (await ask(who.actor)).total);
  assert.deepEqual(await Promise.all(totals), [13, 16, 10]);
  assert.throws(() => ask(auditor.actor), { code: 'access.denied' });
});

test('who does not see the rows sees no group below five, and cannot subtract their way to one', async () => {
  const answer = await ask(blind());
  assert.deepEqual([answer.exact, answer.total, answer.stagesByManager], [false, 27, null]);
  const stages = answer.groups.find(({ by }) => by === 'stage')!;
  // customer and new are large; the first by a fixed order stands with the small ones.
  assert.deepEqual(
    stages.cells.map(({ key, count }) => [key, count]),
    [['new', 15]],
  );
  assert.equal(stages.rest, 12, 'six customers and six others; nobody can tell which');
  for (const { cells, rest } of answer.groups) {
    for (const { count } of cells) assert.ok(count >= 5);
    assert.ok(rest === null || rest === 0 || rest >= 5);
  }
  assert.equal(table(answer, 'tag'), undefined, 'a tag can name a person');
});

test('who sees the rows gets exact sums, to the kopiyka', async () => {
  const answer = await ask(world.cast.owner.actor);
  assert.equal(answer.sums.told, 'exact');
  assert.deepEqual(sums(answer, 'stage'), {
    new: '15056.50',
    customer: '6018.00',
    contacted: '3004.50',
    inactive: '2002.00',
    qualified: '1000.50',
  });
  assert.deepEqual([answer.totalSum, sums(answer, 'tag')], ['27081.50', { vip: '27081.50' }]);
  const { manager } = world.cast;
  const cell = answer.stagesByManager!.find((one) => one.manager === manager.personId && one.stage === 'new');
  assert.equal(cell!.sum, '7024.50');
});

test('who does not see the rows gets sums rounded to a twentieth of all, and no difference of them is a client', async () => {
  const answer = await ask(blind());
  assert.deepEqual(answer.sums, { told: 'rounded', roundedTo: '2000.00' });
  assert.equal(answer.totalSum, '28000.00');
  const stages = answer.groups.find(({ by }) => by === 'stage')!;
  assert.deepEqual([stages.cells, stages.restSum], [[{ key: 'new', count: 15, sum: '16000.00' }], '12000.00']);
  for (const { cells, restSum } of answer.groups)
    for (const sum of [restSum, ...cells.map((one) => one.sum)])
      assert.ok(sum === null || Number(sum) % 2000 === 0, String(sum));
});

test('own clients of chosen amounts move no rounded sum: what the reader sees is added after it', async () => {
  const { auditor } = world.cast;
  const { contacts } = openRooms(world);
  const reader = blind(auditor, { 'contact.read': 'own', 'contact.create': 'own' });
  const before = await ask(reader);
  const mine = await create(contacts, { ...world.cast.owner }, { lastName: 'Свій', expectedAmount: '999.99' });
  await world.test.admin`UPDATE contacts SET owner_id = ${auditor.personId} WHERE id = ${mine.id}`;
  const after = await ask(reader);
  await world.test.admin`DELETE FROM contact_search WHERE record_id = ${mine.id}`;
  await world.test.admin`DELETE FROM contacts WHERE id = ${mine.id}`;
  assert.deepEqual(after.sums, before.sums);
  assert.equal(Math.round((Number(after.totalSum) - Number(before.totalSum)) * 100), 99_999);
});

test('one client with nearly everything: no sum is told at all, to whoever does not see that client', async () => {
  const { manager } = world.cast;
  const [large] = await world.test.admin`SELECT id FROM contacts WHERE owner_id = ${manager.personId} LIMIT 1`;
  await world.test.admin`UPDATE contacts SET expected_amount = 90000 WHERE id = ${large!['id']}`;
  const answer = await ask(blind());
  const exact = await ask(world.cast.owner.actor);
  await world.test.admin`UPDATE contacts SET expected_amount = 1000.50 WHERE id = ${large!['id']}`;
  assert.deepEqual([answer.sums, answer.totalSum], [{ told: 'withheld', roundedTo: null }, null]);
  for (const { cells, restSum } of answer.groups)
    assert.deepEqual(new Set([restSum, ...cells.map(({ sum }) => sum)]), new Set([null]));
  assert.equal(exact.sums.told, 'exact');
});

test('fewer than five with an amount, however many are counted: no sum, and not even how coarse it would be', async () => {
  const { admin } = world.test;
  const { manager } = world.cast;
  await admin`CREATE TABLE kept_amounts AS SELECT id, expected_amount FROM contacts`;
  const answers = [];
  for (const few of [4, 0]) {
    await admin`
      UPDATE contacts SET expected_amount = NULL WHERE id NOT IN (
        SELECT id FROM contacts WHERE owner_id = ${manager.personId} ORDER BY id LIMIT ${few})`;
    answers.push(await ask(blind()));
  }
  await admin`UPDATE contacts c SET expected_amount = k.expected_amount FROM kept_amounts k WHERE k.id = c.id`;
  await admin`DROP TABLE kept_amounts`;
  for (const { total, sums: how, totalSum } of answers)
    assert.deepEqual([total, how, totalSum], [27, { told: 'withheld', roundedTo: null }, null]);
});

test('a closed amount is not added up, neither exactly nor rounded', async () => {
  for (const actor of [world.cast.owner.actor, blind()]) {
    for (const right of ['masked', 'hidden'] as const) {
      const closed = { ...actor, fieldRights: { ...actor.fieldRights, contact: { expectedAmount: right } } } as Actor;
      const answer = await ask(closed);
      assert.deepEqual([answer.sums, answer.totalSum], [{ told: 'closed', roundedTo: null }, null]);
      const told = answer.groups.flatMap(({ cells, restSum }) => [restSum, ...cells.map(({ sum }) => sum)]);
      assert.deepEqual(new Set([...told, ...(answer.stagesByManager ?? []).map(({ sum }) => sum)]), new Set([null]));
    }
  }
});

test('no period and no filter of one’s own for who does not see the rows: a year less its months is a difference', async () => {
  for (const period of ['2026', '2026-Q4', '2026-11']) {
    assert.equal(await refusalOf(ask(blind(), { period })), 'access.denied');
    assert.equal((await ask(world.cast.owner.actor, { period })).total, 27);
  }
  assert.equal((await ask(world.cast.owner.actor, { period: '2026-10' })).total, 0);
  assert.equal((await ask(world.cast.owner.actor, { period: '2026-Q3' })).total, 0);
});

test('a filter that is no period of the grid never comes in', () => {
  const check = shapeChecker({ schema: routes['GET /api/v1/contacts/statistics'].query } as never);
  const isAllowed = (query: object) => {
    const answer = check({ ...query }) as unknown;
    return answer === true || (typeof answer === 'object' && answer !== null && !('error' in answer));
  };
  assert.ok(isAllowed({ period: '2026-Q4' }) && isAllowed({}));
  for (const period of ['2026-13', '2026-Q5', "2026' OR 1=1", '2026-11-03', '2026-10..2026-11', '']) {
    assert.ok(!isAllowed({ period }), period);
  }
  for (const key of ['ownerId', 'stage', 'departmentId', 'createdFrom']) assert.ok(!isAllowed({ [key]: 'new' }), key);
});

test('a tiny department, or the rest of it beside one’s own clients, tells nothing', async () => {
  const { owner, head, manager } = world.cast;
  const inRoot = {
    ...withRights(owner, { 'contact.statistics': 'department' }),
    departmentIds: [world.departments.root],
  };
  const tiny = await ask({ ...inRoot, personId: world.cast.auditor.personId });
  assert.deepEqual([tiny.total, tiny.groups], [null, []]);
  // The manager reads thirteen of the sixteen: three are left, the head’s.
  const beside = await ask({
    ...withRights(manager, { 'contact.read': 'own', 'contact.statistics': 'department' }),
    departmentIds: head.actor.departmentIds,
  });
  assert.deepEqual([beside.exact, beside.total, beside.groups], [false, null, []]);
});

test('clients that were shared with the reader are no longer hidden, and make no group large', async () => {
  const { auditor, colleague } = world.cast;
  const { service } = world.departments;
  const actor = {
    ...withRights(auditor, { 'contact.read': 'own', 'contact.statistics': 'department' }),
    departmentIds: [service],
  };
  assert.deepEqual(table(await ask(actor), 'department'), { [service]: 10 });
  await world.test.admin`
    INSERT INTO shares (organization_id, id, contact_id, person_id, may_edit, shared_by, created_at, until)
    SELECT organization_id, gen_random_uuid(), id, ${auditor.personId}, false, owner_id, now(), now() + interval '1 day'
    FROM contacts WHERE owner_id = ${colleague.personId} LIMIT 6`;
  const answer = await ask(actor);
  assert.deepEqual([answer.total, answer.groups], [null, []]);
});

test('a wider right to read makes it exact, a narrower one does not', async () => {
  const { head } = world.cast;
  const answers = (['none', 'own', 'department', 'all'] as const).map(
    async (scope) => (await ask(withRights(head, { 'contact.statistics': 'department', 'contact.read': scope }))).exact,
  );
  assert.deepEqual(await Promise.all(answers), [false, false, true, true]);
  assert.equal(
    (await ask(withRights(head, { 'contact.statistics': 'all', 'contact.read': 'department' }))).exact,
    false,
  );
});

test('a field that is closed to the reader is nothing to count by', async () => {
  const { owner } = world.cast;
  const closed = { stage: 'hidden', ownerId: 'masked', legalBasis: 'hidden', tags: 'hidden' } as const;
  const answer = await ask({ ...owner.actor, fieldRights: { contact: closed, company: {} } });
  assert.deepEqual(
    answer.groups.map(({ by }) => by),
    ['department', 'quarter'],
  );
  assert.equal(answer.stagesByManager, null);
});

test('clients in the trash are not counted, and companies have their own numbers', async () => {
  const [row] = await world.test.admin`
    UPDATE contacts SET archived_at = now() WHERE stage = 'inactive' AND organization_id = ${world.organizationId} RETURNING id`;
  assert.ok(row !== undefined);
  assert.equal(table(await ask(world.cast.owner.actor), 'stage')!['inactive'], undefined);
  const { actor } = world.cast.owner;
  const companies = await handlers['GET /api/v1/companies/statistics']({
    actor,
    query: {},
    reach: reachOf(actor, 'company.statistics'),
  } as never);
  assert.deepEqual([companies.total, companies.exact], [0, true]);
});
