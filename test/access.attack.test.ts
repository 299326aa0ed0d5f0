/**
 * Scope by the side doors: everything through which a colleague’s client, or another organization’s, could be seen, counted,
 * changed or guessed without opening it: lists, search, counts, tags, exports, the log, links, imports, cursors, and SQL itself
 * as the app’s own database role. And the proof that staying inside the scope does not cost a walk through everybody’s rows.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Reach, Transaction } from '#database';
import { connect } from '#database';
import {
  contactKind,
  findRow,
  insertRows,
  listPage,
  nameBucket,
  plainOrder,
  sealFields,
  searchTokens,
} from '#crm/records';
import { findHits } from '../server/crm/records/find-hits.ts';
import { countRecords } from '../server/crm/records/list-page.ts';
import { newId } from '#kernel';
import { prepared } from './prepared.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { addCompany, importEnd, openInProcess, requireOk, setUpCompany, startImport } from './running-lubart.ts';
import { takeCsv } from './take-csv.ts';

let running: InProcess;
let company: Company;
let other: Company;
let head: Colleague;
let manager: Colleague;
let colleague: Colleague;
let auditor: Colleague;
let service: string;
/** The colleague’s client and company, which the manager must not reach. */
let theirs: { id: string; companyId: string };
let mine: { id: string };

const secret = {
  lastName: 'Таємничук',
  firstName: 'Зоряна',
  phone: '+380670001122',
  tag: 'лише-для-сервісу',
  company: 'Сервісна Скриня',
  edrpou: '98765438',
};

before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  other = await addCompany(running);
  const sales = await company.addDepartment('Продажі');
  const north = await company.addDepartment('Продажі: північ', sales);
  service = await company.addDepartment('Сервіс');
  const join = (name: string, email: string, role: Colleague['role'], departmentId: string) =>
    company.join({ name, email: `${email}@vezha.example`, role, departmentId });
  head = await join('Ірина Савчук', 'iryna.savchuk', 'head', sales);
  manager = await join('Тарас Мельник', 'taras.melnyk', 'manager', north);
  colleague = await join('Соломія Ткачук', 'solomiia.tkachuk', 'manager', service);
  auditor = await join('Дарина Поліщук', 'daryna.polishchuk', 'auditor', company.rootId);
  const firm = await create(colleague, 'companies', { name: secret.company, edrpou: secret.edrpou });
  const { lastName, firstName, phone, tag } = secret;
  const client = await create(colleague, 'contacts', {
    lastName,
    firstName,
    phones: [{ number: phone }],
    tags: [tag],
    companyId: firm.id,
    notes: 'Ключі під горщиком',
  });
  theirs = { id: client.id, companyId: firm.id };
  mine = await create(manager, 'contacts', { lastName: 'Мій', firstName: 'Клієнт', tags: ['свій'] });
});

async function create(
  who: Colleague,
  what: 'contacts' | 'companies',
  body: object,
): Promise<{ id: string; version: number } & Record<string, unknown>> {
  const made = await who.client.call(`POST /api/v1/${what}`, { body });
  requireOk(made);
  return made.body;
}

const says = (value: unknown) => JSON.stringify(value);
const secrets = [secret.lastName, secret.phone, secret.company, 'горщик'];
const assertSilent = (value: unknown, of = secrets) => {
  for (const word of of) assert.ok(!says(value).includes(word), `“${word}” in ${says(value).slice(0, 400)}`);
};

test('lists, counts and search show a manager nothing of a colleague’s, whatever is asked', async () => {
  const ask = (query: Record<string, string>) =>
    manager.client.call('GET /api/v1/contacts', { query: { count: 'true', ...query } });
  const whole = await ask({});
  assert.deepEqual(
    whole.body.rows.map((row: { id: string }) => row.id),
    [mine.id],
  );
  assert.equal(whole.body.total, 1);
  const narrowings: Record<string, string>[] = [
    { ownerId: colleague.personId },
    { departmentId: service },
    { companyId: theirs.companyId },
    { tag: secret.tag },
    { ownerId: other.owner.personId },
    { departmentId: other.rootId },
  ];
  for (const query of narrowings) {
    for (const sort of ['name', '-updated', 'created']) {
      const { body } = await ask({ ...query, sort });
      assert.deepEqual([body.rows, body.total, body.next], [[], 0, null], says(query));
    }
  }
  for (const text of [
    secret.lastName,
    secret.lastName.slice(0, 4),
    'taiem',
    secret.phone,
    secret.phone.slice(-4),
    secret.company,
  ]) {
    for (const archived of [false, true]) {
      const { body } = await manager.client.call('POST /api/v1/contacts/find', { body: { text, archived } });
      assert.deepEqual([body.rows, body.more], [[], false], text);
    }
  }
  const companies = await manager.client.call('POST /api/v1/companies/find', { body: { text: secret.edrpou } });
  assert.deepEqual(companies.body.rows, []);
  const found = await colleague.client.call('POST /api/v1/contacts/find', { body: { text: secret.phone.slice(-4) } });
  assert.equal(found.body.rows[0]?.id, theirs.id, 'for whom it is, it is found');
});

test('tags in use are those of one’s own clients', async () => {
  assert.deepEqual((await manager.client.call('GET /api/v1/contact-tags')).body.tags, ['свій']);
  assert.deepEqual((await colleague.client.call('GET /api/v1/contact-tags')).body.tags, [secret.tag]);
  assert.deepEqual((await other.owner.client.call('GET /api/v1/contact-tags')).body.tags, []);
});

test('an export holds the department’s rows only, even when others are asked for by name', async () => {
  const all = await takeCsv(head.client);
  assert.equal(all.status, 200);
  assert.ok(all.text.includes('Мій'));
  assertSilent(all.text);
  for (const filters of [{ ownerId: colleague.personId }, { departmentId: service }, { tag: secret.tag }]) {
    const asked = await takeCsv(head.client, 'POST /api/v1/contacts/export', filters);
    assert.equal(asked.status, 200);
    assertSilent(asked.text);
  }
});

test('the log says to an auditor what happened, not to whom; to another organization nothing', async () => {
  const query = { subjectId: theirs.id };
  const listed = await auditor.client.call('GET /api/v1/audit-entries', { query });
  const created = listed.body.rows.find((row: { event: string }) => row.event === 'contact.created');
  assert.ok(created);
  const opened = await auditor.client.call('GET /api/v1/audit-entries/:id', { params: { id: created.id } });
  assert.equal(opened.body.changesOpen, false);
  assert.deepEqual(opened.body.changes, []);
  assertSilent(opened.body);
  assertSilent(Buffer.from(opened.body.bytes, 'base64').toString('utf8'));
  const asOwner = await company.owner.client.call('GET /api/v1/audit-entries/:id', { params: { id: created.id } });
  assert.ok(asOwner.body.changesOpen && says(asOwner.body.changes).includes(secret.lastName), 'the owner reads it');
  assert.deepEqual((await other.owner.client.call('GET /api/v1/audit-entries', { query })).body.rows, []);
});

test('a contact cannot be hung on a company outside the scope, and its name is not told', async () => {
  for (const companyId of [theirs.companyId, mine.id]) {
    const made = await manager.client.call('POST /api/v1/contacts', { body: { lastName: 'Гачок', companyId } });
    assert.equal(made.body.error?.code, 'field.unknown_company', says(made.body));
    const changed = await manager.client.call('PATCH /api/v1/contacts/:id', {
      params: { id: mine.id },
      body: { version: 1, changes: { companyId } },
    });
    assert.equal(changed.body.error?.code, 'field.unknown_company');
    assertSilent([made.body, changed.body]);
  }
});

test('nobody makes or gives away a client beyond the own reach, and the try is recorded', async () => {
  const tries: [who: Colleague, body: object, code: string][] = [
    [manager, { ownerId: colleague.personId }, 'access.denied'],
    [head, { ownerId: colleague.personId }, 'access.denied'],
    [head, { departmentId: service, ownerId: colleague.personId }, 'access.denied'],
    [manager, { ownerId: other.owner.personId }, 'field.unknown_owner'],
    [manager, { departmentId: other.rootId }, 'field.unknown_department'],
  ];
  for (const [who, body, code] of tries) {
    const made = await who.client.call('POST /api/v1/contacts', { body: { lastName: 'Підкидьок', ...body } });
    assert.equal(made.body.error?.code, code, says(body));
  }
  const given = await manager.client.call('PATCH /api/v1/contacts/:id', {
    params: { id: mine.id },
    body: { version: 1, changes: { ownerId: head.personId } },
  });
  assert.equal(given.body.error?.code, 'access.denied');
  const taken = await head.client.call('PATCH /api/v1/contacts/:id', {
    params: { id: mine.id },
    body: { version: 1, changes: { ownerId: colleague.personId } },
  });
  assert.equal(taken.body.error?.code, 'access.denied');
  const log = await company.owner.client.call('GET /api/v1/audit-entries', {
    query: { outcome: 'refused', actorId: manager.personId },
  });
  assert.ok(log.body.rows.some((row: { event: string }) => row.event === 'contact.reassign.denied'));
  assert.ok(log.body.rows.some((row: { event: string }) => row.event === 'contact.create.denied'));
  const found = await colleague.client.call('POST /api/v1/contacts/find', { body: { text: 'Підкидьок' } });
  assert.deepEqual(found.body.rows, []);
});

test('ids of another organization are unknown wherever a request can carry one', async () => {
  const owner = company.owner.client;
  const strange = other.rootId;
  const replies = [
    await owner.call('POST /api/v1/departments', { body: { name: 'Чужий', parentId: strange } }),
    await owner.call('PATCH /api/v1/departments/:id', { params: { id: service }, body: { parentId: strange } }),
    await owner.call('PATCH /api/v1/people/:id', { params: { id: manager.personId }, body: { departmentId: strange } }),
    await owner.call('POST /api/v1/invitations', {
      body: { name: 'Хтось', email: 'khtos@vezha.example', roles: ['manager'], departmentId: strange },
    }),
  ];
  for (const reply of replies) assert.equal(reply.body.error?.code, 'department.not_found');
  const extra = await owner.call('POST /api/v1/contacts', {
    body: { lastName: 'Масове', organizationId: other.organizationId, id: theirs.id, version: 7 },
  });
  assert.equal(extra.body.error?.code, 'request.invalid');
});

test('an import neither changes, shows, links nor takes what its person cannot see', async () => {
  const file = [
    'Прізвище;Телефон;Відповідальний;ЄДРПОУ',
    `Загарбник;${secret.phone};;`,
    `Підсадний;+380670001133;${colleague.name};`,
    `Причеп;+380670001144;;${secret.edrpou}`,
  ].join('\n');
  const mapping = { 0: 'lastName', 1: 'phones', 2: 'ownerName', 3: 'companyEdrpou' };
  const duplicates = { by: ['phone'], then: 'update' };
  const id = await startImport(manager.client, { bytes: Buffer.from(file), mapping, duplicates });
  const end = await importEnd(manager.client, id);
  assert.equal(end['rowsUpdated'], 0);
  const kept = await colleague.client.call('GET /api/v1/contacts/:id', { params: { id: theirs.id } });
  assert.deepEqual([kept.body.version, kept.body.lastName], [1, secret.lastName]);
  const list = await colleague.client.call('GET /api/v1/contacts');
  assert.deepEqual(
    list.body.rows.map((row: { id: string }) => row.id),
    [theirs.id],
    'nothing was put among the colleague’s',
  );
  const own = await manager.client.call('GET /api/v1/contacts', { query: { limit: '50' } });
  assertSilent(own.body, [secret.lastName, secret.company]);
  assert.ok(own.body.rows.every((row: { companyId: string | null }) => row.companyId !== theirs.companyId));
  const rejected = await manager.client.text('GET /api/v1/imports/:id/rejected', { params: { id } });
  assert.ok(rejected.text.includes('Підсадний'));
  assertSilent(rejected.text, [secret.lastName, secret.company]);

  for (const key of [
    'POST /api/v1/imports/:id/revert',
    'POST /api/v1/imports/:id/cancel',
    'GET /api/v1/imports/:id/rejected',
  ] as const) {
    for (const who of [colleague, head, other.owner]) {
      const reply = await who.client.call(key, { params: { id } });
      assert.equal(reply.body.error?.code, 'import.not_found', key);
    }
  }
  const state = await manager.client.call('GET /api/v1/imports/:id', { params: { id } });
  assert.equal(state.body.state, 'finished', 'nobody else reverted it');
});

test('a cursor of somebody else opens nobody else’s rows', async () => {
  for (let at = 0; at < 3; at += 1) await create(manager, 'contacts', { lastName: `Сторінка ${'абв'[at]}` });
  for (const sort of ['name', '-created', 'updated']) {
    const page = await manager.client.call('GET /api/v1/contacts', { query: { limit: '1', sort } });
    const cursor = page.body.next as string;
    assert.ok(cursor, 'there is a next page');
    const theirsPage = await colleague.client.call('GET /api/v1/contacts', { query: { limit: '50', sort, cursor } });
    for (const row of theirsPage.body.rows ?? []) assert.equal(row.ownerId, colleague.personId);
    const foreign = await other.owner.client.call('GET /api/v1/contacts', { query: { sort, cursor } });
    assert.equal(foreign.body.error?.code, 'list.cursor_invalid');
    const swapped = await manager.client.call('GET /api/v1/contacts', {
      query: { sort: sort === 'name' ? '-name' : 'name', cursor },
    });
    assert.equal(swapped.body.error?.code, 'list.cursor_invalid');
    const otherKind = await manager.client.call('GET /api/v1/companies', { query: { sort, cursor } });
    assert.equal(otherKind.body.error?.code, 'list.cursor_invalid');
  }
});

test('whoever speaks SQL as the app’s role gets nothing more by any trick of roles and settings', async () => {
  const sql = connect(running.test.address, 'app');
  const tables = [
    'contacts',
    'companies',
    'contact_search',
    'company_search',
    'people',
    'audit_entries',
    'imports',
    'organizations',
    'sessions',
  ];
  try {
    assert.equal((await sql`SELECT current_user AS name`)[0]!['name'], 'lubart_app');
    for (const table of tables)
      assert.equal(
        (await sql.unsafe(`SELECT count(*)::int AS n FROM ${table}`))[0]!['n'],
        0,
        `${table} without a setting`,
      );
    await sql`RESET ROLE`;
    assert.equal((await sql`SELECT current_user AS name`)[0]!['name'], 'lubart_app');
    const id = company.organizationId;
    const inScope = `BEGIN; SET LOCAL lubart.organization_id = '${id}'; SET LOCAL lubart.person_id = '${manager.personId}'; SET LOCAL lubart.scope = 'own';`;
    const denied = [
      'SET ROLE lubart',
      'SET SESSION AUTHORIZATION lubart',
      'SET ROLE lubart_door',
      'ALTER ROLE lubart_app SUPERUSER',
      'ALTER ROLE lubart_app BYPASSRLS',
      'ALTER TABLE contacts DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY',
      'DROP POLICY contacts_in_scope ON contacts',
      'CREATE POLICY p ON contacts USING (true)',
      'SET row_security = off; SELECT * FROM contacts',
      'UPDATE audit_entries SET event = event',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      'TRUNCATE contacts CASCADE',
      'DROP TABLE audit_entries',
      'CREATE TABLE mine (a int)',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      "SELECT pg_read_file('/etc/hostname')",
      "COPY (SELECT 1) TO '/tmp/lubart-stolen'",
      "COPY (SELECT 1) TO PROGRAM 'true'",
      'CREATE EXTENSION dblink',
      "SELECT lo_import('/etc/hostname')",
      "LOAD 'auto_explain'",
      'SELECT * FROM lubart_meta.migrations',
      'SELECT rolpassword FROM pg_authid',
    ];
    for (const statement of denied) {
      const outcome = await sql.unsafe(`${inScope} ${statement}`).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      await sql.unsafe('ROLLBACK');
      assert.match(outcome, /^(42501|42704|0LP01|55000|2F\d+|58\w+)$/, `${statement}: ${outcome}`);
    }
    // The scope reaches the searching door, too; and a row is written only where it could be read.
    const rows = await sql.unsafe(`${inScope} SELECT id, owner_id FROM contacts`);
    const seen = (rows as unknown as Record<string, unknown>[][]).at(-1)!;
    assert.ok(seen.length > 0 && seen.every((row) => row['owner_id'] === manager.personId));
    await sql.unsafe('ROLLBACK');
    const [{ tokens }] = (await running.test.admin`
      SELECT tokens FROM contact_search WHERE record_id = ${theirs.id}`) as unknown as [{ tokens: number[] }];
    for (const anyOf of [true, false]) {
      const asked = `SELECT lubart_find_contact('{${tokens.join(',')}}', ${anyOf}, false, 100) AS id`;
      const answers = (await sql.unsafe(`${inScope} ${asked}`)) as unknown as Record<string, unknown>[][];
      assert.ok(!answers.at(-1)!.some((row) => row['id'] === theirs.id), 'the door tells no id from beyond the scope');
      await sql.unsafe('ROLLBACK');
    }
    for (const write of [
      `UPDATE contacts SET owner_id = '${colleague.personId}' WHERE id = '${mine.id}'`,
      `UPDATE contacts SET organization_id = '${other.organizationId}' WHERE id = '${mine.id}'`,
      `INSERT INTO contact_search (organization_id, record_id, owner_id, department_id, tokens) VALUES ('${id}', '${theirs.id}', '${colleague.personId}', '${service}', '{1}')`,
    ]) {
      await assert.rejects(sql.unsafe(`${inScope} ${write}`), { code: '42501' }, write);
      await sql.unsafe('ROLLBACK');
    }
    const touched = await sql.unsafe(
      `${inScope} UPDATE contacts SET stage = stage WHERE id = '${theirs.id}' RETURNING id`,
    );
    assert.equal(
      (touched as unknown as unknown[][]).at(-1)!.length,
      0,
      'a row out of reach is not there to be changed',
    );
    await sql.unsafe('ROLLBACK');
    assert.equal(
      (await sql`SELECT count(*)::int AS n FROM contacts`)[0]!['n'],
      0,
      'nothing of the transaction is left in the connection',
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
});

test('below the API: the searching door keeps to the organization, the scope and the trash by itself', async () => {
  const { admin } = running.test;
  const foreign = await create(other.owner, 'contacts', { lastName: secret.lastName });
  const thrown = await create(colleague, 'contacts', { lastName: 'Викинутий' });
  // A token that all four have: what one finds is not a question of keys.
  const token = 2_000_000_011;
  const all = [mine.id, theirs.id, foreign.id, thrown.id];
  await admin`UPDATE contact_search SET tokens = tokens || ${token}::int WHERE record_id = ANY (${all}::uuid[])`;
  await admin`UPDATE contact_search SET archived = true WHERE record_id = ${thrown.id}`;
  const sql = connect(running.test.address, 'app');
  const found = async (scope: string, anyOf: boolean, { departments = '{}', inTrash = false } = {}) => {
    const answers = (await sql.unsafe(`BEGIN; SET LOCAL lubart.organization_id = '${company.organizationId}';
      SET LOCAL lubart.person_id = '${manager.personId}'; SET LOCAL lubart.scope = '${scope}';
      SET LOCAL lubart.department_ids = '${departments}';
      SELECT lubart_find_contact('{${token}}', ${anyOf}, ${inTrash}, 100) AS id`)) as unknown as { id: string }[][];
    await sql.unsafe('ROLLBACK');
    return answers
      .at(-1)!
      .map(({ id }) => id)
      .toSorted();
  };
  try {
    for (const anyOf of [true, false]) {
      const seen = {
        none: await found('none', anyOf),
        own: await found('own', anyOf),
        here: await found('department', anyOf, { departments: `{${manager.departmentId}}` }),
        there: await found('department', anyOf, { departments: `{${service}}` }),
        all: await found('all', anyOf),
        ownTrash: await found('own', anyOf, { inTrash: true }),
        allTrash: await found('all', anyOf, { inTrash: true }),
      };
      const both = [mine.id, theirs.id].toSorted();
      assert.deepEqual(seen, {
        none: [],
        own: [mine.id],
        here: [mine.id],
        there: both,
        all: both,
        ownTrash: [],
        allTrash: [thrown.id],
      });
    }
  } finally {
    await sql.end({ timeout: 5 });
    await admin`UPDATE contact_search SET tokens = array_remove(tokens, ${token}::int) WHERE record_id = ANY (${all}::uuid[])`;
    await admin`UPDATE contact_search SET archived = false WHERE record_id = ${thrown.id}`;
  }
});

const seeded = 20_000;
const alphabet = 'абвгдежзийклмнопрстуфхцчш';
/** Names all over the alphabet: pages by name take whole places of it. */
const seededName = (index: number) =>
  `${alphabet[index % 25]!.toUpperCase()}${alphabet[Math.floor(index / 25) % 25]}рівнюк${'абвгд'[index % 5]}`;

async function seed(): Promise<void> {
  const seals = await running.lubart.keyring.of(company.organizationId);
  const at = new Date();
  const holders = [company.owner, colleague, head];
  const rows = Array.from({ length: seeded }, (_, index) => {
    const holder = index % 100 === 0 ? manager : holders[index % 3]!;
    const phones = [{ number: `+3806700${String(index).padStart(5, '0')}`, label: '' }];
    const fields = {
      ...contactKind.blank,
      lastName: seededName(index),
      phones,
      ownerId: holder.personId,
      departmentId: holder.departmentId,
    };
    const id = newId();
    const seal = seals.newRecord(contactKind.table, id);
    return {
      id,
      fields,
      nameBucket: nameBucket(contactKind, plainOrder, fields),
      sealed: sealFields(contactKind, seal, fields),
      recordKey: seal.wrapped,
      tokens: searchTokens(contactKind, seals, fields),
      at,
    };
  });
  const reach: Reach = { organizationId: company.organizationId, personId: null, departmentIds: [], scope: 'all' };
  for (let start = 0; start < rows.length; start += 2000) {
    await running.lubart.database.act(
      reach,
      prepared((tx) => insertRows(tx, contactKind, company.organizationId, rows.slice(start, start + 2000))),
    );
  }
  await running.test.admin.unsafe('VACUUM ANALYZE contacts, contact_search');
}

type Plan = { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Plan[] };
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Explains every statement that passes, in the very transaction that it runs in. */
function explaining(tx: Transaction, plans: Plan[]): Transaction {
  return new Proxy(tx, {
    get: (target, name) =>
      name !== 'unsafe'
        ? Reflect.get(target, name)
        : (text: string, values: never[], options: object) => ({
            execute: async () => {
              const [row] = await target.unsafe(`EXPLAIN (FORMAT JSON) ${text}`, values);
              plans.push(...nodesOf((row!['QUERY PLAN'] as { Plan: Plan }[])[0]!.Plan));
              return target.unsafe(text, values, options).execute();
            },
          }),
  });
}

test(`within each scope, among ${seeded} clients, list, count, open and search walk an index, never the table`, async () => {
  await seed();
  const seals = await running.lubart.keyring.of(company.organizationId);
  const { database } = running.lubart;
  const { admin } = running.test;
  const departments = (await admin`SELECT id FROM departments WHERE organization_id = ${company.organizationId}`).map(
    (row) => row['id'] as string,
  );
  const reaches: [title: string, reach: Reach][] = [
    [
      'own',
      {
        organizationId: company.organizationId,
        personId: manager.personId,
        departmentIds: [manager.departmentId],
        scope: 'own',
      },
    ],
    [
      'department',
      {
        organizationId: company.organizationId,
        personId: head.personId,
        departmentIds: [head.departmentId, manager.departmentId],
        scope: 'department',
      },
    ],
    [
      'all',
      {
        organizationId: company.organizationId,
        personId: company.owner.personId,
        departmentIds: departments,
        scope: 'all',
      },
    ],
  ];
  for (const [title, reach] of reaches) {
    for (const sort of ['-created', '-updated', 'name'] as const) {
      const plans: Plan[] = [];
      const page = await database.read(reach, (tx) =>
        listPage(explaining(tx, plans), contactKind, seals, reach, { filters: {}, sort, cursor: undefined, limit: 50 }),
      );
      assert.equal(page.records.length, 50, title);
      assertIndexed(plans, `${title} by ${sort}`);
    }
    const plans: Plan[] = [];
    const count = await database.read(reach, (tx) =>
      countRecords(explaining(tx, plans), contactKind, reach, { archived: false }),
    );
    assert.ok(count >= 200, title);
    if (title === 'own') assertIndexed(plans, `${title}, count`);
    const id = (
      await database.read(reach, (tx) =>
        listPage(tx, contactKind, seals, reach, { filters: {}, sort: 'created', cursor: undefined, limit: 1 }),
      )
    ).records[0]!.row.id;
    const opening: Plan[] = [];
    assert.ok(
      await database.read(reach, (tx) => findRow(explaining(tx, opening), contactKind, company.organizationId, id)),
    );
    assertIndexed(opening, `${title}, open`);

    // The search is asked through a function whose inside EXPLAIN does not show: the counters of the server do.
    const before = await scans();
    for (const text of [seededName(101).slice(0, 4), seededName(302), '0067']) {
      const hits = await database.read(reach, async (tx) => {
        const found = await findHits(tx, contactKind, seals, everythingOpen, { text, archived: false, limit: 20 });
        await tx`SELECT pg_stat_force_next_flush()`;
        return found;
      });
      if (title !== 'own') assert.ok(hits.records.length > 0, `${title} ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = await scans();
    assert.equal(after.sequential, before.sequential, `${title}: search read a whole table`);
    assert.ok(after.tokens > before.tokens, `${title}: the token index was used`);
  }
});

const everythingOpen = { fieldRights: { contact: {}, company: {} } };

function assertIndexed(plans: readonly Plan[], title: string): void {
  assert.ok(
    plans.some((node) => /Index/.test(node['Node Type']) && (node['Index Name'] ?? '').startsWith('contacts_')),
    `${title}: no index of contacts`,
  );
  const scanned = plans.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  assert.ok(!scanned.includes('contacts') && !scanned.includes('contact_search'), `${title}: ${scanned.join(', ')}`);
}

async function scans(): Promise<{ sequential: number; tokens: number }> {
  const { admin } = running.test;
  const [tables] =
    await admin`SELECT sum(seq_scan)::int AS n FROM pg_stat_user_tables WHERE relname IN ('contacts', 'contact_search')`;
  const [index] =
    await admin`SELECT idx_scan::int AS n FROM pg_stat_user_indexes WHERE indexrelname = 'contact_search_tokens'`;
  return { sequential: tables!['n'], tokens: index!['n'] };
}
