/** Many at once: all or none, never further than one by one, and every record keeps its own trace. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { BulkActValue, BulkRefusal, Permission, Scope } from '#contract';
import { hasCode, newId } from '#kernel';
import type { Actor } from '#protections/access';
import { reachOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { BulkAsked } from './bulk-change.ts';
import type { View } from './record-room.ts';
import type { Rooms } from './rooms.fixture.ts';
import { archive, change, create, entriesAbout, open, openRooms } from './rooms.fixture.ts';

let world: World;
let rooms: Rooms;
before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const make = (who: CastMember, lastName: string, more = {}) =>
  create(rooms.contacts, who, { lastName, phones: [{ number: '+380 67 000 11 22' }], ...more });
const seen = (...views: View[]) => views.map(({ id, version }) => ({ id, version }));
const byActor = (actor: Actor, asked: BulkAsked) =>
  rooms.contacts.changeMany(actor, reachOf(actor, 'contact.bulk'), asked);
const many = (who: CastMember, act: BulkActValue, ...views: View[]) =>
  byActor(who.actor, { act, records: seen(...views) });
const withScopes = (who: CastMember, scopes: Partial<Record<Permission, Scope>>): Actor => ({
  ...who.actor,
  grants: { ...who.actor.grants, ...scopes },
});

async function refusalOf(work: Promise<unknown>): Promise<{ code: string; refusals: BulkRefusal[] }> {
  try {
    await work;
  } catch (error) {
    if (!hasCode(error)) throw error;
    return { code: error.code, refusals: (error.current as { refusals?: BulkRefusal[] } | undefined)?.refusals ?? [] };
  }
  return { code: 'done', refusals: [] };
}

test('a stage and tags are set for many; each keeps its history, and the act stands in the log besides', async () => {
  const { manager } = world.cast;
  const first = await make(manager, 'Коваль', { tags: ['Львів', 'опт'] });
  const second = await make(manager, 'Шевчук', { stage: 'customer' });
  assert.deepEqual(await many(manager, { do: 'stage', stage: 'customer' }, first, second), {
    changed: 1,
    unchanged: 1,
  });
  const [now] = [await open(rooms.contacts, manager, first.id)];
  assert.deepEqual([now.version, now['stage']], [2, 'customer']);
  await many(manager, { do: 'tags', add: ['виставка'], remove: ['опт'] }, now, second);
  assert.deepEqual((await open(rooms.contacts, manager, first.id))['tags'], ['Львів', 'виставка']);
  assert.deepEqual((await open(rooms.contacts, manager, second.id))['tags'], ['виставка']);
  const events = (await entriesAbout(world, first.id)).map(({ event }) => event);
  assert.equal(events.filter((event) => event === 'contact.updated').length, 2);
  assert.equal(events.filter((event) => event === 'contact.bulk_changed').length, 2);
});

test('one that is in the way stops all, and each is named with its reason', async () => {
  const { manager, colleague } = world.cast;
  const own = await make(manager, 'Бойко');
  const stale = await make(manager, 'Ткач');
  await change(rooms.contacts, manager, stale.id, 1, { position: 'директор' });
  const trashed = await make(manager, 'Мороз');
  const inTrash = await archive(rooms.contacts, manager, trashed.id);
  const theirs = await make(colleague, 'Кравець');
  const never = { ...own, id: newId() };
  const { code, refusals } = await refusalOf(
    many(manager, { do: 'stage', stage: 'inactive' }, own, stale, inTrash, theirs, never),
  );
  assert.equal(code, 'bulk.refused');
  assert.deepEqual(
    new Map(refusals.map((one) => [one.id, one.code])),
    new Map([
      [stale.id, 'contact.version_conflict'],
      [trashed.id, 'contact.archived'],
      [theirs.id, 'contact.not_found'],
      [never.id, 'contact.not_found'],
    ]),
  );
  assert.deepEqual(
    [(await open(rooms.contacts, manager, own.id)).version, (await open(rooms.contacts, colleague, theirs.id)).version],
    [1, 1],
  );
});

test('the narrower of both rights counts: many at once among own, though one by one of all; and the other way round', async () => {
  const { manager, colleague, head } = world.cast;
  const own = await make(manager, 'Гончар');
  const theirs = await make(colleague, 'Лисенко');
  const wide: Partial<Record<Permission, Scope>> = { 'contact.read': 'all', 'contact.update': 'all' };
  const fewAtOnce = withScopes(manager, { ...wide, 'contact.bulk': 'own' });
  const fewOneByOne = withScopes(manager, { 'contact.read': 'all', 'contact.update': 'own', 'contact.bulk': 'all' });
  const act: BulkActValue = { do: 'stage', stage: 'qualified' };
  for (const actor of [fewAtOnce, fewOneByOne]) {
    assert.equal((await refusalOf(byActor(actor, { act, records: seen(theirs) }))).code, 'bulk.refused');
  }
  // Attack: changing many that one may not even look at.
  const wideButBlind = withScopes(manager, {
    'contact.read': 'own',
    'contact.update': 'all',
    'contact.archive': 'all',
    'contact.reassign': 'all',
    'contact.bulk': 'all',
  });
  const unseen: BulkActValue[] = [
    act,
    { do: 'tags', add: ['мітка'], remove: [] },
    { do: 'archive' },
    { do: 'reassign', ownerId: manager.personId },
  ];
  for (const one of unseen)
    assert.equal(
      (await refusalOf(byActor(wideButBlind, { act: one, records: seen(theirs) }))).code,
      'bulk.refused',
      one.do,
    );
  assert.deepEqual(await byActor(fewAtOnce, { act, records: seen(own) }), { changed: 1, unchanged: 0 });
  const noReassign = withScopes(head, { 'contact.reassign': 'none' });
  const hand: BulkActValue = { do: 'reassign', ownerId: colleague.personId };
  assert.equal((await refusalOf(byActor(noReassign, { act: hand, records: seen(own) }))).code, 'access.denied');
});

test('each wall alone: a whole list is chosen within the narrower right, and the policy is asked of each whatever the rows let through', async () => {
  const { manager, colleague, head } = world.cast;
  await make(manager, 'Вузький', { tags: ['стіна'] });
  const theirs = await make(colleague, 'Сусідський', { tags: ['стіна'] });
  const act: BulkActValue = { do: 'stage', stage: 'qualified' };
  const few = withScopes(manager, { 'contact.read': 'all', 'contact.update': 'all', 'contact.bulk': 'own' });
  const list = { filters: { tag: 'стіна' }, expected: 1 };
  assert.deepEqual(await byActor(few, { act, list }), { changed: 1, unchanged: 0 });
  const { departmentIds } = head.actor;
  // In the place of an absent head: many at once there, but not the act itself.
  const standIn: Actor = {
    ...head.actor,
    standIn: { 'contact.bulk': [...departmentIds, colleague.departmentId] },
  };
  assert.equal((await refusalOf(byActor(standIn, { act, records: seen(theirs) }))).code, 'bulk.refused');
});

test('clients are handed over by many: their department, the search index and the reach follow', async () => {
  const { manager, owner, colleague } = world.cast;
  const one = await make(manager, 'Передавальний');
  const two = await make(manager, 'Передавальна');
  assert.deepEqual(await many(owner, { do: 'reassign', ownerId: colleague.personId }, one, two), {
    changed: 2,
    unchanged: 0,
  });
  assert.equal((await refusalOf(open(rooms.contacts, manager, one.id))).code, 'contact.not_found');
  assert.equal((await open(rooms.contacts, colleague, one.id))['departmentId'], colleague.departmentId);
  const find = (who: CastMember) =>
    rooms.contacts.find(who.actor, reachOf(who.actor, 'contact.read'), { text: 'передав', archived: false, limit: 10 });
  assert.deepEqual([(await find(manager)).records.length, (await find(colleague)).records.length], [0, 2]);
  const stranger: BulkActValue = { do: 'reassign', ownerId: world.cast.outsider.personId };
  assert.equal((await refusalOf(many(owner, stranger, two))).code, 'field.unknown_owner');
});

test('many go into the trash and come out again by the same means', async () => {
  const { manager } = world.cast;
  const views = [await make(manager, 'Смітниковий'), await make(manager, 'Смітникова')];
  assert.deepEqual(await many(manager, { do: 'archive' }, ...views), { changed: 2, unchanged: 0 });
  const inTrash = await Promise.all(views.map(({ id }) => open(rooms.contacts, manager, id)));
  assert.ok(inTrash.every((view) => view.archivedAt !== null));
  const find = (archived: boolean) =>
    rooms.contacts.find(manager.actor, reachOf(manager.actor, 'contact.read'), {
      text: 'смітник',
      archived,
      limit: 10,
    });
  assert.deepEqual([(await find(false)).records.length, (await find(true)).records.length], [0, 2]);
  assert.deepEqual(await many(manager, { do: 'restore' }, ...inTrash), { changed: 2, unchanged: 0 });
  assert.deepEqual([(await find(false)).records.length, (await find(true)).records.length], [2, 0]);
});

test('a whole list is meant only as long as it is what was seen, and never what others have', async () => {
  const { manager, colleague } = world.cast;
  await make(manager, 'Списковий', { tags: ['ярмарок'] });
  await make(manager, 'Спискова', { tags: ['ярмарок'] });
  const theirs = await make(colleague, 'Чужий', { tags: ['ярмарок'] });
  const act: BulkActValue = { do: 'stage', stage: 'contacted' };
  const all = (expected: number) => byActor(manager.actor, { act, list: { filters: { tag: 'ярмарок' }, expected } });
  assert.equal((await refusalOf(all(1))).code, 'bulk.selection_changed');
  assert.equal((await refusalOf(all(3))).code, 'bulk.selection_changed');
  assert.deepEqual(await all(2), { changed: 2, unchanged: 0 });
  assert.equal((await open(rooms.contacts, colleague, theirs.id)).version, 1);
  assert.equal((await refusalOf(byActor(manager.actor, { act }))).code, 'request.invalid');
});

test('a field that is closed to somebody is not changed blindly, nor used to choose by', async () => {
  const { manager } = world.cast;
  const own = await make(manager, 'Закритий', { tags: ['таємне'] });
  const blind: Actor = { ...manager.actor, fieldRights: { ...manager.actor.fieldRights, contact: { tags: 'hidden' } } };
  const tags: BulkActValue = { do: 'tags', add: ['x'] };
  assert.equal((await refusalOf(byActor(blind, { act: tags, records: seen(own) }))).code, 'access.denied');
  const list = { filters: { tag: 'таємне' }, expected: 1 };
  assert.equal((await refusalOf(byActor(blind, { act: { do: 'archive' }, list }))).code, 'access.denied');
});

test('two who change the same many at once, in another order, both come to an end', async () => {
  const { manager } = world.cast;
  const views = await Promise.all(Array.from({ length: 12 }, (_, at) => make(manager, `Разом${'абвгґдеєжзиі'[at]}`)));
  const outcomes = await Promise.all(
    [views, views.toReversed()].map((list) => refusalOf(many(manager, { do: 'stage', stage: 'qualified' }, ...list))),
  );
  assert.deepEqual(outcomes.map(({ code }) => code).toSorted(), ['bulk.refused', 'done']);
});
