/** The audit log over HTTP. Reading it is itself recorded. */
import type { auditRoutes } from '#contract';
import { permissions } from '#contract';
import type { Database, Reach } from '#database';
import type { Handlers } from '#http';
import type { Actor } from '#protections/access';
import { may, reachOf, withoutShares } from '#protections/access';
import type { Keyring } from '#protections/encryption';
import { doerOf } from './entry.ts';
import type { Change } from './entry.ts';
import type { FindRecordSeal } from './read-entries.ts';
import { countEntries, listEntries, openEntry } from './read-entries.ts';
import type { AuditLog } from './record-entry.ts';

export type AuditDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  findRecordSeal: FindRecordSeal;
  /** What the reader may see of a client’s changes. */
  shownChanges(actor: Actor, kind: string, changes: readonly Change[]): readonly Change[];
};

type Answered = 'GET /api/v1/audit-entries' | 'GET /api/v1/audit-entries/count' | 'GET /api/v1/audit-entries/:id';

export function auditHandlers({
  database,
  keyring,
  auditLog,
  findRecordSeal,
  shownChanges,
}: AuditDeps): Pick<Handlers<typeof auditRoutes>, Answered> {
  return {
    'GET /api/v1/audit-entries': async ({ actor, reach, query }) => {
      const page = await listEntries(database, keyring, reach, query);
      await auditLog.noteRead(doerOf(actor), { event: 'audit.listed', facts: { filters: Object.keys(query) } });
      return page;
    },
    'GET /api/v1/audit-entries/count': async ({ actor, reach, query }) => {
      const counted = await countEntries(database, reach, query);
      await auditLog.noteRead(doerOf(actor), {
        event: 'audit.listed',
        facts: { filters: Object.keys(query), counted: counted.count },
      });
      return counted;
    },
    'GET /api/v1/audit-entries/:id': async ({ actor, reach, params }) => {
      const opened = await openEntry(
        database,
        keyring,
        reach,
        (kind) => clientReachOf(actor, kind),
        params.id,
        findRecordSeal,
        (kind, changes) => shownChanges(actor, kind, changes),
      );
      await auditLog.noteRead(doerOf(actor), { event: 'audit.opened', subjectKind: 'audit', subjectIds: [params.id] });
      return opened;
    },
  };
}

/**
 * How far the reader sees clients of this kind: an auditor reads what happened, not whom it concerned. What a client was before
 * was not shared with anybody.
 */
function clientReachOf(actor: Actor, kind: string): Reach | null {
  const permission = permissions.find((one) => one === `${kind}.read`);
  return permission !== undefined && may(actor, permission) ? withoutShares(reachOf(actor, permission)) : null;
}
