/** The tree in the database: order, tiles, heads. */
import type { TileAt } from '#contract/tlog';
import { pruningEvent } from '#contract/tlog';
import type { Transaction } from '#database';
import { copyRows } from '#database';
import type { Tile } from './grow-tree.ts';

export type TreeState = { size: number; snapshot: string };
export type Unsealed = { id: string; writtenIn: string; bytes: Buffer };
/** The part of a long backlog that has its places: everything visible in the snapshot `to`, in order, as far as this entry. */
export type Sealed = { to: string; writtenIn: string; id: string };
export type Checkpoint = { size: number; note: string; signedAt: Date };

/** Sees nothing: every entry is still to be sealed. */
const firstSnapshot = '1:1:';

/** The state, locked; undefined while somebody else is sealing. */
export async function lockTree(tx: Transaction, organizationId: string): Promise<TreeState | undefined> {
  await tx`INSERT INTO audit_trees (organization_id, size, snapshot)
    VALUES (${organizationId}, 0, ${firstSnapshot}) ON CONFLICT DO NOTHING`;
  const [row] = await tx<{ size: string; snapshot: string }[]>`
    SELECT size, snapshot::text FROM audit_trees WHERE organization_id = ${organizationId} FOR UPDATE SKIP LOCKED`;
  return row === undefined ? undefined : { size: Number(row.size), snapshot: row.snapshot };
}

/**
 * Entries that have no place yet, in the order of their transactions, and the snapshot in which they were looked for: one statement,
 * so that both are of one moment. Having a place already is asked too: nothing is sealed twice, whatever became of the snapshot.
 * `sealed`: how far an earlier run came; what became visible since then waits for the next look.
 */
export async function findUnsealed(
  tx: Transaction,
  organizationId: string,
  { after, sealed }: { after: string; sealed: Sealed | undefined },
  limit: number,
): Promise<{ entries: Unsealed[]; snapshot: string | undefined }> {
  const rest =
    sealed === undefined
      ? tx``
      : tx`AND pg_visible_in_snapshot(e.written_in, ${sealed.to}::pg_snapshot)
        AND (e.written_in, e.id) > (${sealed.writtenIn}::xid8, ${sealed.id}::uuid)`;
  const rows = await tx<(Unsealed & { snapshot: string })[]>`
    SELECT e.id, e.written_in::text AS "writtenIn", e.bytes, pg_current_snapshot()::text AS snapshot FROM audit_entries e
    WHERE e.organization_id = ${organizationId}
      AND e.written_in >= pg_snapshot_xmin(${after}::pg_snapshot)
      AND NOT pg_visible_in_snapshot(e.written_in, ${after}::pg_snapshot) ${rest}
      AND NOT EXISTS (
        SELECT 1 FROM audit_leaves l WHERE l.organization_id = e.organization_id AND l.entry_id = e.id)
    ORDER BY e.written_in, e.id LIMIT ${limit}`;
  return { entries: rows, snapshot: sealed?.to ?? rows[0]?.snapshot };
}

export async function insertLeaves(
  tx: Transaction,
  organizationId: string,
  start: number,
  ids: readonly string[],
): Promise<void> {
  await tx`
    INSERT INTO audit_leaves (organization_id, position, entry_id)
    SELECT ${organizationId}, ${start} + ordinality - 1, id
    FROM unnest(${ids as string[]}::uuid[]) WITH ORDINALITY AS given (id, ordinality)`;
}

export async function findTiles(tx: Transaction, organizationId: string, at: readonly TileAt[]): Promise<Tile[]> {
  if (at.length === 0) return [];
  const rows = await tx<{ level: number; index: string; hashes: Buffer }[]>`
    SELECT t.level, t.index, t.hashes FROM audit_tiles t
      JOIN unnest(${at.map(({ level }) => level)}::smallint[], ${at.map(({ index }) => index)}::bigint[]) AS asked (level, index)
        ON t.level = asked.level AND t.index = asked.index
    WHERE t.organization_id = ${organizationId}`;
  return rows.map(({ level, index, hashes }) => ({ level, index: Number(index), hashes }));
}

export async function saveTiles(tx: Transaction, organizationId: string, tiles: readonly Tile[]): Promise<void> {
  const rows = tiles.map((tile) => ({ organization_id: organizationId, ...tile }));
  await tx`
    INSERT INTO audit_tiles ${tx(rows, 'organization_id', 'level', 'index', 'hashes')}
    ON CONFLICT (organization_id, level, index) DO UPDATE SET hashes = excluded.hashes`;
}

export async function saveTree(tx: Transaction, organizationId: string, state: TreeState): Promise<void> {
  await tx`UPDATE audit_trees SET size = ${state.size}, snapshot = ${state.snapshot}
    WHERE organization_id = ${organizationId}`;
}

export async function insertCheckpoint(tx: Transaction, organizationId: string, one: Checkpoint): Promise<void> {
  await tx`INSERT INTO audit_checkpoints (organization_id, size, note, signed_at)
    VALUES (${organizationId}, ${one.size}, ${one.note}, ${one.signedAt})`;
}

export async function newestCheckpoint(tx: Transaction, organizationId: string): Promise<Checkpoint | undefined> {
  const [row] = await tx<{ size: string; note: string; signed_at: Date }[]>`
    SELECT size, note, signed_at FROM audit_checkpoints WHERE organization_id = ${organizationId}
    ORDER BY size DESC LIMIT 1`;
  return row === undefined ? undefined : { size: Number(row.size), note: row.note, signedAt: row.signed_at };
}

export async function positionOf(
  tx: Transaction,
  organizationId: string,
  entryId: string,
): Promise<number | undefined> {
  const [row] = await tx<{ position: string }[]>`
    SELECT position FROM audit_leaves WHERE organization_id = ${organizationId} AND entry_id = ${entryId}`;
  return row === undefined ? undefined : Number(row.position);
}

/** The places of those of these entries that have one, in order. */
export async function positionsOf(
  tx: Transaction,
  organizationId: string,
  entryIds: readonly string[],
): Promise<number[]> {
  const rows = await tx<{ position: string }[]>`
    SELECT position FROM audit_leaves WHERE organization_id = ${organizationId} AND entry_id = ANY (${[...entryIds]}::uuid[])
    ORDER BY position`;
  return rows.map(({ position }) => Number(position));
}

/** The entries at these places; null where the entry itself is not there any more. */
export async function entriesAtPlaces(
  tx: Transaction,
  organizationId: string,
  places: readonly number[],
): Promise<{ position: number; bytes: Buffer | null }[]> {
  const rows = await tx<{ position: string; bytes: Buffer | null }[]>`
    SELECT l.position, e.bytes FROM audit_leaves l
      LEFT JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = ${organizationId} AND l.position = ANY (${[...places]}::bigint[])`;
  return rows.map(({ position, bytes }) => ({ position: Number(position), bytes }));
}

/** The entries from `start` up to `end`, in order; null where the entry itself is not there any more. */
export async function entriesAt(
  tx: Transaction,
  organizationId: string,
  start: number,
  end: number,
): Promise<{ position: number; bytes: Buffer | null }[]> {
  const rows = await tx<{ position: string; bytes: Buffer | null }[]>`
    SELECT l.position, e.bytes FROM audit_leaves l
      LEFT JOIN audit_entries e ON e.organization_id = l.organization_id AND e.id = l.entry_id
    WHERE l.organization_id = ${organizationId} AND l.position >= ${start} AND l.position < ${end}
    ORDER BY l.position`;
  return rows.map(({ position, bytes }) => ({ position: Number(position), bytes }));
}

/** When the oldest kept head was signed. */
export async function oldestSignedAt(tx: Transaction, organizationId: string): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    SELECT min(signed_at) AS at FROM audit_checkpoints WHERE organization_id = ${organizationId}`;
  return row!.at;
}

/** All kept heads, the smallest first. */
export async function listCheckpoints(tx: Transaction, organizationId: string): Promise<Checkpoint[]> {
  const rows = await tx<{ size: string; note: string; signed_at: Date }[]>`
    SELECT size, note, signed_at FROM audit_checkpoints WHERE organization_id = ${organizationId} ORDER BY size`;
  return rows.map(({ size, note, signed_at: signedAt }) => ({ size: Number(size), note, signedAt }));
}

/** The stored tree: what size it says to be of, where its last place ends, its tiles. */
export type StoredTree = { size: number; end: number; tiles: Tile[] };

/** One statement, for it is sealed on meanwhile. The id was proved to be one when the transaction began. */
export async function readTree(tx: Transaction, organizationId: string): Promise<StoredTree> {
  const tree: StoredTree = { size: 0, end: 0, tiles: [] };
  const keep = openTileRooms();
  await copyRows(
    tx,
    `SELECT level::bigint, index, hashes, (SELECT size FROM audit_trees WHERE organization_id = '${organizationId}'),
        (SELECT max(position) + 1 FROM audit_leaves WHERE organization_id = '${organizationId}')
      FROM audit_tiles WHERE organization_id = '${organizationId}'`,
    (bytes, froms, tos) => {
      const [level, index] = [numberAt(bytes, froms[0]!), numberAt(bytes, froms[1]!)];
      tree.tiles.push({ level, index, hashes: keep(bytes, froms[2]!, tos[2]!) });
      [tree.size, tree.end] = [numberAt(bytes, froms[3]!), numberAt(bytes, froms[4]!)];
    },
  );
  return tree;
}

const tileRoomBytes = 1024 * 1024;

/** Tiles one after another, where another thread sees them too: a long log has thousands. */
function openTileRooms(): (bytes: Buffer, from: number, to: number) => Buffer {
  let room: Buffer = Buffer.alloc(0);
  let filled = 0;
  return (bytes, from, to) => {
    const length = to - from;
    if (filled + length > room.length) {
      room = Buffer.from(new SharedArrayBuffer(Math.max(length, tileRoomBytes)));
      filled = 0;
    }
    bytes.copy(room, filled, from, to);
    filled += length;
    return room.subarray(filled - length, filled);
  };
}

const numberAt = (bytes: Buffer, from: number): number => (from === -1 ? 0 : Number(bytes.readBigInt64BE(from)));

/**
 * Entries that should have their place by now. Those without one are few and found by their ids alone; only then their time is read. Both
 * indexes walked side by side: several processes with a table of hashes between them cost four times as much, on the cores that verify.
 */
export async function countWithoutPlace(tx: Transaction, organizationId: string, before: Date): Promise<number> {
  tx`SET LOCAL max_parallel_workers_per_gather = 0`.catch(() => {}); // thrown by what follows
  const [row] = await tx<{ count: number }[]>`
    WITH waiting AS MATERIALIZED (
      SELECT e.id FROM audit_entries e WHERE e.organization_id = ${organizationId} AND NOT EXISTS (
        SELECT 1 FROM audit_leaves l WHERE l.organization_id = e.organization_id AND l.entry_id = e.id))
    SELECT count(*)::int AS count FROM waiting
      JOIN audit_entries e ON e.organization_id = ${organizationId} AND e.id = waiting.id WHERE e.at < ${before}`;
  return row!.count;
}

/** What says that others were pruned. `place`: null while it is to be sealed. */
export type Pruning = { place: number | null; bytes: Buffer };

/** Those that have a place from `end` on, or none yet. */
export async function findPruningsFrom(tx: Transaction, organizationId: string, end: number): Promise<Pruning[]> {
  const rows = await tx<{ position: string | null; bytes: Buffer }[]>`
    SELECT l.position, b.bytes FROM (
        SELECT organization_id, id FROM audit_index WHERE organization_id = ${organizationId} AND event = ${pruningEvent}
        UNION ALL SELECT organization_id, id FROM lubart_fresh_entries() WHERE event = ${pruningEvent}) AS e
      JOIN audit_entries b ON b.organization_id = e.organization_id AND b.id = e.id
      LEFT JOIN audit_leaves l ON l.organization_id = e.organization_id AND l.entry_id = e.id
    WHERE l.position IS NULL OR l.position >= ${end}
    ORDER BY l.position`;
  return rows.map(({ position, bytes }) => ({ place: position === null ? null : Number(position), bytes }));
}

/** Of heads older than `before` the last of each hour is kept. */
export async function thinCheckpoints(tx: Transaction, organizationId: string, before: Date): Promise<number> {
  const rows = await tx`
    DELETE FROM audit_checkpoints c
    WHERE c.organization_id = ${organizationId} AND c.signed_at < ${before} AND EXISTS (
      SELECT 1 FROM audit_checkpoints later
      WHERE later.organization_id = c.organization_id AND later.size > c.size AND later.signed_at < ${before}
        AND date_trunc('hour', later.signed_at) = date_trunc('hour', c.signed_at))
    RETURNING size`;
  return rows.length;
}

export async function hasEntry(tx: Transaction, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx`SELECT 1 FROM audit_entries WHERE organization_id = ${organizationId} AND id = ${id}`;
  return rows.length === 1;
}
