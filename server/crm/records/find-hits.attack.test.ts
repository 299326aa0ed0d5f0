/**
 * The searching door (`lubart_find_*`), asked in the database itself: of each kind, for each scope, one word and one of several, what is
 * shared among them. What lies in the trash is found by whoever looks into the trash, and what does not is not.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { newId } from '#kernel';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import type { Rooms } from './rooms.fixture.ts';
import { archive, create, openRooms, reachFor } from './rooms.fixture.ts';

let world: World;
let rooms: Rooms;
before(async () => {
  world = await openWorld();
  rooms = openRooms(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

/** A token that all records of these tests have: what one finds is not a question of keys. */
const token = 2_000_000_011;

for (const name of ['contact', 'company'] as const) {
  test(`a ${name} is found in the trash or out of it, never in both`, async () => {
    const { manager, head, colleague, owner } = world.cast;
    const { admin } = world.test;
    const room = name === 'contact' ? rooms.contacts : rooms.companies;
    const fields = name === 'contact' ? { lastName: 'Спільна' } : { name: 'Спільна' };
    const made: Record<string, string> = {};
    for (const [whose, who] of [
      ['own', manager],
      ['shared', colleague],
      ['theirs', colleague],
    ] as const) {
      for (const place of ['here', 'trash']) {
        const { id } = await create(room, who, fields);
        if (place === 'trash') await archive(room, who, id);
        made[`${whose} ${place}`] = id;
        if (whose !== 'shared') continue;
        await admin`
          INSERT INTO shares (organization_id, id, ${admin(`${name}_id`)}, person_id, may_edit, shared_by, created_at, until)
          VALUES (${world.organizationId}, ${newId()}, ${id}, ${manager.personId}, false, ${colleague.personId}, now(),
            now() + interval '1 day')`;
      }
    }
    await admin`UPDATE ${admin(`${name}_search`)} SET tokens = tokens || ${token}::int
      WHERE record_id = ANY (${Object.values(made)}::uuid[])`;
    const found = (who: CastMember, anyOf: boolean, inTrash: boolean) =>
      world.database.read(reachFor(who, `${name}.read`), async (tx) => {
        const rows = await tx`SELECT ${tx(`lubart_find_${name}`)}(${[token]}::int[], ${anyOf}, ${inTrash}, 100) AS id`;
        const names = Object.keys(made).filter((one) => rows.some((row) => row['id'] === made[one]));
        assert.equal(names.length, new Set(rows.map((row) => row['id'])).size);
        return names.toSorted();
      });
    for (const anyOf of [true, false]) {
      for (const place of ['here', 'trash']) {
        const seen = await Promise.all([manager, head, owner].map((who) => found(who, anyOf, place === 'trash')));
        const [own, shared, theirs] = ['own', 'shared', 'theirs'].map((whose) => `${whose} ${place}`);
        assert.deepEqual(seen, [[own, shared], [own], [own, shared, theirs]], `${place}, any of: ${anyOf}`);
      }
    }
  });
}
