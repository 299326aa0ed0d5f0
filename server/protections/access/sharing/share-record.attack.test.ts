/**
 * Sharing with rights, people or places that were others a moment ago: what counts is what stands under the lock. And who hears of a
 * share: those who have it, nobody else.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findHolderIn, contactKind } from '#crm/records';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceBehind, raceOn, readEntries, refusalOf } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { create, openRooms } from '../../../crm/records/rooms.fixture.ts';
import type { SharingDeps } from './share-record.ts';
import { shareRecord, withdrawShare } from './share-record.ts';
import {
  countLongShares,
  endShare,
  expireShares,
  listSharesAround,
  listSharesOf,
  listSharesOfPeople,
  listSharesWithDepartments,
  lockOpenShare,
  lockShare,
  sharedWithAsker,
} from './share-store.ts';

let world: World;
let client: string;
let told: readonly string[] = [];
before(async () => {
  world = await openWorld();
  client = (await create(openRooms(world).contacts, world.cast.manager, { lastName: 'Скарбничук' })).id;
});
after(() => world.close());

const deps = (): SharingDeps => ({
  ...world,
  findRecord: (tx, _kind, organizationId, id) => findHolderIn(tx, contactKind, organizationId, id),
  tell: (_tx, _seals, ids) => {
    told = ids;
    return Promise.resolve();
  },
});
const now = async (who: CastMember): Promise<Actor> =>
  (await world.signIn.actorById(world.organizationId, who.personId)) ?? assert.fail('gone');
/** For an hour by the clock of the database, which says when a share ends. */
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const share = (by: Actor, receiver: { personId: string } | { departmentId: string }) => {
  const asked = { ...receiver, right: 'read', until: inAnHour() } as const;
  return shareRecord(deps(), by, reachOf(by, 'contact.share'), 'contact', client, asked);
};
const change = (who: CastMember, body: object) =>
  callAs(world.signIn, 'PATCH /api/v1/people/:id', world.cast.owner, { params: { id: who.personId }, body });
const openShares = async (personId: string) =>
  (await world.test.admin`SELECT 1 FROM shares WHERE person_id = ${personId} AND ended_at IS NULL`).length;

test('who lost the right, works elsewhere or was dismissed between the question and the answer shares nothing', async () => {
  const { head, colleague } = world.cast;
  const { sales, service } = world.departments;
  const stale = await now(head);
  const asked = () => refusalOf(share(stale, { personId: colleague.personId }));
  await change(head, { roles: ['auditor'] });
  assert.equal(await asked(), 'access.denied', 'the right');
  await change(head, { roles: ['head'], departmentId: service });
  assert.equal(await asked(), 'contact.not_found', 'the place');
  await change(head, { departmentId: sales, active: false });
  assert.equal(await asked(), 'access.denied', 'dismissed');
  await change(head, { active: true });
  assert.equal(await asked(), null);
});

test('a share with somebody who is dismissed at the same moment does not outlive the dismissal', async () => {
  const { manager, colleague } = world.cast;
  const by = await now(manager);
  await raceOn(world.test, 'shares', [
    () => change(colleague, { active: false }),
    () => share(by, { personId: colleague.personId }),
  ]);
  assert.equal(await openShares(colleague.personId), 0);
  assert.equal(await refusalOf(share(by, { personId: colleague.personId })), 'person.not_found');
  await change(colleague, { active: true });
});

test('of a share with a department its people hear, and those below it: not the neighbours, not the dismissed, not the one who shared', async () => {
  const { head, manager, former } = world.cast;
  assert.equal(await refusalOf(share(await now(manager), { departmentId: world.departments.sales })), null);
  assert.deepEqual(told, [head.personId]);
  assert.equal(former.departmentId, manager.departmentId, 'worked there once');
});

test('a share that two withdraw at one moment ends once, and is written down once', async () => {
  const { manager, colleague } = world.cast;
  const by = await now(manager);
  await share(by, { personId: colleague.personId });
  const [row] = await world.test
    .admin`SELECT id FROM shares WHERE person_id = ${colleague.personId} AND ended_at IS NULL`;
  const ended = async () => (await readEntries(world)).filter(({ event }) => event === 'contact.share_ended').length;
  const before = await ended();
  const withdraw = () =>
    withdrawShare(deps(), by, reachOf(by, 'contact.share'), 'contact', client, row!['id'] as string);
  const answers = await raceOn(world.test, 'shares', [withdraw, withdraw]);
  assert.deepEqual(new Set(answers), new Set([null, 'share.not_found']));
  assert.equal(await ended(), before + 1);
});

test('in the table itself: a share is of one client, for one receiver, and counts until it ends', async () => {
  const { organizationId } = world;
  const { manager, head, colleague, auditor, owner } = world.cast;
  const { sales, salesNorth, service } = world.departments;
  const act = <T>(work: Parameters<typeof prepared<T>>[0]) =>
    world.database.act(systemReach(organizationId, 'all'), prepared(work));
  const { admin } = world.test;
  await admin`DELETE FROM shares`;
  const other = (await create(openRooms(world).contacts, manager, { lastName: 'Замковий' })).id;
  type To = { person?: CastMember; department?: string; by?: CastMember; of?: string; days?: number; over?: boolean };
  const add = async ({ person, department, by = manager, of = client, days = 1, over = false }: To) => {
    const [row] = await admin`
      INSERT INTO shares (organization_id, id, contact_id, person_id, department_id, may_edit, shared_by, created_at, until)
      VALUES (${organizationId}, gen_random_uuid(), ${of}, ${person?.personId ?? null}, ${department ?? null}, false,
        ${by.personId}, now() - interval '9 days', now() + ${over ? '-1 days' : `${days} days`}::text::interval)
      RETURNING id`;
    return row!['id'] as string;
  };
  const over = await add({ person: colleague, over: true });
  const toColleague = await add({ person: colleague, days: 200 });
  const toAuditor = await add({ person: auditor, of: other, by: owner });
  const toSales = await add({ department: sales, by: head });
  const toService = await add({ department: service });
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).toSorted();
  const [ofClient, ofPeople] = [
    [toColleague, toSales, toService],
    [toColleague, toAuditor],
  ];
  const listed = {
    people: ids(await act((tx) => listSharesOfPeople(tx, organizationId))),
    colleague: ids(await act((tx) => listSharesOfPeople(tx, organizationId, colleague.personId))),
    departments: ids(await act((tx) => listSharesWithDepartments(tx, organizationId))),
    byHead: ids(await act((tx) => listSharesWithDepartments(tx, organizationId, head.personId))),
    aroundManager: ids(await act((tx) => listSharesAround(tx, organizationId, manager.personId))),
    aroundAuditor: ids(await act((tx) => listSharesAround(tx, organizationId, auditor.personId))),
  };
  assert.deepEqual(listed, {
    people: ofPeople.toSorted(),
    colleague: [toColleague],
    departments: [toSales, toService].toSorted(),
    byHead: [toSales],
    aroundManager: [toColleague, toService].toSorted(),
    aroundAuditor: [toAuditor],
  });
  assert.deepEqual(await act((tx) => countLongShares(tx, organizationId, 30)), { open: 4, long: 1 });
  // Held: this one, of this client, while it counts.
  const held = async (id: string, of = client) =>
    (await act((tx) => lockShare(tx, organizationId, 'contact', of, id)))?.id;
  assert.deepEqual(await Promise.all(ofClient.map((id) => held(id))), ofClient);
  assert.deepEqual([await held(toColleague, other), await held(over)], [undefined, undefined]);
  const heldOpen = async (id: string) => (await act((tx) => lockOpenShare(tx, organizationId, id)))?.id;
  const endedMeanwhile = async () => {
    if ((await heldOpen(toAuditor)) === undefined) throw new LubartError('share.not_found');
  };
  const ending = `UPDATE shares SET ended_at = now(), ended_why = 'withdrawn' WHERE id = '${toAuditor}'`;
  assert.deepEqual(await raceBehind(world.test, ending, [endedMeanwhile]), ['share.not_found']);
  await admin`UPDATE shares SET ended_at = NULL, ended_why = NULL WHERE id = ${toAuditor}`;
  // In one act it is one moment: at its end a share counts no more, and is what became too old.
  const atItsEnd = await act(async (tx) => {
    await tx`UPDATE shares SET until = now() WHERE id = ${toAuditor}`;
    const open = await listSharesOf(tx, organizationId, 'contact', other);
    const expired = await expireShares(tx, organizationId);
    await tx`UPDATE shares SET until = now() + interval '1 day', ended_at = NULL, ended_why = NULL WHERE id = ${toAuditor}`;
    await tx`UPDATE shares SET ended_at = NULL, ended_why = NULL WHERE id = ${over}`;
    return [ids(open), ids(expired)];
  });
  assert.deepEqual(atItsEnd, [[], [over, toAuditor].toSorted()]);
  assert.deepEqual(
    [await heldOpen(toAuditor), await heldOpen(toSales), await heldOpen(over)],
    [toAuditor, toSales, undefined],
  );
  // Who has it: the person, the own department and those below it, and this client only.
  const mark = async (who: CastMember, of = client) => {
    const marks = await act((tx) => sharedWithAsker(tx, { organizationId, personId: who.personId }, 'contact', [of]));
    assert.deepEqual([...marks.keys()], marks.has(of) ? [of] : [], 'of no other client');
    return marks.get(of)?.id;
  };
  assert.equal(manager.departmentId, salesNorth);
  assert.deepEqual(
    [await mark(manager), await mark(head), await mark(auditor), await mark(owner), await mark(auditor, other)],
    [toSales, toSales, undefined, undefined, toAuditor],
  );
  await act((tx) => endShare(tx, organizationId, [toColleague, toService], 'withdrawn'));
  assert.equal(await mark(colleague), undefined, 'ended, and one that was over before');
  const when = async () => (await admin`SELECT ended_at, ended_why FROM shares WHERE id = ${toColleague}`)[0];
  const once = await when();
  await act((tx) => endShare(tx, organizationId, [toColleague], 'replaced'));
  assert.deepEqual(await when(), once, 'it ended when it ended');
  assert.deepEqual(ids(await act((tx) => expireShares(tx, organizationId))), [over]);
  for (const who of [auditor, head]) await admin`UPDATE people SET deactivated_at = now() WHERE id = ${who.personId}`;
  assert.deepEqual(ids(await act((tx) => listSharesOfPeople(tx, organizationId))), []);
  assert.deepEqual(
    ids(await act((tx) => listSharesWithDepartments(tx, organizationId))),
    [],
    'nor by who is dismissed',
  );
  for (const who of [auditor, head]) await admin`UPDATE people SET deactivated_at = NULL WHERE id = ${who.personId}`;
  await admin`DELETE FROM shares`;
});
