/**
 * The canary: planted names, phones, e-mails, notes and file names are hunted in everything that lies outside the sealed
 * fields: each file of the data folder (tables, indexes, write-ahead log, temporary files), what the server logs, what the
 * database shows of running statements, and the words of refusals. Not one may be found.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '#database';
import { connect, findRunningPostgres } from '#database';
import { foldWords } from '#ukraine';
import type { Provider } from '../server/sms/providers.fixture.ts';
import { startTurboSms, turboToken } from '../server/sms/providers.fixture.ts';
import type { Reply } from './client.ts';
import { openClient } from './client.ts';
import type { Company, LubartProcess } from './running-lubart.ts';
import { importEnd, makePlace, requireOk, setUpCompany, startImport, startLubart, until } from './running-lubart.ts';

/** Rare enough to be found nowhere by chance; each in one place only, so that a find says where it leaked. */
const planted = {
  createdName: 'Жовтоцвітенко',
  updatedName: 'Вересопільчук',
  importedName: 'Зіркограєвський',
  importedTwin: 'Полинодухевич',
  rejectedName: 'Тисозвонченко',
  companyName: 'Кленодзвін-Промріч',
  companyEdrpou: '98765438',
  address: 'вул. Птахомовна 77',
  notes: 'Боїться собак і любить ромашковий чай',
  position: 'Головний дзвонарезнавець',
  nextStep: 'Передати скриньку з мушлями',
  source: 'Ярмарок світлоходців',
  createdEmail: 'zhovtotsvit.lystopad@kvitka.example',
  importedEmail: 'zirkohrai@nebokrai.example',
  ownerEmail: 'bdzholiar.holovnyi@vezha.example',
  personName: 'Медоцвіта Бджоляренко',
  personEmail: 'medotsvita.pasika@vezha.example',
  unknownEmail: 'nikhto.takyi@nezhdanyi.example',
  fileName: 'Таємний список світлоходців.csv',
  createdPhone: '0671239874',
  updatedPhone: '0501238765',
  importedPhone: '0661237654',
  smsPhone: '0731237653',
  smsToken: turboToken,
  searched: 'Шукайлодзеркальний',
  exportReason: 'Для бухгалтера Причинодзеркального',
  birthday: '1913-08-27',
  password: 'Верес-край-дороги-7',
  longNote: 'Мандрівнопис вересневих зорепадів',
};

/** Long and alike, as TOAST compresses it: it would be found in no file, and is to be found in the tables as text. */
const longNote = `${planted.longNote}. `.repeat(60);

/** A sole proprietor’s company bears a person’s name. */
const companyName = 'ФОП Лінивобджільник';

const place = makePlace();
let running: LubartProcess;
let provider: Provider;
let company: Company;
let admin: Sql;
const refusals: Reply[] = [];
const statements = new Set<string>();

before(async () => {
  provider = await startTurboSms();
  // A mail server that is never there: letters stay in the queue.
  running = await startLubart(place, {
    LUBART_LOG_LEVEL: 'trace',
    LUBART_SMTP_URL: 'smtp://127.0.0.1:9',
    LUBART_MAIL_FROM: 'crm@vezha.example',
    LUBART_SMS_URL: `turbosms://${planted.smsToken}@127.0.0.1:${provider.port}?sender=Lubart`,
  });
  admin = connect({ ...findRunningPostgres(place.dataFolder)!, superuser: 'lubart', database: 'lubart' }, 'admin');
  company = await setUpCompany(running.origin, running.setupToken!, {
    organization: companyName,
    name: 'Пасічник Головний',
    email: planted.ownerEmail,
  });
  let done = false;
  const watching = (async () => {
    while (!done) {
      for (const { query } of await admin`SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()`)
        statements.add(query);
      await sleep(5);
    }
  })();
  await plant();
  done = true;
  await watching;
});

after(() => provider.close());

async function plant(): Promise<void> {
  const { client } = company.owner;
  const refuse = async (...given: Parameters<typeof client.call>) => {
    const reply = await client.call(...given);
    assert.ok(reply.status >= 400, `${given[0]} was to be refused`);
    refusals.push(reply);
  };
  const made = await client.call('POST /api/v1/contacts', {
    body: {
      lastName: planted.createdName,
      phones: [{ number: planted.createdPhone }],
      emails: [{ address: planted.createdEmail }],
      address: planted.address,
      notes: planted.notes,
      position: planted.position,
      source: planted.source,
      nextStepText: planted.nextStep,
      birthday: planted.birthday,
    },
  });
  requireOk(made);
  const id = made.body.id as string;
  requireOk(await client.call('POST /api/v1/contacts', { body: { lastName: 'Довга', notes: longNote } }));
  const changes = { lastName: planted.updatedName, phones: [{ number: planted.updatedPhone }] };
  requireOk(await client.call('PATCH /api/v1/contacts/:id', { params: { id }, body: { version: 1, changes } }));
  requireOk(
    await client.call('POST /api/v1/companies', { body: { name: planted.companyName, edrpou: planted.companyEdrpou } }),
  );
  await client.call('POST /api/v1/contacts/find', { body: { text: planted.searched } });
  await client.call('POST /api/v1/contacts/find', { body: { text: planted.updatedName } });
  await client.call('POST /api/v1/contacts/export', { body: { format: 'xlsx', protection: 'password' } });
  const plain = { format: 'csv', protection: 'plain', reason: planted.exportReason };
  const waiting = await client.call('POST /api/v1/contacts/export', { body: plain });
  requireOk(waiting);
  requireOk(
    await client.call('POST /api/v1/invitations', {
      body: { name: planted.personName, email: planted.personEmail, roles: ['manager'], departmentId: company.rootId },
    }),
  );
  const file = [
    'Прізвище;Телефон;Пошта;ЄДРПОУ',
    `${planted.importedName};${planted.importedPhone};${planted.importedEmail};`,
    `${planted.importedTwin};${planted.updatedPhone};;`,
    `${planted.rejectedName};12;;`,
  ].join('\n');
  const importId = await startImport(client, {
    bytes: Buffer.from(file),
    fileName: planted.fileName,
    mapping: { 0: 'lastName', 1: 'phones', 2: 'emails' },
    duplicates: { by: ['phone'], then: 'update' },
    defaults: { source: planted.source },
  });
  const end = await importEnd(client, importId);
  assert.deepEqual([end['rowsCreated'], end['rowsUpdated'], end['rowsRejected']], [1, 1, 1]);
  await client.text('GET /api/v1/imports/:id/rejected', { params: { id: importId } });
  const reverted = await startImport(client, {
    bytes: Buffer.from(file),
    fileName: planted.fileName,
    mapping: { 0: 'lastName' },
  });
  await importEnd(client, reverted);
  requireOk(await client.call('POST /api/v1/imports/:id/revert', { params: { id: reverted } }));
  await importEnd(client, reverted);

  await sendCode();
  await refuse('POST /api/v1/contacts', {
    body: { lastName: planted.createdName, phones: [{ number: 'немає номера 12' }] },
  });
  await refuse('POST /api/v1/contacts', { body: { lastName: planted.createdName, birthday: planted.createdName } });
  await refuse('POST /api/v1/contacts', { body: { firstName: `\u0000${planted.createdName}`, stage: planted.notes } });
  await refuse('POST /api/v1/companies', { body: { name: planted.companyName, edrpou: '12345679' } });
  await refuse('POST /api/v1/invitations', {
    body: { name: planted.personName, email: planted.ownerEmail, roles: ['manager'], departmentId: company.rootId },
  });
  await refuse('PATCH /api/v1/departments/:id', { params: { id: planted.createdName }, body: { name: planted.notes } });
  await refuse('GET /api/v1/contacts', { query: { cursor: planted.createdName, tag: planted.notes } });
  const stranger = openClient(running.origin);
  for (const email of [planted.unknownEmail, planted.ownerEmail]) {
    refusals.push(
      await stranger.call('POST /api/v1/sign-in', { body: { email, password: `${planted.password} не той` } }),
    );
  }
  const broken = await fetch(`${running.origin}/api/v1/contacts`, {
    method: 'POST',
    headers: { origin: running.origin, cookie: client.cookie, 'content-type': 'application/json' },
    body: `{"lastName": "${planted.createdName}" "notes": ${planted.notes}}`,
  });
  refusals.push({ status: broken.status, body: await broken.json(), headers: broken.headers });
}

/** A number proved by a code, and a code that is not sent. */
async function sendCode(): Promise<void> {
  const { client } = company.owner;
  const { body: rules } = await client.call('GET /api/v1/security/rules');
  const factors = { ...rules.factors, sms: { ...rules.factors.sms, allowed: true } };
  requireOk(await client.call('PUT /api/v1/security/rules', { body: { version: rules.version, change: { factors } } }));
  const manager = await company.join({
    name: 'Тарас Мельник',
    email: 'taras.melnyk@vezha.example',
    role: 'manager',
    departmentId: company.rootId,
  });
  const begun = await manager.client.call('POST /api/v1/sms-number/begin', { body: { phone: planted.smsPhone } });
  requireOk(begun);
  const [code] = /\d{6}/.exec(provider.received.at(-1)!.text)!;
  requireOk(await manager.client.call('POST /api/v1/sms-number', { body: { ticket: begun.body.ticket, code } }));
  provider.behaviour = 'broken';
  const unsent = await manager.client.call('POST /api/v1/step-up/sms');
  assert.ok(unsent.status >= 400, JSON.stringify(unsent.body));
  refusals.push(unsent);
}

/** The forms in which bytes could betray a value. */
function formsOf(value: string): Buffer[] {
  const digits = /^0\d{9}$/.test(value) ? [value.slice(1), `+38${value}`] : foldWords(value);
  const texts = new Set([
    value,
    value.toLowerCase(),
    value.toUpperCase(),
    foldWords(value).join(' '),
    value.normalize('NFD'),
    encodeURIComponent(value),
    ...digits,
  ]);
  return [...texts]
    .filter((text) => text.length >= 8)
    .flatMap((text) => {
      const wide = Buffer.from(text, 'utf16le');
      return [
        Buffer.from(text, 'utf8'),
        wide,
        Buffer.from(wide).swap16(),
        Buffer.from(Buffer.from(text, 'utf8').toString('base64').slice(2, -4)),
        Buffer.from(Buffer.from(text, 'utf8').toString('hex')),
      ];
    });
}

type Form = { name: string; bytes: Buffer };
/** All forms by their first two bytes, so that one pass over the bytes is enough. */
const formsByStart = new Map<number, Form[]>();
for (const [name, value] of Object.entries(planted)) {
  for (const bytes of formsOf(value)) {
    const start = bytes.readUInt16LE(0);
    formsByStart.set(start, [...(formsByStart.get(start) ?? []), { name, bytes }]);
  }
}
const isStart = new Uint8Array(65_536);
for (const start of formsByStart.keys()) isStart[start] = 1;

/** Which planted values stand in these bytes. */
function findIn(bytes: Buffer): string[] {
  const found = new Set<string>();
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    const start = bytes[at]! | (bytes[at + 1]! << 8);
    if (isStart[start] === 0) continue;
    for (const form of formsByStart.get(start)!) {
      if (bytes.compare(form.bytes, 0, form.bytes.length, at, Math.min(at + form.bytes.length, bytes.length)) === 0)
        found.add(form.name);
    }
  }
  return [...found];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function hunt(folder: string): { found: string[]; files: number; bytes: number } {
  const found: string[] = [];
  let bytes = 0;
  const files = filesUnder(folder);
  for (const file of files) {
    for (const name of findIn(Buffer.from(file))) found.push(`${name} in the name of a file`);
    if (statSync(file).size === 0) continue;
    const content = readFileSync(file);
    bytes += content.length;
    for (const name of findIn(content)) found.push(`${name} in ${file.slice(folder.length)}`);
  }
  return { found, files: files.length, bytes };
}

test('the hunter finds what is there: a control in a file, a table, the log of writes and wide letters', async () => {
  const control = join(place.dataFolder, 'control.txt');
  for (const encoded of [
    Buffer.from(`x${planted.notes}x`),
    Buffer.from(planted.createdName.toUpperCase(), 'utf16le'),
    Buffer.from(`+38${planted.createdPhone}`),
    Buffer.from(Buffer.from(`{"name":"${planted.createdName}"}`).toString('base64')),
  ]) {
    writeFileSync(control, encoded);
    assert.equal(findIn(readFileSync(control)).length, 1, encoded.toString());
  }
  assert.equal(hunt(place.dataFolder).found.length, 1, 'and in the folder only there');
  rmSync(control);
  // Not a planted value: once in the write-ahead log it would stay there.
  const word = 'Контрольнослівний';
  // Many times: one may lie across two pages of the write-ahead log. Looked for before a checkpoint lets go of old parts of it.
  await admin`CREATE TABLE control_table (text text)`;
  await admin`INSERT INTO control_table SELECT ${word} FROM generate_series(1, 50)`;
  const holding = (part: string) =>
    filesUnder(place.dataFolder).some((file) => file.includes(part) && readFileSync(file).includes(Buffer.from(word)));
  assert.ok(holding('/pg_wal/'), 'in the write-ahead log');
  await admin`CHECKPOINT`;
  assert.ok(holding('/base/'), 'in the table');
  await admin`DROP TABLE control_table`;
});

test('no planted value stands in any file of the data folder', async () => {
  await admin`CHECKPOINT`;
  const { found, files, bytes } = hunt(place.dataFolder);
  assert.deepEqual(found, []);
  assert.ok(files > 500 && bytes > 20_000_000, `${files} files, ${bytes} bytes`);
});

/** What stands in a row that was given as text, the bytes in it as they are. */
const findInRow = (text: string): string[] =>
  [Buffer.from(text), ...[...text.matchAll(/\\x([0-9a-f]{2,})/g)].map(([, hex]) => Buffer.from(hex!, 'hex'))].flatMap(
    findIn,
  );

test('nor in any row as a dump would give it, where nothing is compressed any more: letters that wait, and samples of columns in PostgreSQL’s own tables', async () => {
  // Asked and not stored: in a table the control would stay in the write-ahead log.
  const [control] = await admin<{ text: string }[]>`
    SELECT t::text AS text FROM (SELECT ${longNote}::text, ${Buffer.from(planted.notes)}::bytea) t`;
  assert.deepEqual([...new Set(findInRow(control!.text))].toSorted(), ['longNote', 'notes'], 'text and bytes are seen');
  // A dump of PostgreSQL 18 takes statistics along, and with them the commonest values of every column.
  await admin`ANALYZE`;
  const tables = await admin<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables ORDER BY 1`;
  const found: string[] = [];
  const filled = new Set<string>();
  for (const { name } of tables) {
    for (const { text } of await admin.unsafe<{ text: string }[]>(`SELECT t::text AS text FROM ${name} t`)) {
      filled.add(name.replace('public.', ''));
      for (const value of findInRow(text)) found.push(`${value} in ${name}`);
    }
  }
  assert.deepEqual(found, []);
  for (const table of [
    'contacts',
    'companies',
    'audit_entries',
    'imports',
    'exports',
    'letters',
    'sms_numbers',
    'sms_counts',
    'pg_catalog.pg_statistic',
    'pg_catalog.pg_proc',
  ])
    assert.ok(filled.has(table), `${table} has rows: ${[...filled].join(' ')}`);
});

test('nor in the temporary files of a sort that does not fit into memory', async () => {
  let spilled = 0;
  await admin.begin(async (tx) => {
    await tx`SET LOCAL work_mem = '64kB'`;
    await tx`DECLARE sorted CURSOR FOR
      SELECT c.*, n FROM contacts c, generate_series(1, 4000) n ORDER BY md5(n::text), c.sealed`;
    await tx`FETCH 1 FROM sorted`;
    for (const file of filesUnder(place.dataFolder).filter((name) => name.includes('pgsql_tmp'))) {
      spilled += statSync(file).size;
      assert.deepEqual(findIn(readFileSync(file)), [], file);
    }
  });
  assert.ok(spilled > 1_000_000, `${spilled} bytes were spilled`);
});

test('nor the name of the organization itself, which for a sole proprietor is a person’s', () => {
  const holding = filesUnder(place.dataFolder).filter((file) => readFileSync(file).includes(Buffer.from(companyName)));
  assert.deepEqual(holding, []);
});

test('nor in what the server wrote to its log, at the chattiest level', () => {
  const output = running.output();
  assert.ok(output.length > 3000);
  assert.deepEqual(findIn(Buffer.from(output)), []);
});

test('nor in the statements that the database shows of others', () => {
  assert.ok(statements.size > 10, `only ${statements.size} statements were seen`);
  assert.deepEqual(findIn(Buffer.from([...statements].join('\n'))), []);
});

test('nor in the words of any refusal', () => {
  assert.ok(refusals.length >= 10);
  assert.ok(refusals.every(({ status }) => status >= 400 && status < 500));
  assert.deepEqual(findIn(Buffer.from(refusals.map(({ body }) => JSON.stringify(body)).join('\n'))), []);
});

test('nor in the numbers of /metrics', async () => {
  const metrics = await (await fetch(`${running.origin}/metrics`)).text();
  assert.match(metrics, /lubart_/);
  assert.deepEqual(findIn(Buffer.from(metrics)), []);
});

test('nor in what PostgreSQL says and leaves behind when one of its processes dies while it works for us', async () => {
  const before = running.output().length;
  const { client } = company.owner;
  const asking = client.call('POST /api/v1/contacts/find', { body: { text: planted.searched } });
  const mine = await admin<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE usename = 'lubart_app' AND backend_type = 'client backend'`;
  assert.ok(mine.length > 0);
  for (const { pid } of mine.slice(0, 1)) process.kill(pid, 'SIGABRT');
  await asking.catch(() => undefined);
  await until('the database is back', 60, async () => {
    const found = await client
      .call('POST /api/v1/contacts/find', { body: { text: planted.updatedName } })
      .catch(() => null);
    return found?.status === 200;
  });
  assert.ok(running.output().length > before, 'something was said about it');
  assert.deepEqual(findIn(Buffer.from(running.output())), []);
  assert.deepEqual(hunt(place.dataFolder).found, []);
});

test('after a clean stop the folder still says nothing', async () => {
  await admin.end({ timeout: 5 });
  assert.equal((await running.stop()).code, 0);
  assert.deepEqual(hunt(place.dataFolder).found, []);
});
