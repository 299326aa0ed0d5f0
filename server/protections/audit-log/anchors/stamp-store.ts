/** Time stamps in the database, each of them. Of those that cover an entry the oldest proves the earliest moment. */
import type { Transaction } from '#database';

export type StampRow = { anchorId: string; size: number; note: string; stamp: Buffer; at: Date };

/** Of one head the first stamp stays: it is the earlier. */
export async function insertStamp(tx: Transaction, organizationId: string, one: StampRow): Promise<void> {
  await tx`
    INSERT INTO audit_stamps (organization_id, anchor_id, size, note, stamp, stamped_at)
    VALUES (${organizationId}, ${one.anchorId}, ${one.size}, ${one.note}, ${one.stamp}, ${one.at})
    ON CONFLICT (organization_id, anchor_id, size) DO NOTHING`;
}

export async function newestStamp(
  tx: Transaction,
  organizationId: string,
  anchorId: string,
): Promise<Pick<StampRow, 'note' | 'stamp'> | undefined> {
  const [row] = await tx<{ note: string; stamp: Buffer }[]>`
    SELECT note, stamp FROM audit_stamps WHERE organization_id = ${organizationId} AND anchor_id = ${anchorId}
    ORDER BY size DESC LIMIT 1`;
  return row;
}

/** The sizes at which a stamp of any place covers something of this piece first, in order. `to` is behind the last entry. */
export async function stampedSizes(
  tx: Transaction,
  organizationId: string,
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const rows = await tx<{ size: string }[]>`
    SELECT DISTINCT s.size FROM audit_stamps s
    WHERE s.organization_id = ${organizationId} AND s.size > ${from} AND NOT EXISTS (
      SELECT FROM audit_stamps older WHERE older.organization_id = s.organization_id AND older.anchor_id = s.anchor_id
        AND older.size >= ${to} AND older.size < s.size)
    ORDER BY s.size`;
  return rows.map(({ size }) => Number(size));
}

/** The same for single entries. */
export async function firstStampedSizes(
  tx: Transaction,
  organizationId: string,
  places: readonly number[],
): Promise<number[]> {
  const rows = await tx<{ size: string }[]>`
    SELECT DISTINCT oldest.size FROM unnest(${[...places]}::bigint[]) AS place (at), LATERAL (
      SELECT DISTINCT ON (anchor_id) size FROM audit_stamps
      WHERE organization_id = ${organizationId} AND size > place.at ORDER BY anchor_id, size) oldest
    ORDER BY oldest.size`;
  return rows.map(({ size }) => Number(size));
}

/** The stamps of the head of this size. */
export async function stampsAt(tx: Transaction, organizationId: string, size: number): Promise<StampRow[]> {
  const rows = await tx<{ anchor_id: string; note: string; stamp: Buffer; stamped_at: Date }[]>`
    SELECT anchor_id, note, stamp, stamped_at FROM audit_stamps
    WHERE organization_id = ${organizationId} AND size = ${size} ORDER BY stamped_at, anchor_id`;
  return rows.map(({ anchor_id: anchorId, stamped_at: at, ...row }) => ({ ...row, anchorId, size, at }));
}

/** Of which places there are stamps, and the size of the newest. */
export async function listStamped(
  tx: Transaction,
  organizationId: string,
): Promise<{ anchorId: string; size: number }[]> {
  const rows = await tx<{ anchor_id: string; size: string }[]>`
    SELECT anchor_id, max(size) AS size FROM audit_stamps WHERE organization_id = ${organizationId}
    GROUP BY anchor_id ORDER BY min(stamped_at), anchor_id`;
  return rows.map((row) => ({ anchorId: row.anchor_id, size: Number(row.size) }));
}

const stampsPerRead = 500;

/** The next stamps of one place, the smallest first. */
export async function stampsAfter(
  tx: Transaction,
  organizationId: string,
  { anchorId, after, upTo }: { anchorId: string; after: number; upTo: number },
): Promise<Pick<StampRow, 'size' | 'note' | 'stamp'>[]> {
  const rows = await tx<{ size: string; note: string; stamp: Buffer }[]>`
    SELECT size, note, stamp FROM audit_stamps
    WHERE organization_id = ${organizationId} AND anchor_id = ${anchorId} AND size > ${after} AND size <= ${upTo}
    ORDER BY size LIMIT ${stampsPerRead}`;
  return rows.map(({ size, note, stamp }) => ({ size: Number(size), note, stamp }));
}

/** Those go that cover nothing first of what is still kept; the database judges. */
export async function pruneStamps(tx: Transaction): Promise<number> {
  return (await tx`SELECT lubart_prune_stamps()`).length;
}
