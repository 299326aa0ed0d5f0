/** A spreadsheet on its way in: every row accounted for, duplicates met, batches resumed, everything revertible. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import type { ImportViewValue, PreviewRowValue } from '#contract';
import { systemReach } from '#protections/encryption';
import { reachOf } from '#protections/access';
import type { World } from '#test/cast.ts';
import { callAs, openWorld, readEntries } from '#test/cast.ts';
import type { Desk } from './imports.fixture.ts';
import { countsOf, csvOf, openDesk, planOf, textOf } from './imports.fixture.ts';
import { sweepImports } from './sweep-imports.ts';

let world: World;
let desk: Desk;
before(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  const { admin } = world.test;
  await admin`TRUNCATE contacts, companies, contact_search, company_search, import_batches, import_updates, import_rejections, import_chunks, imports, name_orders`;
  desk = openDesk(world);
});
afterEach(() => world.auditLog.flush());
after(() => world.close());

const phone = (at: number) => `+38067${String(1_000_000 + at)}`;
const people = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => [`Клієнт${from + at}`, phone(from + at)]);
const namesNow = async () => (await desk.all(desk.contacts)).map(({ fields }) => String(fields['lastName']));
const stateOf = async () =>
  (await desk.all(desk.contacts)).map(({ row, fields }) => ({ id: row.id, ...fields })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
const byPhone = (then: 'skip' | 'update' | 'create') => ({ duplicates: { by: ['phone' as const], then } });

test('an import from the first byte to the last: what was read is what is there, sealed, owned, recorded', async () => {
  const { manager } = world.cast;
  const view = await desk.importRows(manager, [['Бондар Олег', '067 000 11 22', 'oleh@firma.example'], ['Коваль Ірина', '', 'нічого']], planOf(['fullName', 'phones', 'emails']));
  assert.deepEqual([view.state, countsOf(view)], ['finished', { read: 2, created: 1, updated: 0, skipped: 0, rejected: 1 }]);
  const [made] = await desk.all(desk.contacts);
  assert.deepEqual(
    [made!.fields['lastName'], made!.fields['firstName'], made!.fields['ownerId'], made!.fields['departmentId']],
    ['Бондар', 'Олег', manager.personId, manager.departmentId],
  );
  const entries = (await readEntries(world)).filter(({ event }) => event.startsWith('import.'));
  assert.deepEqual(entries.slice(-4).map(({ event }) => event), ['import.uploaded', 'import.started', 'import.batch_created', 'import.finished']);
  assert.ok(entries.slice(-4).every(({ actorId }) => actorId === manager.personId));
  assert.equal((await world.test.admin`SELECT 1 FROM import_chunks`).length, 0, 'the file is gone');
});

test('any table at all: created + updated + skipped + rejected = rows read, and every created row is a client', async () => {
  const cell = fc.oneof(
    fc.constantFrom('Коваль', '', ' ', 'Олена', phone(1), phone(2), '050', 'a@firma.example', 'A@FIRMA.example', '=1+1', "'@x", '31.12.1999', 'новий'),
    fc.string({ maxLength: 12 }),
  );
  const fields = fc.constantFrom('lastName', 'firstName', 'fullName', 'phones', 'emails', 'companyName', 'birthday', 'stage', 'tags', 'notes', 'companyEdrpou', 'ownerName');
  const columns = fc.uniqueArray(fields, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(columns, fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 }), fc.constantFrom('skip', 'update', 'create'), async (mapped, rows, then) => {
      fc.pre(mapped.some((field) => ['lastName', 'firstName', 'fullName', 'phones', 'emails', 'companyName'].includes(field)));
      const table = [['Перший', ...Array.from({ length: 5 }, () => 'x')], ...rows.filter((row) => row.length > 0)];
      const before = (await desk.all(desk.contacts)).length;
      const view = await desk.importRows(world.cast.owner, table, planOf(mapped, { duplicates: { by: ['phone', 'email'], then } }));
      const { read, created, updated, skipped, rejected } = countsOf(view);
      assert.equal(view.state, 'finished', String(view.failure));
      assert.equal(read, created + updated + skipped + rejected);
      assert.ok(read <= table.length && read >= 1);
      assert.equal((await desk.all(desk.contacts)).length, before + created);
      const kept = await world.test.admin`SELECT count(*)::int AS n FROM import_rejections WHERE import_id = ${view.id}`;
      assert.equal(kept[0]!['n'], rejected);
    }),
    { numRuns: 25 },
  );
});

test('the same phone, e-mail or code: skipped, updated or made anew, as was asked', async () => {
  const { owner } = world.cast;
  const first = [['Коваль', '+380670001122', 'koval@firma.example']];
  const again = [['Коваленко', '0670001122', ''], ['Ковальчук', '', 'KOVAL@firma.example'], ['Інша', '+380670001123', '']];
  const fields = ['lastName', 'phones', 'emails'] as const;
  for (const [then, counts, names] of [
    ['skip', { created: 1, updated: 0, skipped: 2 }, ['Коваль', 'Інша']],
    ['update', { created: 1, updated: 1, skipped: 1 }, ['Ковальчук', 'Інша']],
    ['create', { created: 3, updated: 0, skipped: 0 }, ['Коваль', 'Коваленко', 'Ковальчук', 'Інша']],
  ] as const) {
    await world.test.admin`TRUNCATE contacts, contact_search`;
    await desk.importRows(owner, first, planOf([...fields]));
    const view = await desk.importRows(owner, again, planOf([...fields], { duplicates: { by: ['phone', 'email'], then } }));
    assert.deepEqual(countsOf(view), { read: 3, rejected: 0, ...counts }, then);
    assert.deepEqual(await namesNow(), names, then);
  }
  const company = [['ТОВ «Ранок»', '00032112', 'Луцьк']];
  await desk.importRows(owner, company, planOf(['name', 'edrpou', 'address']), 'companies');
  const view = await desk.importRows(owner, [['ТОВ «Світанок»', '00032112', '']], planOf(['name', 'edrpou', 'address'], { duplicates: { by: ['edrpou'], then: 'update' } }), 'companies');
  assert.equal(view.rowsUpdated, 1);
  const [kept] = await desk.all(desk.companies);
  assert.deepEqual([kept!.fields['name'], kept!.fields['address']], ['ТОВ «Світанок»', 'Луцьк'], 'what the row leaves blank stays');
});

test('twins in one file become one client, in one batch and across batches alike', async () => {
  const { owner } = world.cast;
  for (const distance of [1, 1_100]) {
    for (const then of ['skip', 'update'] as const) {
      await world.test.admin`TRUNCATE contacts, contact_search, name_orders`;
      const rows = people(0, distance).map((row) => [...row, '']);
      const twin = ['Пізніший', phone(0), 'Директор'];
      const view = await desk.importRows(owner, [...rows, twin], planOf(['lastName', 'phones', 'position'], byPhone(then)));
      assert.equal(view.rowsCreated, distance, `${distance} ${then}`);
      assert.equal(view.rowsUpdated + view.rowsSkipped, 1);
      const found = (await desk.all(desk.contacts)).find(({ fields }) => (fields['phones'] as { number: string }[])[0]!.number === phone(0))!;
      assert.deepEqual([found.fields['lastName'], found.fields['position']], then === 'update' ? ['Пізніший', 'Директор'] : ['Клієнт0', '']);
    }
  }
});

test('several rows for one client that was there: all of them count, the last word stays', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Коваль', phone(7), '']], planOf(['lastName', 'phones', 'position']));
  const rows = [['', phone(7), 'Бухгалтер'], ['Коваленко', phone(7), '']];
  const view = await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'position'], byPhone('update')));
  assert.deepEqual(countsOf(view), { read: 2, created: 0, updated: 1, skipped: 1, rejected: 0 });
  const [one] = await desk.all(desk.contacts);
  assert.deepEqual([one!.fields['lastName'], one!.fields['position']], ['Коваленко', 'Бухгалтер']);
});

test('stopped after any batch and run again: every row once, in the file’s order, none lost', async () => {
  const { owner } = world.cast;
  const rows = people(0, 3_300).map(([name, number], at) => [name!, number!, at % 7 === 0 ? 'рядок\nу лапках; "так"' : '']);
  const id = await desk.upload(owner, csvOf(rows));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones', 'notes'], byPhone('skip')) });
  let runs = 0;
  for (; (await desk.view(owner, id)).state === 'running'; runs += 1) {
    assert.ok(runs < 10);
    const stop = new AbortController();
    let acts = 0;
    const cutting = openDesk(world, {
      database: {
        ...world.database,
        act: async (reach, work) => {
          const done = await world.database.act(reach, work);
          // The first two acts may cut the alphabet; after the next, a batch, the process is told to stop.
          if ((acts += 1) >= (runs === 0 ? 3 : 1)) stop.abort();
          return done;
        },
      },
    });
    await cutting.run(id, stop.signal);
  }
  assert.ok(runs >= 3, `only ${runs} runs`);
  const view = await desk.view(owner, id);
  assert.deepEqual(countsOf(view), { read: 3_300, created: 3_300, updated: 0, skipped: 0, rejected: 0 });
  assert.deepEqual(await namesNow(), rows.map(([name]) => name));
});

test('killed in the middle of a batch: the batch is not there, and is done once by the next run', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, csvOf(people(0, 1_500)));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  let acts = 0;
  const failing = openDesk(world, {
    database: {
      ...world.database,
      act: (reach, work) =>
        world.database.act(reach, async (tx) => {
          const done = await work(tx);
          if ((acts += 1) === 4) await tx`SELECT 1 / 0`; // all statements of a batch were sent, and then it fails
          return done;
        }),
    },
  });
  await assert.rejects(failing.run(id));
  const between = (await desk.view(owner, id)).rowsRead;
  assert.equal((await desk.all(desk.contacts)).length, between);
  await desk.run(id);
  assert.deepEqual(countsOf(await desk.view(owner, id)), { read: 1_500, created: 1_500, updated: 0, skipped: 0, rejected: 0 });
  assert.deepEqual(await namesNow(), people(0, 1_500).map(([name]) => name));
});

test('two that run one import at one moment do not double a row', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, csvOf(people(0, 2_500)));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  await Promise.allSettled([desk.run(id), openDesk(world).run(id)]);
  await desk.run(id);
  assert.equal((await desk.view(owner, id)).rowsCreated, 2_500);
  assert.deepEqual((await namesNow()).toSorted(), people(0, 2_500).map(([name]) => name!).toSorted());
});

test('a revert restores exactly what was, also where one client was met in several batches', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, people(0, 5).map((row) => [...row, 'Стара посада']), planOf(['lastName', 'phones', 'position']));
  const before = await stateOf();
  const rows = [
    ...people(3, 1_050).map((row) => [...row, 'Нова посада']),
    ['Двійник', phone(1_049), 'Директор'], // in a later batch than its first row
    ['Знов', phone(3), 'Двічі'], // updates what the first batch had updated
  ];
  const view = await desk.importRows(owner, rows, planOf(['lastName', 'phones', 'position'], byPhone('update')));
  assert.deepEqual([view.rowsCreated, view.rowsUpdated], [1_045, 4]);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  const after = await desk.view(owner, view.id);
  assert.deepEqual([after.state, after.keptRows], ['reverted', 0]);
  assert.deepEqual(await stateOf(), before);
  const tokens = await world.test.admin`SELECT count(*)::int AS n FROM contact_search`;
  assert.equal(tokens[0]!['n'], 5);
  assert.deepEqual((await readEntries(world)).slice(-2).map(({ event }) => event), ['import.batch_reverted', 'import.reverted']);
});

test('a revert keeps what somebody edited since, and counts it', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Давній', phone(0)]], planOf(['lastName', 'phones']));
  const view = await desk.importRows(owner, [['Змінений', phone(0)], ...people(1, 4)], planOf(['lastName', 'phones'], byPhone('update')));
  const all = await desk.all(desk.contacts);
  const reach = reachOf(owner.actor, 'contact.update');
  for (const name of ['Змінений', 'Клієнт2']) {
    const { row } = all.find(({ fields }) => fields['lastName'] === name)!;
    await desk.contacts.change(owner.actor, reach, row.id, row.version, { position: 'Правлено' });
  }
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  const after = await desk.view(owner, view.id);
  assert.deepEqual([after.revertedRows, after.keptRows], [2, 2]);
  assert.deepEqual(await namesNow(), ['Змінений', 'Клієнт2']);
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
  assert.deepEqual(companies.map(({ fields: f }) => [f['name'], f['edrpou']]), [['ТОВ «Ранок»', '00032112'], ['Вечір', '14360570']]);
  const linked = (await desk.all(desk.contacts)).map(({ fields: f }) => [f['lastName'], f['companyId'], f['companyName']]);
  assert.deepEqual(linked, [
    ['Коваль', companies[0]!.row.id, 'ТОВ «Ранок»'],
    ['Бондар', companies[1]!.row.id, 'Вечір'],
    ['Шевчук', companies[1]!.row.id, 'Вечір'],
  ]);
  // An update links, too; and a name without a code lets a linked company go.
  await desk.importRows(owner, [['Коваль', phone(1), '', '14360570'], ['Бондар', phone(2), 'Ніч', '']], planOf([...fields], byPhone('update')));
  const now = (await desk.all(desk.contacts)).map(({ fields: f }) => [f['companyId'], f['companyName']]);
  assert.deepEqual(now.slice(0, 2), [[companies[1]!.row.id, 'Вечір'], [null, 'Ніч']]);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  assert.deepEqual((await desk.all(desk.companies)).length, 2, 'Коваль was edited since, and stays with the company');
  assert.deepEqual(await namesNow(), ['Коваль', 'Бондар']);
});

test('a company that was made along the way goes with its contacts', async () => {
  const { owner } = world.cast;
  const view = await desk.importRows(owner, [['Бондар', '14360570']], planOf(['lastName', 'companyEdrpou']));
  assert.equal((await desk.all(desk.companies)).length, 1);
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id: view.id } });
  await desk.revert(view.id);
  assert.deepEqual([await desk.all(desk.contacts), await desk.all(desk.companies)], [[], []]);
});

test('the preview says what then happens, row by row', async () => {
  const { owner } = world.cast;
  await desk.importRows(owner, [['Коваль', phone(1)], ['Бондар', phone(2)]], planOf(['lastName', 'phones']));
  const rows = [['Коваленко', phone(1)], ['Новий', phone(3)], ['Двійник', phone(3)], ['', ''], ['Хибний', '12'], ['Бондар', phone(2)], ['', phone(9)]];
  for (const then of ['skip', 'update', 'create'] as const) {
    const id = await desk.upload(owner, csvOf(rows));
    const body = planOf(['lastName', 'phones'], byPhone(then));
    const shown = ((await desk.call('POST /api/v1/imports/:id/preview', owner, { params: { id }, body })) as { rows: PreviewRowValue[] }).rows;
    const count = (outcome: string) => shown.filter((row) => row.outcome === outcome).length;
    const before = await stateOf();
    await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body });
    await desk.run(id);
    const view = await desk.view(owner, id);
    assert.deepEqual([view.rowsCreated, view.rowsRejected], [count('create'), count('reject')], then);
    // An update that changes nothing is counted as skipped.
    assert.deepEqual(view.rowsUpdated + view.rowsSkipped, count('update') + count('skip'), then);
    const made = (await stateOf()).filter(({ id: one }) => !before.some((old) => old.id === one));
    assert.deepEqual(made.map((one) => (one as Record<string, unknown>)['lastName']), shown.filter((row) => row.outcome === 'create').map((row) => row.fields['lastName'] ?? ''), then);
    await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } });
    await desk.revert(id);
    assert.deepEqual(await stateOf(), before, then);
  }
});

test('what was rejected comes back in a file that can be mended and imported again', async () => {
  const { owner } = world.cast;
  const rows = [['зайве', 'Коваль', '12', '=HYPERLINK("x")'], ['зайве', 'Бондар', phone(1), ''], ['', 'Мельник', 'немає 050', 'ok']];
  const plan = { ...planOf([]), mapping: { '1': 'lastName', '2': 'phones', '3': 'notes' } };
  const view = await desk.importRows(owner, rows, plan);
  assert.deepEqual(countsOf(view), { read: 3, created: 1, updated: 0, skipped: 0, rejected: 2 });
  const file = (await desk.call('GET /api/v1/imports/:id/rejected', owner, { params: { id: view.id } })) as { bytes: AsyncIterable<Uint8Array> };
  const text = await textOf(file);
  assert.match(text, /^\ufeffРядок;Причина;;Прізвище;/);
  assert.ok(text.includes("'=HYPERLINK"), 'nothing in it runs');
  assert.equal((await readEntries(world)).at(-1)!.event, 'import.rejected_downloaded');

  const mended = text.replace(/;12;/, ';067 000 11 22;').replace(/;немає 050;/, ';067 000 11 23;');
  const id = await desk.upload(owner, mended);
  const look = (await desk.call('GET /api/v1/imports/:id/look', owner, { params: { id } })) as { headingRow: boolean; columns: { index: number; field: string | null }[] };
  assert.equal(look.headingRow, true);
  const guessed = Object.fromEntries(look.columns.filter(({ field }) => field !== null).map(({ index, field }) => [String(index), field!]));
  assert.deepEqual(guessed, { '3': 'lastName', '4': 'phones', '5': 'notes' });
  const { headingRow: _, ...again } = planOf([], byPhone('skip'));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: { ...again, mapping: guessed } });
  await desk.run(id);
  assert.deepEqual(countsOf(await desk.view(owner, id)), { read: 2, created: 2, updated: 0, skipped: 0, rejected: 0 });
  const notes = (await desk.all(desk.contacts)).map(({ fields }) => fields['notes']);
  assert.ok(notes.includes('=HYPERLINK("x")'), 'as it was written');
});

test('cancelled: what is in stays in and can be reverted, nothing more comes', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, csvOf(people(0, 2_500)));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  let acts = 0;
  const cancelling = openDesk(world, {
    database: {
      ...world.database,
      act: async (reach, work) => {
        const done = await world.database.act(reach, work);
        if ((acts += 1) === 3) await desk.call('POST /api/v1/imports/:id/cancel', owner, { params: { id } });
        return done;
      },
    },
  });
  await cancelling.run(id);
  const view = await desk.view(owner, id);
  assert.equal(view.state, 'cancelled');
  assert.ok(view.rowsRead > 0 && view.rowsRead < 2_500, String(view.rowsRead));
  assert.equal((await desk.all(desk.contacts)).length, view.rowsCreated);
  await assert.rejects(desk.call('POST /api/v1/imports/:id/cancel', owner, { params: { id } }), { code: 'import.wrong_state' });
});

test('a file that breaks further on: what was read before is in, the failure is named, and it can be reverted', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, `${csvOf(people(0, 2_200))}"without an end;`);
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  await desk.run(id);
  const view = await desk.view(owner, id);
  assert.deepEqual([view.state, view.failure, view.rowsCreated], ['failed', 'import.quote_unterminated', 2_200]);
  const entry = (await readEntries(world)).at(-1)!;
  assert.deepEqual([entry.event, entry.facts['created']], ['import.failed', 2_200], 'the log counts the last batch, too');
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } });
  await desk.revert(id);
  assert.deepEqual(await namesNow(), []);
});

test('who is dismissed while an import runs imports nothing more', async () => {
  const { owner, colleague } = world.cast;
  const id = await desk.upload(colleague, csvOf(people(0, 3_500)));
  await desk.call('POST /api/v1/imports/:id/start', colleague, { params: { id }, body: planOf(['lastName', 'phones']) });
  let acts = 0;
  const setActive = (active: boolean) => callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: colleague.personId }, body: { active } });
  const dismissing = openDesk(world, {
    database: {
      ...world.database,
      act: async (reach, work) => {
        const done = await world.database.act(reach, work);
        if ((acts += 1) === 3) await setActive(false);
        return done;
      },
    },
  });
  await dismissing.run(id);
  await setActive(true);
  const view = await desk.view(owner, id);
  assert.deepEqual([view.state, view.failure], ['failed', 'access.denied']);
  assert.ok(view.rowsCreated <= 2_000, String(view.rowsCreated));
  assert.equal((await desk.all(desk.contacts)).length, view.rowsCreated);
});

test('files that nobody started are gone after a week, and say so', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, csvOf(people(0, 3)));
  await sweepImports(world.database, world.clock, world.organizationId);
  assert.equal((await desk.view(owner, id)).state, 'ready');
  world.clock.move(8 * 86_400_000);
  await sweepImports(world.database, world.clock, world.organizationId);
  assert.equal((await desk.view(owner, id)).state, 'cancelled');
  const chunks = await world.database.read(systemReach(world.organizationId), (tx) => tx`SELECT 1 FROM import_chunks`);
  assert.equal(chunks.length, 0);
});

test('an import is for who started it, and for who sees everybody', async () => {
  const { owner, manager, colleague } = world.cast;
  const id = await desk.upload(manager, csvOf(people(0, 1)));
  assert.equal((await desk.view(owner, id)).state, 'ready');
  await assert.rejects(desk.view(colleague, id), { code: 'import.not_found' });
  const list = async (who: typeof owner) => ((await desk.call('GET /api/v1/imports', who)) as { imports: ImportViewValue[] }).imports.length;
  assert.deepEqual([await list(owner), await list(manager), await list(colleague)], [1, 1, 0]);
});
