/** The log remembers when somebody was told something; so nobody is told it again and again, on whatever node. */
import type { EventName } from '#contract';
import type { Transaction } from '#database';
import { entriesWhere } from './entries-where.ts';

/**
 * Whether an entry of this event, about this subject if one is given, was written within the last `hours`. Whoever asks meanwhile waits
 * for the end of this act, and may have said what time it is before that began: an entry a little ahead counts, too. One of the far
 * future (the clock was ahead) silences nobody.
 */
export async function toldLately(
  tx: Transaction,
  organizationId: string,
  { event, subjectId, hours, now }: { event: EventName; subjectId?: string; hours: number; now: Date },
): Promise<boolean> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`${organizationId}/${event}/${subjectId ?? ''}`}, 0))`;
  const span = hours * 3_600_000;
  const [since, until] = [new Date(now.getTime() - span), new Date(now.getTime() + span)];
  const rows = await tx`
    SELECT 1 FROM ${entriesWhere(
      tx,
      organizationId,
      tx`event = ${event} AND at > ${since} AND at < ${until}
        ${subjectId === undefined ? tx`` : tx`AND subject_ids @> ARRAY[${subjectId}::uuid]`}`,
      1,
    )}`;
  return rows.length > 0;
}
