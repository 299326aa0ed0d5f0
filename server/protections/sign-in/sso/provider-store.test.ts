/** Providers of single sign-on in their tables: what is said of one is said of no other, and each account elsewhere is one person’s. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld, raceBehind } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import { readEntrant } from '../entrant.ts';
import type { ProviderValues } from './provider-store.ts';
import {
  deleteProvider,
  findByEmail,
  findIdentity,
  findProvider,
  insertProvider,
  linkIdentity,
  listLinked,
  listProviders,
  spendAnswer,
  touchIdentity,
  updateProvider,
  writeGroupRoles,
} from './provider-store.ts';

let world: World;
let seals: OrganizationSeals;
before(async () => {
  world = await openWorld();
  seals = await world.keyring.of(world.organizationId);
});
after(() => world.close());

const act = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  world.database.act(systemReach(world.organizationId), prepared(work));
const subject = (text: string) => createHash('sha256').update(text).digest();
const values = (name: string, more: Partial<ProviderValues> = {}): ProviderValues => ({
  name,
  issuer: `https://${name}.example`,
  clientId: 'lubart',
  clientSecret: null,
  domains: [`${name}.example`],
  emailTrusted: false,
  mfaAcr: [],
  enabledAt: null,
  localClosedAt: null,
  groupsClaim: 'groups',
  joins: null,
  ...more,
});
async function add(name: string, more: Partial<ProviderValues> = {}): Promise<string> {
  const id = newId();
  await act((tx) => insertProvider(tx, seals, id, values(name, more), world.clock.now()));
  return id;
}
/** Every row of the table but these, as it stands. */
const rows = async (table: 'sso_providers' | 'sso_identities' | 'sso_group_roles', ...but: string[]) => {
  const { admin } = world.test;
  const which = table === 'sso_providers' ? 'id' : 'provider_id';
  const found = await admin`
    SELECT t::text AS text FROM ${admin(table)} t WHERE ${admin(which)} <> ALL (${but}::uuid[]) ORDER BY t::text`;
  return found.map(({ text }) => text as string);
};

test('what is changed of a provider, and what its groups give, is its own', async () => {
  const { organizationId, cast } = world;
  const now = world.clock.now();
  const [one, other] = [await add('one'), await add('other')];
  const [manager, head] = [cast.manager, cast.head].map(({ actor }) => actor.roles[0]!.id) as [string, string];
  const given = (roleId: string) => [{ group: 'sales', roleId, setBy: cast.owner.personId }];
  await act((tx) => writeGroupRoles(tx, organizationId, other, given(head), now));
  await act((tx) => writeGroupRoles(tx, organizationId, one, given(head), now));
  const others = [await rows('sso_providers', one), await rows('sso_group_roles', one)];
  await act((tx) => writeGroupRoles(tx, organizationId, one, given(manager), now));
  await act((tx) => updateProvider(tx, seals, one, values('renamed')));
  assert.deepEqual([await rows('sso_providers', one), await rows('sso_group_roles', one)], others);
  const found = (await act((tx) => findProvider(tx, organizationId, one)))!;
  assert.deepEqual([found.id, found.name, found.group_roles], [one, 'renamed', given(manager)]);
  assert.equal((await act((tx) => findProvider(tx, organizationId, other)))?.id, other);
  assert.equal(await act((tx) => findProvider(tx, organizationId, newId())), undefined);
  for (const lock of ['share', 'update'] as const) {
    const changing = `UPDATE sso_providers SET name = '${lock}' WHERE id = '${one}'`;
    const read: (string | undefined)[] = [];
    const find = async () => void read.push((await act((tx) => findProvider(tx, organizationId, one, lock)))?.name);
    assert.deepEqual(
      [await raceBehind(world.test, changing, [find]), read],
      [[null], [lock]],
      'it waits for the change',
    );
  }
  const listed = await act((tx) => listProviders(tx, organizationId));
  assert.deepEqual(
    new Map(listed.map((row) => [row.id, row.group_roles])),
    new Map([
      [one, given(manager)],
      [other, given(head)],
    ]),
  );
  for (const id of [one, other]) await act((tx) => writeGroupRoles(tx, organizationId, id, [], now));
  await act((tx) => deleteProvider(tx, organizationId, one));
  assert.deepEqual(
    (await act((tx) => listProviders(tx, organizationId))).map(({ id }) => id),
    [other],
  );
  await act((tx) => deleteProvider(tx, organizationId, other));
});

test('an account elsewhere is one person’s at one provider', async () => {
  const { organizationId, cast } = world;
  const now = world.clock.now();
  const later = new Date(now.getTime() + 60_000);
  const [one, other] = [await add('first'), await add('second')];
  const link = (providerId: string, who: string, personId: string) =>
    act((tx) => linkIdentity(tx, { organizationId, providerId, subjectHash: subject(who), personId, at: now }));
  const [manager, head] = [cast.manager.personId, cast.head.personId];
  assert.deepEqual(
    [await link(one, 'a', manager), await link(other, 'a', head), await link(one, 'b', head)],
    [true, true, true],
  );
  assert.equal(await link(one, 'a', cast.owner.personId), false, 'the account is somebody’s');
  assert.equal(await link(one, 'c', manager), false, 'the person has another account there');
  const find = (providerId: string, who: string) =>
    act((tx) => findIdentity(tx, organizationId, providerId, subject(who)));
  assert.deepEqual(
    [await find(one, 'a'), await find(other, 'a'), await find(one, 'b'), await find(other, 'b')],
    [manager, head, head, undefined],
  );
  const linked = async (providerId: string) =>
    (await act((tx) => listLinked(tx, organizationId, providerId))).toSorted();
  assert.deepEqual([await linked(one), await linked(other)], [[manager, head].toSorted(), [head]]);
  const people = new Map((await act((tx) => listProviders(tx, organizationId))).map((row) => [row.id, row.people]));
  assert.deepEqual(
    people,
    new Map([
      [one, 2],
      [other, 1],
    ]),
  );
  await act((tx) => touchIdentity(tx, organizationId, one, subject('a'), later));
  const used = await world.test.admin`SELECT provider_id, person_id FROM sso_identities WHERE last_used_at = ${later}`;
  assert.deepEqual(
    used.map((row) => [row['provider_id'], row['person_id']]),
    [[one, manager]],
  );
});

test('a domain is closed to passwords by a provider that is open and closes it; an answer is used once', async () => {
  const { organizationId, cast, test: own, otherOrganizationId } = world;
  const at = world.clock.now();
  await add('open', { enabledAt: at });
  await add('shut', { localClosedAt: at });
  await add('both', { enabledAt: at, localClosedAt: at });
  const entrant = await act((tx) => readEntrant(tx, seals, cast.head.personId, null, at));
  assert.deepEqual(entrant.closedDomains, ['both.example']);
  const nonce = newId();
  const spend = () => act((tx) => spendAnswer(tx, organizationId, nonce, at));
  assert.deepEqual([await spend(), await spend()], [true, false]);
  const [{ token }] =
    (await own.admin`SELECT sign_in_token AS token FROM people WHERE id = ${cast.head.personId}`) as unknown as [
      { token: Buffer },
    ];
  assert.equal(await act((tx) => findByEmail(tx, organizationId, token)), cast.head.personId);
  assert.equal(
    await world.database.read(systemReach(otherOrganizationId), (tx) => findByEmail(tx, otherOrganizationId, token)),
    undefined,
  );
});
