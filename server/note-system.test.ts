/** The log says when Lubart was up, in which version, and what its jobs did: each run counted, each failure seen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EntryBody } from '#contract';
import type { JobName, JobWork } from '#jobs';
import { jobs } from '#jobs';
import { LubartError } from '#kernel';
import type { World } from '#test/cast.ts';
import { openWorld, readEntries } from '#test/cast.ts';
import { openSystemNotes } from './note-system.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const notes = (version = '0.1.0') =>
  openSystemNotes({ ...world, version, organizations: async () => [world.organizationId] });
const systemEntries = async () =>
  (await readEntries(world))
    .filter(({ event }) => event.startsWith('system.') || event.startsWith('job.'))
    .map(({ event, outcome, facts }) => ({ event, outcome, facts }));
const work = (one: JobWork) => ({ [jobs.deliverLetters]: one, [jobs.runImport]: one }) as Record<JobName, JobWork>;
const calm = new AbortController().signal;

test('a start, another version, another structure, a stop: each is an entry', async () => {
  await notes().started([]);
  await notes().started([]);
  await notes('0.2.0').started(['0036_something.sql']);
  await notes('0.2.0').stopped();
  assert.deepEqual(
    (await systemEntries()).map(({ event, facts }) => [event, facts]),
    [
      ['system.started', { version: '0.1.0' }],
      ['system.started', { version: '0.1.0' }],
      ['system.migrated', { migrations: ['0036_something.sql'] }],
      ['system.updated', { before: '0.1.0', after: '0.2.0' }],
      ['system.started', { version: '0.2.0' }],
      ['system.stopped', { version: '0.2.0' }],
    ],
  );
});

test('runs are counted together and written at a stop; one that failed is an entry at once, with its code and nothing else', async () => {
  const before = (await systemEntries()).length;
  const noted = notes();
  const good = noted.counted(work(async () => {}));
  for (let time = 0; time < 3; time += 1) await good[jobs.deliverLetters]({}, calm);
  await good[jobs.runImport]({ organizationId: world.organizationId }, calm);
  assert.equal((await systemEntries()).length, before, 'nothing for each run');
  const bad = noted.counted(
    work(async () => {
      throw new LubartError('import.file_empty');
    }),
  );
  await assert.rejects(bad[jobs.runImport]({ organizationId: world.organizationId, request: 'r-1' }, calm), {
    code: 'import.file_empty',
  });
  const odd = noted.counted(
    work(async () => {
      throw new Error('Коваль, +380 67 000 11 22');
    }),
  );
  await assert.rejects(odd[jobs.deliverLetters]({}, calm), /Коваль/);
  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(bad[jobs.runImport]({}, stopped.signal), { code: 'import.file_empty' });
  await noted.stopped();
  const entries = (await systemEntries()).slice(before);
  assert.deepEqual(
    entries.map(({ event, outcome }) => [event, outcome]),
    [
      ['job.failed', 'refused'],
      ['job.failed', 'refused'],
      ['job.finished', 'done'],
      ['system.stopped', 'done'],
    ],
  );
  assert.deepEqual(entries[0]!.facts, { job: 'import.run' });
  const [failed] = await world.test
    .admin`SELECT bytes FROM audit_entries WHERE event = 'job.failed' ORDER BY id LIMIT 1`;
  const { cause } = JSON.parse((failed!['bytes'] as Buffer).toString('utf8')) as EntryBody;
  assert.deepEqual(cause, { request: 'r-1', entry: null, job: 'import.run' });
  const { times, jobs: byName } = entries[2]!.facts as { times: number; jobs: object };
  assert.deepEqual([times, byName], [4, { 'letter.deliver': 3, 'import.run': 1 }]);
  assert.doesNotMatch(JSON.stringify(entries), /Коваль/);
});

test('a job that fails again and again is counted to the last time', async () => {
  const before = (await systemEntries()).length;
  const bad = notes().counted(
    work(async () => {
      throw new Error('down');
    }),
  );
  for (let time = 0; time < 40; time += 1) await bad[jobs.deliverLetters]({}, calm).catch(() => {});
  await world.auditLog.flush();
  const entries = (await systemEntries()).slice(before).filter(({ event }) => event === 'job.failed');
  const counted = entries.reduce((sum, { facts }) => sum + ((facts['times'] as number | undefined) ?? 1), 0);
  assert.equal(counted, 40);
  assert.ok(entries.length < 8, `${entries.length} entries`);
});
