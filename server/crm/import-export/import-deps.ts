/** What the import room asks of the rest of the house. */
import type { RecordRoom } from '#crm/records';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { Actor } from '#protections/access';
import type { AuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Directory } from './map-row.ts';
import type { Holders } from './plan-batch.ts';

export type ImportDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  contacts: RecordRoom;
  companies: RecordRoom;
  /** Colleagues and departments, as they are when a run begins. */
  directory(organizationId: string): Promise<Directory & Holders>;
  /** The person as an actor, for work without a request; undefined when deactivated. */
  actorById(organizationId: string, personId: string): Promise<Actor | undefined>;
  /** Asks the queue to run or to revert. */
  ask(what: 'run' | 'revert', organizationId: string, importId: string, requestId?: string): Promise<void>;
};
