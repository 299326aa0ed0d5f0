/** Work that outlives a request: done once when asked twice, tried again when it fails, and never telling anything about anybody. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect } from '#database';
import { LubartError, newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import type { JobName, Jobs, JobWork } from './queue.ts';
import { jobs, openJobs, prepareJobs } from './queue.ts';
import { schedule, timeZone } from './schedule.ts';

let base: TestDatabase;
const logged: unknown[] = [];
const log = { error: (facts: object) => void logged.push(facts) };
before(async () => {
  base = await openTestDatabase();
  await prepareJobs(base.admin, base.address);
});
after(() => base.close());

const open = () => openJobs(base.address, log, [], timeZone);
const workOf = (some: Partial<Record<JobName, JobWork>>) =>
  ({ ...Object.fromEntries(Object.values(jobs).map((name) => [name, async () => {}])), ...some }) as Record<
    JobName,
    JobWork
  >;
async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await holds());) {
    if (Date.now() > end) assert.fail(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const using = async (work: (queue: Jobs) => Promise<void>) => {
  const queue = open();
  try {
    await work(queue);
  } finally {
    await queue.stop(5);
  }
};

test('a job asked for twice before it runs, runs once', () =>
  using(async (queue) => {
    const importId = newId();
    for (let time = 0; time < 3; time += 1) await queue.ask(jobs.runImport, { importId }, importId);
    await queue.ask(jobs.runImport, { importId: 'another' }, 'another');
    const ran: string[] = [];
    await queue.start(workOf({ [jobs.runImport]: async (data) => void ran.push(data['importId']!) }));
    await until('both ran', () => ran.includes(importId) && ran.includes('another'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(ran.toSorted(), [importId, 'another'].toSorted());
  }));

test('asked for again while it runs, it runs again afterwards, never twice at one moment', () =>
  using(async (queue) => {
    let now = 0;
    let most = 0;
    let runs = 0;
    const revert: JobWork = async () => {
      runs += 1;
      most = Math.max(most, (now += 1));
      if (runs === 1) for (let time = 0; time < 2; time += 1) await queue.ask(jobs.revertImport, {}, 'same');
      await new Promise((resolve) => setTimeout(resolve, 700));
      now -= 1;
    };
    await queue.start(workOf({ [jobs.revertImport]: revert }));
    await queue.ask(jobs.revertImport, {}, 'same');
    await until('the second run', () => runs === 2 && now === 0);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.deepEqual([runs, most], [2, 1]);
  }));

test('a job that failed is tried again; of the failure a code is kept, and no word of what it was about', () =>
  using(async (queue) => {
    const secret = 'Коваленко Олена +380500000012';
    const failures = [
      new LubartError('contact.not_found', { details: { text: secret } }),
      Object.assign(new Error(secret), { code: secret }),
    ];
    let tries = 0;
    const refresh: JobWork = async () => {
      const failure = failures[tries];
      tries += 1;
      if (failure !== undefined) throw failure;
    };
    await queue.start(workOf({ [jobs.refreshCompanyName]: refresh }));
    await queue.ask(jobs.refreshCompanyName, {}, 'company');
    const outputs = new Set<string>();
    await until(
      'three tries',
      async () => {
        const rows =
          await base.admin`SELECT output::text AS output FROM lubart_jobs.job WHERE name = ${jobs.refreshCompanyName}`;
        for (const row of rows) if (row['output'] !== null) outputs.add(row['output'] as string);
        return tries === 3;
      },
      45,
    );
    assert.ok(outputs.size > 0);
    for (const kept of [...outputs, JSON.stringify(logged)]) assert.ok(!/Коваленко|0012/.test(kept), kept);
    assert.ok([...outputs].some((output) => output.includes('contact.not_found')));
    assert.deepEqual(logged.map((facts) => (facts as { code: string }).code).slice(0, 2), [
      'contact.not_found',
      'server.failed',
    ]);
  }));

test('stopping tells the running job, and what was cut short is done when somebody is back', async () => {
  const queue = open();
  let began = false;
  const cut: JobWork = (_data, signal) =>
    new Promise((resolve) => {
      began = true;
      signal.addEventListener('abort', () => resolve());
    });
  await queue.start(workOf({ [jobs.runImport]: cut }));
  await queue.ask(jobs.runImport, {}, 'cut');
  await until('it runs', () => began);
  const before = Date.now();
  await queue.stop(20);
  assert.ok(Date.now() - before < 10_000, 'did not wait for the deadline');
  await using(async (next) => {
    let done = false;
    await next.start(workOf({ [jobs.runImport]: async () => void (done = true) }));
    await until('done by the next', () => done);
  });
});

/** As pg-boss names it. */
const channel = `pgboss_${createHash('sha224').update('lubart_jobs').digest('hex').slice(0, 24)}`;

test('who works is told of a job when it is asked for, in a word that names the queue', async () => {
  const heard: string[] = [];
  const listening = await base.admin.listen(channel, (payload) => void heard.push(payload));
  await using(async (queue) => {
    await queue.start(workOf({}));
    const listeners = () =>
      base.admin`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'lubart-jobs' AND query LIKE 'LISTEN%'`;
    await until('somebody listens', async () => (await listeners()).length === 1);
    await queue.ask(jobs.runImport, { importId: newId() });
    await until('the word', () => heard.length > 0);
  });
  await listening.unlisten();
  assert.deepEqual(heard, [jobs.runImport]);
});

test('a stop does not wait for the queue’s own work that hangs in the database', { timeout: 60_000 }, async () => {
  const queue = open();
  await queue.start(workOf({}));
  const held = connect(base.address, 'admin');
  try {
    await held.begin(async (tx) => {
      await tx`LOCK TABLE lubart_jobs.queue, lubart_jobs.job IN ACCESS EXCLUSIVE MODE`;
      await until('something of the queue to wait', async () => {
        const [row] = await base.admin`SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'lubart-jobs' AND wait_event_type = 'Lock'`;
        return (row!['n'] as number) > 0;
      });
      await queue.stop(1);
    });
  } finally {
    await held.end({ timeout: 5 });
  }
});

test('the app’s role runs the queue and owns nothing of it', async () => {
  const owned = await base.admin`SELECT relname FROM pg_class WHERE relnamespace = 'lubart_jobs'::regnamespace
    AND pg_get_userbyid(relowner) = 'lubart_app'`;
  assert.deepEqual([...owned], []);
});

test('everything that happens by itself is a job there is, at a time that can be read', () => {
  assert.ok(schedule.length > 0);
  for (const { job, cron, what } of schedule) {
    assert.ok(Object.values(jobs).includes(job));
    assert.match(cron, /^[\d*/,-]+( [\d*/,-]+){4}$/);
    assert.ok(what.length > 10);
  }
});
