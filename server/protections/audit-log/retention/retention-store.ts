/** The only SQL on retention_rules and legal_holds, and the only one that has entries of the log deleted. */
import type { AuditLevel, RetentionRules } from '#contract';
import { defaultRetention } from '#contract';
import type { Transaction } from '#database';

/** What was said last about each level. */
export async function readRetention(tx: Transaction, organizationId: string): Promise<RetentionRules> {
  const rows = await tx<{ level: AuditLevel; days: number | null }[]>`
    SELECT DISTINCT ON (level) level, days FROM retention_rules WHERE organization_id = ${organizationId}
    ORDER BY level, said_at DESC`;
  return { ...defaultRetention, ...Object.fromEntries(rows.map(({ level, days }) => [level, days])) };
}

export async function sayRetention(
  tx: Transaction,
  organizationId: string,
  given: { level: AuditLevel; days: number | null; personId: string },
): Promise<void> {
  await tx`
    INSERT INTO retention_rules (organization_id, level, days, said_by)
    VALUES (${organizationId}, ${given.level}, ${given.days}, ${given.personId})`;
}

/** The days that count today; null: for ever. */
export async function daysKept(tx: Transaction, level: AuditLevel): Promise<number | null> {
  const [row] = await tx<{ days: number | null }[]>`SELECT lubart_days_kept(${level}) AS days`;
  return row!.days;
}

export type LevelCount = { level: AuditLevel; counts: number | null; entries: number; due: number };

export async function countLevels(tx: Transaction, organizationId: string): Promise<LevelCount[]> {
  return tx<LevelCount[]>`
    WITH kept AS MATERIALIZED (
      SELECT level, lubart_days_kept(level) AS days
      FROM unnest(ARRAY['security', 'data', 'administration', 'system', 'plugin']) AS level)
    SELECT kept.level, kept.days AS counts, count(e.id)::int AS entries,
      count(e.id) FILTER (WHERE e.at < now() - make_interval(days => kept.days)
        AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids))::int AS due
    FROM kept LEFT JOIN audit_entries e ON e.organization_id = ${organizationId} AND e.level = kept.level
    GROUP BY kept.level, kept.days`;
}

export type Due = { id: string; position: number; bytes: Buffer };

/** Entries of a level whose time is over and that stand under a signed head of this size, the oldest first. */
export async function findDue(
  tx: Transaction,
  organizationId: string,
  asked: { level: AuditLevel; days: number; size: number; not: readonly string[]; limit: number },
): Promise<Due[]> {
  const rows = await tx<{ id: string; position: string; bytes: Buffer }[]>`
    SELECT e.id, l.position, e.bytes FROM audit_entries e
      JOIN audit_leaves l ON l.organization_id = e.organization_id AND l.entry_id = e.id
    WHERE e.organization_id = ${organizationId} AND e.level = ${asked.level}
      AND e.at < now() - make_interval(days => ${asked.days}) AND l.position < ${asked.size}
      AND e.id <> ALL (${[...asked.not]}::uuid[])
      AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids)
    ORDER BY e.at, e.id LIMIT ${asked.limit}`;
  return rows.map(({ id, position, bytes }) => ({ id, position: Number(position), bytes }));
}

/** Ids of those that are gone now; the database keeps the others. */
export async function deleteEntries(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx`SELECT id FROM lubart_prune_entries(${[...ids]}::uuid[]) AS gone (id)`;
  return new Set(rows.map((row) => row['id'] as string));
}

export type HoldRow = {
  id: string;
  subject_kind: 'all' | 'person' | 'record';
  subject_id: string | null;
  sealed: Buffer;
  placed_by: string;
  placed_at: Date;
  lifted_by: string | null;
  lifted_at: Date | null;
};

export const holdPlace = (id: string) => `legal_holds/${id}/sealed`;

export async function listHolds(tx: Transaction, organizationId: string): Promise<HoldRow[]> {
  return tx<HoldRow[]>`
    SELECT id, subject_kind, subject_id, sealed, placed_by, placed_at, lifted_by, lifted_at FROM legal_holds
    WHERE organization_id = ${organizationId} ORDER BY lifted_at IS NOT NULL, placed_at DESC LIMIT 500`;
}

export async function insertHold(
  tx: Transaction,
  organizationId: string,
  row: Omit<HoldRow, 'lifted_by' | 'lifted_at'>,
): Promise<void> {
  await tx`
    INSERT INTO legal_holds (organization_id, id, subject_kind, subject_id, sealed, placed_by, placed_at)
    VALUES (${organizationId}, ${row.id}, ${row.subject_kind}, ${row.subject_id}, ${row.sealed}, ${row.placed_by}, ${row.placed_at})`;
}

/** What it was about; undefined when there is none or it was lifted before. */
export async function liftHold(
  tx: Transaction,
  organizationId: string,
  given: { id: string; personId: string; at: Date },
): Promise<Pick<HoldRow, 'subject_kind' | 'subject_id'> | undefined> {
  const [row] = await tx<Pick<HoldRow, 'subject_kind' | 'subject_id'>[]>`
    UPDATE legal_holds SET lifted_by = ${given.personId}, lifted_at = ${given.at}
    WHERE organization_id = ${organizationId} AND id = ${given.id} AND lifted_at IS NULL
    RETURNING subject_kind, subject_id`;
  return row;
}
