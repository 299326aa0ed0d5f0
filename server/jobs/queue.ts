/**
 * Work that outlives a request: pg-boss on the same PostgreSQL hands each job to one process, again if that process dies.
 * What a job carries is ids, never data: its table is not sealed. The tables are made through the admin connection; running
 * needs no more than reading and writing them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import type { DatabaseAddress, Sql } from '#database';
import { appLogsIn, verifiedConnection } from '#database';
import { LubartError } from '#kernel';

export const jobs = {
  runImport: 'import.run',
  revertImport: 'import.revert',
  refreshCompanyName: 'company.refresh-name',
  sweepSessions: 'session.sweep',
  sweepImports: 'import.sweep',
  sweepExports: 'export.sweep',
  deliverLetters: 'letter.deliver',
  sweepLetters: 'letter.sweep',
  tellEndingKeys: 'api-key.tell-ending',
  endTemporary: 'access.end_temporary',
  askWitnesses: 'audit.ask-witnesses',
  forwardLogs: 'audit.forward',
  verifyLogs: 'audit.verify',
  pruneLogs: 'audit.prune',
  goOnWithReviews: 'review.go-on',
  rotateKeys: 'keys.rotate',
  watchCertificates: 'transit.watch',
} as const;
export type JobName = (typeof jobs)[keyof typeof jobs];

/** Ids only. */
export type JobData = Record<string, string>;
export type JobWork = (data: JobData, signal: AbortSignal) => Promise<void>;

export type JobLog = { error(facts: object, text: string): void };

export type Jobs = {
  /** Starts handing out jobs to these functions and follows the schedule. */
  start(work: Record<JobName, JobWork>): Promise<void>;
  /** Asks for a job. With `only`, equal ones wait once and run one after another: asking again while one waits adds nothing. */
  ask(name: JobName, data: JobData, only?: string, afterSeconds?: number): Promise<void>;
  /** Tells running jobs to stop and waits for them up to `seconds`. */
  stop(seconds: number): Promise<void>;
};

const schema = 'lubart_jobs';
/** A job whose process died is handed out again after the heartbeat and one look of the supervisor: about 20 seconds. */
const queueOptions = {
  retryLimit: 100,
  retryDelay: 2,
  retryBackoff: true,
  expireInSeconds: 3600 * 12,
  heartbeatSeconds: 15,
  notify: true,
} as const;
const superviseSeconds = 5;
/** Seconds beyond those for jobs after which a stop waits for the queue no longer. */
const leftBehindAfter = 2;
/**
 * PostgreSQL tells at once when a job is asked for (LISTEN); looking for one is for those whose time comes later, and costs the database as
 * much as a short list, for each queue and worker. Where the telling is lost, looking is all there is.
 */
const looking = { notifyPollingIntervalSeconds: 2, pollingIntervalSeconds: 0.5 } as const;

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

export function openJobs(
  address: DatabaseAddress,
  log: JobLog,
  schedule: readonly { job: JobName; cron: string }[],
  timeZone: string,
): Jobs {
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
    useListenNotify: true,
  });
  boss.on('error', (error: Error) =>
    log.error({ kind: error.name, code: (error as { code?: string }).code }, 'job queue failed'),
  );
  let starting: Promise<unknown> | undefined;
  const stopping = new AbortController();
  /** Who only asks (a command, or a request that comes before the jobs are started) needs the connection, too. */
  const connected = () => (starting ??= boss.start());
  return {
    start: async (work) => {
      await connected();
      for (const name of Object.values(jobs)) {
        await boss.work<JobData>(name, { ...looking, batchSize: 1, localConcurrency: 2 }, async ([job]) => {
          try {
            await work[name](job!.data, AbortSignal.any([job!.signal, stopping.signal]));
            // What was cut short is not done: another node, or this one when it is back, goes on with it.
            stopping.signal.throwIfAborted();
          } catch (error) {
            if (stopping.signal.aborted) throw new Error('server.stopping', { cause: error });
            // What is kept of a failure is its code: a message might quote somebody’s data.
            const code = codeOf(error);
            log.error({ job: name, code, at: placesOf(error) }, 'job failed');
            // oxlint-disable-next-line preserve-caught-error -- the queue would keep the cause, with its message
            throw new Error(code);
          }
        });
      }
      for (const { job, cron } of schedule) await boss.schedule(job, cron, {}, { tz: timeZone });
    },
    ask: async (name, data, only, afterSeconds = 0) => {
      await connected();
      await boss.send(name, data, { startAfter: afterSeconds, ...(only === undefined ? {} : { singletonKey: only }) });
    },
    stop: async (seconds) => {
      stopping.abort();
      if (starting === undefined) return;
      await starting.catch(() => {});
      const stopped = boss.stop({ graceful: true, close: true, timeout: seconds * 1000 });
      // Jobs have this time; the queue’s looking after its own tables has no end in itself, and is left behind.
      await Promise.race([stopped, sleep((seconds + leftBehindAfter) * 1000, undefined, { ref: false })]);
    },
  };
}

function codeOf(error: unknown): string {
  if (error instanceof LubartError) return error.code;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : 'server.failed';
}

function placesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
}

function connectionOf(address: DatabaseAddress) {
  if ('url' in address) {
    const { url, ssl } = verifiedConnection(address.url.expose());
    return { connectionString: url, ssl };
  }
  return {
    host: address.socketFolder,
    port: address.port ?? 5432,
    user: address.superuser,
    database: address.database,
    ...(address.password === undefined ? {} : { password: address.password }),
  };
}
