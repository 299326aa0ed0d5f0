/**
 * What a person leaves behind is kept in many rooms. Each says how to count its part and how to end it; a leaving goes through the
 * list. Records of the crm come by a port: protections know no client.
 */
import type { LeavingStepName } from '#contract';
import type { Transaction } from '#database';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { countHeldRoles, takeAllRoles } from '../role-store.ts';

export type Whose = { organizationId: string; personId: string; at: Date };

export type LeavingStep = {
  name: LeavingStepName;
  count(tx: Transaction, whose: Whose): Promise<number>;
  /** Ends all of it and returns how many there were. */
  end(tx: Transaction, whose: Whose): Promise<number>;
};

export type Owned = { contacts: number; companies: number };
export type Heir = { personId: string; departmentId: string };

/** Hands records over; the crm does it, in the transaction of the leaving. */
export type RecordHandOver = {
  count(tx: Transaction, whose: Whose): Promise<Owned>;
  /** Everything the person owns goes to the heirs in equal parts, with their departments. Returns what each got, in their order. */
  give(
    tx: Transaction,
    seals: OrganizationSeals,
    doer: Doer,
    whose: Whose,
    heirs: readonly Heir[],
  ): Promise<readonly Owned[]>;
};

/** Roles for good, and roles for a time. */
export const roleSteps: readonly LeavingStep[] = [
  {
    name: 'roles',
    count: (tx, { organizationId, personId }) => countHeldRoles(tx, { organizationId, personId, forGood: true }),
    end: (tx, { organizationId, personId }) => takeAllRoles(tx, { organizationId, personId, forGood: true }),
  },
  {
    name: 'temporaryRoles',
    count: (tx, { organizationId, personId }) => countHeldRoles(tx, { organizationId, personId, forGood: false }),
    end: (tx, { organizationId, personId }) => takeAllRoles(tx, { organizationId, personId, forGood: false }),
  },
];
