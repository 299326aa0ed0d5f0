/** Whatever proved somebody is forgotten by a finished recovery: all of theirs, nothing of others, and what ended before ended then. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { forgetFactors } from './request-store.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const tables = ['authenticators', 'sms_numbers', 'passkeys', 'recovery_codes', 'devices', 'api_keys'] as const;

test('all that proved one person is gone or revoked; of others nothing is', async () => {
  const { organizationId } = world;
  const { manager, head } = world.cast;
  const { admin } = world.test;
  const at = new Date(world.clock.now().getTime() - 3_600_000);
  const add = async ({ personId, actor }: CastMember) => {
    await admin`INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
      VALUES (${organizationId}, ${personId}, 's', ${at})`;
    await admin`
      INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter, transports,
        device_bound, backed_up, aaguid, sealed, created_at)
      VALUES (${organizationId}, ${newId()}, ${personId}, sha256(${personId}::text::bytea), 'k', 'k', 0, '{}', true, false, ${newId()},
        's', ${at})`;
    for (const revoked of [null, at]) {
      await admin`
        INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at, revoked_at)
        VALUES (${organizationId}, ${newId()}, ${personId}, sha256(${newId()}::text::bytea), 's', '192.0.2.9', ${at}, ${at}, ${revoked})`;
      await admin`
        INSERT INTO api_keys (organization_id, id, person_id, sealed, hint, secret_hash, role_ids, networks, days, created_at, renewed_at,
          expires_at, revoked_at)
        VALUES (${organizationId}, ${newId()}, ${personId}, 's', 'hint12', sha256(${newId()}::text::bytea), ${[actor.roles[0]!.id]},
          '{}', 1, ${at}, ${at}, ${new Date(at.getTime() + 86_400_000)}, ${revoked})`;
    }
  };
  for (const who of [manager, head]) await add(who);
  const of = async (who: CastMember) => {
    const rows = [];
    for (const table of tables) {
      const found =
        await admin`SELECT t::text AS text FROM ${admin(table)} t WHERE person_id = ${who.personId} ORDER BY t::text`;
      rows.push(found.map(({ text }) => text as string));
    }
    return rows;
  };
  const ended = (table: 'devices' | 'api_keys') =>
    admin`SELECT id, revoked_at FROM ${admin(table)} WHERE person_id = ${manager.personId} AND revoked_at IS NOT NULL ORDER BY id`;
  const [before, theirs] = [await of(manager), await of(head)];
  assert.ok(before.every((rows) => rows.length > 0));
  const endedBefore = [...(await ended('devices')), ...(await ended('api_keys'))];
  const work = prepared((tx) => forgetFactors(tx, { organizationId, personId: manager.personId }));
  await world.database.act(systemReach(organizationId), work);
  assert.deepEqual(await of(head), theirs);
  assert.deepEqual(
    (await of(manager)).map((rows) => rows.length),
    [0, 0, 0, 0, before[4]!.length, before[5]!.length],
  );
  const endedNow = [...(await ended('devices')), ...(await ended('api_keys'))];
  assert.equal(endedNow.length, before[4]!.length + before[5]!.length);
  for (const { id, revoked_at } of endedBefore)
    assert.deepEqual(endedNow.find((row) => row['id'] === id)?.['revoked_at'], revoked_at, 'it ended when it ended');
});
