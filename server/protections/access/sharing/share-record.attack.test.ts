/**
 * Sharing with rights, people or places that were others a moment ago: what counts is what stands under the lock. And who hears of a
 * share: those who have it, nobody else.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasCode } from '#kernel';
import { findHolderIn, contactKind } from '#crm/records';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld, raceOn } from '#test/cast.ts';
import { create, openRooms } from '../../../crm/records/rooms.fixture.ts';
import type { SharingDeps } from './share-record.ts';
import { shareRecord } from './share-record.ts';

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
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (hasCode(error) ? error.code : String(error)),
  );
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
