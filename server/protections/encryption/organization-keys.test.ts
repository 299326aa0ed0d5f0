/** Keys of organizations: one pair each, wrapped by the root key, found again after a restart, useless to anybody else. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { newId, Secret } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import { prepared } from '#test/prepared.ts';
import { openKeyring, systemReach } from './organization-keys.ts';
import { rootKeyFrom } from './root-key.ts';

let base: TestDatabase;
before(async () => {
  base = await openTestDatabase();
});
after(() => base.close());

const secret = new Secret(randomBytes(32));
const made = async () => {
  const id = newId();
  const keyring = openKeyring(rootKeyFrom(secret), base.database);
  const seals = await base.database.act(
    systemReach(id),
    prepared(async (tx) => {
      await tx`INSERT INTO organizations (organization_id, created_at, sealed) VALUES (${id}, ${new Date()}, ${Buffer.alloc(1)})`;
      return keyring.create(tx, id, new Date());
    }),
  );
  return { id, seals };
};

test('what was sealed before a restart opens after it', async () => {
  const { id, seals } = await made();
  const again = await openKeyring(rootKeyFrom(secret), base.database).of(id);
  assert.equal(again.open('here', seals.seal('here', 'Олена')), 'Олена');
  const record = seals.newRecord('contacts', id);
  assert.equal(again.record('contacts', id, record.wrapped).open('fields', record.seal('fields', 7)), 7);
});

test('the key at rest is not the key: 32 random bytes wrapped, two of them, for two purposes', async () => {
  const { id } = await made();
  const rows =
    await base.admin`SELECT purpose, wrapped FROM organization_keys WHERE organization_id = ${id} ORDER BY purpose`;
  assert.deepEqual(
    rows.map((row) => [row['purpose'], row['wrapped'].length]),
    [
      ['index', 65],
      ['sealing', 65],
    ],
  );
});

test('another root key is known at once, and by its fingerprint', async () => {
  const { id } = await made();
  const wrong = rootKeyFrom(new Secret(randomBytes(32)));
  await assert.rejects(openKeyring(wrong, base.database).of(id), {
    code: 'start.keys_wrong',
    details: { fingerprint: wrong.fingerprint },
  });
});

test('attack: the wrapped key of one organization under the name of another does not open', async () => {
  const [ours, theirs] = [await made(), await made()];
  await base.admin`UPDATE organization_keys k SET wrapped = o.wrapped FROM organization_keys o
    WHERE k.organization_id = ${ours.id} AND o.organization_id = ${theirs.id} AND o.purpose = k.purpose`;
  await assert.rejects(openKeyring(rootKeyFrom(secret), base.database).of(ours.id), { code: 'start.keys_wrong' });
});

test('an organization without keys is an error, tried again the next time', async () => {
  const keyring = openKeyring(rootKeyFrom(secret), base.database);
  const nobody = newId();
  await assert.rejects(keyring.of(nobody), { code: 'key.not_found' });
  await assert.rejects(keyring.of(nobody), { code: 'key.not_found' });
});
