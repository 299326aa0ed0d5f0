/** What the room of exports asks of the rest of the house. */
import type { RecordRoom } from '#crm/records';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Names } from './export-rows.ts';

export type ExportDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  contacts: RecordRoom;
  companies: RecordRoom;
  /** Names of colleagues and departments, for the cells that name them. */
  names(organizationId: string): Promise<Names>;
};
