/** The invented company stands as a real one would: it is sealed, recorded, scoped, and nobody in it exists. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { URI } from 'otpauth';
import { foldWords, isEdrpou, isRnokpp, parseEmail, parseUkrainianPhone } from '#ukraine';
import { contact } from '#contract';
import { normaliseFields, contactKind, companyKind } from '#crm/records';
import { reachOf } from '#protections/access';
import { systemReach } from '#protections/encryption';
import { openTestDatabase } from '#test/harness.ts';
import type { Lubart } from '../lubart.ts';
import { openLubart } from '../lubart.ts';
import { demoContactCells, demoContactHeadings, demoCsvLine, makeDemoContacts, seedDemo } from './index.ts';
import { makeDemoCompany } from './make-companies.ts';
import { phoneOf } from './phones.ts';
import { demoColleagues, demoDepartments } from './staff.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const today = new Date('2026-11-02T09:00:00Z');
let folder: string;
let lubart: Lubart;
let lines: string[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lubart-demo-'));
  const { address } = await openTestDatabase();
  const config = {
    dataFolder: join(folder, 'data'),
    keyFile: join(folder, 'root.key'),
    host: '127.0.0.1',
    port: 0,
    origin: undefined,
    proxies: [],
    tls: undefined,
    language: 'uk',
  } as const;
  lubart = await openLubart({
    address,
    config: { ...config, proxies: [] },
    log: silent,
    version: 'test',
    connections: 3,
  });
  lines = await seedDemo(lubart);
});

after(async () => {
  await lubart?.close();
  await rm(folder, { recursive: true, force: true });
});

const count = async (table: string) => {
  const [id] = await lubart.organizations();
  const rows = await lubart.database.read(systemReach(id!, 'all'), (tx) =>
    tx.unsafe(`SELECT count(*)::int AS count FROM ${table}`),
  );
  return rows[0]!['count'] as number;
};

test('the company has four departments, twenty people in all roles, 600 firms and 5 000 contacts', async () => {
  const [id] = await lubart.organizations();
  const people = await lubart.people.list(id!);
  const departments = await lubart.people.departments(id!);
  assert.equal(people.length, 20);
  assert.deepEqual([...new Set(people.flatMap(({ roles }) => roles.map(({ key }) => key ?? '')))].toSorted(), [
    'auditor',
    'head',
    'manager',
    'owner',
  ]);
  assert.deepEqual(
    departments.filter(({ parentId }) => parentId !== null).map(({ name }) => name),
    [...demoDepartments],
  );
  assert.deepEqual(
    await Promise.all(['contacts', 'contact_search', 'companies', 'company_search'].map(count)),
    [5_000, 5_000, 600, 600],
  );
});

test('what is printed lets everybody in', async () => {
  const password = lines[1]!.split(' ').at(-1)!;
  assert.match(password, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  const rows = lines.filter((line) => line.includes('@'));
  assert.equal(rows.length, 20);
  const [email, secret] = [/\S+@\S+/.exec(rows[6]!)![0], rows[6]!.split(' ').at(-1)!];
  const visitor = { address: '127.0.0.1', device: 'Firefox', requestId: 'test', language: 'uk' } as const;
  const call = (body: object) => ({ actor: null, visitor, body, setSession: () => {} }) as never;
  const { ticket } = await lubart.signIn.handlers['POST /api/v1/sign-in'](call({ email, password }));
  const totp = URI.parse(`otpauth://totp/x?secret=${secret}`);
  const session = await lubart.signIn.handlers['POST /api/v1/sign-in/code'](call({ ticket, code: totp.generate() }));
  assert.equal(session.person.email, email);
});

test('a manager finds own clients and no others', async () => {
  const soloma = await lubart.signIn.actorByEmail('solomiia@brama.example');
  const nazar = await lubart.signIn.actorByEmail('nazar@brama.example');
  const page = await lubart.contacts.list(soloma, reachOf(soloma, 'contact.read'), {
    filters: {},
    sort: 'name',
    cursor: undefined,
    limit: 50,
  });
  assert.equal(page.records.length, 50);
  const { fields } = page.records[0]!;
  assert.ok(page.records.every((record) => record.fields['ownerId'] === soloma.personId));
  const asked = { text: String(fields['lastName']), archived: false, limit: 100 };
  const own = await lubart.contacts.find(soloma, reachOf(soloma, 'contact.read'), asked);
  assert.ok(own.records.some(({ row }) => row.id === page.records[0]!.row.id));
  const others = await lubart.contacts.find(nazar, reachOf(nazar, 'contact.read'), asked);
  assert.ok(others.records.every((record) => record.fields['ownerId'] === nazar.personId));
});

test('contacts of a firm and the firm have one owner', async () => {
  const [id] = await lubart.organizations();
  const rows = await lubart.database.read(
    systemReach(id!, 'all'),
    (tx) => tx`
    SELECT count(*)::int AS linked, count(*) FILTER (WHERE c.owner_id <> f.owner_id)::int AS torn
    FROM contacts c JOIN companies f ON f.organization_id = c.organization_id AND f.id = c.company_id`,
  );
  assert.ok(rows[0]!['linked'] > 3_000);
  assert.equal(rows[0]!['torn'], 0);
});

test('everything that was made stands in the audit log', async () => {
  const [id] = await lubart.organizations();
  const rows = await lubart.database.read(
    systemReach(id!),
    (tx) => tx`
    SELECT event, sum(cardinality(subject_ids))::int AS subjects FROM audit_entries GROUP BY event`,
  );
  const subjects = Object.fromEntries(rows.map((row) => [row['event'], row['subjects']]));
  assert.equal(subjects['contact.created'], 5_000);
  assert.equal(subjects['company.created'], 600);
  assert.equal(subjects['person.joined'], 19);
  assert.equal(subjects['department.created'], 4);
});

test('a second time nothing is made', async () => {
  const again = await seedDemo(lubart);
  assert.equal(again.length, 1);
  assert.match(again[0]!, /вже є/);
  assert.equal(await count('people'), 20);
});

test('an invented contact passes every rule a typed one must, and is plainly invented', () => {
  const seen = [...makeDemoContacts(2_000, 7, today)];
  assert.equal(seen.length, 2_000);
  for (const { fields, companyEdrpou } of seen) {
    assert.deepEqual(normaliseFields(contactKind, fields, ''), { ...fields });
    assert.deepEqual(
      Object.keys(fields).sort(),
      Object.keys(contact.fields)
        .filter((name) => !['ownerId', 'departmentId', 'companyId'].includes(name))
        .sort(),
    );
    for (const { number } of fields.phones) assert.match(number, /^\+380\d\d000\d{4}$/);
    for (const { address } of fields.emails) assert.match(parseEmail(address)!, /\.example$/);
    if (companyEdrpou !== '') assert.ok(isEdrpou(companyEdrpou) || isRnokpp(companyEdrpou), companyEdrpou);
    assert.ok(companyEdrpou === '' || /^(99|00)/.test(companyEdrpou));
    assert.ok(fields.consentGivenOn === null || fields.consentGivenOn <= '2026-11-02');
  }
});

test('an invented firm passes every rule a typed one must', () => {
  const names = new Set<string>();
  for (let number = 0; number < 600; number += 1) {
    const { fields, domain } = makeDemoCompany(number, 1340, today);
    assert.deepEqual(normaliseFields(companyKind, fields, ''), { ...fields });
    assert.match(domain, /^[a-z0-9-]+\.example$/);
    names.add(fields.edrpou);
  }
  assert.equal(names.size, 600);
});

test('the same seed invents the same people, another seed others', () => {
  const take = (seed: number) => JSON.stringify([...makeDemoContacts(50, seed, today)]);
  assert.equal(take(1), take(1));
  assert.notEqual(take(1), take(2));
});

test('patronymic and surname go with the given name', () => {
  for (const { fields } of makeDemoContacts(500, 3, today)) {
    if (fields.middleName.endsWith('івна') || fields.middleName.endsWith('ївна'))
      assert.doesNotMatch(fields.lastName, /(ський|цький|ий)$/);
    else if (fields.middleName !== '') assert.doesNotMatch(fields.lastName, /(ська|цька)$/);
  }
});

test('no two phones are alike, far beyond what a file of a million rows needs', () => {
  const step = 997;
  const seen = new Set(Array.from({ length: 12_000 }, (_, at) => phoneOf(at * step)));
  assert.equal(seen.size, 12_000);
  for (const number of [0, 1, 119_999, 120_000, 11_999_999]) assert.ok(parseUkrainianPhone(phoneOf(number)) !== null);
});

test('a row has a cell for every heading, and quotes what would break the file', () => {
  const [made] = [...makeDemoContacts(1, 1, today)];
  assert.equal(demoContactCells(made!).length, demoContactHeadings.length);
  assert.equal(demoCsvLine(['a,b', 'c "d"', 'e']), '"a,b","c ""d""",e\r\n');
});

test('colleagues have names of their own', () => {
  assert.equal(new Set(demoColleagues.map(({ name }) => foldWords(name).join(' '))).size, 19);
});
