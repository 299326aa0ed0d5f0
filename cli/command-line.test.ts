/** A company is set up, imports its clients and is watched over, all from the command line; every line is a real process. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AuditEntryView, ContactRow, ImportViewValue } from '#contract';
import type { EmbeddedPostgres, Transaction } from '#database';
import { startEmbeddedPostgres } from '#database';
import { systemReach } from '#protections/encryption';
import { prepared } from '#test/prepared.ts';
import { demoContactCells, demoContactHeadings, demoCsvLine, makeDemoContacts } from '../server/demo/index.ts';
import type { Lubart } from '../server/lubart.ts';
import { openLubart } from '../server/lubart.ts';
import type { CommandLine } from './command-line.fixture.ts';
import { openCommandLine } from './command-line.fixture.ts';

type Imported = { import: ImportViewValue };
type Refused = { error: { code: string; field?: string } };
type Made = {
  organizationId: string;
  departmentId: string;
  personId: string;
  otpauthUri: string;
  manualKey: string;
  recoveryCodes: string[];
};

const password = 'four random sturdy words';
const owner = ['--as', 'olena@vezha.example'];
let lubart: CommandLine;
let made: Made;
let file: (name: string) => string;

before(async () => {
  lubart = await openCommandLine();
  file = (name) => join(lubart.folder, name);
  const args = [
    'setup',
    '--organization',
    'ТОВ «Вежа»',
    '--name',
    'Олена Коваль',
    '--email',
    'olena@vezha.example',
    '--language',
    'uk',
  ];
  const { data, code, stderr } = await lubart.json<Made>(args, { stdin: `${password}\n` });
  assert.equal(code, 0, stderr);
  made = data;
});
after(() => lubart.close());

test('set-up answers with what a script needs, and nothing of the password', async () => {
  assert.match(made.otpauthUri, /^otpauth:\/\/totp\/.+secret=[A-Z2-7]{32}/);
  assert.equal(made.manualKey.replaceAll(' ', ''), new URL(made.otpauthUri).searchParams.get('secret'));
  assert.equal(made.recoveryCodes.length, 10);
  assert.doesNotMatch(JSON.stringify(made), /sturdy/);
});

test('status counts and proves, and names nobody', async () => {
  const { code, data, stdout } = await lubart.json<{
    database: string;
    keyFingerprint: string;
    organizations: { people: number; contacts: number }[];
    posture: { ok: boolean; passed: number };
  }>(['status']);
  assert.equal(code, 0);
  assert.equal(data.database, 'own');
  assert.match(data.keyFingerprint, /^[0-9a-f]{16}$/);
  assert.deepEqual([data.organizations[0]!.people, data.organizations[0]!.contacts], [1, 0]);
  assert.ok(data.posture.ok && data.posture.passed > 5);
  assert.doesNotMatch(stdout, /Олена|olena/);
});

test('recover asks for the e-mail once more, prints a one-time link and leaves an entry', async () => {
  const args = ['recover', '--email', 'olena@vezha.example'];
  const wrong = await lubart.json<Refused>(args, { stdin: 'other@vezha.example\n' });
  assert.equal(wrong.code, 2);
  const strange = await lubart.json<Refused>(['recover', '--email', 'nobody@nide.example', '--yes']);
  assert.notEqual(strange.code, 0);
  assert.equal(strange.data.error.code, 'person.not_found');
  const nowhere = await lubart.json<Refused>([...args, '--yes', '--organization', made.personId]);
  assert.equal(nowhere.data.error.code, 'person.not_found');
  assert.equal((await lubart.json<Refused>([...args, '--yes', '--organization', 'Вежа'])).data.error.code, 'cli.usage');
  type Recovery = { personId: string; link: string; expiresAt: string; sessionsEnded: number };
  const { code, data, stderr } = await lubart.json<Recovery>([...args, '--organization', made.organizationId], {
    stdin: 'olena@vezha.example\n',
  });
  assert.equal(code, 0, stderr);
  assert.match(data.link, /^https?:\/\/[^/]+\/recover#token=[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
  const log = await lubart.json<{ rows: { event: string }[] }>(['audit', 'list', ...owner]);
  assert.ok(log.stdout.includes('recovery.made_by_operator'), log.stdout.slice(0, 300));
});

test('Ctrl-C stops an import between batches; resumed, it ends with every row once', async () => {
  const rows = 3_000;
  const contacts = [...makeDemoContacts(rows, 11)].map((contact) => demoCsvLine(demoContactCells(contact)));
  await writeFile(file('many.csv'), [demoCsvLine(demoContactHeadings), ...contacts].join(''));
  const args = ['import', 'contacts', file('many.csv'), '--map', 'auto', '--by', 'email', ...owner];
  const cut = await lubart.json<Imported>(args, { interruptOn: /Columns/ });
  assert.equal(cut.code, 130, cut.stderr);
  assert.equal(cut.data.import.state, 'running');
  assert.ok(cut.data.import.rowsRead < rows);
  assert.match(cut.stderr, new RegExp(`import resume ${cut.data.import.id}`));
  const { code, data, stderr } = await lubart.json<Imported>(['import', 'resume', cut.data.import.id, ...owner]);
  assert.equal(code, 0, stderr);
  assert.deepEqual([data.import.state, data.import.rowsRead, data.import.rowsCreated], ['finished', rows, rows]);
});

test('beside a running Lubart', async (t) => {
  const running = await runLubart();
  t.after(() => running.stop());
  const manager = ['--as', 'Дуб Марко'];

  await t.test('status says that it runs, and by which process', async () => {
    const { data } = await lubart.json<{ database: string; pid: number }>(['status']);
    assert.deepEqual([data.database, data.pid], ['running', process.pid]);
  });

  await t.test('a second set-up is refused', async () => {
    const args = ['setup', '--organization', 'Х', '--name', 'Х У', '--email', 'x@vezha.example'];
    const { code, data } = await lubart.json<Refused>(args, { stdin: password });
    assert.equal(code, 6);
    assert.equal(data.error.code, 'setup.already_done');
  });

  await t.test('an import with a written mapping is found, its rejected rows are kept, and it goes back', async () => {
    await writeFile(
      file('clients.csv'),
      'Клієнт;Моб.;Пошта;Зайве\nНезабудько Ірина;050 000 00 01;i@vezha.example;x\nДуб Марко;000;;y\n',
    );
    await writeFile(
      file('map.json'),
      JSON.stringify({ клієнт: 'fullName', 1: 'phones', Пошта: 'emails', Зайве: null }),
    );
    const args = [file('clients.csv'), '--map', file('map.json'), ...owner];
    const dry = await lubart.json<{ rows: { outcome: string }[] }>(['import', 'contacts', ...args, '--dry-run']);
    assert.deepEqual(
      dry.data.rows.map(({ outcome }) => outcome),
      ['create', 'reject'],
    );

    const { code, data, stderr } = await lubart.json<Imported>(['import', 'contacts', ...args]);
    assert.equal(code, 0, stderr);
    const { id } = data.import;
    assert.deepEqual([data.import.state, data.import.rowsCreated, data.import.rowsRejected], ['finished', 1, 1]);
    const find = async () =>
      (await lubart.json<{ rows: ContactRow[] }>(['contacts', 'find', '-', ...owner], { stdin: 'nezabud' })).data.rows;
    assert.deepEqual(
      (await find()).map((row) => row.lastName),
      ['Незабудько'],
    );

    const rejected = ['import', 'rejected', id, '--output', file('rejected.csv'), ...owner];
    assert.equal((await lubart.run(rejected)).code, 0);
    assert.match(await readFile(file('rejected.csv'), 'utf8'), /Дуб Марко/);
    assert.equal((await stat(file('rejected.csv'))).mode & 0o777, 0o600);
    assert.equal((await lubart.run(rejected)).code, 2, 'a file that is there is not written over');

    const back = await lubart.json<Imported>(['import', 'revert', id, ...owner]);
    assert.deepEqual([back.code, back.data.import.state, back.data.import.revertedRows], [0, 'reverted', 1]);
    assert.deepEqual(await find(), []);
  });

  await t.test('an export goes into a file of its owner only', async () => {
    const { code, data } = await lubart.json<{ file: string; bytes: number }>([
      'contacts',
      'export',
      '--format',
      'csv',
      '--protection',
      'plain',
      '--reason',
      'звірка з бухгалтерією',
      '--output',
      file('out.csv'),
      ...owner,
    ]);
    assert.equal(code, 0);
    assert.equal((await stat(data.file)).size, data.bytes);
    assert.equal((await readFile(data.file, 'utf8')).trim().split('\r\n').length > 3_000, true);
    assert.equal((await stat(data.file)).mode & 0o777, 0o600);
  });

  await t.test('who is not there cannot be acted for', async () => {
    for (const person of ['nobody@vezha.example', 'Ніхто Такий'])
      assert.equal((await lubart.run(['people', 'list', '--as', person])).code, 4);
  });

  await t.test('a missing file is said, and ends with 4', async () => {
    const { code, stderr } = await lubart.run(['import', 'contacts', file('none.csv'), '--map', 'auto', ...owner]);
    assert.equal(code, 4);
    assert.match(stderr, /no such file/);
  });

  await t.test('a key that does not belong to the data is refused with 5', async () => {
    await writeFile(file('other.key'), `lubart-root-key-1 ${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    const { code, data } = await lubart.json<Refused>(['status', '--keys', file('other.key')]);
    assert.deepEqual([code, data.error.code], [5, 'start.keys_wrong']);
  });

  await t.test('a manager is refused what a manager may not, with 3, and the refusal is recorded', async () => {
    const refused = [
      [
        'people',
        'invite',
        '--name',
        'Х',
        '--email',
        'x@vezha.example',
        '--role',
        'owner',
        '--department',
        made.departmentId,
      ],
      ['departments', 'add', 'Своя'],
      ['contacts', 'export', '--format', 'csv', '--output', file('stolen.csv')],
      ['audit', 'list'],
      ['posture'],
    ];
    for (const args of refused) {
      const { code, data } = await lubart.json<Refused>([...args, ...manager]);
      assert.deepEqual([code, data.error.code], [3, 'access.denied'], args.join(' '));
    }
    await assert.rejects(stat(file('stolen.csv')));
    const { data } = await lubart.json<{ rows: AuditEntryView[] }>([
      'audit',
      'list',
      '--outcome',
      'refused',
      '--actor',
      'Марко Дуб',
      ...owner,
    ]);
    assert.deepEqual(data.rows.map(({ event }) => event).sort(), [
      'audit.read.denied',
      'audit.read.denied',
      'contact.export.denied',
      'department.update.denied',
      'person.invite.denied',
    ]);
    assert.ok(data.rows.every(({ device, actor }) => device === 'Lubart CLI' && actor.name === 'Марко Дуб'));
  });

  await t.test('a colleague’s client is not there for a manager', async () => {
    const { data } = await lubart.json<{ rows: ContactRow[] }>(['contacts', 'list', '--limit', '1', ...owner]);
    const { code, data: refused } = await lubart.json<Refused>(['contacts', 'show', data.rows[0]!.id, ...manager]);
    assert.deepEqual([code, refused.error.code], [4, 'contact.not_found']);
    const own = await lubart.json<{ rows: ContactRow[] }>(['contacts', 'list', ...manager]);
    assert.deepEqual(own.data.rows, []);
    assert.equal((await lubart.json(['contacts', 'show', data.rows[0]!.id, ...owner])).code, 0);
  });

  await t.test('an import is done by the running Lubart, and a head of it all reads what happened', async () => {
    await writeFile(file('firms.csv'), 'Назва,ЄДРПОУ\nТОВ «Стир-Друк»,99000004\nТОВ «Без коду»,\n');
    const { code, data, stderr } = await lubart.json<Imported>([
      'import',
      'companies',
      file('firms.csv'),
      '--map',
      'auto',
      ...manager,
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(data.import.state, 'finished', JSON.stringify(data));
    assert.equal(data.import.rowsRead, 2);
    const list = await lubart.json<{ imports: ImportViewValue[] }>(['import', 'list', ...manager]);
    assert.deepEqual(
      list.data.imports.map(({ id }) => id),
      [data.import.id],
      'a manager sees own imports only',
    );
    const audit = await lubart.json<{ rows: AuditEntryView[] }>([
      'audit',
      'list',
      '--event',
      'import.finished',
      '--limit',
      '1',
      ...owner,
    ]);
    const shown = await lubart.json<{ entry: AuditEntryView }>(['audit', 'show', audit.data.rows[0]!.id, ...owner]);
    assert.deepEqual(shown.data.entry.subjectIds, [data.import.id]);
  });

  await t.test('an invitation link is shown once and leads to this Lubart', async () => {
    const args = [
      'people',
      'invite',
      '--name',
      'Леся Гай',
      '--email',
      'lesia@vezha.example',
      '--role',
      'head',
      '--department',
      'вежа тов',
      ...owner,
    ];
    assert.equal((await lubart.run(args)).code, 2, 'a department that is not there');
    args[args.indexOf('вежа тов')] = made.departmentId;
    const { data } = await lubart.json<{ link: string }>(args);
    assert.match(data.link, /^http:\/\/localhost:4477\/join#token=/);
  });

  await t.test('an e-mail that works in two companies is asked which, a name is not', async () => {
    const given = { organizationName: 'Млин', ownerName: 'Олена Млинар', password } as const;
    const other = await running.lubart.signIn.addOrganization({ ...given, email: 'olena@vezha.example' });
    const list = (...as: string[]) => lubart.json<Refused & { people: { id: string }[] }>(['people', 'list', ...as]);
    const asked = await list(...owner);
    assert.deepEqual([asked.code, asked.data.error.code], [6, 'person.several_organizations']);
    for (const id of [made.organizationId, other.organizationId]) assert.ok(asked.stdout.includes(id), asked.stdout);
    const seenIn = async (...as: string[]) => {
      const { code, data, stderr } = await list(...as);
      assert.equal(code, 0, stderr);
      return [made.personId, other.personId].filter((personId) => data.people.some(({ id }) => id === personId));
    };
    assert.deepEqual(await seenIn(...owner, '--organization', other.organizationId), [other.personId]);
    assert.deepEqual(await seenIn(...owner, '--organization', made.organizationId), [made.personId]);
    assert.deepEqual(await seenIn('--as', 'Коваль Олена'), [made.personId]);
    assert.deepEqual(await seenIn('--as', 'Олена Млинар'), [other.personId]);
    const elsewhere = await list('--as', 'Олена Млинар', '--organization', made.organizationId);
    assert.deepEqual([elsewhere.code, elsewhere.data.error.code], [4, 'person.not_found']);
    assert.equal((await list(...owner, '--organization', 'Млин')).data.error.code, 'cli.usage');
  });
});

/** The database and the jobs in this process, as a server would have them; with a manager, Марко. */
async function runLubart(): Promise<{ lubart: Lubart; stop(): Promise<void> }> {
  const dataFolder = file('data');
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ dataFolder });
  const { socketFolder, superuser, database, port } = server;
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const config = {
    dataFolder: file('data'),
    keyFile: file('keys/root.key'),
    host: '127.0.0.1',
    port: 0,
    origin: undefined,
    proxies: [],
    tls: undefined,
    language: 'uk' as const,
  };
  const running: Lubart = await openLubart({
    address: { socketFolder, superuser, database, port },
    config,
    log: silent,
    version: 'test',
    connections: 3,
  });
  await running.startJobs();
  const seals = await running.keyring.of(made.organizationId);
  const addPerson = (tx: Transaction) =>
    running.signIn.createPerson(tx, seals, {
      name: 'Марко Дуб',
      email: 'marko@vezha.example',
      password,
      role: 'manager',
      departmentId: made.departmentId,
      organizationName: 'Вежа',
    });
  await running.database.act(systemReach(made.organizationId), prepared(addPerson));
  return {
    lubart: running,
    stop: async () => {
      await running.close();
      await server.stop();
    },
  };
}
