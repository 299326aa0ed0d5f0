/** What the files of this room hand to one another. */
import type { Database } from '#database';
import type { Clock } from '#kernel';
import type { Mail } from '#mail';
import type { PeopleDirectory, SignInTies } from '#protections/access';
import type { AuditLog, Doer } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { RightKind } from './kinds/kind.ts';

export type ReviewDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  mail: Mail;
  origin: () => string;
  directory: PeopleDirectory;
  ties: SignInTies;
  kinds: readonly RightKind[];
};

/** The calendar and the deadline: nobody’s doing. */
export const nobody = (organizationId: string): Doer => ({
  organizationId,
  actor: null,
  address: null,
  device: null,
  requestId: null,
});

export const day = 24 * 3_600_000;
