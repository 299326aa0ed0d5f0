/**
 * The only SQL on the table shares. What counts now is said by the clock of the database, here as in the door that row-level
 * security asks (`lubart_shared`): a share ends for both walls in the same moment.
 */
import type { ShareRight } from '#contract';
import type { Reach, Transaction } from '#database';
import type { RecordKindName } from '../role.ts';

export type ShareRow = {
  id: string;
  record_kind: RecordKindName;
  record_id: string;
  person_id: string | null;
  department_id: string | null;
  may_edit: boolean;
  shared_by: string;
  created_at: Date;
  until: Date;
  ended_at: Date | null;
  sealed: Buffer | null;
};

/** How a record is shared with the one who asks. */
export type ShareMark = {
  readonly id: string;
  readonly byId: string;
  readonly right: ShareRight;
  readonly until: string;
};

export type Receiver = { personId: string | null; departmentId: string | null };

const columns = (
  tx: Transaction,
) => tx`s.id, CASE WHEN s.contact_id IS NULL THEN 'company' ELSE 'contact' END AS record_kind,
  coalesce(s.contact_id, s.company_id) AS record_id, s.person_id, s.department_id, s.may_edit, s.shared_by, s.created_at, s.until,
  s.ended_at, s.sealed`;

const recordColumn = (tx: Transaction, kind: RecordKindName) =>
  kind === 'contact' ? tx`s.contact_id` : tx`s.company_id`;
const open = (tx: Transaction) => tx`s.ended_at IS NULL AND s.until > now()`;

/** False when the end does not lie ahead, or lies further than a year ahead. */
export async function insertShare(
  tx: Transaction,
  share: {
    organizationId: string;
    id: string;
    kind: RecordKindName;
    recordId: string;
    receiver: Receiver;
    right: ShareRight;
    by: string;
    until: Date;
    sealed: Buffer | null;
  },
): Promise<boolean> {
  const { kind, receiver } = share;
  const rows = await tx`
    INSERT INTO shares (organization_id, id, contact_id, company_id, person_id, department_id, may_edit, shared_by, created_at, until, sealed)
    SELECT ${share.organizationId}, ${share.id}, ${kind === 'contact' ? share.recordId : null}::uuid,
      ${kind === 'company' ? share.recordId : null}::uuid, ${receiver.personId}::uuid, ${receiver.departmentId}::uuid,
      ${share.right === 'edit'}, ${share.by}, now(), given.until, ${share.sealed}
    FROM (SELECT ${share.until}::timestamptz AS until) AS given
    WHERE given.until > now() AND given.until <= now() + interval '366 days' RETURNING id`;
  return rows.length === 1;
}

/** Shares of one record that count now, the newest first. */
export async function listSharesOf(
  tx: Transaction,
  organizationId: string,
  kind: RecordKindName,
  recordId: string,
): Promise<ShareRow[]> {
  return tx<ShareRow[]>`
    SELECT ${columns(tx)} FROM shares s
    WHERE s.organization_id = ${organizationId} AND ${recordColumn(tx, kind)} = ${recordId} AND ${open(tx)} ORDER BY s.id DESC`;
}

/** The share, held; undefined when it is over or not of this record. */
export async function lockShare(
  tx: Transaction,
  organizationId: string,
  kind: RecordKindName,
  recordId: string,
  id: string,
): Promise<ShareRow | undefined> {
  const [row] = await tx<ShareRow[]>`
    SELECT ${columns(tx)} FROM shares s WHERE s.organization_id = ${organizationId} AND s.id = ${id}
      AND ${recordColumn(tx, kind)} = ${recordId} AND ${open(tx)} FOR UPDATE`;
  return row;
}

export async function endShare(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
  why: 'withdrawn' | 'replaced',
): Promise<void> {
  if (ids.length === 0) return;
  await tx`UPDATE shares SET ended_at = now(), ended_why = ${why}
    WHERE organization_id = ${organizationId} AND id IN ${tx([...ids])} AND ended_at IS NULL`;
}

/** What became too old since the last look. */
export async function expireShares(tx: Transaction, organizationId: string): Promise<ShareRow[]> {
  return tx<ShareRow[]>`
    UPDATE shares s SET ended_at = s.until, ended_why = 'expired'
    WHERE s.organization_id = ${organizationId} AND s.ended_at IS NULL AND s.until <= now() RETURNING ${columns(tx)}`;
}

/** What is shared with active people (or one person) now, one by one; what a department has is nobody’s own. */
export async function listSharesOfPeople(
  tx: Transaction,
  organizationId: string,
  personId?: string,
): Promise<(ShareRow & { person_id: string })[]> {
  return tx<(ShareRow & { person_id: string })[]>`
    SELECT ${columns(tx)} FROM shares s
    JOIN people p ON p.organization_id = s.organization_id AND p.id = s.person_id AND p.deactivated_at IS NULL
    WHERE s.organization_id = ${organizationId} AND ${open(tx)}
      ${personId === undefined ? tx`` : tx`AND s.person_id = ${personId}`} ORDER BY s.id`;
}

/** What is shared with whole departments, by people who still work here (by one of them when named). */
export async function listSharesWithDepartments(
  tx: Transaction,
  organizationId: string,
  sharedBy?: string,
): Promise<ShareRow[]> {
  return tx<ShareRow[]>`
    SELECT ${columns(tx)} FROM shares s
    JOIN people p ON p.organization_id = s.organization_id AND p.id = s.shared_by AND p.deactivated_at IS NULL
    WHERE s.organization_id = ${organizationId} AND s.department_id IS NOT NULL AND ${open(tx)}
      ${sharedBy === undefined ? tx`` : tx`AND s.shared_by = ${sharedBy}`} ORDER BY s.id`;
}

/** The share, when it still counts; nobody else ends it meanwhile. */
export async function lockOpenShare(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<ShareRow | undefined> {
  const [row] = await tx<ShareRow[]>`
    SELECT ${columns(tx)} FROM shares s WHERE s.organization_id = ${organizationId} AND s.id = ${id} AND ${open(tx)} FOR UPDATE`;
  return row;
}

/** What a person shared and what was shared with that person, and still counts. */
export async function listSharesAround(tx: Transaction, organizationId: string, personId: string): Promise<ShareRow[]> {
  return tx<ShareRow[]>`
    SELECT ${columns(tx)} FROM shares s WHERE s.organization_id = ${organizationId} AND ${open(tx)}
      AND (s.shared_by = ${personId} OR s.person_id = ${personId}) ORDER BY s.id DESC`;
}

export async function endSharesAround(tx: Transaction, organizationId: string, personId: string): Promise<ShareRow[]> {
  return tx<ShareRow[]>`
    UPDATE shares s SET ended_at = now(), ended_why = 'left' WHERE s.organization_id = ${organizationId} AND ${open(tx)}
      AND (s.shared_by = ${personId} OR s.person_id = ${personId}) RETURNING ${columns(tx)}`;
}

/** How these records are shared with the asker now: with the person, with the own department or one above it. */
export async function sharedWithAsker(
  tx: Transaction,
  { organizationId, personId }: Pick<Reach, 'organizationId' | 'personId'>,
  kind: RecordKindName,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ShareMark>> {
  if (personId === null || ids.length === 0) return new Map();
  const rows = await tx<ShareRow[]>`
    WITH RECURSIVE home AS (
      SELECT p.department_id AS id FROM people p WHERE p.organization_id = ${organizationId} AND p.id = ${personId}
      UNION
      SELECT d.parent_id FROM departments d JOIN home h ON d.id = h.id
      WHERE d.organization_id = ${organizationId} AND d.parent_id IS NOT NULL
    )
    SELECT ${columns(tx)} FROM shares s
    WHERE s.organization_id = ${organizationId} AND ${recordColumn(tx, kind)} = ANY (${[...ids]}::uuid[]) AND ${open(tx)}
      AND (s.person_id = ${personId} OR s.department_id IN (SELECT id FROM home))`;
  const marks = new Map<string, ShareMark>();
  for (const [recordId, shares] of Map.groupBy(rows, (row) => row.record_id)) marks.set(recordId, strongest(shares)!);
  return marks;
}

/** Of several shares of one record the one that counts: for editing before for reading, then the longest. */
export function strongest(shares: readonly ShareRow[]): ShareMark | undefined {
  const [best] = shares.toSorted(
    (a, b) => Number(b.may_edit) - Number(a.may_edit) || b.until.getTime() - a.until.getTime(),
  );
  return best === undefined
    ? undefined
    : { id: best.id, byId: best.shared_by, right: best.may_edit ? 'edit' : 'read', until: best.until.toISOString() };
}

/** Shares that were given for longer than so many days, and how many count in all. For the posture. */
export async function countLongShares(
  tx: Transaction,
  organizationId: string,
  days: number,
): Promise<{ open: number; long: number }> {
  const [row] = await tx<{ open: number; long: number }[]>`
    SELECT count(*)::int AS open, count(*) FILTER (WHERE s.until > s.created_at + make_interval(days => ${days}))::int AS long
    FROM shares s WHERE s.organization_id = ${organizationId} AND ${open(tx)}`;
  return row!;
}
