/**
 * Clients on their way out, as whoever wants them all would try: a file without protection, a file twice, somebody else’s file, a
 * file from the database, more than is allowed. And the other way round: that whoever may has a file that opens.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { sweepExports } from '#crm/exports';
import { makeTestFolder } from './harness.ts';
import { libreOfficeMissing, openInLibreOffice } from './libre-office.ts';
import type { Colleague, Company, InProcess } from './running-lubart.ts';
import { openInProcess, requireOk, setUpCompany } from './running-lubart.ts';
import { officeFileText } from './open-office-file.ts';
import { openAged, recipient, takeCsv } from './take-csv.ts';

let running: InProcess;
let company: Company;
let owner: Colleague;
let head: Colleague;
before(async () => {
  running = await openInProcess();
  company = await setUpCompany(running.origin, running.setupToken);
  owner = company.owner;
  const departmentId = await company.addDepartment('Продажі');
  head = await company.join({
    name: 'Ганна Мельник',
    email: 'hanna.melnyk@vezha.example',
    role: 'head',
    departmentId,
  });
  for (const [lastName, who] of [
    ['Вивозенко', owner],
    ['Головченко', head],
  ] as const)
    requireOk(
      await who.client.call('POST /api/v1/contacts', { body: { lastName, phones: [{ number: '+380500000011' }] } }),
    );
});

const exporting = 'POST /api/v1/contacts/export' as const;
const ask = (who: Colleague, body: object) => who.client.call(exporting, { body });
const fetchFile = (who: Colleague, id: string) => who.client.bytes('GET /api/v1/exports/:id/file', { params: { id } });
const codeOf = (bytes: Uint8Array) =>
  (JSON.parse(Buffer.from(bytes).toString('utf8')) as { error: { code: string } }).error.code;
const setRules = async (rules: object) => {
  const { version } = (await owner.client.call('GET /api/v1/security/exports')).body;
  requireOk(await owner.client.call('PUT /api/v1/security/export-rules', { body: { version, rules } }));
};
const eventsOf = async (event: string) =>
  running.test.admin`SELECT bytes FROM audit_entries WHERE event = ${event} ORDER BY id`;

test('a table under a password is closed to whoever has the file alone, and opens with the password', async () => {
  const made = await ask(owner, { format: 'xlsx', protection: 'password' });
  requireOk(made);
  assert.match(made.body.password, /^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
  const { bytes } = await fetchFile(owner, made.body.export.id);
  assert.equal(Buffer.from(bytes.subarray(0, 8)).toString('hex'), 'd0cf11e0a1b11ae1');
  assert.ok(!Buffer.from(bytes).includes('Вивозенко') && !Buffer.from(bytes).includes('PK\u0003\u0004'));
  const text = await officeFileText(bytes, made.body.password);
  for (const seen of ['Вивозенко', 'Головченко', '+380500000011', made.body.export.mark])
    assert.ok(text.includes(seen), seen);
  await assert.rejects(officeFileText(bytes, 'зовсім-не-той'), /password/);
});

test('LibreOffice opens the table by its password, and by no other', { skip: libreOfficeMissing() }, async () => {
  const made = await ask(owner, { format: 'xlsx', protection: 'password' });
  requireOk(made);
  const { bytes } = await fetchFile(owner, made.body.export.id);
  const csv = await openInLibreOffice(bytes, made.body.password);
  assert.ok(csv !== null, 'it opens');
  for (const seen of ['Вивозенко', 'Головченко', '+380500000011', made.body.export.mark])
    assert.ok(csv.includes(seen), `${seen} in ${csv}`);
  assert.equal(await openInLibreOffice(bytes, 'zovsim-ne-toi'), null);
  assert.equal(await openInLibreOffice(bytes, ''), null);
});

test('a file for an age key is opened by that key, and by the program age', { skip: ageMissing() }, async () => {
  const { path } = makeTestFolder();
  const key = spawnSync('age-keygen', ['-o', join(path, 'key.txt')], { encoding: 'utf8' });
  const to = /age1\S+/.exec(key.stderr)![0];
  const made = await ask(owner, { format: 'csv', protection: 'age', recipient: to });
  requireOk(made);
  writeFileSync(join(path, 'clients.csv.age'), (await fetchFile(owner, made.body.export.id)).bytes);
  const opened = spawnSync('age', ['-d', '-i', join(path, 'key.txt'), join(path, 'clients.csv.age')], {
    encoding: 'utf8',
  });
  assert.ok(opened.stdout.includes('Вивозенко'), opened.stderr);
});

function ageMissing(): string | false {
  return spawnSync('age', ['--version']).status === 0 ? false : 'the program age is not here (Debian package age)';
}

test('the reader of one key cannot be made of something else', async () => {
  for (const bad of ['', 'age1', 'AGE-SECRET-KEY-1QQ', `${recipient}x`, `-i\n${recipient}`, '/etc/passwd', 'пароль']) {
    const refused = await ask(owner, { format: 'csv', protection: 'age', recipient: bad });
    assert.deepEqual(
      [refused.status, refused.body.error.code, refused.body.error.field],
      [422, 'export.recipient_invalid', 'recipient'],
      bad,
    );
  }
});

test('a file opens once: the second time, and a second one at the same moment, find nothing', async () => {
  const { id } = (await ask(owner, { format: 'csv', protection: 'age', recipient })).body.export;
  const both = await Promise.all([fetchFile(owner, id), fetchFile(owner, id)]);
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409],
  );
  const good = both.find(({ status }) => status === 200)!;
  assert.ok((await openAged(good.bytes)).includes('Вивозенко'));
  const again = await fetchFile(owner, id);
  assert.deepEqual([again.status, codeOf(again.bytes)], [409, 'export.over']);
  assert.equal((await eventsOf('export.missed')).length, 2, 'both tries that came too late are written down');
  const [row] = await running.test.admin`SELECT record_key FROM exports WHERE id = ${id}`;
  assert.equal(row!['record_key'], null, 'its key is gone');
  assert.equal((await running.test.admin`SELECT 1 FROM export_chunks WHERE export_id = ${id}`).length, 0);
});

test('nobody fetches or gives up the file of somebody else, the owner neither', async () => {
  const { id } = (await ask(head, { format: 'xlsx', protection: 'password' })).body.export;
  const file = await fetchFile(owner, id);
  assert.deepEqual([file.status, codeOf(file.bytes)], [404, 'export.not_found']);
  const ended = await owner.client.call('DELETE /api/v1/exports/:id', { params: { id } });
  assert.equal(ended.body.error.code, 'export.not_found');
  assert.ok((await eventsOf('export.missed')).length >= 2, 'the tries are written down');
  assert.equal((await fetchFile(head, id)).status, 200);
});

test('a file without protection takes a right of its own and a reason, which security can read and the database cannot', async () => {
  const plain = { format: 'csv', protection: 'plain', reason: 'Звірка з бухгалтерією Причинного' };
  const refused = await ask(head, plain);
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'access.denied']);
  assert.equal((await eventsOf('contact.export-plain.denied')).length, 1);
  for (const reason of [undefined, '', '     ', 'так'])
    assert.equal((await ask(owner, { ...plain, reason })).body.error.code, 'export.reason_needed');
  const made = await ask(owner, plain);
  requireOk(made);
  const watched = await owner.client.call('GET /api/v1/security/exports');
  const seen = watched.body.exports.find((one: { id: string }) => one.id === made.body.export.id);
  assert.deepEqual([seen.protection, seen.reason, seen.rows], ['plain', plain.reason, 2]);
  const dump = JSON.stringify([
    await running.test.admin`SELECT encode(sealed, 'escape') AS s FROM export_chunks`,
    await running.test.admin`SELECT *, encode(reason_sealed, 'escape') AS r FROM exports`,
  ]);
  for (const secret of ['Вивозенко', 'Причинного', '0500000011']) assert.ok(!dump.includes(secret), secret);
});

test('a password stands on a table only; the reason of a plain file does not make a password unnecessary', async () => {
  const refused = await ask(owner, { format: 'csv', protection: 'password' });
  assert.deepEqual([refused.status, refused.body.error.code], [422, 'export.password_needs_xlsx']);
});

test('what is not fetched in time, given up, or left behind by whoever goes has no key any more', async () => {
  const late = (await ask(owner, { format: 'xlsx', protection: 'password' })).body.export.id;
  await running.test.admin`UPDATE exports SET expires_at = now() - interval '1 second' WHERE id = ${late}`;
  assert.equal((await fetchFile(owner, late)).status, 409);
  await sweepExports({ ...running.lubart, clock: { now: () => new Date() } }, company.organizationId);
  const given = (await ask(owner, { format: 'xlsx', protection: 'password' })).body.export.id;
  const up = await owner.client.call('DELETE /api/v1/exports/:id', { params: { id: given } });
  assert.equal(up.body.state, 'ended');
  assert.equal((await fetchFile(owner, given)).status, 409);
  const left = await running.test.admin`
    SELECT e.id FROM exports e LEFT JOIN export_chunks c ON c.export_id = e.id
    WHERE e.id IN ${running.test.admin([late, given])} AND (e.record_key IS NOT NULL OR c.number IS NOT NULL)`;
  assert.equal(left.length, 0);
});

test('pieces of a file moved within the database do not open', async () => {
  const [one, two] = [
    (await ask(owner, { format: 'csv', protection: 'age', recipient })).body.export.id as string,
    (await ask(owner, { format: 'csv', protection: 'age', recipient })).body.export.id as string,
  ];
  await running.test.admin`UPDATE export_chunks c SET sealed = o.sealed FROM export_chunks o
    WHERE c.export_id = ${one} AND o.export_id = ${two} AND c.number = o.number`;
  const file = await fetchFile(owner, one);
  assert.deepEqual([file.status, codeOf(file.bytes)], [500, 'sealed.cannot_open']);
});

test('files in a day and rows in a file are limited, strictest for a role, also when all ask at once', async () => {
  await setRules({ organization: { rows: 1, perDay: 1000 }, roles: [] });
  const wide = await ask(owner, { format: 'csv', protection: 'age', recipient });
  assert.deepEqual([wide.status, wide.body.error.code], [422, 'export.too_many_rows']);
  const exported = (await eventsOf('contact.exported')).length;
  await setRules({ organization: { rows: 100, perDay: 1000 }, roles: [{ role: 'head', rows: 100, perDay: 3 }] });
  const before = (
    await running.test.admin`
    SELECT count(*)::int AS n FROM exports WHERE person_id = ${head.personId} AND state <> 'failed'`
  )[0]!['n'] as number;
  const tries = await Promise.all(
    Array.from({ length: 5 }, () => ask(head, { format: 'csv', protection: 'age', recipient })),
  );
  assert.equal(tries.filter(({ status }) => status === 200).length, 3 - before);
  assert.ok(tries.every(({ status, body }) => status === 200 || body.error.code === 'export.too_many'));
  assert.ok((await eventsOf('contact.exported')).length - exported <= 3, 'what was refused did not go out');
  await setRules({ organization: { rows: 100_000, perDay: 1000 }, roles: [] });
  const twice = {
    organization: { rows: 10, perDay: 10 },
    roles: [1, 2].map(() => ({ role: 'head', rows: 5, perDay: 5 })),
  };
  const { version } = (await owner.client.call('GET /api/v1/security/exports')).body;
  const refused = await owner.client.call('PUT /api/v1/security/export-rules', { body: { version, rules: twice } });
  assert.deepEqual([refused.body.error.code, refused.body.error.field], ['request.invalid', 'roles']);
});

test('a file of a head holds the department and nothing else', async () => {
  const file = await takeCsv(head.client);
  assert.deepEqual([file.text.includes('Головченко'), file.text.includes('Вивозенко')], [true, false]);
});

test('who leaves takes no prepared file along', async () => {
  const leaver = await company.join({
    name: 'Ігор Ткач',
    email: 'ihor.tkach@vezha.example',
    role: 'head',
    departmentId: company.rootId,
  });
  requireOk(await ask(leaver, { format: 'xlsx', protection: 'password' }));
  const left = await owner.client.call('POST /api/v1/people/:id/leave', {
    params: { id: leaver.personId },
    body: { dryRun: false },
  });
  requireOk(left);
  const rows = await running.test.admin`SELECT state, record_key FROM exports WHERE person_id = ${leaver.personId}`;
  assert.deepEqual([...rows], [{ state: 'ended', record_key: null }]);
});
