/** An organization comes to be: its row, its keys, its root department and its owner, in one transaction. */
import type { Transaction } from '#database';
import { LubartError, newId } from '#kernel';
import {
  insertDepartment,
  insertOrganization,
  insertReadyRoles,
  listRoles,
  markOf,
  nameOrganization,
} from '#protections/access';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { RefusedVisitor } from './note-refusal.ts';
import type { SignInDeps } from './deps.ts';
import { doerAt } from './deps.ts';
import type { Joiner } from './enrol-person.ts';
import { enrolPerson } from './enrol-person.ts';

export type NewOrganization = {
  name: string;
  owner: Omit<Joiner, 'roleIds' | 'invitedBy' | 'departmentId' | 'at'>;
  /** Refuse when any organization exists already. */
  first: boolean;
};

export type CreatedOrganization = {
  organizationId: string;
  departmentId: string;
  personId: string;
  recoveryCodes: string[];
};

/** Any constant will do; it only has to be ours, so that two set-ups at one moment take turns. */
const setupLock = 4_872_361_906;

/** Department names stand plain. The company’s own may be a person’s (ФОП), so the root does not repeat it. */
const rootDepartmentName = { uk: 'Уся компанія', en: 'Whole company' } as const;

/**
 * `also` runs in the same transaction, after the owner stands.
 * @throws setup.already_done, person.email_taken
 */
export async function createOrganization<T>(
  deps: SignInDeps,
  visitor: RefusedVisitor,
  given: NewOrganization,
  also: (tx: Transaction, seals: OrganizationSeals, created: CreatedOrganization) => Promise<T>,
): Promise<T> {
  const organizationId = newId();
  const at = deps.clock.now();
  return deps.database.act(systemReach(organizationId), async (tx) => {
    // Two set-ups at once: the second waits here, and its next statement sees what the first one made.
    await tx`SELECT pg_advisory_xact_lock(${setupLock})`;
    if (given.first && (await tx`SELECT lubart_organization_ids() LIMIT 1`).length > 0)
      throw new LubartError('setup.already_done');
    await insertOrganization(tx, organizationId, at);
    const seals = await deps.keyring.create(tx, organizationId, at);
    await nameOrganization(tx, seals, given.name);
    const departmentId = newId();
    await insertDepartment(tx, {
      organizationId,
      id: departmentId,
      parentId: null,
      name: rootDepartmentName[given.owner.language],
      at,
    });
    await insertReadyRoles(tx, organizationId, at);
    const ownerRole = (await listRoles(tx, organizationId)).find(({ key }) => key === 'owner')!;
    const joiner = { ...given.owner, roleIds: [ownerRole.id], invitedBy: null, departmentId, at };
    const { personId, recoveryCodes } = await enrolPerson(tx, seals, deps.keyring.root, joiner);
    const roles = [markOf(ownerRole, given.owner.language)];
    const actor = { personId, roles, name: given.owner.name, sessionId: null };
    const doer = doerAt(organizationId, actor, visitor);
    await deps.auditLog.record(tx, seals, doer, {
      event: 'organization.created',
      subjectKind: 'organization',
      subjectIds: [organizationId],
    });
    await deps.auditLog.record(tx, seals, doer, {
      event: 'person.factor_enrolled',
      subjectKind: 'person',
      subjectIds: [personId],
      facts: { factor: 'totp', proved: given.owner.lastStep > 0, recoveryCodes: recoveryCodes.length },
    });
    return also(tx, seals, { organizationId, departmentId, personId, recoveryCodes });
  });
}
