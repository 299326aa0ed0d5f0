/**
 * Work that outlives a request: pg-boss on the same PostgreSQL hands each job to one process, again if that process dies.
 * What a job carries is ids, never data: its table is not sealed. The tables are made through the admin connection; running
 * needs no more than reading and writing them.
 */
import { PgBoss } from 'pg-boss';
import type { DatabaseAddress, Sql } from '#database';
import { appLogsIn } from '#database';
import { LubartError } from '#kernel';

export const jobs = {
  runImport: 'import.run',
  revertImport: 'import.revert',
  refreshCompanyName: 'company.refresh-name',
  sweepSessions: 'session.sweep',
  sweepImports: 'import.sweep',
} as const;
export type JobName = (typeof jobs)[keyof typeof jobs];

/** Ids only. */
export type JobData = Record<string, string>;
export type JobWork = (data: JobData, signal: AbortSignal) => Promise<void>;

export type JobLog = { error(facts: object, text: string): void };

export type Jobs = {
  /** Starts handing out jobs to these functions and follows the schedule. */
  start(work: Record<JobName, JobWork>): Promise<void>;
  /** Asks for a job; with `only`, nothing happens while an equal one waits or runs. */
  ask(name: JobName, data: JobData, only?: string): Promise<void>;
  /** Waits for running jobs up to `seconds`. */
  stop(seconds: number): Promise<void>;
};

const schema = 'lubart_jobs';
/** A job whose process died is handed out again after the heartbeat and one look of the supervisor: about 20 seconds. */
const queueOptions = { retryLimit: 100, retryDelay: 2, retryBackoff: true, expireInSeconds: 3600 * 12, heartbeatSeconds: 15 } as const;
const superviseSeconds = 5;

/** Makes or upgrades the job tables and lets the app’s role use them. */
export async function prepareJobs(admin: Sql, address: DatabaseAddress): Promise<void> {
  const boss = new PgBoss({ ...connectionOf(address), schema, max: 1, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  try {
    const queues = new Set((await boss.getQueues()).map((queue) => queue.name));
    for (const name of Object.values(jobs)) {
      if (queues.has(name)) await boss.updateQueue(name, queueOptions);
      else await boss.createQueue(name, { policy: 'stately', ...queueOptions });
    }
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
  await admin.unsafe(`
    GRANT USAGE ON SCHEMA ${schema} TO lubart_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO lubart_app;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO lubart_app;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO lubart_app;
  `);
}

export function openJobs(address: DatabaseAddress, log: JobLog, schedule: readonly { job: JobName; cron: string }[], timeZone: string): Jobs {
  const boss = new PgBoss({
    ...connectionOf(address),
    ...(appLogsIn(address) ? { user: 'lubart_app' } : { options: '-c role=lubart_app' }),
    application_name: 'lubart-jobs',
    schema,
    max: 2,
    migrate: false,
    createSchema: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error: Error) => log.error({ kind: error.name, code: (error as { code?: string }).code }, 'job queue failed'));
  let starting: Promise<unknown> | undefined;
  /** Who only asks (a command, or a request that comes before the jobs are started) needs the connection, too. */
  const connected = () => (starting ??= boss.start());
  return {
    start: async (work) => {
      await connected();
      for (const name of Object.values(jobs)) {
        await boss.work<JobData>(name, { batchSize: 1, pollingIntervalSeconds: 0.5, localConcurrency: 2 }, async ([job]) => {
          try {
            await work[name](job!.data, job!.signal);
          } catch (error) {
            // What is kept of a failure is its code: a message might quote somebody’s data.
            const code = error instanceof LubartError ? error.code : ((error as { code?: string }).code ?? 'server.failed');
            log.error({ job: name, code, at: (error as Error).stack?.split('\n').filter((l) => /^\s+at /.test(l)).slice(0, 5) }, 'job failed');
            throw new Error(String(code));
          }
        });
      }
      for (const { job, cron } of schedule) await boss.schedule(job, cron, {}, { tz: timeZone });
    },
    ask: async (name, data, only) => {
      await connected();
      await boss.send(name, data, only === undefined ? {} : { singletonKey: only });
    },
    stop: async (seconds) => {
      if (starting === undefined) return;
      await starting.catch(() => {});
      await boss.stop({ graceful: true, close: true, timeout: seconds * 1000 });
    },
  };
}

function connectionOf(address: DatabaseAddress) {
  if ('url' in address) return { connectionString: address.url };
  return {
    host: address.socketFolder,
    port: address.port ?? 5432,
    user: address.superuser,
    database: address.database,
    ...(address.password === undefined ? {} : { password: address.password }),
  };
}
