/** What the files of this room hand to one another. */
import type { Database, Transaction } from '#database';
import type { Clock } from '#kernel';
import type { Mail } from '#mail';
import type { PeopleDirectory, SignInTies } from '#protections/access';
import type { AuditLog, Doer, Made } from '#protections/audit-log';
import { findCause, systemDoer } from '#protections/audit-log';
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

/** The calendar: nobody’s doing. */
export const nobody = (organizationId: string): Doer => systemDoer(organizationId);

/** Later, by the clock or the deadline: it follows from what started the campaign. */
export const laterDoer = async (tx: Transaction, organizationId: string, campaign: Made): Promise<Doer> =>
  systemDoer(organizationId, await findCause(tx, organizationId, 'review.go-on', campaign));

export const day = 24 * 3_600_000;
