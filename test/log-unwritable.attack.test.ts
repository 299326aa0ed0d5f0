/**
 * The log is made to fail, so that something is done unseen: its table refuses to be written, or the disk is full. Then nothing is
 * done: no route changes anything, nobody gets in, nobody reads on; each answer says why in words, and when the log can be
 * written again the attempts of meanwhile are in it.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { words } from '#contract';
import { openDatabase } from '#database';
import { LubartError } from '#kernel';
import { openAuditLog } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';
import { password } from './cast.ts';
import type { Reply } from './client.ts';
import { openClient } from './client.ts';
import type { Key, Target } from './matrix-examples.ts';
import { examples } from './matrix-examples.ts';
import type { Company, InProcess } from './running-lubart.ts';
import { codeNow, openInProcess, requireOk, setUpCompany } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let target: Target;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  const { client } = company.owner;
  const make = async (key: Key, body: unknown) => {
    const reply = await client.call(key, { body });
    requireOk(reply);
    return reply.body.id as string;
  };
  const departmentId = await company.addDepartment('Продажі');
  const file = { kind: 'contacts', fileName: 'a.csv', sizeBytes: 5 };
  const readyImportId = await make('POST /api/v1/imports', file);
  requireOk(await client.put(`/api/v1/imports/${readyImportId}/file`, Buffer.from('Прізвище\nКоваль\n')));
  const log = await client.call('GET /api/v1/audit-entries');
  const roles = await client.call('GET /api/v1/roles');
  target = {
    contactId: await make('POST /api/v1/contacts', { lastName: 'Коваль' }),
    companyId: await make('POST /api/v1/companies', { name: 'Майстерня Вежа' }),
    uploadingImportId: await make('POST /api/v1/imports', file),
    readyImportId,
    auditEntryId: log.body.rows[0].id,
    organizationId: company.organizationId,
    departmentId,
    roleId: roles.body.roles.find(({ key }: { key: string }) => key === 'marketer').id,
    personId: company.owner.personId,
  };
});

/** What every table holds, but for what is counted before anything is checked, and when something was used last. */
async function everything(): Promise<Record<string, string>> {
  const tables = await running.test.admin`
    SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgfoid = 'lubart_changed'::regproc
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (t.tgattr::int2[]) GROUP BY c.relname`;
  assert.ok(tables.length > 35);
  const held: Record<string, string> = {};
  for (const { name, columns } of tables) {
    const [row] = await running.test.admin.unsafe(
      `SELECT md5(coalesce(string_agg(whole, '|' ORDER BY whole), '')) AS hash
       FROM (SELECT row_to_json(one)::text AS whole FROM (SELECT ${columns} FROM ${name}) AS one) AS each_row`,
    );
    held[name as string] = row!['hash'] as string;
  }
  return held;
}

/** The table of entries refuses them. */
async function whileUnwritable(work: () => Promise<void>): Promise<void> {
  await running.test.admin.unsafe('REVOKE INSERT ON audit_entries FROM lubart_app');
  try {
    await work();
  } finally {
    await running.test.admin.unsafe('GRANT INSERT ON audit_entries TO lubart_app');
  }
}

test('while the log refuses to be written no route changes anything, nobody gets in and nobody reads on', async () => {
  const { client, email } = company.owner;
  await running.lubart.auditLog.flush();
  const before = await everything();
  const opening = { params: { id: target.contactId } };
  const answers = new Map<string, Reply>();
  await whileUnwritable(async () => {
    requireOk(await client.call('GET /api/v1/contacts/:id', opening)); // noted; the note cannot be written
    await sleep(600);
    answers.set('sign-in', await client.call('POST /api/v1/sign-in', { body: { email, password } }));
    for (const key of (Object.keys(examples) as Key[]).filter((one) => one !== 'POST /api/v1/sign-out')) {
      const { bytes, ...given } = examples[key](target);
      if (bytes === undefined) answers.set(key, await client.call(key, given));
    }
    answers.set('sign-out', await client.call('POST /api/v1/sign-out', {}));
    assert.deepEqual(await everything(), before);
  });
  const closed = [...answers].filter(([, { status }]) => status === 503);
  for (const [key, { body }] of closed) {
    assert.equal(body.error.code, 'audit.not_written', key);
    assert.equal(body.error.message, words.uk.errors['audit.not_written'], key);
  }
  assert.ok(closed.length > 60, `only ${closed.length} of ${answers.size} routes`);
  for (const key of [
    'sign-in',
    'POST /api/v1/contacts',
    'GET /api/v1/contacts/:id',
    'GET /api/v1/contacts',
    'POST /api/v1/contacts/find',
    'GET /api/v1/audit-entries',
    'GET /api/v1/security/rules',
    'POST /api/v1/roles',
    'POST /api/v1/invitations',
  ])
    assert.equal(answers.get(key)?.status, 503, key);

  // Again all is well: what was noted is written, what was refused is counted, and work goes on.
  requireOk(await client.call('GET /api/v1/contacts/:id', opening));
  await running.lubart.auditLog.flush();
  const [opened] = await running.test.admin`
    SELECT count(*)::int AS count FROM audit_entries WHERE event = 'contact.opened' AND ${target.contactId} = ANY (subject_ids)`;
  assert.ok((opened!['count'] as number) >= 1);
  const [denied] = await running.test
    .admin`SELECT count(*)::int AS count FROM audit_entries WHERE event = 'sign-in.denied'`;
  assert.ok((denied!['count'] as number) >= 1, 'a wrong password of meanwhile');
  requireOk(await client.call('POST /api/v1/contacts', { body: { lastName: 'Бондар' } }));
});

test('every way through the second step says that the log was not written, spends nothing and opens when it can be', async () => {
  const { client, email, totp } = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const made = await client.call('POST /api/v1/recovery-codes');
  requireOk(made);
  const ways = [
    { code: codeNow(totp, 1), browser: client.browser },
    { code: made.body.recoveryCodes[0] as string, browser: client.browser },
    { code: made.body.recoveryCodes[1] as string, browser: '' },
  ];
  const steps: { body: { ticket: string; code: string }; browser: string }[] = [];
  for (const { code, browser } of ways) {
    const begun = await openClient(running.origin, '', browser).call('POST /api/v1/sign-in', {
      body: { email, password },
    });
    requireOk(begun);
    steps.push({ body: { ticket: begun.body.ticket, code }, browser });
  }
  const finish = ({ body, browser }: (typeof steps)[number]) =>
    openClient(running.origin, '', browser).call('POST /api/v1/sign-in/code', { body });
  await running.lubart.auditLog.flush();
  const before = await everything();
  await whileUnwritable(async () => {
    for (const step of steps) {
      const refused = await finish(step);
      assert.deepEqual([refused.status, refused.body.error.code], [503, 'audit.not_written']);
    }
    assert.deepEqual(await everything(), before);
  });
  for (const step of steps) requireOk(await finish(step));
});

test('on a full disk the same: nothing is written, nothing is done, and the answer says what to do', async () => {
  let full = true;
  const database = openDatabase(running.test.address, 2, () => {
    if (full) throw new LubartError('start.disk_full');
  });
  const log = openAuditLog(database, running.lubart.keyring, { now: () => new Date() });
  const doer = {
    organizationId: company.organizationId,
    actor: null,
    address: '203.0.113.7',
    device: 'curl',
    requestId: null,
  };
  const refused = { event: 'session.denied', refused: 'session.missing' } as const;
  const limit = { key: 'nobody', perMinuteMax: 5 };
  const code = { code: 'start.disk_full' };
  const organization = systemReach(company.organizationId);
  await assert.rejects(
    database.act(organization, (tx) => tx`UPDATE organizations SET sealed = ''`),
    code,
  );
  await assert.rejects(log.recordAlone(doer, { event: 'organization.updated' }), code);
  await log.noteRead(doer, { event: 'contact.listed', subjectIds: [target.contactId] });
  await assert.rejects(log.flush(), code);
  await assert.rejects(log.noteRead(doer, { event: 'contact.listed', subjectIds: [target.companyId] }), code);
  for (let time = 0; time < 9; time += 1) await log.refuse(doer, refused, limit).catch(() => {});
  full = false;
  await log.close();
  await database.close();
  const rows = await running.test.admin`
    SELECT bytes FROM audit_entries WHERE convert_from(bytes, 'UTF8') LIKE '%203.0.113.7%' ORDER BY id`;
  const bodies = rows.map((row) => JSON.parse((row['bytes'] as Buffer).toString('utf8')));
  const times = bodies.filter(({ event }) => event === 'session.denied').map(({ facts }) => facts.times ?? 1);
  assert.equal(
    times.reduce((sum: number, one: number) => sum + one, 0),
    9,
  );
  assert.deepEqual(
    bodies.filter(({ event }) => event === 'contact.listed').flatMap(({ subject }) => subject.ids),
    [target.contactId, target.companyId],
  );
});
