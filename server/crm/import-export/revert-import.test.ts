/** An import is taken back: what it made goes, what it changed is as it was, what was edited since stays. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { reachOf } from '#protections/access';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import type { Desk } from './imports.fixture.ts';
import { openDesk, planOf } from './imports.fixture.ts';

let world: World;
let desk: Desk;
before(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  const { admin } = world.test;
  await admin`TRUNCATE shares, contacts, companies, contact_search, company_search, import_batches, import_updates, import_rejections, import_chunks, imports, name_orders`;
  desk = openDesk(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const phone = (at: number) => `+38067${String(1_000_000 + at)}`;
const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => [`Клієнт${from + at}`, phone(from + at)]);
const namesNow = async () => (await desk.all(desk.contacts)).map(({ fields }) => String(fields['lastName']));
const stateOf = async () =>
  (await desk.all(desk.contacts))
    .map(({ row, fields }) => ({ id: row.id, ...fields }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
const byPhone = (then: 'skip' | 'update' | 'create') => ({ duplicates: { by: ['phone' as const], then } });

test('a revert restores exactly what was, also where one client was met in several batches', async () => {
  const { owner } = world.cast;
  await desk.importRows(
    owner,
    people(0, 5).map((row) => [...row, 'Стара посада']),
    planOf(['lastName', 'phones', 'position']),
  );
  const before = await stateOf();
  const rows = [
    ...people(3, 1_050).map((row) => [...row, 'Нова посада']),
    ['Двійник', phone(20), 'Директор'], // in a later batch than its first row
    ['Знов', phone(3), 'Двічі'], // updates what the first batch had updated
  ];
  const view = await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'position'], byPhone('update')));
  assert.deepEqual([view.rowsCreated, view.rowsUpdated], [1_045, 4]);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  const after = await desk.view(owner, view.id);
  assert.deepEqual([after.state, after.keptRows], ['reverted', 0]);
  assert.deepEqual(await stateOf(), before);
  const tokens = await world.test.admin`SELECT count(*)::int AS n FROM contact_search`;
  assert.equal(tokens[0]!['n'], 5);
  assert.deepEqual(
    (await readEntries(world)).slice(-2).map(({ event }) => event),
    ['import.batch_reverted', 'import.reverted'],
  );
});

test('a revert keeps what somebody edited since, and counts it', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Давній', phone(0)]], planOf(['lastName', 'phones']));
  const view = await desk.importRows(
    owner,
    [['Змінений', phone(0)], ...people(1, 4)],
    planOf(['lastName', 'phones'], byPhone('update')),
  );
  const all = await desk.all(desk.contacts);
  const reach = reachOf(owner.actor, 'contact.update');
  for (const name of ['Змінений', 'Клієнт2']) {
    const { row } = all.find(({ fields }) => fields['lastName'] === name)!;
    await desk.contacts.change(owner.actor, reach, row.id, row.version, { position: 'Правлено' });
  }
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  const after = await desk.view(owner, view.id);
  assert.deepEqual([after.revertedRows, after.keptRows], [2, 2]);
  assert.deepEqual(await namesNow(), ['Змінений', 'Клієнт2']);
});

test('a company that was made along the way goes with its contacts', async () => {
  const { owner } = world.cast;
  const view = await desk.importRows(owner, [['Бондар', '14360570']], planOf(['lastName', 'companyEdrpou']));
  assert.equal((await desk.all(desk.companies)).length, 1);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  assert.deepEqual([await desk.all(desk.contacts), await desk.all(desk.companies)], [[], []]);
});
