/** The only SQL on the tables roles and person_roles. */
import type { FieldRightTable, GrantTable, ReadyRole } from '#contract';
import { readyRoles } from '#contract';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { RoleRow } from './role.ts';

export type StoredRole = RoleRow & { readonly version: number; readonly people_count: number };
/** A role that a person has; `until` null: for good. */
export type HeldRole = RoleRow & { readonly personId: string; readonly until: Date | null };

/** The roles of a new organization. */
export async function insertReadyRoles(tx: Transaction, organizationId: string, at: Date): Promise<void> {
  const rows = readyRoles.map((key) => ({ organization_id: organizationId, id: newId(), key, created_at: at }));
  await tx`INSERT INTO roles ${tx(rows, 'organization_id', 'id', 'key', 'created_at')}`;
}

/** All roles, ready ones first in their order, then by name. With `lock`, whoever changes roles takes turns. */
export async function listRoles(tx: Transaction, organizationId: string, lock = false): Promise<StoredRole[]> {
  if (lock) await tx`SELECT 1 FROM roles WHERE organization_id = ${organizationId} ORDER BY id FOR UPDATE`;
  const rows = await tx<StoredRole[]>`
    SELECT r.id, r.key, r.name, r.grants, r.field_rights AS "fieldRights", r.version, (
      SELECT count(*)::int FROM person_roles h
      JOIN people p ON p.organization_id = h.organization_id AND p.id = h.person_id AND p.deactivated_at IS NULL
      WHERE h.organization_id = r.organization_id AND h.role_id = r.id AND (h.until IS NULL OR h.until > now())) AS people_count
    FROM roles r WHERE r.organization_id = ${organizationId} ORDER BY r.created_at, r.id`;
  const place = ({ key }: StoredRole) => (key === null ? readyRoles.length : readyRoles.indexOf(key));
  return [...rows].sort((a, b) => place(a) - place(b) || (a.name ?? '').localeCompare(b.name ?? '', 'uk'));
}

/** What these people (all, when none are named) have at this moment; the role that everybody has is not among them. */
export async function listHeldRoles(
  tx: Transaction,
  organizationId: string,
  now: Date,
  personIds?: readonly string[],
): Promise<HeldRole[]> {
  return tx<HeldRole[]>`
    SELECT h.person_id AS "personId", h.until, r.id, r.key, r.name, r.grants, r.field_rights AS "fieldRights"
    FROM person_roles h JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
    WHERE h.organization_id = ${organizationId} AND (h.until IS NULL OR h.until > ${now})
      ${personIds === undefined ? tx`` : tx`AND h.person_id IN ${tx([...personIds])}`}
    ORDER BY r.created_at, r.id`;
}

/** All roles of one person at this moment, with the one that everybody has; `at` null: those for good. */
export async function rolesOfPerson(
  tx: Transaction,
  organizationId: string,
  personId: string,
  at: Date | null,
): Promise<RoleRow[]> {
  return tx<RoleRow[]>`
    SELECT r.id, r.key, r.name, r.grants, r.field_rights AS "fieldRights" FROM roles r
    WHERE r.organization_id = ${organizationId} AND (r.key = 'baseline' OR EXISTS (
      SELECT 1 FROM person_roles h WHERE h.organization_id = ${organizationId} AND h.person_id = ${personId}
        AND h.role_id = r.id AND (h.until IS NULL OR h.until > ${at}::timestamptz)))
    ORDER BY r.created_at, r.id`;
}

/** Gives roles for good. A role that the person had for a time is now for good. */
export async function giveRoles(
  tx: Transaction,
  given: { organizationId: string; personId: string; roleIds: readonly string[]; by: string | null; at: Date },
): Promise<void> {
  for (const roleId of given.roleIds) {
    await tx`
      INSERT INTO person_roles (organization_id, person_id, role_id, given_by, given_at)
      VALUES (${given.organizationId}, ${given.personId}, ${roleId}, ${given.by}, ${given.at})
      ON CONFLICT (organization_id, person_id, role_id)
        DO UPDATE SET given_by = EXCLUDED.given_by, given_at = EXCLUDED.given_at, until = NULL`;
  }
}

/** Takes roles away that the person has for good. */
export async function takeRoles(
  tx: Transaction,
  taken: { organizationId: string; personId: string; roleIds: readonly string[] },
): Promise<void> {
  if (taken.roleIds.length === 0) return;
  await tx`
    DELETE FROM person_roles WHERE organization_id = ${taken.organizationId} AND person_id = ${taken.personId}
      AND role_id IN ${tx([...taken.roleIds])} AND until IS NULL`;
}

/** Takes one role away, whether it was for good or for a time. */
export async function takeRole(
  tx: Transaction,
  taken: { organizationId: string; personId: string; roleId: string },
): Promise<void> {
  await tx`
    DELETE FROM person_roles WHERE organization_id = ${taken.organizationId} AND person_id = ${taken.personId}
      AND role_id = ${taken.roleId}`;
}

/** Gives a role back as it was: by whom, since when, until when. */
export async function giveBackRole(
  tx: Transaction,
  back: {
    organizationId: string;
    personId: string;
    roleId: string;
    givenBy: string | null;
    givenAt: Date;
    until: Date | null;
  },
): Promise<void> {
  await tx`
    INSERT INTO person_roles (organization_id, person_id, role_id, given_by, given_at, until)
    VALUES (${back.organizationId}, ${back.personId}, ${back.roleId}, ${back.givenBy}, ${back.givenAt}, ${back.until})`;
}

/** Who gave what to whom and when, of everybody (or of one person) at this moment. */
export async function listGivenRoles(
  tx: Transaction,
  organizationId: string,
  now: Date,
  personId?: string,
): Promise<(HeldRole & { givenBy: string | null; givenAt: Date; version: number })[]> {
  return tx`
    SELECT h.person_id AS "personId", h.until, h.given_by AS "givenBy", h.given_at AS "givenAt", r.id, r.key, r.name, r.version,
      r.grants, r.field_rights AS "fieldRights"
    FROM person_roles h JOIN roles r ON r.organization_id = h.organization_id AND r.id = h.role_id
    JOIN people p ON p.organization_id = h.organization_id AND p.id = h.person_id AND p.deactivated_at IS NULL
    WHERE h.organization_id = ${organizationId} AND (h.until IS NULL OR h.until > ${now})
      ${personId === undefined ? tx`` : tx`AND h.person_id = ${personId}`}
    ORDER BY r.created_at, r.id`;
}

export async function insertRole(
  tx: Transaction,
  role: {
    organizationId: string;
    id: string;
    name: string;
    grants: GrantTable;
    fieldRights: FieldRightTable;
    at: Date;
  },
): Promise<void> {
  await tx`
    INSERT INTO roles (organization_id, id, name, grants, field_rights, created_at)
    VALUES (${role.organizationId}, ${role.id}, ${role.name}, ${json(role.grants)}::text::jsonb,
      ${json(role.fieldRights)}::text::jsonb, ${role.at})`;
}

/** False when the role is not of that version any more. */
export async function updateRole(
  tx: Transaction,
  role: { organizationId: string; id: string; version: number } & Omit<RoleRow, 'id' | 'key'>,
): Promise<boolean> {
  const rows = await tx`
    UPDATE roles SET name = ${role.name}, grants = ${json(role.grants)}::text::jsonb,
      field_rights = ${json(role.fieldRights)}::text::jsonb, version = version + 1
    WHERE organization_id = ${role.organizationId} AND id = ${role.id} AND version = ${role.version} RETURNING id`;
  return rows.length === 1;
}

/** The foreign key of person_roles stops the deletion of a role that somebody has. */
export async function deleteRole(tx: Transaction, organizationId: string, id: string, now: Date): Promise<void> {
  await tx`DELETE FROM person_roles WHERE organization_id = ${organizationId} AND role_id = ${id} AND until <= ${now}`;
  await tx`DELETE FROM roles WHERE organization_id = ${organizationId} AND id = ${id}`;
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

/** Ids of the roles that are meant: by id, or by the key of a ready one. Undefined when one of them is not there. */
export function resolveRoles<R extends RoleRow>(roles: readonly R[], references: readonly string[]): R[] | undefined {
  const found = references.map((reference) =>
    roles.find((role) => role.id === reference || role.key === (reference as ReadyRole)),
  );
  if (found.some((role) => role === undefined || role.key === 'baseline')) return undefined;
  return [...new Set(found as R[])];
}

type Held = { organizationId: string; personId: string; forGood: boolean };

export async function countHeldRoles(tx: Transaction, { organizationId, personId, forGood }: Held): Promise<number> {
  const [row] = await tx`
    SELECT count(*)::int AS n FROM person_roles
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND (until IS NULL) = ${forGood}`;
  return row!['n'] as number;
}

/** Takes every role of the person away, those for good or those for a time; returns how many. */
export async function takeAllRoles(tx: Transaction, { organizationId, personId, forGood }: Held): Promise<number> {
  const rows = await tx`
    DELETE FROM person_roles
    WHERE organization_id = ${organizationId} AND person_id = ${personId} AND (until IS NULL) = ${forGood} RETURNING role_id`;
  return rows.length;
}
