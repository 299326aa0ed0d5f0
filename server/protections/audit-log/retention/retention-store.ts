/** The only SQL on retention_rules and legal_holds, and the only one that has entries of the log deleted. */
import type { AuditLevel, RetentionRules } from '#contract';
import { auditLevels, defaultRetention } from '#contract';
import type { Transaction } from '#database';
import { allSent } from '#database';
import { areStrays, entriesWhere, hasStrayed, idBeyond } from '#protections/audit-log';

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

/** Each level with the days that count today and the moment before which an entry is older; null: for ever. */
export type Kept = { level: AuditLevel } & ({ days: number; overBefore: Date } | { days: null; overBefore: null });

export const readKept = (tx: Transaction, levels: readonly AuditLevel[]): Promise<Kept[]> => tx<Kept[]>`
  SELECT level, days, now() - make_interval(days => days) AS "overBefore"
  FROM (SELECT level, lubart_days_kept(level) AS days FROM unnest(${[...levels]}::text[]) AS level) AS kept`;

/** `more`: there are more than were counted. */
export type LevelCount = {
  level: AuditLevel;
  counts: number | null;
  entries: number;
  entriesMore: boolean;
  due: number;
  dueMore: boolean;
};

/** No more than so many of a level are counted: of a log of millions it is enough to know that there are more. */
export async function countLevels(tx: Transaction, organizationId: string, countedMax = 10_000): Promise<LevelCount[]> {
  const kept = await readKept(tx, auditLevels);
  return allSent(
    kept.map(async ({ level, days, overBefore }) => {
      const [entries, due] = await allSent([
        countEntries(tx, organizationId, level, countedMax),
        overBefore === null ? { seen: 0, due: 0 } : countDue(tx, organizationId, { level, overBefore, countedMax }),
      ]);
      return {
        level,
        counts: days,
        entries: Math.min(entries, countedMax),
        entriesMore: entries > countedMax,
        due: Math.min(due.due, countedMax),
        dueMore: due.seen > countedMax,
      };
    }),
  );
}

async function countEntries(tx: Transaction, organizationId: string, level: AuditLevel, max: number): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM ${entriesWhere(tx, organizationId, tx`level = ${level}`, max + 1)}
    ) AS first`;
  return row!.count;
}

type Old = { level: AuditLevel; overBefore: Date };

/** Ids are times: what is old comes first in the index of a level, but for the few that strayed. */
const inOrder = (tx: Transaction, organizationId: string, { level, overBefore }: Old) => tx`
  e.organization_id = ${organizationId} AND e.level = ${level} AND e.at < ${overBefore}
    AND NOT (${hasStrayed(tx)}) AND e.id < ${idBeyond(overBefore)}`;
const strayed = (tx: Transaction, organizationId: string, { level, overBefore }: Old) => tx`
  e.organization_id = ${organizationId} AND e.level = ${level} AND e.at < ${overBefore} AND ${areStrays(tx, organizationId)}`;

type Fragment = ReturnType<typeof inOrder>;

/** What is old lies in the index of the log, is not indexed yet, or has strayed. */
const whereOld = (
  tx: Transaction,
  organizationId: string,
  old: Old,
  select: (from: Fragment, holds: Fragment) => Fragment,
) => tx`(${select(tx`audit_index`, inOrder(tx, organizationId, old))})
  UNION ALL (${select(tx`lubart_fresh_entries()`, inOrder(tx, organizationId, old))})
  UNION ALL (${select(tx`audit_entries`, strayed(tx, organizationId, old))})`;

/** Of the oldest, how many neither a hold nor an investigation keeps. Entry by entry the database decides; here the same is asked of many at once. */
async function countDue(tx: Transaction, organizationId: string, { countedMax, ...old }: Old & { countedMax: number }) {
  const limit = tx`LIMIT ${countedMax + 1}`;
  const [row] = await tx<{ seen: number; due: number }[]>`
    WITH old AS (
      ${whereOld(tx, organizationId, old, (from, holds) => tx`SELECT id, event, actor_id, subject_ids FROM ${from} e WHERE ${holds} ${limit}`)}
    ), held AS MATERIALIZED (
      SELECT subject_kind, subject_id FROM legal_holds WHERE organization_id = ${organizationId} AND lifted_at IS NULL
    ), marked AS MATERIALIZED (
      SELECT DISTINCT entry_id FROM investigation_marks
      WHERE organization_id = ${organizationId} AND lubart_is_marked(entry_id)
    )
    SELECT count(*)::int AS seen, count(*) FILTER (WHERE event <> 'audit.pruned' AND NOT EXISTS (
      SELECT FROM held
      WHERE subject_kind = 'all' OR subject_id = actor_id OR subject_id = ANY (subject_ids)) AND id NOT IN (SELECT entry_id FROM marked))::int AS due
    FROM old`;
  return row!;
}

export type Due = { id: string; position: number; bytes: Buffer };

/** Entries of a level whose time is over and that stand under a signed head of this size, the oldest first. */
export async function findDue(
  tx: Transaction,
  organizationId: string,
  { size, not, limit, ...old }: Old & { size: number; not: readonly string[]; limit: number },
): Promise<Due[]> {
  const over = (from: Fragment, holds: Fragment) => tx`
    SELECT e.id, l.position, b.bytes FROM (SELECT * FROM ${from} e WHERE ${holds}) AS e
      JOIN audit_leaves l ON l.organization_id = e.organization_id AND l.entry_id = e.id
      JOIN audit_entries b ON b.organization_id = e.organization_id AND b.id = e.id
    WHERE l.position < ${size} AND e.id <> ALL (${[...not]}::uuid[])
      AND lubart_is_over(e.level, e.at, e.event, e.actor_id, e.subject_ids) AND NOT lubart_is_marked(e.id)
    ORDER BY e.id LIMIT ${limit}`;
  const rows = await tx<{ id: string; position: string; bytes: Buffer }[]>`
    SELECT * FROM (${whereOld(tx, organizationId, old, over)}) AS found
    ORDER BY id LIMIT ${limit}`;
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
