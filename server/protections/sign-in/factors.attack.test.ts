/** Factors in their tables: each is its person’s alone, what is done to one is done to no other, and a key that was copied shows it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { CastMember, World } from '#test/cast.ts';
import { callAs, openWorld } from '#test/cast.ts';
import { prepared } from '#test/prepared.ts';
import {
  countPasskeyUse,
  deletePasskey,
  findPasskey,
  insertPasskey,
  listPasskeys,
  renamePasskey,
} from './passkey-store.ts';
import { deleteAuthenticator, insertAuthenticator, listAuthenticators, newTotpSecret, readApps } from './totp.ts';

let world: World;
let seals: OrganizationSeals;
before(async () => {
  world = await openWorld();
  seals = await world.keyring.of(world.organizationId);
});
after(() => world.close());

const act = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  world.database.act(systemReach(world.organizationId), prepared(work));
const holderOf = ({ personId }: CastMember) => ({ organizationId: world.organizationId, personId });
/** Every row of the table but these, as it stands. */
const rows = async (table: 'authenticators' | 'passkeys', ...but: string[]) => {
  const { admin } = world.test;
  const found = await admin`SELECT t::text AS text FROM ${admin(table)} t WHERE id <> ALL (${but}::uuid[]) ORDER BY id`;
  return found.map(({ text }) => text as string);
};

test('of recovery codes those are counted that are left, and one’s own', async () => {
  const { manager, head } = world.cast;
  const left = async (who: CastMember) => (await callAs(world.signIn, 'GET /api/v1/factors', who)).recoveryCodesLeft;
  assert.deepEqual([await left(manager), await left(head)], [10, 10]);
  await world.test.admin`UPDATE recovery_codes SET used_at = now() WHERE code_hash IN (
    SELECT code_hash FROM recovery_codes WHERE person_id = ${manager.personId} LIMIT 3)`;
  assert.deepEqual([await left(manager), await left(head)], [7, 10]);
});

test('an app is seen and taken away by its person, and no other goes with it', async () => {
  const { manager, head } = world.cast;
  const apps = (who: CastMember) => act((tx) => listAuthenticators(tx, seals, who.personId));
  const theirs = await apps(head);
  const name = 'Другий телефон';
  await act((tx) =>
    insertAuthenticator(tx, seals, {
      personId: manager.personId,
      secret: newTotpSecret(),
      name,
      lastStep: 0,
      at: world.clock.now(),
    }),
  );
  assert.deepEqual([(await apps(manager)).map((app) => app.name), await apps(head)], [[null, name], theirs]);
  const second = (await apps(manager))[1]!.id;
  const read = async (who: CastMember) => (await act((tx) => readApps(tx, holderOf(who)))).map(({ id }) => id);
  assert.deepEqual(await read(head), [theirs[0]!.id]);
  const remove = (who: CastMember) => act((tx) => deleteAuthenticator(tx, holderOf(who), second));
  const others = await rows('authenticators', second);
  assert.deepEqual([await remove(head), await remove(manager), await remove(manager)], [false, true, false]);
  assert.deepEqual(await rows('authenticators'), others);
});

async function addKey(who: CastMember, credentialId: string): Promise<string> {
  const id = newId();
  await act((tx) =>
    insertPasskey(tx, holderOf(who), {
      id,
      credentialId,
      publicKey: new Uint8Array(8),
      counter: 0,
      transports: ['usb'],
      deviceBound: true,
      backedUp: false,
      aaguid: newId(),
      attestation: 'none',
      vouched: false,
      attestedRoot: null,
      sealed: Buffer.from('s'),
      host: 'crm.vezha.example',
      at: world.clock.now(),
    }),
  );
  return id;
}

test('a key is seen, found, named and taken away by its person, and no other goes with it', async () => {
  const { manager, head } = world.cast;
  const [mine, second, theirs] = [
    await addKey(manager, 'AAAA'),
    await addKey(manager, 'BBBB'),
    await addKey(head, 'CCCC'),
  ];
  const list = async (who: CastMember) => (await act((tx) => listPasskeys(tx, holderOf(who)))).map(({ id }) => id);
  assert.deepEqual([(await list(manager)).toSorted(), await list(head)], [[mine, second].toSorted(), [theirs]]);
  const find = async (who: CastMember, credential: string) =>
    (await act((tx) => findPasskey(tx, holderOf(who), credential)))?.id;
  const found = [await find(manager, 'AAAA'), await find(head, 'AAAA'), await find(manager, 'DDDD')];
  assert.deepEqual(found, [mine, undefined, undefined]);
  const others = await rows('passkeys', mine);
  const whole = await rows('passkeys');
  const name = (who: CastMember) => act((tx) => renamePasskey(tx, holderOf(who), mine, Buffer.from('n')));
  assert.deepEqual([await name(head), await rows('passkeys')], [false, whole]);
  assert.equal(await name(manager), true);
  const use = (counter: number) =>
    act((tx) =>
      countPasskeyUse(tx, world.organizationId, { id: mine, counter, backedUp: false, at: world.clock.now() }),
    );
  // A key that is synced never counts; once a key counts it must go on.
  const steps = [0, 0, 1, 1, 0, 7, 6, 8];
  const counted = [];
  for (const counter of steps) counted.push(await use(counter));
  assert.deepEqual(counted, [true, true, true, false, false, true, false, true]);
  assert.deepEqual(await rows('passkeys', mine), others);
  const remove = (who: CastMember) => act((tx) => deletePasskey(tx, holderOf(who), mine));
  assert.deepEqual([await remove(head), await remove(manager), await remove(manager)], [false, true, false]);
  assert.deepEqual(await rows('passkeys'), others);
});
