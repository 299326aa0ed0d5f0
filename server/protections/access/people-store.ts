/** The only SQL on the table people. Names and e-mails arrive and leave sealed; here they are bytes. */
import type { Transaction } from '#database';
import type { HeldRole } from './role-store.ts';
import { listHeldRoles } from './role-store.ts';

export type PersonRow = {
  id: string;
  department_id: string;
  sealed: Buffer;
  language: 'uk' | 'en';
  created_at: Date;
  deactivated_at: Date | null;
  last_seen_at: Date | null;
};

export async function listPeople(tx: Transaction, organizationId: string): Promise<PersonRow[]> {
  return tx<PersonRow[]>`
    SELECT id, department_id, sealed, language, created_at, deactivated_at, last_seen_at
    FROM people WHERE organization_id = ${organizationId}`;
}

export async function findPersonRow(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<PersonRow | undefined> {
  const [row] = await tx<PersonRow[]>`
    SELECT id, department_id, sealed, language, created_at, deactivated_at, last_seen_at
    FROM people WHERE organization_id = ${organizationId} AND id = ${id}`;
  return row;
}

export type LockedPerson = PersonRow & { readonly roles: readonly HeldRole[] };

/** Whether somebody is an owner for good and may sign in. */
export const isActiveOwner = (person: LockedPerson): boolean =>
  person.deactivated_at === null && person.roles.some(({ key, until }) => key === 'owner' && until === null);

/**
 * Locks, in one order, everybody whose rights a change of `ids` depends on: them and all active owners. Two owners who
 * change one another at the same moment therefore take turns, and the second one sees what the first did: their roles are read
 * by a statement of its own, after the lock.
 */
export async function lockPeople(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
  now: Date,
): Promise<LockedPerson[]> {
  const people = await tx<PersonRow[]>`
    SELECT id, department_id, sealed, language, created_at, deactivated_at, last_seen_at
    FROM people
    WHERE organization_id = ${organizationId} AND (id IN ${tx([...ids])} OR (deactivated_at IS NULL AND EXISTS (
      SELECT 1 FROM person_roles h JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
      WHERE h.organization_id = people.organization_id AND h.person_id = people.id AND r.key = 'owner' AND h.until IS NULL)))
    ORDER BY id FOR UPDATE`;
  if (people.length === 0) return [];
  const held = await listHeldRoles(
    tx,
    organizationId,
    now,
    people.map(({ id }) => id),
  );
  return people.map((person) => ({ ...person, roles: held.filter(({ personId }) => personId === person.id) }));
}

/**
 * Holds one person without changing them: whoever locks people waits (FOR UPDATE), “last seen” and a new name do not. Sent at once, so
 * that what its caller sends next is read behind it.
 */
export async function holdPerson(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<Pick<PersonRow, 'department_id' | 'deactivated_at'> | undefined> {
  const [row] = await tx<PersonRow[]>`
    SELECT department_id, deactivated_at FROM people
    WHERE organization_id = ${organizationId} AND id = ${id} FOR KEY SHARE`.execute();
  return row;
}

/** Locks one person, for an act that changes nothing of anybody else. Sent at once, as the holding is. */
export async function lockPerson(tx: Transaction, organizationId: string, id: string): Promise<PersonRow | undefined> {
  const [row] = await tx<PersonRow[]>`
    SELECT id, department_id, sealed, language, created_at, deactivated_at, last_seen_at
    FROM people WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`.execute();
  return row;
}

export type NewPerson = {
  organizationId: string;
  id: string;
  departmentId: string;
  signInToken: Buffer;
  sealed: Buffer;
  language: 'uk' | 'en';
  at: Date;
};

/** Fails with the database’s unique violation when the e-mail is somebody’s already. */
export async function insertPerson(tx: Transaction, person: NewPerson): Promise<void> {
  await tx`
    INSERT INTO people (organization_id, id, department_id, sign_in_token, sealed, language, created_at)
    VALUES (${person.organizationId}, ${person.id}, ${person.departmentId}, ${person.signInToken},
      ${person.sealed}, ${person.language}, ${person.at})`;
}

export async function isEmailTaken(tx: Transaction, organizationId: string, signInToken: Buffer): Promise<boolean> {
  const rows =
    await tx`SELECT 1 FROM people WHERE organization_id = ${organizationId} AND sign_in_token = ${signInToken}`;
  return rows.length > 0;
}

export async function updatePerson(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { departmentId: string; sealed: Buffer; deactivatedAt: Date | null },
): Promise<void> {
  await tx`
    UPDATE people SET department_id = ${to.departmentId}, sealed = ${to.sealed},
      deactivated_at = ${to.deactivatedAt}, version = version + 1
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** What people change about themselves. Names no rights: it cannot bring back a role that was just taken away. */
export async function updateProfile(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { sealed: Buffer; language: 'uk' | 'en' },
): Promise<void> {
  await tx`
    UPDATE people SET sealed = ${to.sealed}, language = ${to.language}, version = version + 1
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** Another e-mail to sign in with. Fails with the database’s unique violation when it is somebody’s already. */
export async function changeEmail(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { signInToken: Buffer; sealed: Buffer },
): Promise<void> {
  await tx`
    UPDATE people SET sign_in_token = ${to.signInToken}, sealed = ${to.sealed}, version = version + 1
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** True when `error` is PostgreSQL’s unique violation (23505). */
export const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown }).code === '23505';
/** True when `error` is PostgreSQL’s foreign-key violation (23503). */
export const isForeignKeyViolation = (error: unknown): boolean => (error as { code?: unknown }).code === '23503';
