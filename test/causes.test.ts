/** What the queue does later says which request began it: an import and its revert, a company’s new name in its contacts, a letter. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { EntryBody } from '#contract';
import type { PostOffice } from './post-office.ts';
import { openPostOffice } from './post-office.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { importEnd, openInProcess, requireOk, setUpCompany, startImport, until } from './running-lubart.ts';

let office: PostOffice;
let running: InProcess;
let company: Company;
before(async () => {
  office = await openPostOffice();
  running = await openInProcess(undefined, { mail: office.settings });
  company = await setUpCompany(running.origin, running.setupToken);
});

/** The newest entries of these events that have come to be, in the order of the events. */
const entries = (...events: string[]): Promise<EntryBody[]> =>
  until(events.join(', '), 20, async () => {
    const rows = await running.test.admin`
      SELECT DISTINCT ON (event) bytes FROM audit_entries WHERE event = ANY (${events}) ORDER BY event, id DESC`;
    const found = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
    const inOrder = events.map((event) => found.find((one) => one.event === event));
    return inOrder.every((one) => one !== undefined) && inOrder;
  });
const owner = () => company.owner.client;

test('an import in the queue, and its revert, follow from the requests that asked for them', async () => {
  const bytes = Buffer.from('Прізвище\nКоваль\nСавчук\n');
  const id = await startImport(owner(), { bytes, mapping: { '0': 'lastName' } });
  await importEnd(owner(), id);
  const [started, batch, finished] = await entries('import.started', 'import.batch_created', 'import.finished');
  assert.match(String(started!.request), /^[0-9a-f-]{36}$/);
  for (const entry of [batch!, finished!]) {
    assert.equal(entry.request, null);
    assert.deepEqual(entry.cause, { request: started!.request, entry: null, job: 'import.run' });
  }
  const all = await owner().call('GET /api/v1/audit-entries', { query: { requestOf: finished!.id } });
  requireOk(all);
  const events = (all.body.rows as { event: string }[]).map(({ event }) => event);
  assert.deepEqual(new Set(events), new Set(['import.started', 'import.batch_created', 'import.finished']));
  assert.equal(all.body.rows[0].cause.job, 'import.run');
  requireOk(await owner().call('POST /api/v1/imports/:id/revert', { params: { id } }));
  const [reverted] = await entries('import.batch_reverted');
  assert.equal(reverted!.cause?.job, 'import.revert');
  assert.notEqual(reverted!.cause?.request, started!.request);
});

test('the new name of a company in its contacts follows from the request that renamed it', async () => {
  const made = await owner().call('POST /api/v1/companies', { body: { name: 'Майстерня Вежа' } });
  requireOk(made);
  const { id: companyId } = made.body as { id: string };
  requireOk(await owner().call('POST /api/v1/contacts', { body: { lastName: 'Гнатюк', companyId } }));
  const body = { version: 1, changes: { name: 'Майстерня Брама' } };
  requireOk(await owner().call('PATCH /api/v1/companies/:id', { params: { id: companyId }, body }));
  const [renamed, contact] = await entries('company.updated', 'contact.updated');
  assert.deepEqual(contact!.cause, { request: renamed!.request, entry: null, job: 'company.refresh-name' });
});

test('a letter follows from the act that queued it, named by the database and not by whoever sends', async () => {
  const departmentId = company.rootId;
  const person = { name: 'Іван Кравець', email: 'ivan.kravets@vezha.example', roles: ['manager'], departmentId };
  requireOk(await owner().call('POST /api/v1/invitations', { body: person }));
  const [invited] = await entries('person.invited');
  const sent = await until('a letter', 20, async () => {
    const rows = await running.test.admin`SELECT bytes FROM audit_entries WHERE event = 'letter.sent'`;
    const found = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')) as EntryBody);
    return found.find(({ cause }) => cause?.entry === invited!.id);
  });
  assert.deepEqual(sent.cause, { request: invited!.request, entry: invited!.id, job: 'letter.deliver' });
  assert.equal(office.to('ivan.kravets@vezha.example').length, 1);
});

test('what a program did by an API key is found by the key, and by no session', async () => {
  const made = await owner().call('POST /api/v1/api-keys', { body: { name: 'Сайт', roles: ['owner'] } });
  requireOk(made);
  const { key, secret } = made.body as { key: { id: string }; secret: string };
  const asked = await fetch(`${running.origin}/api/v1/contacts`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal(asked.status, 200);
  await running.lubart.auditLog.flush();
  const of = async (query: Record<string, string>) => {
    const found = await owner().call('GET /api/v1/audit-entries', { query });
    requireOk(found);
    return found.body.rows as { event: string; sessionId: string | null; apiKeyId?: string }[];
  };
  assert.deepEqual(
    (await of({ apiKeyId: key.id })).map(({ event, sessionId, apiKeyId }) => [event, sessionId, apiKeyId]),
    [['contact.listed', null, key.id]],
  );
  const counted = await owner().call('GET /api/v1/audit-entries/count', { query: { apiKeyId: key.id } });
  assert.deepEqual(counted.body, { count: 1, more: false, lookedTo: null });
});

test('columns by which entries are found say the same as the entries, of those of the queue too', async () => {
  const check = running.lubart.posture.find(({ id }) => id === 'audit-log.columns_match');
  assert.deepEqual((await check!.run()).ok, true);
});
