/** The only SQL on the table elevations, and on the rows of person_roles that come of it. */
import type { ElevationView } from '#contract';
import { elevationHoursMax, elevationWaitDays } from '#contract';
import type { Transaction } from '#database';

export type ElevationRow = {
  id: string;
  person_id: string;
  role_id: string;
  hours: number;
  sealed: Buffer;
  asked_at: Date;
  answered_by: string | null;
  approved_at: Date | null;
  until: Date | null;
  refused_at: Date | null;
  withdrawn_at: Date | null;
  ended_at: Date | null;
};

const waitMillis = elevationWaitDays * 24 * 3_600_000;
const hourMillis = 3_600_000;
const columns = (
  tx: Transaction,
) => tx`id, person_id, role_id, hours, sealed, asked_at, answered_by, approved_at, until,
  refused_at, withdrawn_at, ended_at`;

export function stateOf(row: ElevationRow, now: Date): ElevationView['state'] {
  if (row.withdrawn_at !== null) return 'withdrawn';
  if (row.refused_at !== null) return 'refused';
  if (row.until !== null) return row.ended_at === null && row.until > now ? 'active' : 'ended';
  return row.asked_at.getTime() + waitMillis > now.getTime() ? 'waiting' : 'lapsed';
}

/** Fails with the database’s unique violation when the person waits for this role already. */
export async function insertElevation(
  tx: Transaction,
  asked: {
    organizationId: string;
    id: string;
    personId: string;
    roleId: string;
    hours: number;
    sealed: Buffer;
    at: Date;
  },
): Promise<void> {
  const lapsed = new Date(asked.at.getTime() - waitMillis);
  await tx`UPDATE elevations SET withdrawn_at = ${asked.at} WHERE organization_id = ${asked.organizationId}
    AND person_id = ${asked.personId} AND role_id = ${asked.roleId} AND asked_at <= ${lapsed}
    AND approved_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL`;
  await tx`INSERT INTO elevations (organization_id, id, person_id, role_id, hours, sealed, asked_at)
    VALUES (${asked.organizationId}, ${asked.id}, ${asked.personId}, ${asked.roleId}, ${asked.hours}, ${asked.sealed}, ${asked.at})`;
}

export async function findElevation(
  tx: Transaction,
  organizationId: string,
  id: string,
  lock = false,
): Promise<ElevationRow | undefined> {
  const [row] = await tx<ElevationRow[]>`
    SELECT ${columns(tx)} FROM elevations WHERE organization_id = ${organizationId} AND id = ${id} ${lock ? tx`FOR UPDATE` : tx``}`;
  return row;
}

/** What waits or holds at this moment. */
export async function listOpenElevations(tx: Transaction, organizationId: string, now: Date): Promise<ElevationRow[]> {
  return tx<ElevationRow[]>`
    SELECT ${columns(tx)} FROM elevations WHERE organization_id = ${organizationId} AND (
      (approved_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL AND asked_at > ${new Date(now.getTime() - waitMillis)})
      OR (until > ${now} AND ended_at IS NULL)) ORDER BY id DESC`;
}

/** The last requests of one person. */
export async function listOwnElevations(
  tx: Transaction,
  organizationId: string,
  personId: string,
): Promise<ElevationRow[]> {
  return tx<ElevationRow[]>`
    SELECT ${columns(tx)} FROM elevations WHERE organization_id = ${organizationId} AND person_id = ${personId}
    ORDER BY id DESC LIMIT 20`;
}

/**
 * Gives the role for the time. Attack: an approval sent twice; what was answered once is not answered again, compared and set in
 * one statement. Undefined when it was, or when the person has the role for good.
 */
export async function approveElevation(
  tx: Transaction,
  given: { organizationId: string; row: ElevationRow; by: string; at: Date },
): Promise<ElevationRow | undefined> {
  const { organizationId, row, by, at } = given;
  const until = new Date(at.getTime() + row.hours * hourMillis);
  const [approved] = await tx<ElevationRow[]>`
    UPDATE elevations SET approved_at = ${at}, answered_by = ${by}, until = ${until}
    WHERE organization_id = ${organizationId} AND id = ${row.id} AND asked_at > ${new Date(at.getTime() - waitMillis)}
      AND approved_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL RETURNING ${columns(tx)}`;
  if (approved === undefined) return undefined;
  const roles = await tx`
    INSERT INTO person_roles AS h (organization_id, person_id, role_id, given_by, given_at, until)
    VALUES (${organizationId}, ${row.person_id}, ${row.role_id}, ${by}, ${at}, ${until})
    ON CONFLICT (organization_id, person_id, role_id)
      DO UPDATE SET given_by = EXCLUDED.given_by, given_at = EXCLUDED.given_at, until = EXCLUDED.until WHERE h.until IS NOT NULL
    RETURNING h.until`;
  return roles.length === 1 ? approved : undefined;
}

/** False when it was answered already. */
export async function closeElevation(
  tx: Transaction,
  organizationId: string,
  id: string,
  how: { at: Date; refusedBy: string | null },
): Promise<boolean> {
  const set =
    how.refusedBy === null ? tx`withdrawn_at = ${how.at}` : tx`refused_at = ${how.at}, answered_by = ${how.refusedBy}`;
  const rows = await tx`
    UPDATE elevations SET ${set} WHERE organization_id = ${organizationId} AND id = ${id}
      AND approved_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL RETURNING id`;
  return rows.length === 1;
}

/** Takes the role back before its time; false when it is over already. What was given for good meanwhile stays. */
export async function endElevation(
  tx: Transaction,
  organizationId: string,
  row: ElevationRow,
  how: { at: Date; by: string },
): Promise<boolean> {
  const rows = await tx`
    UPDATE elevations SET ended_at = ${how.at}, ended_by = ${how.by} WHERE organization_id = ${organizationId}
      AND id = ${row.id} AND ended_at IS NULL AND until > ${how.at} RETURNING id`;
  if (rows.length === 0) return false;
  await tx`DELETE FROM person_roles WHERE organization_id = ${organizationId} AND person_id = ${row.person_id}
    AND role_id = ${row.role_id} AND until = ${row.until}`;
  return true;
}

/** A review took the role that was given until this moment, or gave it back: what is said of the request follows. */
export async function followReview(
  tx: Transaction,
  organizationId: string,
  of: { personId: string; roleId: string; until: Date; endedAt: Date | null },
): Promise<void> {
  await tx`
    UPDATE elevations SET ended_at = ${of.endedAt}, ended_by = NULL WHERE organization_id = ${organizationId}
      AND person_id = ${of.personId} AND role_id = ${of.roleId} AND until = ${of.until}`;
}

/** What is over since the last look; the rows of the roles go. */
export async function expireElevations(tx: Transaction, organizationId: string, now: Date): Promise<ElevationRow[]> {
  const rows = await tx<ElevationRow[]>`
    UPDATE elevations SET ended_at = until WHERE organization_id = ${organizationId} AND until <= ${now} AND ended_at IS NULL
    RETURNING ${columns(tx)}`;
  await tx`DELETE FROM person_roles WHERE organization_id = ${organizationId} AND until <= ${now}`;
  return rows;
}

/** What a person waits for, or has for a time. */
const openOf = (tx: Transaction, organizationId: string, personId: string, at: Date) => tx`
  organization_id = ${organizationId} AND person_id = ${personId} AND refused_at IS NULL AND withdrawn_at IS NULL
  AND ended_at IS NULL AND (until IS NULL OR until > ${at})`;

export async function countOpenOf(
  tx: Transaction,
  organizationId: string,
  personId: string,
  at: Date,
): Promise<number> {
  return (await tx`SELECT 1 FROM elevations WHERE ${openOf(tx, organizationId, personId, at)}`).length;
}

/** All of it ends; the roles themselves are taken by the step of temporary roles. */
export async function endAllOf(tx: Transaction, organizationId: string, personId: string, at: Date): Promise<number> {
  const rows = await tx`
    UPDATE elevations SET withdrawn_at = CASE WHEN until IS NULL THEN ${at}::timestamptz END,
      ended_at = CASE WHEN until IS NULL THEN NULL ELSE ${at}::timestamptz END
    WHERE ${openOf(tx, organizationId, personId, at)} RETURNING id`;
  return rows.length;
}

/** Roles that people have for a time now, and those given for longer than anybody may ask for. */
export async function countTemporaryRoles(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<{ active: number; tooLong: number }> {
  const [row] = await tx<{ active: number; tooLong: number }[]>`
    SELECT count(*)::int AS active,
      count(*) FILTER (WHERE until > given_at + make_interval(hours => ${elevationHoursMax}::int))::int AS "tooLong"
    FROM person_roles WHERE organization_id = ${organizationId} AND until > ${now}`;
  return row!;
}
