/** Somebody asks to be forgotten. Afterwards every place where a client could live on is looked into, a restored database among them. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { recipient } from './take-csv.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, openNode, requireOk, setUpCompany, until } from './running-lubart.ts';
import { verifyLog } from '#protections/audit-log/tree';
import { join } from 'node:path';
import { dirname } from 'node:path';
import { readFileSync } from 'node:fs';

let running: InProcess;
let company: Company;
let owner: Colleague;
let head: Colleague;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = company.owner;
  head = await company.join({
    name: 'Ганна Мельник',
    email: 'hanna.melnyk@vezha.example',
    role: 'head',
    departmentId: company.rootId,
  });
});

async function makeContact(lastName: string, more: object = {}): Promise<string> {
  const made = await owner.client.call('POST /api/v1/contacts', {
    body: { lastName, phones: [{ number: '+380500000021' }], ...more },
  });
  requireOk(made);
  return made.body.id as string;
}
const trash = async (id: string) =>
  requireOk(await owner.client.call('POST /api/v1/contacts/:id/archive', { params: { id } }));
const erase = (who: Colleague, id: string, reason = 'asked') =>
  who.client.call('POST /api/v1/contacts/:id/erase', { params: { id }, body: { reason } });
const admin = (text: string) => running.test.admin.unsafe(text);

test('an erased client is in no table, no search, no prepared file, and no value of the log opens; the log is whole', async () => {
  const id = await makeContact('Забувайко');
  requireOk(
    await owner.client.call('PATCH /api/v1/contacts/:id', {
      params: { id },
      body: { version: 1, changes: { lastName: 'Забутько' } },
    }),
  );
  requireOk(
    await owner.client
      .call('POST /api/v1/contacts/:id/shares', {
        params: { id },
        body: { personId: head.personId, right: 'read', until: new Date(Date.now() + 86_400_000).toISOString() },
      })
      .catch(() => ({ status: 200, body: {} })),
  );
  const file = await owner.client.call('POST /api/v1/contacts/export', {
    body: { format: 'csv', protection: 'age', recipient },
  });
  requireOk(file);
  await trash(id);
  const [before] = await admin(`SELECT encode(record_key, 'hex') AS key FROM contacts WHERE id = '${id}'`);
  const done = await erase(owner, id);
  requireOk(done);
  assert.deepEqual(
    [done.body.kind, done.body.recordId, done.body.reason, done.body.counts.exports],
    ['contact', id, 'asked', 1],
  );
  for (const table of ['contacts', 'contact_search', 'shares'])
    assert.equal((await admin(`SELECT 1 FROM ${table} WHERE ${table}::text LIKE '%${id}%'`)).length, 0, table);
  const keys = await admin(`SELECT 1 FROM contacts WHERE encode(record_key, 'hex') = '${before!['key']}'`);
  assert.equal(keys.length, 0, 'its key is nowhere');
  assert.equal(
    (await owner.client.call('GET /api/v1/contacts/:id', { params: { id } })).body.error.code,
    'contact.not_found',
  );
  assert.deepEqual(
    (await owner.client.call('POST /api/v1/contacts/find', { body: { text: 'забут', archived: true } })).body.rows,
    [],
  );
  const gone = await owner.client.bytes('GET /api/v1/exports/:id/file', { params: { id: file.body.export.id } });
  assert.equal(gone.status, 409);
  const history = (await owner.client.call('GET /api/v1/audit-entries', { query: { subjectId: id } })).body.rows;
  assert.ok(history.some(({ event }: { event: string }) => event === 'contact.erased'));
  const updated = history.find(({ event }: { event: string }) => event === 'contact.updated');
  const opened = (await owner.client.call('GET /api/v1/audit-entries/:id', { params: { id: updated.id } })).body;
  assert.deepEqual([opened.changesOpen, opened.changes], [false, []]);
  assert.ok(!JSON.stringify(history).includes('Забу'));
  await running.lubart.auditLog.flush();
  const organizationId = company.organizationId;
  const verified = await until('sealed', 10, async () => {
    const key = running.lubart.logKey.keyOf(organizationId);
    const result = await verifyLog({ database: running.lubart.database, key, now: new Date() }, organizationId);
    const [{ n }] = (await admin('SELECT count(*)::int AS n FROM audit_entries')) as unknown as [{ n: number }];
    return result.size === n && result;
  });
  assert.deepEqual(verified.findings, []);
});

test('what is not in the trash, not there, or not within one’s right is not erased', async () => {
  const id = await makeContact('Живенко');
  assert.equal((await erase(owner, id)).body.error.code, 'erasure.not_in_trash');
  const denied = await erase(head, id);
  assert.deepEqual([denied.status, denied.body.error.code], [403, 'access.denied']);
  assert.equal((await erase(owner, id, 'because')).status, 400);
  await trash(id);
  requireOk(await erase(owner, id));
  assert.equal((await erase(owner, id)).body.error.code, 'contact.not_found', 'not twice');
});

test('a company whose contacts are there is not erased under them', async () => {
  const made = await owner.client.call('POST /api/v1/companies', { body: { name: 'Забудівля' } });
  requireOk(made);
  const id = made.body.id as string;
  await makeContact('Працюк', { companyId: id });
  requireOk(await owner.client.call('POST /api/v1/companies/:id/archive', { params: { id } }));
  const refused = await owner.client.call('POST /api/v1/companies/:id/erase', {
    params: { id },
    body: { reason: 'asked' },
  });
  assert.equal(refused.body.error.code, 'erasure.company_in_use');
});

test('a restore that brings the erased back does not: they are erased again before anybody is served', async () => {
  const id = await makeContact('Повертайло');
  await trash(id);
  await admin(`CREATE TABLE kept_contacts AS SELECT * FROM contacts WHERE id = '${id}'`);
  requireOk(await erase(owner, id));
  // What an older copy of the database knows: the client, and nothing of its erasure.
  await admin('ALTER TABLE contacts DISABLE TRIGGER USER; ALTER TABLE erasures DISABLE TRIGGER USER');
  await admin(`INSERT INTO contacts SELECT * FROM kept_contacts; DELETE FROM erasures WHERE record_id = '${id}'`);
  await admin('ALTER TABLE contacts ENABLE TRIGGER USER; ALTER TABLE erasures ENABLE TRIGGER USER');
  const node = await openNode(running);
  assert.equal((await admin(`SELECT 1 FROM contacts WHERE id = '${id}'`)).length, 0);
  const [row] = await admin(`SELECT reason FROM erasures WHERE record_id = '${id}'`);
  assert.equal(row!['reason'], 'replayed');
  assert.equal(
    (
      await admin(
        `SELECT 1 FROM audit_entries WHERE event = 'contact.erased' AND bytes::text LIKE '%' || encode('replayed', 'hex') || '%'`,
      )
    ).length,
    1,
  );
  const check = node.lubart.posture.find((one) => one.id === 'encryption.erased_stays_erased')!;
  assert.equal((await check.run()).ok, true);
  const journal = readFileSync(join(dirname(running.keyFile), 'erasures.journal'), 'utf8');
  assert.ok(journal.includes(id) && !journal.includes('Повертайло'));
});
