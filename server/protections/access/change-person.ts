/**
 * Changing a colleague: name, role, department, whether the person may sign in. Rights are read again under a lock, so that who
 * lost the right a moment ago cannot use it, and the organization never stays without an owner.
 */
import type { Role } from '#contract';
import type { Database, Reach, Transaction } from '#database';
import type { Clock } from '#kernel';
import { LubartError } from '#kernel';
import type { AuditLog, Happening } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { Keyring } from '#protections/encryption';
import type { Actor } from './actor.ts';
import { lockDepartments } from './department-store.ts';
import type { PersonRow } from './people-store.ts';
import { lockPeople, updatePerson } from './people-store.ts';
import type { PersonSecret } from './person.ts';
import { personPlace, readLine } from './person.ts';
import { mayGiveRole } from './policy.ts';

export type PersonChange = {
  name?: string | undefined;
  role?: Role | undefined;
  departmentId?: string | undefined;
  active?: boolean | undefined;
};

/** What sign-in keeps about a person and gives up when the person’s rights change. Inside the transaction of the change. */
export type SignInTies = {
  /** Ends every session of the person and returns how many there were. */
  endSessions(tx: Transaction, organizationId: string, personId: string): Promise<number>;
  /** Withdraws what the person invited and nobody accepted: who lost the right to invite leaves no door open. */
  withdrawInvitationsBy(tx: Transaction, organizationId: string, personId: string): Promise<number>;
  /** Called after the commit: what is kept in memory about sessions is no longer true. */
  forgetSessions(): void;
};

export type ChangeDeps = { database: Database; keyring: Keyring; auditLog: AuditLog; clock: Clock; ties: SignInTies };

/** @throws person.not_found, person.last_owner, person.own_role, department.not_found, access.denied, request.invalid */
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
    const locked = await lockPeople(tx, organizationId, [id, actor.personId]);
    const before = locked.find((person) => person.id === id);
    if (before === undefined) throw new LubartError('person.not_found');
    requireStillEntitled(locked, actor);
    const secret = seals.open<PersonSecret>(personPlace(id), before.sealed);
    const name = change.name === undefined ? secret.name : readLine(change.name, 'name');
    const role = change.role ?? before.role;
    const active = change.active ?? before.deactivated_at === null;
    const departmentId = change.departmentId ?? before.department_id;
    requireOwnerStays(locked, before, role, active);
    requireNotOwnRights(actor, before, role, active);
    if (!mayGiveRole(actor, role) || !mayGiveRole(actor, before.role)) {
      throw new LubartError('access.denied', { details: { permission: 'person.update' } });
    }
    if (departmentId !== before.department_id) await requireDepartment(tx, organizationId, departmentId);
    const deactivatedAt = active ? null : (before.deactivated_at ?? deps.clock.now());
    const sealed = name === secret.name ? before.sealed : seals.seal(personPlace(id), { ...secret, name });
    await updatePerson(tx, organizationId, id, { departmentId, role, sealed, deactivatedAt });
    const rightsChanged = role !== before.role || (before.deactivated_at === null) !== active;
    const ended = rightsChanged ? await deps.ties.endSessions(tx, organizationId, id) : 0;
    const withdrawn = rightsChanged ? await deps.ties.withdrawInvitationsBy(tx, organizationId, id) : 0;
    const fields = name === secret.name ? [] : ['name'];
    for (const what of happenings(before, { role, active, departmentId, fields }, { ended, withdrawn })) {
      await deps.auditLog.record(tx, seals, doerOf(actor), { ...what, subjectKind: 'person', subjectIds: [id] });
    }
  });
  deps.ties.forgetSessions();
}

/** The session was checked before the lock; what counts is what stands now. */
function requireStillEntitled(locked: readonly PersonRow[], actor: Actor): void {
  const self = locked.find((person) => person.id === actor.personId);
  if (self === undefined || self.deactivated_at !== null || self.role !== actor.role) {
    throw new LubartError('access.denied', { details: { permission: 'person.update' } });
  }
}

function requireOwnerStays(locked: readonly PersonRow[], before: PersonRow, role: Role, active: boolean): void {
  const isOwner = (person: PersonRow) => person.role === 'owner' && person.deactivated_at === null;
  if (!isOwner(before) || (role === 'owner' && active)) return;
  if (!locked.some((person) => person.id !== before.id && isOwner(person))) throw new LubartError('person.last_owner');
}

function requireNotOwnRights(actor: Actor, before: PersonRow, role: Role, active: boolean): void {
  if (actor.personId === before.id && (role !== before.role || !active)) throw new LubartError('person.own_role');
}

async function requireDepartment(tx: Transaction, organizationId: string, id: string): Promise<void> {
  const departments = await lockDepartments(tx, organizationId);
  if (!departments.some((department) => department.id === id)) {
    throw new LubartError('department.not_found', { field: 'departmentId' });
  }
}

/** One entry per thing that happened; nothing when nothing changed. */
function happenings(
  before: PersonRow,
  after: { role: Role; active: boolean; departmentId: string; fields: string[] },
  ended: { ended: number; withdrawn: number },
): Happening[] {
  const list: Happening[] = [];
  const side = { sessionsEnded: ended.ended, invitationsWithdrawn: ended.withdrawn };
  if (after.role !== before.role) {
    list.push({ event: 'person.role_changed', facts: { before: before.role, after: after.role, ...side } });
  }
  if (before.deactivated_at === null && !after.active) list.push({ event: 'person.deactivated', facts: side });
  if (before.deactivated_at !== null && after.active) list.push({ event: 'person.reactivated' });
  const fields = [...after.fields, ...(after.departmentId === before.department_id ? [] : ['department'])];
  if (fields.length > 0) {
    const moved = { departmentBefore: before.department_id, departmentAfter: after.departmentId };
    list.push({ event: 'person.updated', facts: { fields, ...(fields.includes('department') ? moved : {}) } });
  }
  return list;
}
