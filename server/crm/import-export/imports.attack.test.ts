/** Spreadsheets made to harm, plans made to reach too far, and uploads that end in the middle. */
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { LubartError, hasCode, newId } from '#kernel';
import { reachOf } from '#protections/access';
import type { CastMember, World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { plainCsv } from '../exports/exports.fixture.ts';
import { keepFile } from './file-bytes.ts';
import { findImport } from './import-store.ts';
import type { Desk } from './imports.fixture.ts';
import { csvOf, openDesk, planOf, textOf } from './imports.fixture.ts';

let world: World;
let desk: Desk;
before(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.test
    .admin`TRUNCATE shares, contacts, companies, contact_search, company_search, import_batches, import_updates, import_rejections, import_chunks, imports`;
  desk = openDesk(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const exported = (who: CastMember, filters = {}) =>
  plainCsv(desk.deps, desk.contacts, who.actor, reachOf(who.actor, 'contact.export'), { filters });
const start = (who: CastMember, id: string, body: object) =>
  desk.call('POST /api/v1/imports/:id/start', who, { params: { id }, body });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof LubartError ? [error.code, error.field ?? null] : String(error)),
  );

test('a plan that maps a column to what no import may write is refused before anything is read', async () => {
  const { manager } = world.cast;
  const id = await desk.upload(manager, csvOf([['Коваль', newId()]]));
  for (const field of [
    'companyId',
    'ownerId',
    'departmentId',
    'id',
    'version',
    'constructor',
    '__proto__',
    'toString',
    'organizationId',
    '',
  ]) {
    const body = { ...planOf([]), mapping: { '0': 'lastName', '1': field } };
    assert.deepEqual(await refusal(start(manager, id, body)), ['import.mapping_incomplete', 'mapping'], field);
    assert.deepEqual(await refusal(desk.call('POST /api/v1/imports/:id/preview', manager, { params: { id }, body })), [
      'import.mapping_incomplete',
      'mapping',
    ]);
  }
  assert.deepEqual(await refusal(start(manager, id, planOf(['lastName', 'lastName']))), [
    'import.mapping_incomplete',
    'mapping',
  ]);
  assert.deepEqual(await refusal(start(manager, id, planOf(['notes', 'tags']))), [
    'import.mapping_incomplete',
    'mapping',
  ]);
  assert.equal((await desk.view(manager, id)).state, 'ready', 'and can be started again, rightly');
});

test('defaults are checked like any input', async () => {
  const { manager } = world.cast;
  const id = await desk.upload(manager, csvOf([['Коваль']]));
  const withDefaults = (defaults: object) => start(manager, id, planOf(['lastName'], { defaults }));
  assert.deepEqual(await refusal(withDefaults({ stage: 'bought' })), ['field.unknown_choice', 'defaults.stage']);
  assert.deepEqual(await refusal(withDefaults({ legalBasis: 'none' })), [
    'field.unknown_choice',
    'defaults.legalBasis',
  ]);
});

test('an import makes nothing for who is out of reach: neither by default nor by a column', async () => {
  const { manager, colleague, outsider } = world.cast;
  for (const defaults of [{ ownerId: colleague.personId }, { ownerId: outsider.personId }]) {
    const view = await desk.importRows(manager, [['Коваль']], planOf(['lastName'], { defaults }));
    assert.deepEqual([view.rowsCreated, view.rowsRejected], [0, 1]);
  }
  const view = await desk.importRows(
    manager,
    [
      ['Коваль', colleague.name],
      ['Бондар', manager.name],
      ['Лис', 'Невідомий'],
    ],
    planOf(['lastName', 'ownerName']),
  );
  assert.deepEqual([view.rowsCreated, view.rowsRejected], [1, 2]);
});

test('a client of somebody else is neither updated nor shown by an import that names its phone', async () => {
  const { manager, colleague } = world.cast;
  await desk.importRows(colleague, [['Чужий', '+380670001122']], planOf(['lastName', 'phones']));
  const plan = planOf(['lastName', 'phones'], { duplicates: { by: ['phone'], then: 'update' } });
  const id = await desk.upload(manager, csvOf([['Мій', '+380670001122']]));
  const { rows } = (await desk.call('POST /api/v1/imports/:id/preview', manager, { params: { id }, body: plan })) as {
    rows: { outcome: string }[];
  };
  assert.equal(rows[0]!.outcome, 'create');
  await start(manager, id, plan);
  await desk.run(id);
  const all = (await desk.all(desk.contacts)).map(({ fields }) => [fields['lastName'], fields['ownerId']]);
  assert.deepEqual(all, [
    ['Чужий', colleague.personId],
    ['Мій', manager.personId],
  ]);
});

test('cells full of what databases, arrays and JSON trip over come out as they went in', async () => {
  const { owner } = world.cast;
  const tags = ['a"b', 'c\\d', '{e}', 'NULL', "f'g", '\\x41', 'ґ ї', '$1', '--', 'a}b{'];
  const rows = tags.map((tag, at) => [`Імʼя "${at}" \\ {NULL}`, tag, `рядок\n"${tag}"`]);
  const view = await desk.importRows(owner, rows, planOf(['lastName', 'tags', 'notes']));
  assert.equal(view.rowsCreated, rows.length);
  const all = await desk.all(desk.contacts);
  assert.deepEqual(
    all.map(({ fields }) => fields['tags']),
    tags.map((tag) => [tag]),
  );
  assert.deepEqual(
    all.map(({ fields }) => fields['notes']),
    rows.map((row) => row[2]),
  );
});

test('more phones or tags than a client may have: the row is returned, not cut', async () => {
  const { owner } = world.cast;
  const phones = Array.from({ length: 11 }, (_, at) => `+38067000${String(1000 + at)}`).join('; ');
  const tags = Array.from({ length: 31 }, (_, at) => `т${at}`).join(',');
  const view = await desk.importRows(
    owner,
    [
      ['А', phones, ''],
      ['Б', '', tags],
      ['В', '', 'x'.repeat(61)],
    ],
    planOf(['lastName', 'phones', 'tags']),
  );
  assert.deepEqual([view.rowsCreated, view.rowsRejected], [0, 3]);
  const view2 = await desk.importRows(
    owner,
    [['Г', '', tags.split(',').slice(1).join(',')]],
    planOf(['lastName', 'phones', 'tags'], { defaults: { tags: ['ще одна'] } }),
  );
  assert.equal(view2.rowsRejected, 1, 'with the default it is one too many');
});

test('a file that is none is refused with its reason at the look already, and never runs', async () => {
  const { owner } = world.cast;
  for (const [bytes, code] of [
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Array<number>(600).fill(0)]), /^import\./],
    [Buffer.from('PK\u0003\u0004nonsense'), /^import\./],
    [Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 37) % 256)), /^import\./],
    [Buffer.from('\ufeff'), /^import\.file_empty$/],
  ] as const) {
    const id = await desk.upload(owner, bytes);
    const look = await refusal(desk.call('GET /api/v1/imports/:id/look', owner, { params: { id } }));
    assert.match(String(look?.[0]), code);
    assert.match(String((await refusal(start(owner, id, planOf(['lastName']))))?.[0]), code);
  }
  const id = await desk.upload(owner, 'a;b\r\n');
  for (const query of [{ encoding: 'latin9' }, { encoding: 'constructor' }, { delimiter: '"' }, { delimiter: '\n' }]) {
    const look = await refusal(desk.call('GET /api/v1/imports/:id/look', owner, { params: { id }, query }));
    assert.match(String(look?.[0]), /^(request\.invalid|import\.)/, JSON.stringify(query));
  }
  assert.deepEqual(await refusal(desk.upload(owner, '')), ['import.file_empty', null]);
});

test('the uploaded file lies sealed in pieces; a piece put in another’s place does not open', async () => {
  const { owner } = world.cast;
  const text = csvOf(
    Array.from({ length: 12_000 }, (_, at) => [`Таємниця${at}`, 'ще трохи тексту, щоб частин було кілька']),
  );
  const id = await desk.upload(owner, text);
  const { admin } = world.test;
  const chunks = await admin`SELECT number, sealed FROM import_chunks ORDER BY number`;
  assert.ok(chunks.length >= 3);
  assert.ok(chunks.every((chunk) => !(chunk['sealed'] as Buffer).includes('Таємниця')));
  await admin`UPDATE import_chunks SET sealed = ${chunks[0]!['sealed']} WHERE number = 1`;
  await start(owner, id, planOf(['lastName', 'notes']));
  await assert.rejects(desk.run(id), { code: 'sealed.cannot_open' });
});

test('an upload whose connection breaks is given up in words, and can be sent again', async () => {
  const { owner } = world.cast;
  const reach = reachOf(owner.actor, 'contact.import');
  const { id } = (await desk.call('POST /api/v1/imports', owner, {
    body: { kind: 'contacts', fileName: 'x.csv', sizeBytes: 9 },
  })) as { id: string };
  const seals = await world.keyring.of(world.organizationId);
  const found = (await world.database.read(reach, (tx) => findImport(tx, seals, id)))!;
  const ended = new Promise<unknown>((resolve) => {
    const server = createServer((incoming) => {
      keepFile(world.database, reach, found, incoming)
        .then(resolve, resolve)
        .finally(() => server.close());
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const sending = request({ port, host: '127.0.0.1', method: 'PUT', headers: { 'content-length': 1_000_000 } });
      sending.on('error', () => {});
      sending.write('Коваль;1\r\n');
      setTimeout(() => sending.destroy(), 50);
    });
  });
  assert.ok(hasCode(await ended, 'request.aborted'));
  const { Readable } = await import('node:stream');
  await desk.call('PUT /api/v1/imports/:id/file', owner, {
    params: { id },
    stream: Readable.from([Buffer.from('Бондар\r\n')]),
  });
  assert.deepEqual([(await desk.view(owner, id)).state, (await desk.view(owner, id)).sizeBytes], ['ready', 14]);
});

test('nothing happens out of turn: no second file, no start before a file, no revert of what runs', async () => {
  const { owner } = world.cast;
  const { Readable } = await import('node:stream');
  const id = await desk.upload(owner, csvOf([['Коваль']]));
  const wrong = ['import.wrong_state', null];
  assert.deepEqual(
    await refusal(desk.call('PUT /api/v1/imports/:id/file', owner, { params: { id }, stream: Readable.from(['x']) })),
    wrong,
  );
  assert.deepEqual(await refusal(desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } })), wrong);
  await start(owner, id, planOf(['lastName']));
  assert.deepEqual(await refusal(start(owner, id, planOf(['lastName']))), wrong);
  assert.deepEqual(await refusal(desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } })), wrong);
  assert.deepEqual(await refusal(desk.view(owner, newId())), ['import.not_found', null]);
  assert.deepEqual(desk.asked, [`run ${id}`]);
});

test('an export is a right of its own, reaches as far as its person, and is written down before a byte goes out', async () => {
  const { owner, head, manager, colleague, auditor } = world.cast;
  await desk.importRows(manager, [['Мельників клієнт']], planOf(['lastName']));
  await desk.importRows(colleague, [['Клієнт сервісу']], planOf(['lastName']));
  for (const who of [manager, colleague, auditor])
    assert.throws(() => reachOf(who.actor, 'contact.export'), { code: 'access.denied' });
  const asHead = await textOf(exported(head));
  assert.ok(asHead.includes('Мельників клієнт') && !asHead.includes('Клієнт сервісу'));
  const before = (await readEntries(world)).filter(({ event }) => event === 'contact.exported').length;
  const file = exported(owner);
  const reader = file.bytes[Symbol.asyncIterator]();
  const first = await reader.next();
  assert.ok(
    Buffer.from(first.value as Uint8Array)
      .toString('utf8')
      .includes('Клієнт сервісу'),
  );
  const rows = await world.test
    .admin`SELECT subject_ids, bytes FROM audit_entries WHERE event = 'contact.exported' ORDER BY id`;
  assert.equal(rows.length, before + 1);
  assert.equal(rows.at(-1)!['subject_ids'].length, 2);
});

test('an export whose entry cannot be written sends nobody’s data', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Бондар']], planOf(['lastName']));
  const deps = {
    ...desk.deps,
    auditLog: { ...world.auditLog, recordAlone: () => Promise.reject(new Error('log is away')) },
  };
  const file = plainCsv(deps, desk.contacts, owner.actor, reachOf(owner.actor, 'contact.export'), { filters: {} });
  let sent = '';
  await assert.rejects(async () => {
    for await (const part of file.bytes) sent += Buffer.from(part).toString('utf8');
  }, /log is away/);
  assert.ok(!sent.includes('Бондар'));
});

test('an export follows the filters; what a stranger typed does not run in the reader’s spreadsheet', async () => {
  const { owner } = world.cast;
  const rows = [
    ['=cmd|calc', '+380670001122', 'vip'],
    ['@SUM(1)', '', ''],
    ['-1+1', '', 'vip'],
  ];
  await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'tags']));
  const text = await textOf(exported(owner, { tag: 'vip' }));
  assert.ok(text.includes("'=cmd|calc") && text.includes("'-1+1") && !text.includes('SUM'));
  assert.ok(text.includes('+380670001122') && !text.includes("'+380670001122"), 'a phone stays a phone');
  const nothing = await textOf(exported(owner, { stage: 'customer' }));
  assert.equal(nothing.trim().split('\r\n').length, 1, 'headings alone');
});
