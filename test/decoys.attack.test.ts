/** Somebody with every right looks where there is no work. Each way to touch a planted client raises one alarm, owners and two nodes included. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, openNode, requireOk, setUpCompany, until } from './running-lubart.ts';
import { recipient } from './take-csv.ts';

let running: InProcess;
let company: Company;
let owner: Colleague;
let head: Colleague;
let id: string;
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
  const made = await owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Приманюк' } });
  requireOk(made);
  id = made.body.id;
  requireOk(await owner.client.call('GET /api/v1/contacts/:id', { params: { id } }));
  // Reads are noted within a moment: that one must stand in the log before the watch begins.
  await running.lubart.auditLog.flush();
  const other = await openNode(running);
  await other.lubart.startJobs().catch(() => {});
  requireOk(await owner.client.call('POST /api/v1/security/decoys', { body: { kind: 'contact', recordId: id } }));
});

const alarms = async (): Promise<{ by: string; person: string | null }[]> => {
  const rows = await running.test.admin`SELECT bytes FROM audit_entries WHERE event = 'decoy.touched' ORDER BY id`;
  return rows.map(
    (row) => (JSON.parse((row['bytes'] as Buffer).toString('utf8')) as { facts: { by: string; person: string } }).facts,
  );
};
async function requireAlarm(by: string, person: string, work: () => Promise<unknown>): Promise<void> {
  const before = (await alarms()).length;
  await work();
  await running.lubart.auditLog.flush();
  const seen = await until(by, 15, async () => {
    const now = await alarms();
    return now.length > before && now;
  });
  assert.deepEqual(
    seen.slice(before).map((one) => [one.by, one.person]),
    [[by, person]],
  );
}

test('opening, finding, changing and taking along each raise one alarm, with who it was', async () => {
  const call = (who: Colleague) => who.client;
  await requireAlarm('contact.opened', head.personId, () =>
    call(head).call('GET /api/v1/contacts/:id', { params: { id } }),
  );
  await requireAlarm('contact.found', head.personId, () =>
    call(head).call('POST /api/v1/contacts/find', { body: { text: 'приманюк' } }),
  );
  await requireAlarm('contact.updated', owner.personId, () =>
    call(owner).call('PATCH /api/v1/contacts/:id', {
      params: { id },
      body: { version: 1, changes: { position: 'директор' } },
    }),
  );
  await requireAlarm('contact.exported', head.personId, () =>
    call(head).call('POST /api/v1/contacts/export', { body: { format: 'csv', protection: 'age', recipient } }),
  );
});

test('scrolling through a list, and what was before it was planted, raise none', async () => {
  const before = (await alarms()).length;
  requireOk(await head.client.call('GET /api/v1/contacts', {}));
  await running.lubart.auditLog.flush();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal((await alarms()).length, before);
});

test('who opened a client just before it was planted is not suspected', async () => {
  const made = await owner.client.call('POST /api/v1/contacts', { body: { lastName: 'Щойнюк' } });
  requireOk(made);
  const recordId = made.body.id as string;
  const before = await alarms();
  requireOk(await head.client.call('GET /api/v1/contacts/:id', { params: { id: recordId } }));
  await running.lubart.auditLog.flush();
  requireOk(await owner.client.call('POST /api/v1/security/decoys', { body: { kind: 'contact', recordId } }));
  await requireAlarm('contact.opened', owner.personId, () =>
    owner.client.call('GET /api/v1/contacts/:id', { params: { id: recordId } }),
  );
  assert.equal((await alarms()).length, before.length + 1);
  requireOk(await owner.client.call('DELETE /api/v1/security/decoys/:id', { params: { id: recordId } }));
});

test('only security knows what is a decoy; nobody learns by planting which clients are there', async () => {
  const denied = await head.client.call('GET /api/v1/security/decoys', {});
  assert.equal(denied.status, 403);
  const opened = (await head.client.call('GET /api/v1/contacts/:id', { params: { id } })).body;
  assert.ok(!JSON.stringify(opened).includes('decoy'));
  const officer = await company.join({
    name: 'Остап Гай',
    email: 'ostap.hai@vezha.example',
    role: 'security-officer',
    departmentId: company.rootId,
  });
  const blind = await officer.client.call('POST /api/v1/security/decoys', { body: { kind: 'contact', recordId: id } });
  assert.deepEqual([blind.status, blind.body.error.code], [403, 'access.denied']);
  const seen = (await officer.client.call('GET /api/v1/security/decoys', {})).body.decoys;
  assert.deepEqual([seen.length, seen[0].recordId, seen[0].touches >= 4], [1, id, true]);
  requireOk(await owner.client.call('DELETE /api/v1/security/decoys/:id', { params: { id } }));
  assert.equal(
    (await owner.client.call('DELETE /api/v1/security/decoys/:id', { params: { id } })).body.error.code,
    'decoy.not_found',
  );
});
