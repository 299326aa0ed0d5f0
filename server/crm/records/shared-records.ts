/**
 * Records that the asker reaches only because a colleague shared them. Row-level security has let them through by its own list;
 * here the policy is asked once more, record by record, by another way: two walls.
 */
import type { Permission } from '#contract';
import type { Reach, Transaction } from '#database';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { reaches, sharedWithAsker } from '#protections/access';
import type { RecordKind } from './kind.ts';
import { holderOf } from './record-rules.ts';
import type { OpenedRecord } from './record-row.ts';

/** Says of each record whether it is there by a share; what is there by neither way is left out. */
export async function markShared(
  tx: Transaction,
  kind: RecordKind,
  actor: Actor,
  reach: Reach,
  records: OpenedRecord[],
): Promise<OpenedRecord[]> {
  const permission: Permission | undefined = reach.shares;
  if (permission === undefined) return records;
  const beyond = records.filter(({ fields }) => !reaches(actor, permission, holderOf(fields)));
  if (beyond.length === 0) return records;
  const ids = beyond.map(({ row }) => row.id);
  const marks = await sharedWithAsker(tx, reach, kind.name, ids);
  const isBeyond = new Set(ids);
  return records.flatMap((record) => {
    if (!isBeyond.has(record.row.id)) return [record];
    const mark = marks.get(record.row.id);
    if (mark === undefined) return [];
    if (!reaches(actor, permission, { ...holderOf(record.fields), shared: mark.right })) return [];
    const { byId, right, until } = mark;
    return [{ ...record, shared: { byId, right, until } }];
  });
}

/** @throws *.not_found when neither the holder nor a share brings the record within reach */
export async function requireReached(
  tx: Transaction,
  kind: RecordKind,
  actor: Actor,
  reach: Reach,
  record: OpenedRecord,
): Promise<OpenedRecord> {
  const [reached] = await markShared(tx, kind, actor, reach, [record]);
  if (reached === undefined) throw new LubartError(kind.error('not_found'));
  return reached;
}
