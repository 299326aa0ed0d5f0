/**
 * What the installation did by itself belongs into every organization’s log: that it came up and went down (a gap must be seen as one), runs in
 * another version, changed the structure of its database, and what its jobs did. Jobs run every minute: an hour of them is one
 * entry with exact counts; a job that failed is an entry at once.
 */
import type { Database } from '#database';
import type { JobName, JobWork } from '#jobs';
import type { Clock } from '#kernel';
import { hasCode } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import { entriesWhere, systemDoer } from '#protections/audit-log';
import { systemReach } from '#protections/encryption';

export type SystemNotes = {
  /** @throws what the writing throws */
  started(migrations: readonly string[]): Promise<void>;
  stopped(): Promise<void>;
  /** The same work, each run of it counted. */
  counted(work: Record<JobName, JobWork>): Record<JobName, JobWork>;
};

const hour = 3_600_000;
/** Failures of one job that are entries of their own in a minute; the rest is counted. */
const failuresPerMinuteMax = 4;

type Runs = { times: number; firstAt: string; lastAt: string; jobs: Record<string, number> };

export function openSystemNotes(deps: {
  database: Database;
  auditLog: AuditLog;
  clock: Clock;
  version: string;
  organizations: () => Promise<string[]>;
}): SystemNotes {
  const { database, auditLog, clock, version, organizations } = deps;
  const runs = new Map<string, Runs>();
  let timer: NodeJS.Timeout | null = null;

  const count = (organizationId: string, job: string): void => {
    const at = clock.now().toISOString();
    const one = runs.get(organizationId) ?? { times: 0, firstAt: at, lastAt: at, jobs: {} };
    runs.set(organizationId, one);
    one.times += 1;
    one.lastAt = at;
    one.jobs[job] = (one.jobs[job] ?? 0) + 1;
    timer ??= setTimeout(() => void writeRuns().catch(() => {}), hour).unref();
  };
  /** What cannot be written waits for the next hour. */
  const writeRuns = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (const [organizationId, facts] of runs) {
      await auditLog.recordAlone(systemDoer(organizationId), { event: 'job.finished', facts });
      runs.delete(organizationId);
    }
  };
  const fail = async (
    organizationId: string,
    job: string,
    request: string | undefined,
    error: unknown,
  ): Promise<void> => {
    const refused = hasCode(error) ? error.code : 'server.failed';
    const limit = { key: `job ${job}`, perMinuteMax: failuresPerMinuteMax };
    const cause = request === undefined ? undefined : { request, entry: null, job };
    await auditLog.refuse(systemDoer(organizationId, cause), { event: 'job.failed', refused, facts: { job } }, limit);
  };
  const concerned = async (organizationId: string | undefined) =>
    organizationId === undefined ? await organizations() : [organizationId];

  const countOne =
    (job: string, work: JobWork): JobWork =>
    async (data, signal) => {
      try {
        await work(data, signal);
      } catch (error) {
        // What was told to stop is handed out again, and has not failed.
        if (!signal.aborted)
          for (const id of await concerned(data['organizationId']).catch(() => []))
            await fail(id, job, data['request'], error).catch(() => {}); // counted, and written later
        throw error;
      }
      if (!signal.aborted) for (const id of await concerned(data['organizationId'])) count(id, job);
    };
  return {
    started: async (migrations) => {
      for (const id of await organizations()) {
        const doer = systemDoer(id);
        const before = await versionBefore(database, id);
        if (migrations.length > 0)
          await auditLog.recordAlone(doer, { event: 'system.migrated', facts: { migrations: [...migrations] } });
        if (before !== undefined && before !== version)
          await auditLog.recordAlone(doer, { event: 'system.updated', facts: { before, after: version } });
        await auditLog.recordAlone(doer, { event: 'system.started', facts: { version } });
      }
    },
    stopped: async () => {
      await writeRuns();
      for (const id of await organizations())
        await auditLog.recordAlone(systemDoer(id), { event: 'system.stopped', facts: { version } });
    },
    counted: (work) =>
      Object.fromEntries(Object.entries(work).map(([job, one]) => [job, countOne(job, one)])) as Record<
        JobName,
        JobWork
      >,
  };
}

/** The version that the newest start speaks of. */
async function versionBefore(database: Database, organizationId: string): Promise<string | undefined> {
  const [row] = await database.read(
    systemReach(organizationId),
    (
      tx,
    ) => tx`SELECT b.bytes FROM ${entriesWhere(tx, organizationId, tx`event = 'system.started' AND level = 'system'`, 1)}
      JOIN audit_entries b ON b.organization_id = e.organization_id AND b.id = e.id`,
  );
  if (row === undefined) return undefined;
  return (JSON.parse((row['bytes'] as Buffer).toString('utf8')) as { facts: { version?: string } }).facts.version;
}
