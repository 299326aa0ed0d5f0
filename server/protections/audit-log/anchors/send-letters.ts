/**
 * A head goes by letter to those whom the owner named. It is kept outside when the mail server has taken it for at least one of them, not
 * when it was written: so the letter is looked after, and the next one is written when this one has left or was given up.
 */
import type { Transaction } from '#database';
import type { Mail } from '#mail';
import { writeHeadText } from './head-text.ts';
import type { AnchorRow } from './anchor-store.ts';

/** Queues the letters; false: there is no mail server. */
export async function queueLetters(
  { mail }: { mail: Mail },
  tx: Transaction,
  organizationId: string,
  given: { id: string; to: readonly string[]; note: string; now: Date; nextAt: Date },
): Promise<boolean> {
  const ids: string[] = [];
  for (const to of given.to) {
    const letter = await mail.send(tx, { organizationId, to, ...writeHeadText(given.note, given.now) });
    if (letter !== null) ids.push(letter);
  }
  if (ids.length === 0) return false;
  await tx`
    UPDATE audit_anchors SET letter_ids = ${ids}::uuid[], letter_note = ${given.note}, letter_at = ${given.now},
      tried_at = ${given.now}, next_at = ${given.nextAt}
    WHERE organization_id = ${organizationId} AND id = ${given.id}`;
  return true;
}

/** What became of the letters on their way. */
export async function lookAfterLetters(
  { mail }: { mail: Mail },
  tx: Transaction,
  organizationId: string,
  row: AnchorRow,
): Promise<'waits' | 'lost' | { note: string; stamp: null; at: Date }> {
  const states = await mail.statesOf(tx, organizationId, row.letter_ids);
  const found = row.letter_ids.map((id) => states.get(id));
  // From when it is kept: from when it was written, for it may have left at once.
  if (found.includes('sent')) return { note: row.letter_note!, stamp: null, at: row.letter_at! };
  return found.includes('waiting') ? 'waits' : 'lost';
}
