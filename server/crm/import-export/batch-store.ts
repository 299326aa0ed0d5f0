/** The SQL of what an import has done: its batches and its rejected rows. */
import type { ErrorCode } from '#contract';
import type { Transaction } from '#database';
import type { Import } from './import-store.ts';

export type Batch = {
  number: number;
  rowsRead: number;
  rowsUpdated: number;
  rowsSkipped: number;
  rowsRejected: number;
  lastLine: number;
  lastByte: number;
  progress: number;
  createdIds: string[];
  createdCompanyIds: string[];
  committedAt: Date;
};

/** The primary key refuses a batch that is already in: two runners of one import cannot double a row. */
export async function insertBatch(
  tx: Transaction,
  organizationId: string,
  importId: string,
  batch: Batch,
): Promise<void> {
  await tx`INSERT INTO import_batches (organization_id, import_id, number, rows_read, rows_updated, rows_skipped, rows_rejected,
      last_line, last_byte, progress, created_ids, created_company_ids, committed_at)
    VALUES (${organizationId}, ${importId}, ${batch.number}, ${batch.rowsRead}, ${batch.rowsUpdated}, ${batch.rowsSkipped},
      ${batch.rowsRejected}, ${batch.lastLine}, ${batch.lastByte}, ${batch.progress}, ${idText(batch.createdIds)}::uuid[],
      ${idText(batch.createdCompanyIds)}::uuid[], ${batch.committedAt})`;
}

const idText = (ids: readonly string[]) => `{${ids.join(',')}}`;

export async function lastBatch(
  tx: Transaction,
  organizationId: string,
  importId: string,
): Promise<{ number: number; lastLine: number; lastByte: number } | undefined> {
  const rows = await tx`SELECT number, last_line, last_byte FROM import_batches
    WHERE organization_id = ${organizationId} AND import_id = ${importId} ORDER BY number DESC LIMIT 1`;
  if (rows[0] === undefined) return undefined;
  return { number: rows[0]['number'], lastLine: rows[0]['last_line'], lastByte: Number(rows[0]['last_byte']) };
}

export type Sums = {
  rowsRead: number;
  rowsCreated: number;
  rowsUpdated: number;
  rowsSkipped: number;
  rowsRejected: number;
  progress: number;
  /** Rows and seconds of the last batches, for the rate. */
  recentRows: number;
  recentSeconds: number;
};

export async function sumBatches(tx: Transaction, organizationId: string, importId: string): Promise<Sums> {
  const rows = await tx`
    WITH batches AS (SELECT * FROM import_batches WHERE organization_id = ${organizationId} AND import_id = ${importId}),
      recent AS (SELECT rows_read, committed_at FROM batches ORDER BY number DESC LIMIT 20)
    SELECT coalesce(sum(rows_read), 0)::int AS read, coalesce(sum(cardinality(created_ids)), 0)::int AS created,
      coalesce(sum(rows_updated), 0)::int AS updated, coalesce(sum(rows_skipped), 0)::int AS skipped,
      coalesce(sum(rows_rejected), 0)::int AS rejected, coalesce(max(progress), 0)::float8 AS progress,
      (SELECT coalesce(sum(rows_read), 0)::int FROM recent WHERE committed_at > (SELECT min(committed_at) FROM recent)) AS recent_rows,
      (SELECT coalesce(extract(epoch FROM max(committed_at) - min(committed_at)), 0)::float8 FROM recent) AS recent_seconds
    FROM batches`;
  const row = rows[0]!;
  return {
    rowsRead: row['read'],
    rowsCreated: row['created'],
    rowsUpdated: row['updated'],
    rowsSkipped: row['skipped'],
    rowsRejected: row['rejected'],
    progress: row['progress'],
    recentRows: row['recent_rows'],
    recentSeconds: row['recent_seconds'],
  };
}

export type Rejection = { line: number; cells: string[]; problems: { field: string | null; code: ErrorCode }[] };

export async function insertRejections(
  tx: Transaction,
  organizationId: string,
  found: Import,
  rejections: readonly Rejection[],
): Promise<void> {
  if (rejections.length === 0) return;
  const rows = rejections.map(({ line, ...rest }) => ({
    organization_id: organizationId,
    import_id: found.id,
    line,
    sealed: found.seal.seal(`rejected/${line}`, rest),
  }));
  await tx`INSERT INTO import_rejections ${tx(rows, 'organization_id', 'import_id', 'line', 'sealed')}`;
}

export async function readRejections(
  tx: Transaction,
  organizationId: string,
  found: Import,
  afterLine: number,
  limit: number,
): Promise<Rejection[]> {
  const rows = await tx`SELECT line, sealed FROM import_rejections
    WHERE organization_id = ${organizationId} AND import_id = ${found.id} AND line > ${afterLine} ORDER BY line LIMIT ${limit}`;
  return rows.map((row) => ({
    line: row['line'],
    ...found.seal.open<Omit<Rejection, 'line'>>(`rejected/${row['line']}`, row['sealed']),
  }));
}
