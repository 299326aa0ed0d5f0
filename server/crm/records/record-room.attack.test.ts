/** The curious colleague: other people’s clients by id, by search, by filter, by cursor, by a change that changes nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { newId } from '#kernel';
import type { CastMember, World } from '#test/cast.ts';
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

const client = {
  lastName: 'Таємничий',
  phones: [{ number: '+380 67 000 11 22' }],
  emails: [{ address: 'taiemno@firma.example' }],
};
const query = { sort: '-created' as const, cursor: undefined, limit: 200 };

test('somebody else’s client does not exist: not to open, change, trash, restore, list, count or find', async () => {
  const { manager, colleague, outsider } = world.cast;
  const theirs = await create(rooms.contacts, manager, client);
  for (const who of [colleague, outsider]) {
    const missing = { code: 'contact.not_found' };
    await assert.rejects(open(rooms.contacts, who, theirs.id), missing);
    await assert.rejects(change(rooms.contacts, who, theirs.id, 1, { position: 'x' }), missing);
    await assert.rejects(archive(rooms.contacts, who, theirs.id), missing);
    await assert.rejects(restore(rooms.contacts, who, theirs.id), missing);
    const reach = reachFor(who, 'contact.read');
    for (const filters of [
      {},
      { ownerId: manager.personId },
      { departmentId: manager.departmentId },
      { stage: 'new' },
    ]) {
      const page = await rooms.contacts.list(who.actor, reach, { ...query, filters });
      assert.equal(page.records.length, 0);
      assert.equal(await rooms.contacts.count(who.actor, reach, filters), 0);
    }
    for (const text of ['таємничий', '0001122', 'taiemno@firma.example', 'т']) {
      const hits = await rooms.contacts.find(who.actor, reach, { text, archived: false, limit: 10 });
      assert.deepEqual([hits.records.length, hits.more], [0, false], text);
    }
  }
  assert.equal((await open(rooms.contacts, manager, theirs.id)).version, 1);
});

test('nobody puts a client into somebody else’s hands by making it there', async () => {
  const { manager, colleague, head } = world.cast;
  await assert.rejects(create(rooms.contacts, manager, { ...client, ownerId: colleague.personId }), {
    code: 'access.denied',
  });
  await assert.rejects(create(rooms.contacts, head, { ...client, ownerId: colleague.personId }), {
    code: 'access.denied',
  });
  await create(rooms.contacts, head, { ...client, ownerId: manager.personId });
});

test('every way to be shown a client leaves a trace: also a stale change, an empty change, the trash twice', async () => {
  const { manager, head } = world.cast;
  const ways: [string, (who: CastMember, id: string) => Promise<unknown>][] = [
    [
      'a change of a version that never was',
      (who, id) => change(rooms.contacts, who, id, 99, { position: 'x' }).catch(() => {}),
    ],
    ['a change without changes', (who, id) => change(rooms.contacts, who, id, 1, {})],
    ['out of the trash without being there', (who, id) => restore(rooms.contacts, who, id)],
  ];
  for (const [name, way] of ways) {
    const made = await create(rooms.contacts, manager, client);
    await way(head, made.id);
    const byHead = (await entriesAbout(world, made.id)).filter(({ actorId }) => actorId === head.personId);
    assert.deepEqual(
      byHead.map(({ event }) => event),
      ['contact.opened'],
      name,
    );
  }
});

test('fields that no form has are refused, whatever they are called', async () => {
  const { owner } = world.cast;
  for (const name of ['organizationId', 'record_key', 'id', 'version', '__proto__x', 'constructor', 'toString']) {
    await assert.rejects(create(rooms.contacts, owner, { ...client, [name]: 'x' }), { code: 'request.invalid' }, name);
  }
});

test('a cursor is nobody’s to invent, to alter or to carry to another list', async () => {
  const { owner } = world.cast;
  for (let count = 0; count < 3; count += 1) await create(rooms.contacts, owner, client);
  const reach = reachFor(owner, 'contact.read');
  const page = await rooms.contacts.list(owner.actor, reach, {
    filters: {},
    sort: 'name',
    cursor: undefined,
    limit: 1,
  });
  const bytes = Buffer.from(page.next!, 'base64url');
  bytes[20]! ^= 1;
  const refused = { code: 'list.cursor_invalid' };
  for (const cursor of [bytes.toString('base64url'), 'x', newId(), `${page.next}AAAA`]) {
    await assert.rejects(
      rooms.contacts.list(owner.actor, reach, { filters: {}, sort: 'name', cursor, limit: 1 }),
      refused,
    );
  }
  const cursor = page.next!;
  await assert.rejects(
    rooms.contacts.list(owner.actor, reach, { filters: {}, sort: '-name', cursor, limit: 1 }),
    refused,
  );
  await assert.rejects(
    rooms.companies.list(owner.actor, reachFor(owner, 'company.read'), { filters: {}, sort: 'name', cursor, limit: 1 }),
    refused,
  );
  const { outsider } = world.cast;
  await assert.rejects(
    rooms.contacts.list(outsider.actor, reachFor(outsider, 'contact.read'), {
      filters: {},
      sort: 'name',
      cursor,
      limit: 1,
    }),
    refused,
  );
  assert.ok(!bytes.toString('latin1').includes('name'), 'it says nothing to who holds it');
});

test('a client whose sealed part was swapped with another’s does not open as somebody else', async () => {
  const { owner } = world.cast;
  const [first, second] = [
    await create(rooms.contacts, owner, client),
    await create(rooms.contacts, owner, { lastName: 'Інший' }),
  ];
  await world.test
    .admin`UPDATE contacts SET sealed = (SELECT sealed FROM contacts WHERE id = ${second.id}) WHERE id = ${first.id}`;
  await assert.rejects(open(rooms.contacts, owner, first.id), { code: 'sealed.cannot_open' });
  await world.test.admin`DELETE FROM contacts WHERE id = ${first.id}`;
});

test('a right to change or to take along that reaches further than reading shows nothing', async () => {
  const { manager, colleague } = world.cast;
  const theirs = await create(rooms.contacts, colleague, client);
  const mine = await create(rooms.contacts, manager, { lastName: 'Власний' });
  const everything = { 'contact.update': 'all', 'contact.archive': 'all', 'contact.export': 'all' } as const;
  const odd = { ...manager, actor: { ...manager.actor, grants: { ...manager.actor.grants, ...everything } } };
  const missing = { code: 'contact.not_found' };
  await assert.rejects(change(rooms.contacts, odd, theirs.id, theirs.version, { position: 'x' }), missing);
  // Attack: a version that never was is answered with what stands.
  await assert.rejects(change(rooms.contacts, odd, theirs.id, 99, { position: 'x' }), missing);
  await assert.rejects(archive(rooms.contacts, odd, theirs.id), missing);
  await assert.rejects(restore(rooms.contacts, odd, theirs.id), missing);
  assert.equal((await open(rooms.contacts, colleague, theirs.id)).version, theirs.version);
  assert.equal((await change(rooms.contacts, odd, mine.id, 1, { position: 'x' })).version, 2);
  // Somebody who may read nobody at all.
  const { 'contact.read': _, ...blind } = odd.actor.grants;
  const blinded = { ...odd, actor: { ...odd.actor, grants: blind } };
  await assert.rejects(change(rooms.contacts, blinded, mine.id, 2, { position: 'y' }), missing);
});
