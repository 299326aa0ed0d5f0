/** Each check passes in a healthy installation and fails in the one where its promise is broken. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { company, contact, fieldsWhere } from '#contract';
import { newId } from '#kernel';
import { openRootKeyFile, systemReach } from '#protections/encryption';
import { runPosture } from '#protections/posture';
import type { World } from '#test/cast.ts';
import { openWorld } from '#test/cast.ts';
import { makeTestFolder } from '#test/harness.ts';
import { prepared } from '#test/prepared.ts';
import { encryptionPosture } from './posture.ts';

let world: World;
const folder = makeTestFolder();
const keyFile = join(folder.path, 'keys', 'root.key');
before(async () => {
  world = await openWorld();
  await openRootKeyFile(keyFile, true);
});
after(async () => {
  await world.close();
  folder.remove();
});

const declared = [contact, company].map((record) => ({
  table: record.table,
  sealedFields: fieldsWhere(record, (field) => field.storage === 'sealed'),
}));
const resultsOf = (changed: Partial<Parameters<typeof encryptionPosture>[0]> = {}) =>
  runPosture(
    encryptionPosture({
      database: world.database,
      keyring: world.keyring,
      organizations: async () => [world.organizationId],
      keyFile,
      keeper: () => 'file',
      dataFolder: join(folder.path, 'data'),
      declared,
      ...changed,
    }),
  );
const failing = async (changed = {}) => (await resultsOf(changed)).filter(({ ok }) => !ok).map(({ id }) => id);

/** A contact as the records room would store it. */
async function storeContact(): Promise<string> {
  const seals = await world.keyring.of(world.organizationId);
  const id = newId();
  const seal = seals.newRecord('contacts', id);
  const { personId, departmentId } = world.cast.owner;
  await world.database.act(
    systemReach(world.organizationId, 'all'),
    prepared(
      (tx) => tx`INSERT INTO contacts
      (organization_id, id, owner_id, department_id, stage, legal_basis, name_bucket, created_at, updated_at, record_key, sealed)
      VALUES (${world.organizationId}, ${id}, ${personId}, ${departmentId}, 'new', 'unknown', 1, now(), now(),
        ${seal.wrapped}, ${seal.seal('fields', { lastName: 'Бондар' })})`,
    ),
  );
  return id;
}

test('a healthy installation keeps every promise, and says what it looked at', async () => {
  await storeContact();
  await storeContact();
  const results = await resultsOf();
  assert.deepEqual(await failing(), []);
  const rows = results.find(({ id }) => id === 'encryption.rows_sealed')!;
  assert.deepEqual(rows.evidence, { opened: 2, shut: 0, openedElsewhere: 0 });
  const columns = results.find(({ id }) => id === 'encryption.no_plain_columns')!;
  assert.ok(Number(columns.evidence['sealedFields']) >= 20);
});

test('two rows that changed places are noticed', async () => {
  const [first, second] = [await storeContact(), await storeContact()];
  const swap = () => world.test.admin`
    UPDATE contacts c SET sealed = o.sealed, record_key = o.record_key FROM contacts o
    WHERE (c.id = ${first} AND o.id = ${second}) OR (c.id = ${second} AND o.id = ${first})`;
  await swap();
  assert.deepEqual(await failing(), ['encryption.rows_sealed']);
  await swap();
  assert.deepEqual(await failing(), []);
});

test('the share of sealed values is counted in the data: one plain value, also behind a version byte, is noticed', async () => {
  const id = await storeContact();
  const shareOf = async () => (await resultsOf()).find((one) => one.id === 'encryption.personal_sealed')!;
  const whole = await shareOf();
  assert.deepEqual([whole.ok, whole.evidence['percent'], whole.evidence['openPersonal']], [true, 100, 0]);
  assert.ok(
    Number(whole.evidence['values']) > 10 && Number(whole.evidence['tables']) > 15,
    JSON.stringify(whole.evidence),
  );
  const [kept] = await world.test.admin`SELECT sealed FROM contacts WHERE id = ${id}`;
  const plain = Buffer.from('{"lastName":"Бондар","firstName":"Олена","notes":"боїться собак і кас, дзвонити зранку"}');
  for (const bytes of [
    plain,
    Buffer.concat([Buffer.of(1), plain]),
    Buffer.concat([Buffer.of(2), plain]),
    Buffer.alloc(3, 1),
  ]) {
    await world.test.admin`UPDATE contacts SET sealed = ${bytes} WHERE id = ${id}`;
    const broken = await shareOf();
    assert.equal(broken.ok, false);
    assert.ok(Number(broken.evidence['percent']) < 100);
  }
  await world.test.admin`UPDATE contacts SET sealed = ${kept!['sealed'] as Buffer} WHERE id = ${id}`;
  assert.equal((await shareOf()).ok, true);
});

test('a phone or an e-mail address in an open column, or in an entry of the log, is noticed', async () => {
  const id = await storeContact();
  const look = async () => (await resultsOf()).find((one) => one.id === 'encryption.personal_sealed')!;
  await world.test.admin`UPDATE contacts SET tags = ARRAY['ремонт', 'тел. +380671112233'] WHERE id = ${id}`;
  assert.deepEqual(
    [(await look()).ok, (await look()).evidence['openPersonal']],
    [false, 2],
    'drawn twice: as new, and anywhere',
  );
  await world.test.admin`UPDATE contacts SET tags = '{}' WHERE id = ${id}`;
  const entry = newId();
  await world.test.admin`INSERT INTO audit_entries (organization_id, id, at, level, event, outcome, subject_ids, bytes)
    VALUES (${world.organizationId}, ${entry}, now(), 'data', 'contact.updated', 'done', '{}',
      ${Buffer.from('{"facts":{"email":"olena@firma.example"}}')})`;
  assert.equal((await look()).ok, false);
  await world.test.admin`DELETE FROM audit_entries WHERE id = ${entry}`;
  assert.equal((await look()).ok, true);
});

test('a personal field that became a column is noticed', async () => {
  await world.test.admin`ALTER TABLE contacts ADD COLUMN last_name text`;
  assert.deepEqual(await failing(), ['encryption.no_plain_columns']);
  await world.test.admin`ALTER TABLE contacts DROP COLUMN last_name`;
});

test('a root key beside the data, or readable by others, or gone, is noticed', async () => {
  assert.deepEqual(await failing({ dataFolder: folder.path }), ['encryption.root_key_private']);
  assert.deepEqual(await failing({ keyFile: join(folder.path, 'none') }), ['encryption.root_key_private']);
  if (process.platform === 'win32') return;
  chmodSync(keyFile, 0o644);
  assert.deepEqual(await failing(), ['encryption.root_key_private']);
  chmodSync(keyFile, 0o600);
});

test('keys that this root key does not open are noticed', async () => {
  const nobody = newId();
  assert.deepEqual(await failing({ organizations: async () => [nobody] }), [
    'encryption.rows_sealed',
    'encryption.keys_wrapped',
  ]);
});
