/** What the door reads of somebody in one statement is what others read in many. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import { rolesOfPerson } from '#protections/access';
import { systemReach } from '#protections/encryption';
import type { CastMember, CastName, World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { readStanding } from './demands/read-standing.ts';
import { findDevice } from './devices/device-store.ts';
import { readEntrant } from './entrant.ts';
import { viewSession } from './session-view.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const names = ['owner', 'securityOfficer', 'head', 'manager', 'colleague', 'former', 'auditor'] as const;
const inside = <T>(work: (tx: Transaction) => Promise<T>) =>
  world.database.read(systemReach(world.organizationId), work);
const entrantOf = async ({ personId }: Pick<CastMember, 'personId'>, browser: string | null = null) => {
  const seals = await world.keyring.of(world.organizationId);
  return inside((tx) => readEntrant(tx, seals, personId, browser, world.clock.now()));
};

test('factors and roles are those by which the list of who is not covered judges, of a deputy too', async () => {
  const { admin } = world.test;
  const { organizationId, cast, clock } = world;
  const { head, manager, colleague } = cast;
  const now = clock.now();
  await admin`
    INSERT INTO deputies (organization_id, id, head_id, deputy_id, from_at, until_at, named_by, named_at)
    VALUES (${organizationId}, ${newId()}, ${head.personId}, ${manager.personId}, ${new Date(now.getTime() - 1000)},
      ${new Date(now.getTime() + 1000)}, ${head.personId}, ${now})`;
  for (const host of ['crm.vezha.example', 'vezha.example'])
    await admin`
      INSERT INTO passkeys (organization_id, id, person_id, credential_hash, credential_id, public_key, sign_counter,
        transports, device_bound, backed_up, aaguid, sealed, created_at, host)
      VALUES (${organizationId}, ${newId()}, ${colleague.personId}, sha256(${host}), ${host}, 'k', 0, ARRAY['usb'], true, false,
        ${newId()}, 's', now(), ${host})`;
  await admin`
    INSERT INTO sms_numbers (organization_id, person_id, sealed, created_at)
    VALUES (${organizationId}, ${colleague.personId}, 's', now())`;
  const seen = { lent: 0, keys: 0, sms: 0, apps: 0, codes: 0 };
  for (const name of names) {
    const { personId } = cast[name];
    const { standing, places, roles } = await entrantOf(cast[name]);
    const [inMany, held] = await inside(async (tx) => [
      await readStanding(tx, organizationId, personId, now),
      await rolesOfPerson(tx, organizationId, personId, now),
    ]);
    assert.deepEqual(standing, inMany, name);
    assert.deepEqual(
      roles.map(({ id, grants, fieldRights }) => ({ id, grants, fieldRights })),
      held.map(({ id, grants, fieldRights }) => ({ id, grants, fieldRights })),
      name,
    );
    assert.equal(places.length, name === 'manager' ? 1 : 0, name);
    seen.lent += standing!.roles.filter(({ lent }) => lent).length;
    seen.keys += standing!.keys.length;
    seen.sms += Number(standing!.sms);
    seen.apps += standing!.apps;
    seen.codes += standing!.codesLeft;
  }
  assert.deepEqual([seen.lent, seen.keys, seen.sms], [1, 2, 1]);
  assert.ok(seen.apps >= names.length && seen.codes > names.length);
});

test('a browser is known to its person only', async () => {
  const { manager, colleague } = world.cast;
  const browser = 'browser-of-the-manager'.padEnd(43, '0');
  const id = newId();
  await world.test.admin`
    INSERT INTO devices (organization_id, id, person_id, secret_hash, sealed, address, approved_at, last_used_at)
    VALUES (${world.organizationId}, ${id}, ${manager.personId}, sha256(${browser}), 's', '192.0.2.10', now(), now())`;
  assert.equal((await entrantOf(manager, browser)).device?.id, id);
  assert.equal((await entrantOf(colleague, browser)).device, undefined);
  const whose = { organizationId: world.organizationId, personId: manager.personId };
  assert.deepEqual((await entrantOf(manager, browser)).device, await inside((tx) => findDevice(tx, whose, browser)));
  for (const ended of ['revoked_at', 'expired_at']) {
    await world.test.admin`UPDATE devices SET ${world.test.admin(ended)} = now() WHERE id = ${id}`;
    assert.equal((await entrantOf(manager, browser)).device, undefined, ended);
    await world.test.admin`UPDATE devices SET ${world.test.admin(ended)} = NULL WHERE id = ${id}`;
  }
});

test('it is of the own organization and of this person, also without row-level security', async () => {
  const { cast, test: opened, clock, keyring, organizationId, otherOrganizationId } = world;
  const read = async (where: string, name: CastName) => {
    const seals = await keyring.of(where);
    const entrant = await readEntrant(opened.admin, seals, cast[name].personId, null, clock.now());
    const view = entrant.person && viewSession(seals, entrant, null);
    const { standing, roles, department } = entrant;
    return { view, department: department?.id, held: roles.length, standing };
  };
  for (const [where, name, company] of [
    [organizationId, 'manager', 'Вежа'],
    [organizationId, 'head', 'Вежа'],
    [otherOrganizationId, 'outsider', 'Інші'],
  ] as const) {
    const { view, department, held } = await read(where, name);
    assert.deepEqual([view?.organization.name, view?.person.name], [company, cast[name].name]);
    assert.deepEqual([department, held], [cast[name].departmentId, 2]);
  }
  for (const [where, name] of [
    [organizationId, 'outsider'],
    [otherOrganizationId, 'manager'],
  ] as const)
    assert.deepEqual(
      await read(where, name),
      { view: undefined, department: undefined, held: 1, standing: undefined },
      'nobody works in the company of others',
    );
});
