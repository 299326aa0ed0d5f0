/** What somebody has and which roles count for them at a moment: own and lent ones, and nothing of anybody else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { readStandings } from './read-standing.ts';

let world: World;
let now: Date;
before(async () => {
  world = await openWorld();
  now = world.clock.now();
});
after(() => world.close());

const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const standings = (people?: readonly CastMember[]) =>
  world.database.read(systemReach(world.organizationId), (tx) =>
    readStandings(
      tx,
      world.organizationId,
      now,
      people?.map(({ personId }) => personId),
    ),
  );
const standingOf = async (who: CastMember) => (await standings([who]))[0]!;
const rolesOf = async (who: CastMember) =>
  (await standingOf(who)).roles.map(({ reference, lent }) => `${reference}${lent ? ' lent' : ''}`).toSorted();

test('a role for a time counts until its last moment, the place of a head from its first one to its last', async () => {
  const { admin } = world.test;
  const { organizationId } = world;
  const { manager, colleague, head, auditor, owner } = world.cast;
  const give = (who: CastMember, key: string, until: Date) => admin`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_at, until)
    SELECT organization_id, ${who.personId}, id, ${later(-60)}, ${until} FROM roles
    WHERE organization_id = ${organizationId} AND key = ${key}`;
  const name = (deputy: CastMember, from: Date, until: Date, ended: Date | null = null) => admin`
    INSERT INTO deputies (organization_id, id, head_id, deputy_id, from_at, until_at, named_by, named_at, ended_at)
    VALUES (${organizationId}, ${newId()}, ${head.personId}, ${deputy.personId}, ${from}, ${until}, ${owner.personId}, ${later(-90)},
      ${ended})`;
  await give(manager, 'support', new Date(now.getTime() + 1));
  await give(manager, 'marketer', now);
  await give(head, 'support', new Date(now.getTime() + 1));
  await give(head, 'marketer', now);
  await name(auditor, now, new Date(now.getTime() + 1));
  await name(colleague, later(-60), now);
  await name(colleague, new Date(now.getTime() + 1), later(60));
  await name(colleague, later(-60), later(60), later(-1));
  assert.deepEqual(await rolesOf(manager), ['manager', 'support lent']);
  assert.deepEqual(await rolesOf(auditor), ['auditor', 'head lent', 'support lent']);
  assert.deepEqual(await rolesOf(colleague), ['manager']);
  assert.deepEqual(await rolesOf(owner), ['owner']);
});

test('apps, keys, a number and the codes that are left are one’s own', async () => {
  const { admin } = world.test;
  const { organizationId } = world;
  const { manager, head } = world.cast;
  const has = async (who: CastMember) => {
    const { apps, keys, sms, codesLeft } = await standingOf(who);
    return { apps, keys: keys.map(({ id }) => id), sms, codesLeft };
  };
  const before = { apps: 1, keys: [], sms: false, codesLeft: 10 };
  assert.deepEqual([await has(manager), await has(head)], [before, before]);
  const key = newId();
  await admin`
    INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter, transports,
      device_bound, backed_up, aaguid, sealed, created_at)
    VALUES (${organizationId}, ${key}, ${manager.personId}, sha256('k'), 'k', 'k', 0, '{}', true, false, ${newId()}, 's', ${now})`;
  await admin`INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
    VALUES (${organizationId}, ${manager.personId}, 's', ${now})`;
  await admin`INSERT INTO authenticators (organization_id, id, person_id, sealed, last_step, created_at)
    VALUES (${organizationId}, ${newId()}, ${manager.personId}, 's', 0, ${now})`;
  await admin`UPDATE recovery_codes SET used_at = ${now} WHERE code_hash IN (
    SELECT code_hash FROM recovery_codes WHERE person_id = ${manager.personId} LIMIT 4)`;
  assert.deepEqual([await has(manager), await has(head)], [{ apps: 2, keys: [key], sms: true, codesLeft: 6 }, before]);
});

test('of all who may sign in the dismissed are none; who is asked for by name is told of', async () => {
  const { outsider: _, thief: __, former, ...here } = world.cast;
  const ids = (people: readonly { personId: string }[]) => people.map(({ personId }) => personId).toSorted();
  assert.deepEqual(ids(await standings()), ids(Object.values(here)));
  assert.deepEqual(ids(await standings([former])), [former.personId]);
});
