/** What rotation needs of the house. */
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import type { AuditLog } from '#protections/audit-log';
import type { Keyring, OrganizationSeals, RootKeyFile } from '#protections/encryption';

/** A kind of record that is found by tokens. */
export type Indexed = {
  reindex(
    tx: Transaction,
    seals: OrganizationSeals,
    from: string,
    limit: number,
  ): Promise<{ done: number; last: string | undefined }>;
  countByOtherKeys(tx: Transaction, organizationId: string, mark: number): Promise<number>;
};

/** A file beside the root key that is wrapped by it. */
export type WrappedFile = { isCurrent(): Promise<boolean>; wrapAnew(): Promise<void> };

export type RotationDeps = {
  database: Database;
  keyring: Keyring;
  rootFile: RootKeyFile;
  auditLog: AuditLog;
  clock: Clock;
  organizations: () => Promise<string[]>;
  indexed: readonly Indexed[];
  files: readonly WrappedFile[];
  /** Asks for the job that goes on. */
  ask(organizationId: string): Promise<void>;
};
