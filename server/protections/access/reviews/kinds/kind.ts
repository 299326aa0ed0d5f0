/** A kind of right that is reviewed. The list is open: a room that gives people something adds a file like role.ts beside this one. */
import type { FieldRightTable, GrantTable, ReadyRole, ReviewKind } from '#contract';
import type { Transaction } from '#database';
import type { LockedPerson } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';

/** The right as it was when the campaign started. Nothing personal: names are ids here. */
export type Snapshot = {
  roleKey: ReadyRole | null;
  /** Null for a ready role that was not renamed. */
  name: string | null;
  grants: GrantTable;
  fieldRights: FieldRightTable;
  until: string | null;
  givenBy: string | null;
  givenAt: string;
  /** Of what is given; a right that has another version now cannot be given back. */
  version: number;
  /** Of a share with a department: which. */
  departmentId?: string;
};

export type FoundRight = {
  kind: ReviewKind;
  personId: string;
  subjectId: string;
  snapshot: Snapshot;
  /** When the right itself knows it; else it is looked for in the log. */
  lastUsedAt?: Date | null;
};

export type Taking = {
  /** The person and everybody whose rights the change depends on, locked. */
  locked: readonly LockedPerson[];
  personId: string;
  subjectId: string;
  snapshot: Snapshot;
  /** An owner wants it, or nobody at all: the deadline. */
  asOwner: boolean;
  doer: Doer;
  at: Date;
  facts: Record<string, unknown>;
};

export type RightKind = {
  readonly name: ReviewKind;
  /** Everything of this kind that active people (or one person) have at this moment: one query. */
  list(tx: Transaction, organizationId: string, now: Date, personId?: string): Promise<FoundRight[]>;
  /** False when it is gone already. What is refused is refused (LubartError) before the first change. */
  withdraw(tx: Transaction, seals: OrganizationSeals, taking: Taking): Promise<boolean>;
  /** A second thought before closing: the right as it was. False when it stands already; refused when it has changed since. */
  giveBack(tx: Transaction, seals: OrganizationSeals, taking: Taking): Promise<boolean>;
};
