/** Walking a list page by page, in any order and any scope, shows every row of the scope exactly once; finding finds what is there. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fc from 'fast-check';
import type { Reach } from '#database';
import { foldWords, orderKey } from '#ukraine';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { dayStart } from './kyiv-day.ts';
import type { Fields } from './kind.ts';
import { contactKind } from './kind.ts';
import { countRecords, listPage } from './list-page.ts';
import { orderFromSample, writeNameOrder } from './name-order.ts';
import type { Sort } from './page-cursor.ts';
import type { Rooms } from './rooms.fixture.ts';
import { create, openRooms, reachFor } from './rooms.fixture.ts';
import type { Filters } from './walk-holders.ts';

let world: World;
let rooms: Rooms;
type Known = Fields & { id: string; ownerId: string; departmentId: string };
const known: Known[] = [];
const lastNames = [
  'Андрієнко',
  'Ґава',
  'Гаврилюк',
  'Єременко',
  'Їжак',
  'Іваненко',
  'Коваль',
  'Коваленко',
  'Ковальчук',
  "Дем'яненко",
  'Smith',
  '',
  'шевченко',
  'Шевченко',
  'Ящук',
];
const sorts: Sort[] = ['-created', 'created', '-updated', 'updated', 'name', '-name'];

before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
  const { manager, colleague, head, owner } = world.cast;
  const holders = [manager, colleague, head, owner];
  for (let at = 0; at < 60; at += 1) {
    if (at % 3 > 0) world.clock.move(1_000); // some are made at one moment
    const fields = {
      lastName: lastNames[at % lastNames.length]!,
      firstName: ['Олена', 'Ян', ''][at % 3]!,
      phones: [{ number: `+38067000${String(1000 + at)}` }],
      emails: at % 4 === 0 ? [{ address: `klient${at}@firma.example` }] : [],
      stage: at % 5 === 0 ? 'customer' : 'new',
      tags: at % 6 === 0 ? ['vip', 'Луцьк'] : [],
    };
    known.push((await create(rooms.contacts, holders[at % 4]!, fields)) as unknown as Known);
  }
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

async function walk(reach: Reach, sort: Sort, limit: number, filters: Filters = {}) {
  const seals = await world.keyring.of(reach.organizationId);
  const all = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page += 1) {
    const { records, next } = await world.database.read(reach, (tx) =>
      listPage(tx, contactKind, seals, reach, { filters, sort, cursor, limit }),
    );
    assert.ok(records.length === limit || next === null, 'only the last page is short');
    all.push(...records);
    if (next === null) return all;
    cursor = next;
  }
  return assert.fail('the list has no end');
}

function inReach(who: CastMember, filters: Filters): Known[] {
  const { scope, departmentIds } = reachFor(who, 'contact.read');
  return known.filter(
    (one) =>
      (scope === 'all' ||
        one.ownerId === who.personId ||
        (scope === 'department' && departmentIds.includes(one.departmentId))) &&
      (filters.ownerId === undefined || one.ownerId === filters.ownerId) &&
      (filters.departmentId === undefined || one.departmentId === filters.departmentId) &&
      (filters.stage === undefined || one['stage'] === filters.stage) &&
      (filters.tag === undefined || (one['tags'] as string[]).includes(filters.tag)),
  );
}

async function walksRight(numRuns: number): Promise<void> {
  const { owner, head, manager, colleague } = world.cast;
  const filters = fc.record(
    {
      ownerId: fc.constantFrom(manager.personId, colleague.personId, owner.personId),
      departmentId: fc.constantFrom(manager.departmentId, colleague.departmentId, head.departmentId),
      stage: fc.constantFrom('new', 'customer'),
      tag: fc.constantFrom('vip', 'nothing'),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(owner, head, manager, colleague),
      fc.constantFrom(...sorts),
      fc.integer({ min: 1, max: 70 }),
      filters,
      async (who, sort, limit, chosen) => {
        const reach = reachFor(who, 'contact.read');
        const walked = await walk(reach, sort, limit, chosen);
        const expected = inReach(who, chosen);
        assert.deepEqual(
          walked.map(({ row }) => row.id).toSorted(),
          expected.map(({ id }) => id).toSorted(),
          'each once',
        );
        const place = ({ row, fields }: (typeof walked)[number]): [string | number, string] =>
          sort.endsWith('name')
            ? [orderKey(contactKind.nameOf(fields)), row.id]
            : sort.endsWith('updated')
              ? [row.updated_at.getTime(), row.id]
              : ['', row.id];
        const rising = sort.startsWith('-') ? walked.toReversed() : walked;
        for (let at = 1; at < rising.length; at += 1) {
          const [a, b] = [place(rising[at - 1]!), place(rising[at]!)];
          assert.ok(a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]), `${sort}: out of order at ${at}`);
        }
        assert.equal(
          await world.database.read(reach, (tx) => countRecords(tx, contactKind, reach, chosen)),
          expected.length,
        );
      },
    ),
    { numRuns },
  );
}

test('every row of the reach exactly once and in order: any person, any sort, any page size, any filter', () =>
  walksRight(60));

test('the same after the alphabet was cut by the clients’ own names', async () => {
  const order = orderFromSample(
    Array.from({ length: 2_400 }, (_, at) => `${lastNames[at % lastNames.length]} ${at % 7}`),
  );
  const seals = await world.keyring.of(world.organizationId);
  const { bucketOf } = await import('./name-order.ts');
  await world.database.act(reachFor(world.cast.owner, 'contact.update'), async (tx) => {
    await writeNameOrder(tx, seals, 'contact', order, world.clock.now());
    for (const one of known) {
      await tx`UPDATE contacts SET name_bucket = ${bucketOf(order, orderKey(contactKind.nameOf(one)))} WHERE organization_id = ${world.organizationId} AND id = ${one.id}`;
    }
  });
  await walksRight(30);
});

test('whatever is stored is found by any beginning of any of its words, by its reach and nobody else', async () => {
  const { owner, manager } = world.cast;
  const find = async (who: CastMember, text: string) =>
    (
      await rooms.contacts.find(who.actor, reachFor(who, 'contact.read'), { text, archived: false, limit: 100 })
    ).records.map(({ row }) => row.id);
  const named = known.filter((one) => one['lastName'] !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...named),
      fc.constantFrom('lastName', 'firstName'),
      fc.integer({ min: 1, max: 12 }),
      async (one, field, length) => {
        const beginning = [...(one[field] as string)].slice(0, length).join('');
        fc.pre(foldWords(beginning).length > 0 && !/['’]$/.test(beginning));
        // One letter alone answers by the first word only, as it does in an address book.
        fc.pre(length > 1 || field === 'lastName');
        assert.ok((await find(owner, beginning)).includes(one.id), `${beginning} → ${String(one[field])}`);
        assert.equal((await find(manager, beginning)).includes(one.id), one.ownerId === manager.personId);
      },
    ),
    { numRuns: 60 },
  );
  for (const one of known.slice(0, 12)) {
    const phone = (one['phones'] as { number: string }[])[0]!.number;
    assert.deepEqual(await find(owner, phone), [one.id]);
    assert.ok((await find(owner, phone.slice(-6))).includes(one.id));
    for (const { address } of one['emails'] as { address: string }[])
      assert.deepEqual(await find(owner, address.toUpperCase()), [one.id]);
  }
});

test('a day is a day in Kyiv, also when the clocks change', () => {
  for (const [day, from, to] of [
    ['2026-01-15', '2026-01-14T22:00:00.000Z', '2026-01-15T22:00:00.000Z'],
    ['2026-07-01', '2026-06-30T21:00:00.000Z', '2026-07-01T21:00:00.000Z'],
    ['2026-03-29', '2026-03-28T22:00:00.000Z', '2026-03-29T21:00:00.000Z'],
    ['2026-10-25', '2026-10-24T21:00:00.000Z', '2026-10-25T22:00:00.000Z'],
  ] as const) {
    assert.deepEqual([dayStart(day, 'x', 0).toISOString(), dayStart(day, 'x', 1).toISOString()], [from, to], day);
  }
  for (const bad of ['2026-02-30', '2026-13-01', '2026-00-10', 'x'])
    assert.throws(() => dayStart(bad, 'createdFrom', 0), { code: 'field.date_invalid', field: 'createdFrom' });
});

test('made from a day to a day: both days are in', async () => {
  const reach = reachFor(world.cast.owner, 'contact.read');
  const count = async (createdFrom: string, createdTo: string) =>
    (await walk(reach, 'created', 50, { createdFrom, createdTo })).length;
  assert.equal(await count('2026-11-02', '2026-11-02'), known.length);
  assert.equal(await count('2026-11-03', '2026-11-04'), 0);
});
