/** What each job of the schedule and of the queue does, by the rooms whose work it is. */
import type { Database } from '#database';
import type { Logger } from '#http';
import type { JobName, JobWork } from '#jobs';
import { jobs } from '#jobs';
import type { Clock } from '#kernel';
import type { Mail } from '#mail';
import { refreshCompanyName } from '#crm/contacts';
import { sweepExports } from '#crm/exports';
import type { ImportDeps } from '#crm/import-export';
import { revertImport, runImport, sweepImports } from '#crm/import-export';
import { expireShares, noteExpiredElevations, noteExpiredShares } from '#protections/access';
import type { Reviews } from '#protections/access/reviews';
import type { AuditLog } from '#protections/audit-log';
import { systemDoer } from '#protections/audit-log';
import type { ForwardDeps } from '#protections/audit-log/forwarding';
import { forwardDue, tellEndingClients } from '#protections/audit-log/forwarding';
import type { HeadFile, LogKey, VerifiedFile } from '#protections/audit-log/tree';
import { thinCheckpoints } from '#protections/audit-log/tree';
import { pruneLog } from '#protections/audit-log/retention';
import { anchorDue, pruneStamps } from '#protections/audit-log/anchors';
import { sendDue } from '#protections/audit-log/witness';
import type { Keyring } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { RotationDeps } from '#protections/encryption/rotation';
import { goOnRotating } from '#protections/encryption/rotation';
import type { SignIn } from '#protections/sign-in';
import type { Transit } from './open-transit.ts';
import { verifyDue } from './verify-logs.ts';

export type RoomsWithJobs = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  log: Logger;
  organizations(): Promise<string[]>;
  signIn: SignIn;
  reviews: Reviews;
  imports: ImportDeps;
  mail: Mail;
  rotation: RotationDeps;
  forwarding: ForwardDeps;
  logKey: LogKey;
  heads: HeadFile;
  verified: VerifiedFile;
  transit: Pick<Transit, 'watch'>;
};

const dayMillis = 86_400_000;

export function workOfJobs(rooms: RoomsWithJobs): Record<JobName, JobWork> {
  const { database, keyring, auditLog, clock, organizations, signIn, reviews, imports, mail, rotation } = rooms;
  const noting = { database, keyring, auditLog, clock };
  const forEach = async (work: (organizationId: string) => Promise<unknown>, only?: string) => {
    for (const id of only === undefined ? await organizations() : [only]) await work(id);
  };
  return {
    [jobs.runImport]: ({ organizationId, importId }, signal) => runImport(imports, organizationId!, importId!, signal),
    [jobs.revertImport]: ({ organizationId, importId }, signal) =>
      revertImport(imports, organizationId!, importId!, signal),
    [jobs.refreshCompanyName]: async ({ organizationId, companyId, request }) => {
      // Jobs that were queued by a version before carry no request.
      const cause = request === undefined ? undefined : { request, entry: null, job: jobs.refreshCompanyName };
      await refreshCompanyName(database, keyring, organizationId!, companyId!, async (tx, seals, contactIds) => {
        await auditLog.record(tx, seals, systemDoer(organizationId!, cause), {
          event: 'contact.updated',
          subjectKind: 'contact',
          subjectIds: contactIds,
          facts: { fields: ['companyName'], company: companyId },
        });
      });
    },
    [jobs.sweepSessions]: async () => {
      await signIn.sweep();
      const yesterday = new Date(clock.now().getTime() - dayMillis);
      await forEach((id) => database.act(systemReach(id), (tx) => thinCheckpoints(tx, id, yesterday)));
    },
    [jobs.tellEndingKeys]: () => signIn.tellEndingKeys(),
    [jobs.endTemporary]: () =>
      forEach(async (id) => {
        await noteExpiredShares(noting, id, expireShares);
        await noteExpiredElevations(noting, id);
      }),
    [jobs.sweepImports]: () => forEach((id) => sweepImports(imports, id)),
    [jobs.sweepExports]: () => forEach((id) => sweepExports(noting, id)),
    [jobs.deliverLetters]: ({ organizationId }, signal) => forEach((id) => mail.deliverDue(id, signal), organizationId),
    [jobs.sweepLetters]: () => forEach((id) => mail.sweep(id)),
    [jobs.rotateKeys]: ({ organizationId }, signal) =>
      forEach((id) => goOnRotating(rotation, id, signal), organizationId),
    [jobs.watchCertificates]: async () => {
      await rooms.transit.watch();
      await forEach((id) => tellEndingClients(rooms.forwarding, id, signIn.tellClientEnding));
    },
    [jobs.verifyLogs]: async () => verifyDue(rooms, await organizations()),
    [jobs.pruneLogs]: (_, signal) =>
      forEach(async (id) => {
        await pruneLog(noting, id, signal);
        await database.act(systemReach(id), (tx) => pruneStamps(tx));
      }),
    [jobs.forwardLogs]: (_, signal) => forEach((id) => forwardDue(rooms.forwarding, id, signal)),
    [jobs.askWitnesses]: (_, signal) =>
      forEach(async (id) => {
        await sendDue(noting, id, signal);
        await anchorDue({ ...noting, mail, logKeyOf: (of) => rooms.logKey.keyOf(of) }, id, signal);
      }),
    [jobs.goOnWithReviews]: (_, signal) => forEach((id) => reviews.goOn(id, signal)),
  };
}
