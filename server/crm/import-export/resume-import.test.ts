/** Imports that are stopped, killed, cancelled, broken or forgotten: whole batches, each once, and the state says so. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { callAs, openWorld, readEntries } from '#test/cast.ts';
import type { Desk } from './imports.fixture.ts';
import { countsOf, csvOf, openDesk, planOf } from './imports.fixture.ts';
import { sweepImports } from './sweep-imports.ts';

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
const byPhone = (then: 'skip' | 'update' | 'create') => ({ duplicates: { by: ['phone' as const], then } });

test('stopped after any batch and run again: every row once, in the file’s order, none lost', async () => {
  const { owner } = world.cast;
  const rows = people(0, 3_300).map(([name, number], at) => [
    name!,
    number!,
    at % 7 === 0 ? 'рядок\nу лапках; "так"' : '',
  ]);
  const id = await desk.upload(owner, csvOf(rows));
  await desk.call('POST /api/v1/imports/:id/start', owner, {
    params: { id },
    body: planOf(['lastName', 'phones', 'notes'], byPhone('skip')),
  });
  let runs = 0;
  for (; (await desk.view(owner, id)).state === 'running'; runs += 1) {
    assert.ok(runs < 10);
    const stop = new AbortController();
    const cutting = openDesk(world, {
      database: {
        ...world.database,
        act: async (reach, work) => {
          const done = await world.database.act(reach, work);
          stop.abort(); // after each batch the process is told to stop
          return done;
        },
      },
    });
    await cutting.run(id, stop.signal);
  }
  assert.ok(runs >= 3, `only ${runs} runs`);
  const view = await desk.view(owner, id);
  assert.deepEqual(countsOf(view), { read: 3_300, created: 3_300, updated: 0, skipped: 0, rejected: 0 });
  assert.deepEqual(
    await namesNow(),
    rows.map(([name]) => name),
  );
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
        world.database.act(reach, async (tx, commitBehind) => {
          const done = await work(tx, commitBehind);
          if ((acts += 1) === 2) await tx`SELECT 1 / 0`; // all statements of a batch were sent, and then it fails
          return done;
        }),
    },
  });
  await assert.rejects(failing.run(id));
  const between = (await desk.view(owner, id)).rowsRead;
  assert.deepEqual([between, (await desk.all(desk.contacts)).length], [1_000, 1_000]);
  await desk.run(id);
  assert.deepEqual(countsOf(await desk.view(owner, id)), {
    read: 1_500,
    created: 1_500,
    updated: 0,
    skipped: 0,
    rejected: 0,
  });
  assert.deepEqual(
    await namesNow(),
    people(0, 1_500).map(([name]) => name),
  );
});

test('two that run one import at one moment do not double a row', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, csvOf(people(0, 2_500)));
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  await Promise.allSettled([desk.run(id), openDesk(world).run(id)]);
  await desk.run(id);
  assert.equal((await desk.view(owner, id)).rowsCreated, 2_500);
  assert.deepEqual(
    (await namesNow()).toSorted(),
    people(0, 2_500)
      .map(([name]) => name!)
      .toSorted(),
  );
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
        if ((acts += 1) === 1) await desk.call('POST /api/v1/imports/:id/cancel', owner, { params: { id } });
        return done;
      },
    },
  });
  await cancelling.run(id);
  const view = await desk.view(owner, id);
  assert.equal(view.state, 'cancelled');
  assert.ok(view.rowsRead > 0 && view.rowsRead < 2_500, String(view.rowsRead));
  assert.equal((await desk.all(desk.contacts)).length, view.rowsCreated);
  await assert.rejects(desk.call('POST /api/v1/imports/:id/cancel', owner, { params: { id } }), {
    code: 'import.wrong_state',
  });
});

test('a file that breaks further on: what was read before is in, the failure is named, and it can be reverted', async () => {
  const { owner } = world.cast;
  const id = await desk.upload(owner, `${csvOf(people(0, 2_200))}"without an end;`);
  await desk.call('POST /api/v1/imports/:id/start', owner, { params: { id }, body: planOf(['lastName', 'phones']) });
  await desk.run(id);
  const view = await desk.view(owner, id);
  assert.deepEqual([view.state, view.failure, view.rowsCreated], ['failed', 'import.quote_unterminated', 2_200]);
  const entry = (await readEntries(world)).at(-1)!;
  assert.deepEqual(
    [entry.event, entry.facts['created']],
    ['import.failed', 2_200],
    'the log counts the last batch, too',
  );
  await desk.call('POST /api/v1/imports/:id/revert', owner, { params: { id } });
  await desk.revert(id);
  assert.deepEqual(await namesNow(), []);
});

test('who is dismissed while an import runs imports nothing more', async () => {
  const { owner, colleague } = world.cast;
  const id = await desk.upload(colleague, csvOf(people(0, 3_500)));
  await desk.call('POST /api/v1/imports/:id/start', colleague, {
    params: { id },
    body: planOf(['lastName', 'phones']),
  });
  let acts = 0;
  const setActive = (active: boolean) =>
    callAs(world.signIn, 'PATCH /api/v1/people/:id', owner, { params: { id: colleague.personId }, body: { active } });
  const dismissing = openDesk(world, {
    database: {
      ...world.database,
      act: async (reach, work) => {
        const done = await world.database.act(reach, work);
        if ((acts += 1) === 1) await setActive(false);
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
  await sweepImports(world, world.organizationId);
  assert.equal((await desk.view(owner, id)).state, 'ready');
  world.clock.move(8 * 86_400_000);
  await sweepImports(world, world.organizationId);
  assert.equal((await desk.view(owner, id)).state, 'cancelled');
  const chunks = await world.database.read(systemReach(world.organizationId), (tx) => tx`SELECT 1 FROM import_chunks`);
  assert.equal(chunks.length, 0);
});
