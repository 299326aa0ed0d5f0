/**
 * What was done in an investigation, out of the log itself: opened, marked, closed. It goes into the file of evidence beside the marked
 * entries, so that whoever gets the file sees who chose them and when.
 */
import type { EventName } from '#contract';
import type { Transaction } from '#database';

const acts: readonly EventName[] = [
  'investigation.opened',
  'investigation.updated',
  'investigation.closed',
  'investigation.reopened',
  'investigation.marked',
  'investigation.unmarked',
];
const idsPerAsking = 500;

/** The reviewed function finds by subject; looks at the log are passed over. */
export async function ownActs(tx: Transaction, organizationId: string, investigationId: string): Promise<string[]> {
  const found: string[] = [];
  for (let before: string | null = null; ;) {
    const ids: string[] = (
      await tx`SELECT lubart_find_audit_entries AS id FROM lubart_find_audit_entries(${investigationId}, ${before}, ${idsPerAsking})`
    ).map((row) => row['id'] as string);
    const rows = await tx`SELECT id FROM audit_entries
      WHERE organization_id = ${organizationId} AND id = ANY (${ids}) AND event = ANY (${[...acts]}) AND outcome = 'done'`;
    for (const row of rows) found.push(row['id'] as string);
    if (ids.length < idsPerAsking) return found;
    before = ids.at(-1)!;
  }
}
