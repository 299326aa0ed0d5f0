/**
 * Counts records by what stands plainly in their rows, in one statement. Row-level security gives the scope of the statistics right;
 * `hidden` says how many of a group lie outside what the reader may read.
 */
import type { Reach, Transaction } from '#database';
import type { RecordKind } from '#crm/records';
import { Statement } from '#crm/records';

export type Period = { readonly from: string; readonly months: 1 | 3 | 12 };
/** `seen`, `unseen`, `largest`: sums of amounts inside and outside of what the reader may read, and the largest outside; decimal text. */
export type CountedCell = {
  by: string;
  a: string;
  b: string | null;
  count: number;
  hidden: number;
  seen: string;
  unseen: string;
  givers: number;
  largest: string;
};

/** What was shared with the reader: single records, beside every scope. */
export async function listShared(tx: Transaction, kind: RecordKind): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`SELECT id FROM lubart_shared(${kind.name}, false) AS shared (id)`;
  return rows.map(({ id }) => id);
}

/** `reading`: what the reader may read, null when nothing; `shared`: and these. Nothing from the trash is counted. */
export async function countRecords(
  tx: Transaction,
  kind: RecordKind,
  asked: { reach: Reach; reading: Reach | null; shared: readonly string[]; period: Period | null },
): Promise<CountedCell[]> {
  const hasBasis = kind.declaration.fields['legalBasis'] !== undefined;
  const query = new Statement();
  const open = readable(query, asked.reading, asked.shared);
  query.add(`SELECT CASE
    WHEN GROUPING(owner_id) = 0 AND GROUPING(stage) = 0 THEN 'manager/stage'
    WHEN GROUPING(owner_id) = 0 THEN 'manager'
    WHEN GROUPING(department_id) = 0 THEN 'department'
    WHEN GROUPING(stage) = 0 THEN 'stage'
    ${hasBasis ? `WHEN GROUPING(legal_basis) = 0 THEN 'legalBasis'` : ''}
    WHEN GROUPING(quarter) = 0 THEN 'quarter' ELSE 'total' END AS by,
    coalesce(owner_id::text, department_id::text, stage, ${hasBasis ? 'legal_basis,' : ''} to_char(quarter, 'YYYY-"Q"Q'), '') AS a,
    CASE WHEN GROUPING(owner_id) = 0 AND GROUPING(stage) = 0 THEN stage END AS b,
    coalesce(sum(n), 0)::int AS count, coalesce(sum(hidden), 0)::int AS hidden, coalesce(sum(seen), 0)::text AS seen,
    coalesce(sum(unseen), 0)::text AS unseen, coalesce(sum(givers), 0)::int AS givers, coalesce(max(largest), 0)::text AS largest
    FROM (
      SELECT owner_id, department_id, stage, ${hasBasis ? 'legal_basis,' : ''}
        date_trunc('quarter', created_at AT TIME ZONE 'Europe/Kyiv') AS quarter,
        count(*) AS n, count(*) FILTER (WHERE NOT ${open}) AS hidden,
        sum(expected_amount) FILTER (WHERE ${open}) AS seen, sum(expected_amount) FILTER (WHERE NOT ${open}) AS unseen,
        count(*) FILTER (WHERE NOT ${open} AND expected_amount > 0) AS givers,
        max(expected_amount) FILTER (WHERE NOT ${open}) AS largest
      FROM ${kind.table} WHERE organization_id = ${query.value(asked.reach.organizationId)} AND archived_at IS NULL
        ${within(query, asked.period)}
      GROUP BY 1, 2, 3, 4 ${hasBasis ? ', 5' : ''}) AS counted
    GROUP BY GROUPING SETS ((owner_id), (owner_id, stage), (department_id), (stage), ${hasBasis ? '(legal_basis),' : ''}
      (quarter), ())`);
  return query.rows<CountedCell>(tx);
}

/** The tags that are used most. A client with several counts under each. */
export async function countTags(
  tx: Transaction,
  kind: RecordKind,
  asked: { reach: Reach; period: Period | null },
): Promise<{ key: string; count: number; sum: string }[]> {
  const query = new Statement();
  query.add(`SELECT tag AS key, count(*)::int AS count, coalesce(sum(expected_amount), 0)::numeric(20, 2)::text AS sum FROM ${kind.table}, unnest(tags) AS tag
    WHERE organization_id = ${query.value(asked.reach.organizationId)} AND archived_at IS NULL
      ${within(query, asked.period)} GROUP BY tag ORDER BY 2 DESC, 1 LIMIT 20`);
  return query.rows<{ key: string; count: number; sum: string }>(tx);
}

function readable(query: Statement, reading: Reach | null, shared: readonly string[]): string {
  const scoped = withinScope(query, reading);
  return shared.length === 0 ? scoped : `(${scoped} OR id = ANY (${query.value([...shared])}::uuid[]))`;
}

function withinScope(query: Statement, reading: Reach | null): string {
  if (reading === null || reading.scope === 'none') return 'false';
  if (reading.scope === 'all') return 'true';
  const own = `owner_id = ${query.value(reading.personId)}::uuid`;
  if (reading.scope === 'own') return `(${own})`;
  return `(${own} OR department_id = ANY (${query.value([...reading.departmentIds])}::uuid[]))`;
}

function within(query: Statement, period: Period | null): string {
  if (period === null) return '';
  const from = query.value(period.from);
  const start = (months: number) =>
    `((${from}::text::date + interval '${months} months')::timestamp AT TIME ZONE 'Europe/Kyiv')`;
  return `AND created_at >= ${start(0)} AND created_at < ${start(period.months)}`;
}
