/**
 * What a thief of the log learns of anybody: nothing that was typed. Words are planted in every field of clients and in everything else
 * that people type, and hunted in every entry, in what stands in it as base64, too. Names that would forge a line of the log are
 * refused or harmless, the name of whoever acted survives them, and a client that is gone takes the values along and
 * leaves a log that verifies.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { RecordDeclaration } from '#contract';
import { company as companyDeclared, contact as contactDeclared, toOcsf } from '#contract';
import { verifyLog } from '#protections/audit-log/tree';
import type { Key } from './matrix-examples.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany, until as waitFor } from './running-lubart.ts';

let running: InProcess;
let company: Company;
let manager: Colleague;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  manager = await company.join({
    name: 'Мавкодзвін Перелісник',
    email: 'mavkodzvin.perelisnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
});

const typed = new Set<string>(['Мавкодзвін', 'Перелісник', 'mavkodzvin', 'perelisnyk']);
const letters = 'абвгґдежзиклмнопрст';
let counter = 0;
/** A word that stands nowhere else. */
const word = (): string => {
  counter += 1;
  const text = `Зірколист${[...String(1_000 + counter)].map((digit) => letters[Number(digit)]!).join('')}`;
  typed.add(text);
  return text;
};
const number = (): string => {
  counter += 1;
  const text = `067123${String(1_000 + counter)}`;
  typed.add(text.slice(1));
  return text;
};
const address = (): string => {
  counter += 1;
  const text = `zirkolyst${counter}@nebokrai.example`;
  typed.add(`zirkolyst${counter}@`);
  return text;
};

/** A value for every field that is typed in. */
function plantedFields(declared: RecordDeclaration): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(declared.fields)) {
    if (kind === 'line' || kind === 'text') values[name] = word();
    else if (kind === 'phones') values[name] = [{ number: number() }];
    else if (kind === 'emails') values[name] = [{ address: address() }];
    else if (kind === 'url') values[name] = `https://${address().split('@')[0]!}.example/`;
  }
  return values;
}

const call = async (key: Key, given: object = {}) => {
  const reply = await company.owner.client.call(key, given);
  requireOk(reply);
  return reply.body;
};

async function everyEntry(): Promise<string> {
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT * FROM audit_entries`;
  assert.ok(rows.length > 20);
  return rows
    .map((row) => {
      const text = (row['bytes'] as Buffer).toString('utf8');
      const decoded = [...text.matchAll(/"([A-Za-z0-9+/=]{16,})"/g)].map(([, coded]) =>
        Buffer.from(coded!, 'base64').toString('utf8'),
      );
      return [text, ...decoded, JSON.stringify({ ...row, bytes: null }), JSON.stringify(toOcsf(JSON.parse(text)))].join(
        '\n',
      );
    })
    .join('\n');
}

let clientId: string;
test('nothing that people type stands in an entry, in none of its forms', async () => {
  const { client } = company.owner;
  for (const [key, one, declared] of [
    ['POST /api/v1/contacts', 'PATCH /api/v1/contacts/:id', contactDeclared],
    ['POST /api/v1/companies', 'PATCH /api/v1/companies/:id', companyDeclared],
  ] as const) {
    const fields = plantedFields(declared);
    assert.ok(Object.keys(fields).length > 5);
    const { companyName: _, ...body } = fields;
    const made = await call(key, { body });
    const { companyName: __, ...changes } = plantedFields(declared);
    await call(one, { params: { id: made.id }, body: { version: made.version, changes } });
    clientId = key === 'POST /api/v1/contacts' ? made.id : clientId;
  }
  await call('POST /api/v1/contacts/find', { body: { text: word() } });
  await call('GET /api/v1/contacts', { query: { tags: word() } }).catch(() => {});
  const reveal = { params: { id: clientId }, body: { field: 'phones', reason: word() } };
  await client.call('POST /api/v1/contacts/:id/reveal', reveal); // an owner has nothing to reveal; the reason was typed all the same
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const share = { personId: manager.personId, right: 'read', until, reason: word() };
  await call('POST /api/v1/contacts/:id/shares', { params: { id: clientId }, body: share });
  const file = await call('POST /api/v1/imports', {
    body: { kind: 'contacts', fileName: `${word()}.csv`, sizeBytes: 9 },
  });
  requireOk(
    await client.put(`/api/v1/imports/${file.id}/file`, Buffer.from(`Прізвище;Телефон\n${word()};${number()}\n`)),
  );
  await call('GET /api/v1/imports/:id/look', { params: { id: file.id } });
  await call('POST /api/v1/contacts/export', { body: { format: 'csv', protection: 'plain', reason: word() } });
  await manager.client.call('POST /api/v1/profile/elevations', {
    body: { role: 'auditor', hours: 1, reason: word() },
  });
  await call('POST /api/v1/invitations', {
    body: { name: word(), email: address(), roles: ['manager'], departmentId: company.rootId },
  });
  await client.call('POST /api/v1/sign-in', { body: { email: address(), password: word() } });
  await client.call('POST /api/v1/password-reset', { body: { email: address() } });
  await call('PATCH /api/v1/profile', { body: { name: word() } });
  // Refused attempts say no more.
  await manager.client.call('POST /api/v1/contacts', { body: { lastName: word(), phones: [{ number: 'не число' }] } });
  await manager.client.call('POST /api/v1/roles', { body: { name: word(), grants: {} } });
  await manager.client.call('GET /api/v1/contacts/:id', { params: { id: clientId } });
  const log = (await everyEntry()).toLowerCase();
  const found = [...typed].filter((one) => log.includes(one.toLowerCase()));
  assert.ok(typed.size > 40, `only ${typed.size} words`);
  assert.deepEqual(found, []);
});

test('a name cannot forge a line of the log: controls and marks of direction are refused or made harmless', async () => {
  for (const name of [
    'Олена\r\nsession.signed_in',
    'Олена\u0000',
    'Олена\u202Eanelo',
    'Олена\u2066x\u2069',
    '\u001b[2JОлена',
  ]) {
    const reply = await company.owner.client.call('PATCH /api/v1/profile', { body: { name } });
    if (reply.status === 200) assert.doesNotMatch(reply.body.name ?? '', /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    else assert.equal(reply.body.error.code, 'request.invalid', JSON.stringify(name));
  }
  // What a program says of itself is words of our own lists, or nothing.
  const forged = await fetch(`${running.origin}/api/v1/session`, {
    headers: {
      'user-agent': 'Firefox/1 {"event":"session.signed_in"}',
      'x-request-id': 'forged',
      'x-forwarded-for': '1.2.3.4',
    },
  });
  assert.equal(forged.status, 401);
  await running.lubart.auditLog.flush();
  const rows = await running.test.admin`SELECT bytes FROM audit_entries ORDER BY id`;
  for (const row of rows) {
    const text = (row['bytes'] as Buffer).toString('utf8');
    assert.doesNotMatch(text, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u, 'one entry, one line');
    assert.doesNotMatch(text, /forged|1\.2\.3\.4/);
  }
});

test('the name of whoever acted survives them: dismissed, renamed, their old entries say who they were', async () => {
  await manager.client.call('GET /api/v1/contacts', {});
  await running.lubart.auditLog.flush();
  await call('PATCH /api/v1/people/:id', { params: { id: manager.personId }, body: { name: 'Інша Людина' } });
  await call('PATCH /api/v1/people/:id', { params: { id: manager.personId }, body: { active: false } });
  const log = await call('GET /api/v1/audit-entries', { query: { actorId: manager.personId } });
  assert.ok(log.rows.length > 0);
  for (const row of log.rows) assert.equal(row.actor.name, 'Мавкодзвін Перелісник');
});

test('a client that is gone takes the values along; the entries stay, say so, and the log verifies', async () => {
  const log = await call('GET /api/v1/audit-entries', { query: { subjectId: clientId, event: 'contact.updated' } });
  const { id } = log.rows[0];
  const before = await call('GET /api/v1/audit-entries/:id', { params: { id } });
  assert.deepEqual([before.changesOpen, before.changesErased], [true, false]);
  assert.ok(before.changes.length > 5);
  await running.test.admin.begin(async (sql) => {
    await sql`DELETE FROM shares WHERE contact_id = ${clientId}`;
    await sql`DELETE FROM contact_search WHERE record_id = ${clientId}`;
    await sql`DELETE FROM contacts WHERE id = ${clientId}`;
  });
  const after = await call('GET /api/v1/audit-entries/:id', { params: { id } });
  assert.deepEqual([after.changes, after.changesOpen, after.changesErased], [[], false, true]);
  assert.equal(after.bytes, before.bytes);
  await running.lubart.auditLog.flush();
  const { organizationId } = company;
  const key = running.lubart.logKey.keyOf(organizationId);
  const verified = await waitFor('sealed', 20, async () => {
    const result = await verifyLog({ database: running.lubart.database, key, now: new Date() }, organizationId);
    const [row] = await running.test.admin`SELECT count(*)::int AS count FROM audit_entries`;
    return result.size === row!['count'] && result;
  });
  assert.deepEqual(verified.findings, []);
});
