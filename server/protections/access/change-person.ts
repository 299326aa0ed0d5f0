/**
 * Changing a colleague: name, role, department, whether the person may sign in. Rights are read again under a lock, so that who
 * lost the right a moment ago cannot use it, and the organization never stays without an owner.
 */
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog, Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring, OrganizationSeals } from '#protections/encryption';
import type { Actor } from './actor.ts';
import type { FindUnanswered } from './leaving/sleeping.ts';
import type { Settled } from './heads/settle-heads.ts';
import { settleHeads } from './heads/settle-heads.ts';
import { lockDepartments } from './department-store.ts';
import { lastingRights, placeOf, requireStillEntitled } from './entitled-now.ts';
import type { LockedPerson } from './people-store.ts';
import { isActiveOwner, lockPeople, updatePerson } from './people-store.ts';
import type { PersonSecret } from './person.ts';
import { personPlace, readLine } from './person.ts';
import { mayGiveRole, mayGiveRoleIn } from './policy.ts';
import type { StoredRole } from './role-store.ts';
import { giveRoles, listRoles, resolveRoles, takeRoles } from './role-store.ts';
import type { RoleRow } from './role.ts';
import { markOf } from './role.ts';
import { endSharesAround } from './sharing/share-store.ts';

export type PersonChange = {
  name?: string | undefined;
  /** All roles that the person has for good from now on: ids, or keys of ready ones. */
  roles?: readonly string[] | undefined;
  departmentId?: string | undefined;
  active?: boolean | undefined;
};

/** What sign-in keeps about a person and gives up when the person’s rights change. Inside the transaction of the change. */
export type SignInTies = {
  /** Ends every session of the person and returns how many there were. */
  endSessions(tx: Transaction, organizationId: string, personId: string): Promise<number>;
  /** Revokes every API key of the person. */
  revokeKeys(tx: Transaction, organizationId: string, personId: string): Promise<unknown>;
  /** Takes away every browser of the person: none of them is known any more. */
  revokeDevices(tx: Transaction, organizationId: string, personId: string): Promise<unknown>;
  /** Withdraws what the person invited and nobody accepted: who lost the right to invite leaves no door open. */
  withdrawInvitationsBy(tx: Transaction, organizationId: string, personId: string): Promise<number>;
  /** How many sessions each person has open. */
  openSessionsByPerson(tx: Transaction, organizationId: string): Promise<ReadonlyMap<string, number>>;
  /** Invitations that nobody accepted, whether they still wait or not. */
  unansweredInvitations: FindUnanswered;
  /** Called after the commit: what is kept in memory about sessions is no longer true. */
  forgetSessions(): void;
};

/** What else happens when somebody works in another department from now on; in the transaction of the move. */
export type PersonMoved = (tx: Transaction, seals: OrganizationSeals, actor: Actor, personId: string) => Promise<void>;

export type ChangeDeps = {
  database: Database;
  keyring: Keyring;
  auditLog: AuditLog;
  clock: Clock;
  ties: SignInTies;
  moved?: PersonMoved;
};

/** @throws person.not_found, person.last_owner, person.own_role, role.not_found, department.not_found, access.denied, request.invalid */
export async function changePerson(
  deps: ChangeDeps,
  actor: Actor,
  reach: Reach,
  id: string,
  change: PersonChange,
): Promise<void> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const locked = await lockPeople(tx, organizationId, [id, actor.personId], deps.clock.now());
    const before = locked.find((person) => person.id === id);
    if (before === undefined) throw new LubartError('person.not_found');
    const self = await requireStillEntitled(tx, locked, actor, 'person.update', deps.clock.now());
    const secret = seals.open<PersonSecret>(personPlace(id), before.sealed);
    const name = change.name === undefined ? secret.name : readLine(change.name, 'name');
    const roles = await rolesAfter(tx, organizationId, before, change.roles);
    const active = change.active ?? before.deactivated_at === null;
    const departmentId = change.departmentId ?? before.department_id;
    requireOwnerStays(locked, before, roles, active);
    requireNotOwnRights(actor, before, roles, active);
    const here = await placeOf(tx, locked, actor);
    const lasting = await lastingRights(tx, actor);
    const isOpened = active && before.deactivated_at !== null;
    const widens =
      departmentId !== before.department_id || areChanged(roles) || active !== (before.deactivated_at === null);
    const mayGive = (rights: Awaited<ReturnType<typeof lastingRights>>) => (role: RoleRow) =>
      widens ? mayGiveRoleIn({ ...rights, ...here }, role, departmentId) : mayGiveRole(rights, role);
    const gives = roles.given.length > 0 || departmentId !== before.department_id || isOpened;
    if (![...before.roles, ...roles.after].every(mayGive(self)) || (gives && !roles.after.every(mayGive(lasting)))) {
      throw new LubartError('access.denied', { details: { permission: 'person.update' } });
    }
    if (departmentId !== before.department_id) await requireDepartment(tx, organizationId, departmentId);
    const changes = name !== secret.name || widens;
    if (!changes) return;
    const deactivatedAt = active ? null : (before.deactivated_at ?? deps.clock.now());
    const sealed = name === secret.name ? before.sealed : seals.seal(personPlace(id), { ...secret, name });
    await updatePerson(tx, organizationId, id, { departmentId, sealed, deactivatedAt });
    const at = deps.clock.now();
    await giveRoles(tx, { organizationId, personId: id, roleIds: idsOf(roles.given), by: actor.personId, at });
    await takeRoles(tx, { organizationId, personId: id, roleIds: idsOf(roles.taken) });
    const rightsChanged = areChanged(roles) || (before.deactivated_at === null) !== active;
    const ended = rightsChanged ? await deps.ties.endSessions(tx, organizationId, id) : 0;
    // Who may not sign in shares nothing and has nothing shared; leaving for good does the same as a step of its own.
    if (!active && before.deactivated_at === null) {
      await endSharesAround(tx, organizationId, id);
      // Attack: coming back after years opens the program’s old door again.
      await deps.ties.revokeKeys(tx, organizationId, id);
      await deps.ties.revokeDevices(tx, organizationId, id);
    }
    const withdrawn = rightsChanged ? await deps.ties.withdrawInvitationsBy(tx, organizationId, id) : 0;
    const fields = name === secret.name ? [] : ['name'];
    const settled =
      active && departmentId === before.department_id
        ? {}
        : await settleHeads(tx, organizationId, deps.clock.now(), id);
    for (const what of happenings(before, { roles, active, departmentId, fields }, { ended, withdrawn, settled })) {
      await deps.auditLog.record(tx, seals, doerOf(actor), { ...what, subjectKind: 'person', subjectIds: [id] });
    }
    if (active && departmentId !== before.department_id) await deps.moved?.(tx, seals, actor, id);
  });
  deps.ties.forgetSessions();
}

/** Roles that somebody has for good: before, after, and what is between. */
type RoleChange = {
  before: readonly RoleRow[];
  after: readonly RoleRow[];
  given: readonly RoleRow[];
  taken: readonly RoleRow[];
};

const idsOf = (roles: readonly RoleRow[]) => roles.map(({ id }) => id);
const areChanged = ({ given, taken }: RoleChange) => given.length > 0 || taken.length > 0;

/** @throws role.not_found */
async function rolesAfter(
  tx: Transaction,
  organizationId: string,
  person: LockedPerson,
  references: readonly string[] | undefined,
): Promise<RoleChange> {
  const before = person.roles.filter(({ until }) => until === null);
  if (references === undefined) return { before, after: before, given: [], taken: [] };
  const after: StoredRole[] | undefined = resolveRoles(await listRoles(tx, organizationId, true), references);
  if (after === undefined || after.length === 0) throw new LubartError('role.not_found', { field: 'roles' });
  const isIn = (roles: readonly RoleRow[]) => (role: RoleRow) => roles.some(({ id }) => id === role.id);
  return {
    before,
    after,
    given: after.filter((role) => !isIn(before)(role)),
    taken: before.filter((role) => !isIn(after)(role)),
  };
}

function requireOwnerStays(
  locked: readonly LockedPerson[],
  before: LockedPerson,
  { after }: RoleChange,
  active: boolean,
): void {
  if (!isActiveOwner(before) || (active && after.some(({ key }) => key === 'owner'))) return;
  if (!locked.some((person) => person.id !== before.id && isActiveOwner(person))) {
    throw new LubartError('person.last_owner');
  }
}

function requireNotOwnRights(actor: Actor, before: LockedPerson, roles: RoleChange, active: boolean): void {
  if (actor.personId === before.id && (areChanged(roles) || !active)) throw new LubartError('person.own_role');
}

async function requireDepartment(tx: Transaction, organizationId: string, id: string): Promise<void> {
  const departments = await lockDepartments(tx, organizationId);
  if (!departments.some((department) => department.id === id)) {
    throw new LubartError('department.not_found', { field: 'departmentId' });
  }
}

/** One entry per thing that happened; nothing when nothing changed. */
function happenings(
  before: LockedPerson,
  after: { roles: RoleChange; active: boolean; departmentId: string; fields: string[] },
  ended: { ended: number; withdrawn: number; settled: Settled },
): Happening[] {
  const list: Happening[] = [];
  const side = { sessionsEnded: ended.ended, invitationsWithdrawn: ended.withdrawn, ...ended.settled };
  if (areChanged(after.roles)) {
    const said = (roles: readonly RoleRow[]) => roles.map((role) => role.key ?? markOf(role, 'en').name).join(', ');
    const facts = { before: said(after.roles.before), after: said(after.roles.after), ...side };
    list.push({ event: 'person.role_changed', facts });
  }
  if (before.deactivated_at === null && !after.active) list.push({ event: 'person.deactivated', facts: side });
  if (before.deactivated_at !== null && after.active) list.push({ event: 'person.reactivated' });
  const fields = [...after.fields, ...(after.departmentId === before.department_id ? [] : ['department'])];
  if (fields.length > 0) {
    const moved = { departmentBefore: before.department_id, departmentAfter: after.departmentId, ...ended.settled };
    list.push({ event: 'person.updated', facts: { fields, ...(fields.includes('department') ? moved : {}) } });
  }
  return list;
}
