/** One record from its making to the trash and back: what is kept, who sees it, and what the log says. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hasCode } from '#kernel';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { Rooms } from './rooms.fixture.ts';
import { archive, change, create, entriesAbout, open, openRooms, reachFor, restore } from './rooms.fixture.ts';

let world: World;
let rooms: Rooms;
before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const events = async (id: string) => (await entriesAbout(world, id)).map(({ event }) => event);
const person = { lastName: 'Бондаренко', firstName: 'Олег', phones: [{ number: '050 000 00 12', label: '' }] };

test('what was typed is kept normalised, belongs to who made it, and reads back the same', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.contacts, manager, {
    ...person,
    emails: [{ address: ' Oleh@Firma.example ' }],
    notes: ' Дзвонити зранку ',
  });
  assert.deepEqual(
    [made['ownerId'], made['departmentId'], made.version, made['notes'], made['stage']],
    [manager.personId, manager.departmentId, 1, 'Дзвонити зранку', 'new'],
  );
  assert.deepEqual(made['phones'], [{ number: '+380500000012', label: '' }]);
  assert.deepEqual({ ...(await open(rooms.contacts, manager, made.id)) }, { ...made });
  assert.deepEqual(made.abilities, { update: true, archive: true, reassign: false, share: true });
  assert.deepEqual(await events(made.id), ['contact.created', 'contact.opened']);
});

test('nothing personal stands in the row', async () => {
  const made = await create(rooms.contacts, world.cast.manager, person);
  const [row] = await world.test.admin`SELECT c::text AS plain, sealed FROM contacts c WHERE id = ${made.id}`;
  assert.ok(!/Бондаренко|0000012/.test(String(row!['plain'])));
  assert.ok(!(row!['sealed'] as Buffer).includes('Бондар'));
});

test('a change grows the version, is indexed and recorded; one that changes nothing is a look', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.contacts, manager, person);
  const changed = await change(rooms.contacts, manager, made.id, 1, { lastName: 'Коваль' });
  assert.deepEqual([changed.version, changed['lastName'], changed['firstName']], [2, 'Коваль', 'Олег']);
  const find = async (text: string) =>
    (
      await rooms.contacts.find(manager.actor, reachFor(manager, 'contact.read'), { text, archived: false, limit: 50 })
    ).records.map(({ row }) => row.id);
  assert.ok((await find('коваль')).includes(made.id));
  assert.ok(!(await find('бондаренко')).includes(made.id), 'the old name leads nowhere');
  const same = await change(rooms.contacts, manager, made.id, 2, { lastName: ' Коваль ' });
  assert.equal(same.version, 2);
  assert.deepEqual(
    (await events(made.id)).filter((event) => event !== 'contact.found'),
    ['contact.created', 'contact.updated', 'contact.opened'],
  );
});

test('two who change one record: the later is refused and shown both versions, and nothing is lost', async () => {
  const { manager, head } = world.cast;
  const made = await create(rooms.contacts, manager, person);
  await change(rooms.contacts, head, made.id, 1, { position: 'Директор' });
  const refused = await change(rooms.contacts, manager, made.id, 1, { position: 'Бухгалтер' }).catch(
    (error: unknown) => error,
  );
  assert.ok(hasCode(refused, 'contact.version_conflict'));
  const { details, current } = refused;
  assert.deepEqual([details, (current as { position: string }).position], [{ version: 2 }, 'Директор']);
  assert.equal((await open(rooms.contacts, manager, made.id))['position'], 'Директор');
});

test('of many who change one version at one moment exactly one is taken', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.contacts, manager, person);
  const ends = await Promise.allSettled(
    Array.from({ length: 8 }, (_, at) => change(rooms.contacts, manager, made.id, 1, { position: `№ ${at}` })),
  );
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const end of ends) if (end.status === 'rejected') assert.ok(hasCode(end.reason, 'contact.version_conflict'));
  assert.equal((await open(rooms.contacts, manager, made.id)).version, 2);
});

test('the trash: out of lists and search, not changed while there, and back as it was', async () => {
  const { manager } = world.cast;
  const made = await create(rooms.contacts, manager, { ...person, lastName: 'Зникаючий' });
  const reach = reachFor(manager, 'contact.read');
  const seen = async (archived: boolean) => {
    const { records } = await rooms.contacts.list(manager.actor, reach, {
      filters: { archived },
      sort: '-created',
      cursor: undefined,
      limit: 200,
    });
    const hits = await rooms.contacts.find(manager.actor, reach, { text: 'зникаючий', archived, limit: 10 });
    return [records.some(({ row }) => row.id === made.id), hits.records.length === 1];
  };
  assert.deepEqual(
    [await seen(false), await seen(true)],
    [
      [true, true],
      [false, false],
    ],
  );
  const gone = await archive(rooms.contacts, manager, made.id);
  assert.ok(gone.archivedAt !== null && gone.version === 2);
  assert.deepEqual(
    [await seen(false), await seen(true)],
    [
      [false, false],
      [true, true],
    ],
  );
  await assert.rejects(change(rooms.contacts, manager, made.id, 2, { position: 'x' }), { code: 'contact.archived' });
  assert.equal((await archive(rooms.contacts, manager, made.id)).version, 2, 'twice is once');
  const back = await restore(rooms.contacts, manager, made.id);
  assert.deepEqual([back.archivedAt, back.version, back['lastName']], [null, 3, 'Зникаючий']);
  assert.deepEqual(
    [await seen(false), await seen(true)],
    [
      [true, true],
      [false, false],
    ],
  );
  const told = (await events(made.id)).filter((event) => !/listed|found|opened/.test(event));
  assert.deepEqual(told, ['contact.created', 'contact.archived', 'contact.restored']);
});

test('a record needs something to be known by', async () => {
  const { manager } = world.cast;
  await assert.rejects(create(rooms.contacts, manager, { position: 'Директор' }), { code: 'contact.name_missing' });
  await assert.rejects(create(rooms.companies, manager, { phones: person.phones }), { code: 'company.name_missing' });
  const byPhone = await create(rooms.contacts, manager, { phones: person.phones });
  await assert.rejects(change(rooms.contacts, manager, byPhone.id, 1, { phones: [] }), {
    code: 'contact.name_missing',
  });
});

test('a client goes to somebody else with their department, by who may hand over', async () => {
  const { head, manager, owner, colleague } = world.cast;
  const made = await create(rooms.contacts, manager, person);
  await assert.rejects(change(rooms.contacts, manager, made.id, 1, { ownerId: head.personId }), {
    code: 'access.denied',
  });
  // Own rows stay in reach whatever their department is: only the right to hand over stands in the way.
  await assert.rejects(change(rooms.contacts, manager, made.id, 1, { departmentId: colleague.departmentId }), {
    code: 'access.denied',
  });
  const handed = await change(rooms.contacts, owner, made.id, 1, { ownerId: colleague.personId });
  assert.deepEqual([handed['ownerId'], handed['departmentId']], [colleague.personId, colleague.departmentId]);
  await assert.rejects(open(rooms.contacts, manager, made.id), { code: 'contact.not_found' });
  assert.equal((await open(rooms.contacts, colleague, made.id)).version, 2);
  for (const [fields, code] of [
    [{ ownerId: world.cast.former.personId }, 'field.unknown_owner'],
    [{ ownerId: world.cast.outsider.personId }, 'field.unknown_owner'],
    [{ ownerId: null }, 'field.unknown_owner'],
    [{ departmentId: world.cast.outsider.departmentId }, 'field.unknown_department'],
  ] as const) {
    await assert.rejects(change(rooms.contacts, owner, made.id, 2, fields), { code });
  }
});
