/** A spreadsheet on its way in: every row accounted for, duplicates met, companies linked, lists in order. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import type { ImportViewValue, PreviewRowValue } from '#contract';
import { reachOf } from '#protections/access';
import { compareNames } from '#ukraine';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import type { Desk } from './imports.fixture.ts';
import { countsOf, csvOf, openDesk, planOf, textOf } from './imports.fixture.ts';

let world: World;
let desk: Desk;
before(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  const { admin } = world.test;
  await admin`TRUNCATE shares, contacts, companies, contact_search, company_search, import_batches, import_updates, import_rejections, import_chunks, imports, name_orders`;
  desk = openDesk(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const phone = (at: number) => `+38067${String(1_000_000 + at)}`;
const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => [`Клієнт${from + at}`, phone(from + at)]);
const namesNow = async () => (await desk.all(desk.contacts)).map(({ fields }) => String(fields['lastName']));
const stateOf = async () =>
  (await desk.all(desk.contacts))
    .map(({ row, fields }) => ({ id: row.id, ...fields }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
const byPhone = (then: 'skip' | 'update' | 'create') => ({ duplicates: { by: ['phone' as const], then } });

test('an import from the first byte to the last: what was read is what is there, sealed, owned, recorded', async () => {
  const { manager } = world.cast;
  const view = await desk.importRows(
    manager,
    [
      ['Бондар Олег', '067 000 11 22', 'oleh@firma.example'],
      ['Коваль Ірина', '', 'нічого'],
    ],
    planOf(['fullName', 'phones', 'emails']),
  );
  assert.deepEqual(
    [view.state, countsOf(view)],
    ['finished', { read: 2, created: 1, updated: 0, skipped: 0, rejected: 1 }],
  );
  const [made] = await desk.all(desk.contacts);
  assert.deepEqual(
    [made!.fields['lastName'], made!.fields['firstName'], made!.fields['ownerId'], made!.fields['departmentId']],
    ['Бондар', 'Олег', manager.personId, manager.departmentId],
  );
  const entries = (await readEntries(world)).filter(({ event }) => event.startsWith('import.'));
  assert.deepEqual(
    entries.slice(-4).map(({ event }) => event),
    ['import.uploaded', 'import.started', 'import.batch_created', 'import.finished'],
  );
  assert.ok(entries.slice(-4).every(({ actorId }) => actorId === manager.personId));
  assert.equal((await world.test.admin`SELECT 1 FROM import_chunks`).length, 0, 'the file is gone');
});

test('any table at all: created + updated + skipped + rejected = rows read, and every created row is a client', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'Коваль',
      '',
      ' ',
      'Олена',
      phone(1),
      phone(2),
      '050',
      'a@firma.example',
      'A@FIRMA.example',
      '=1+1',
      "'@x",
      '31.12.1999',
      'новий',
    ),
    fc.string({ maxLength: 12 }),
  );
  const fields = fc.constantFrom(
    'lastName',
    'firstName',
    'fullName',
    'phones',
    'emails',
    'companyName',
    'birthday',
    'stage',
    'tags',
    'notes',
    'companyEdrpou',
    'ownerName',
  );
  const columns = fc.uniqueArray(fields, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      columns,
      fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 }),
      fc.constantFrom('skip', 'update', 'create'),
      async (mapped, rows, then) => {
        fc.pre(
          mapped.some((field) =>
            ['lastName', 'firstName', 'fullName', 'phones', 'emails', 'companyName'].includes(field),
          ),
        );
        const table = [['Перший', ...Array.from({ length: 5 }, () => 'x')], ...rows.filter((row) => row.length > 0)];
        const before = (await desk.all(desk.contacts)).length;
        const view = await desk.importRows(
          world.cast.owner,
          table,
          planOf(mapped, { duplicates: { by: ['phone', 'email'], then } }),
        );
        const { read, created, updated, skipped, rejected } = countsOf(view);
        assert.equal(view.state, 'finished', String(view.failure));
        assert.equal(read, created + updated + skipped + rejected);
        assert.ok(read <= table.length && read >= 1);
        assert.equal((await desk.all(desk.contacts)).length, before + created);
        const kept = await world.test
          .admin`SELECT count(*)::int AS n FROM import_rejections WHERE import_id = ${view.id}`;
        assert.equal(kept[0]!['n'], rejected);
      },
    ),
    { numRuns: 25 },
  );
});

test('the same phone, e-mail or code: skipped, updated or made anew, as was asked', async () => {
  const { owner } = world.cast;
  const first = [['Коваль', '+380670001122', 'koval@firma.example']];
  const again = [
    ['Коваленко', '0670001122', ''],
    ['Ковальчук', '', 'KOVAL@firma.example'],
    ['Інша', '+380670001123', ''],
  ];
  const fields = ['lastName', 'phones', 'emails'] as const;
  for (const [then, counts, names] of [
    ['skip', { created: 1, updated: 0, skipped: 2 }, ['Коваль', 'Інша']],
    ['update', { created: 1, updated: 1, skipped: 1 }, ['Ковальчук', 'Інша']],
    ['create', { created: 3, updated: 0, skipped: 0 }, ['Коваль', 'Коваленко', 'Ковальчук', 'Інша']],
  ] as const) {
    await world.test.admin`TRUNCATE shares, contacts, contact_search`;
    await desk.importRows(owner, first, planOf([...fields]));
    const view = await desk.importRows(
      owner,
      again,
      planOf([...fields], { duplicates: { by: ['phone', 'email'], then } }),
    );
    assert.deepEqual(countsOf(view), { read: 3, rejected: 0, ...counts }, then);
    assert.deepEqual(await namesNow(), names, then);
  }
  const company = [['ТОВ «Ранок»', '00032112', 'Луцьк']];
  await desk.importRows(owner, company, planOf(['name', 'edrpou', 'address']), 'companies');
  const view = await desk.importRows(
    owner,
    [['ТОВ «Світанок»', '00032112', '']],
    planOf(['name', 'edrpou', 'address'], { duplicates: { by: ['edrpou'], then: 'update' } }),
    'companies',
  );
  assert.equal(view.rowsUpdated, 1);
  const [kept] = await desk.all(desk.companies);
  assert.deepEqual(
    [kept!.fields['name'], kept!.fields['address']],
    ['ТОВ «Світанок»', 'Луцьк'],
    'what the row leaves blank stays',
  );
});

test('twins in one file become one client, in one batch and across batches alike', async () => {
  const { owner } = world.cast;
  for (const distance of [1, 1_100]) {
    for (const then of ['skip', 'update'] as const) {
      await world.test.admin`TRUNCATE shares, contacts, contact_search, name_orders`;
      const rows = people(0, distance).map((row) => [...row, '']);
      const twin = ['Пізніший', phone(0), 'Директор'];
      const view = await desk.importRows(
        owner,
        [...rows, twin],
        planOf(['lastName', 'phones', 'position'], byPhone(then)),
      );
      assert.equal(view.rowsCreated, distance, `${distance} ${then}`);
      assert.equal(view.rowsUpdated + view.rowsSkipped, 1);
      const found = (await desk.all(desk.contacts)).find(
        ({ fields }) => (fields['phones'] as { number: string }[])[0]!.number === phone(0),
      )!;
      assert.deepEqual(
        [found.fields['lastName'], found.fields['position']],
        then === 'update' ? ['Пізніший', 'Директор'] : ['Клієнт0', ''],
      );
    }
  }
});

test('several rows for one client that was there: all of them count, the last word stays', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Коваль', phone(7), '']], planOf(['lastName', 'phones', 'position']));
  const rows = [
    ['', phone(7), 'Бухгалтер'],
    ['Коваленко', phone(7), ''],
  ];
  const view = await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'position'], byPhone('update')));
  assert.deepEqual(countsOf(view), { read: 2, created: 0, updated: 1, skipped: 1, rejected: 0 });
  const [one] = await desk.all(desk.contacts);
  assert.deepEqual([one!.fields['lastName'], one!.fields['position']], ['Коваленко', 'Бухгалтер']);
});

test('contacts are linked to companies by ЄДРПОУ: those there, those made along the way; a revert takes these, too', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['ТОВ «Ранок»', '00032112']], planOf(['name', 'edrpou']), 'companies');
  const rows = [
    ['Коваль', phone(1), 'Ранок', '00032112'],
    ['Бондар', phone(2), 'Вечір', '14360570'],
    ['Шевчук', phone(3), '', '14360570'],
    ['Мельник', phone(4), '', '12345679'],
  ];
  const fields = ['lastName', 'phones', 'companyName', 'companyEdrpou'] as const;
  const view = await desk.importRows(owner, rows, planOf([...fields]));
  assert.deepEqual(countsOf(view), { read: 4, created: 3, updated: 0, skipped: 0, rejected: 1 });
  const companies = await desk.all(desk.companies);
  assert.deepEqual(
    companies.map(({ fields: f }) => [f['name'], f['edrpou']]),
    [
      ['ТОВ «Ранок»', '00032112'],
      ['Вечір', '14360570'],
    ],
  );
  const linked = (await desk.all(desk.contacts)).map(({ fields: f }) => [
    f['lastName'],
    f['companyId'],
    f['companyName'],
  ]);
  assert.deepEqual(linked, [
    ['Коваль', companies[0]!.row.id, 'ТОВ «Ранок»'],
    ['Бондар', companies[1]!.row.id, 'Вечір'],
    ['Шевчук', companies[1]!.row.id, 'Вечір'],
  ]);
  // An update links, too; and a name without a code lets a linked company go.
  await desk.importRows(
    owner,
    [
      ['Коваль', phone(1), '', '14360570'],
      ['Бондар', phone(2), 'Ніч', ''],
    ],
    planOf([...fields], byPhone('update')),
  );
  const now = (await desk.all(desk.contacts)).map(({ fields: f }) => [f['companyId'], f['companyName']]);
  assert.deepEqual(now.slice(0, 2), [
    [companies[1]!.row.id, 'Вечір'],
    [null, 'Ніч'],
  ]);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  assert.deepEqual((await desk.all(desk.companies)).length, 2, 'Коваль was edited since, and stays with the company');
  assert.deepEqual(await namesNow(), ['Коваль', 'Бондар']);
});

test('the preview says what then happens, row by row', async () => {
  const { owner } = world.cast;
  await desk.importRows(
    owner,
    [
      ['Коваль', phone(1)],
      ['Бондар', phone(2)],
    ],
    planOf(['lastName', 'phones']),
  );
  const rows = [
    ['Коваленко', phone(1)],
    ['Новий', phone(3)],
    ['Двійник', phone(3)],
    ['', ''],
    ['Хибний', '12'],
    ['Бондар', phone(2)],
    ['', phone(9)],
  ];
  for (const then of ['skip', 'update', 'create'] as const) {
    const id = await desk.upload(owner, csvOf(rows));
    const body = planOf(['lastName', 'phones'], byPhone(then));
    const shown = (
      (await desk.call('POST /api/v1/imports/:id/preview', owner, { params: { id }, body })) as {
        rows: PreviewRowValue[];
      }
    ).rows;
    const count = (outcome: string) => shown.filter((row) => row.outcome === outcome).length;
    const before = await stateOf();
    await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body });
    await desk.run(id);
    const view = await desk.view(owner, id);
    assert.deepEqual([view.rowsCreated, view.rowsRejected], [count('create'), count('reject')], then);
    // An update that changes nothing is counted as skipped.
    assert.deepEqual(view.rowsUpdated + view.rowsSkipped, count('update') + count('skip'), then);
    const made = (await stateOf()).filter(({ id: one }) => !before.some((old) => old.id === one));
    assert.deepEqual(
      made.map((one) => (one as Record<string, unknown>)['lastName']),
      shown.filter((row) => row.outcome === 'create').map((row) => row.fields['lastName'] ?? ''),
      then,
    );
    await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } });
    await desk.revert(id);
    assert.deepEqual(await stateOf(), before, then);
  }
});

test('what was rejected comes back in a file that can be mended and imported again', async () => {
  const { owner } = world.cast;
  const rows = [
    ['зайве', 'Коваль', '12', '=HYPERLINK("x")'],
    ['зайве', 'Бондар', phone(1), ''],
    ['', 'Мельник', 'немає 050', 'ok'],
  ];
  const plan = { ...planOf([]), mapping: { '1': 'lastName', '2': 'phones', '3': 'notes' } };
  const view = await desk.importRows(owner, rows, plan);
  assert.deepEqual(countsOf(view), { read: 3, created: 1, updated: 0, skipped: 0, rejected: 2 });
  const file = (await desk.call('GET /api/v1/imports/:id/rejected', owner, { params: { id: view.id } })) as {
    bytes: AsyncIterable<Uint8Array>;
  };
  const text = await textOf(file);
  assert.match(text, /^\ufeffРядок;Причина;;Прізвище;/);
  assert.ok(text.includes("'=HYPERLINK"), 'nothing in it runs');
  assert.equal((await readEntries(world)).at(-1)!.event, 'import.rejected_downloaded');

  const mended = text.replace(/;12;/, ';067 000 11 22;').replace(/;немає 050;/, ';067 000 11 23;');
  const id = await desk.upload(owner, mended);
  const look = (await desk.call('GET /api/v1/imports/:id/look', owner, { params: { id } })) as {
    headingRow: boolean;
    columns: { index: number; field: string | null }[];
  };
  assert.equal(look.headingRow, true);
  const guessed = Object.fromEntries(
    look.columns.filter(({ field }) => field !== null).map(({ index, field }) => [String(index), field!]),
  );
  assert.deepEqual(guessed, { '3': 'lastName', '4': 'phones', '5': 'notes' });
  const { headingRow: _, ...again } = planOf([], byPhone('skip'));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: { ...again, mapping: guessed } });
  await desk.run(id);
  assert.deepEqual(countsOf(await desk.view(owner, id)), { read: 2, created: 2, updated: 0, skipped: 0, rejected: 0 });
  const notes = (await desk.all(desk.contacts)).map(({ fields }) => fields['notes']);
  assert.ok(notes.includes('=HYPERLINK("x")'), 'as it was written');
});

test('a big first import cuts the alphabet by its own names, places who was there, and lists stay in order', async () => {
  const { owner } = world.cast;
  await desk.importRows(
    owner,
    [
      ['Яценко', phone(9_000)],
      ['Авраменко', phone(9_001)],
    ],
    planOf(['lastName', 'phones']),
  );
  const letters = 'абвгґдеєжзиіїйклмнопрстуфхцчшщюя';
  const name = (at: number) => `${letters[at % 32]}${letters[(at * 7) % 32]}${letters[(at * 13) % 31]}енко${at}`;
  const rows = Array.from({ length: 2_600 }, (_, at) => [name(at), phone(at), 'довга примітка '.repeat(12)]);
  await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'notes']));
  assert.equal((await world.test.admin`SELECT 1 FROM name_orders`).length, 1);
  const buckets = await world.test.admin`SELECT count(DISTINCT name_bucket)::int AS n FROM contacts`;
  assert.ok(buckets[0]!['n'] > 50);
  const walked: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await desk.contacts.list(owner.actor, reachOf(owner.actor, 'contact.read'), {
      filters: {},
      sort: 'name',
      cursor,
      limit: 500,
    });
    walked.push(...page.records.map(({ fields }) => String(fields['lastName'])));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  assert.equal(walked.length, 2_602);
  assert.deepEqual(walked, walked.toSorted(compareNames));
});

test('an import is for who started it, and for who sees everybody', async () => {
  const { owner, manager, colleague } = world.cast;
  const id = await desk.upload(manager, csvOf(people(0, 1)));
  assert.equal((await desk.view(owner, id)).state, 'ready');
  await assert.rejects(desk.view(colleague, id), { code: 'import.not_found' });
  const list = async (who: typeof owner) =>
    ((await desk.call('GET /api/v1/imports', who)) as { imports: ImportViewValue[] }).imports.length;
  assert.deepEqual([await list(owner), await list(manager), await list(colleague)], [1, 1, 0]);
});
