/** The only SQL on the table letters. */
import type { Transaction } from '#database';

/** What `letters.sealed` holds while the letter waits. */
export type LetterSecret = { to: string; subject: string; text: string };
export const letterPlace = (id: string) => `letters/${id}/sealed`;

export type LetterRow = {
  id: string;
  sealed: Buffer;
  queued_at: Date;
  good_until: Date;
  tries: number;
  fault: string | null;
  sent_at: Date | null;
  given_up_at: Date | null;
  /** The transaction that queued it. */
  writtenIn: string;
};

export async function insertLetter(
  tx: Transaction,
  organizationId: string,
  letter: { id: string; sealed: Buffer; at: Date; goodUntil: Date },
): Promise<void> {
  await tx`
    INSERT INTO letters (organization_id, id, sealed, queued_at, good_until, next_try_at)
    VALUES (${organizationId}, ${letter.id}, ${letter.sealed}, ${letter.at}, ${letter.goodUntil}, ${letter.at})`;
}

/** Takes the letter that waits longest for its turn until `leaseUntil`: of two nodes one gets it. */
export async function claimDueLetter(
  tx: Transaction,
  organizationId: string,
  now: Date,
  leaseUntil: Date,
): Promise<LetterRow | undefined> {
  const [row] = await tx<LetterRow[]>`
    UPDATE letters SET tries = tries + 1, next_try_at = ${leaseUntil}
    WHERE organization_id = ${organizationId} AND id = (
      SELECT id FROM letters
      WHERE organization_id = ${organizationId} AND sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= ${now}
      ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, sealed, queued_at, good_until, tries, fault, sent_at, given_up_at, written_in::text AS "writtenIn"`;
  return row;
}

export async function markSent(tx: Transaction, organizationId: string, id: string, at: Date): Promise<void> {
  await tx`
    UPDATE letters SET sent_at = ${at}, fault = NULL, sealed = ''
    WHERE organization_id = ${organizationId} AND id = ${id} AND given_up_at IS NULL`;
}

export async function markFailed(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { fault: string; nextTryAt: Date },
): Promise<void> {
  await tx`
    UPDATE letters SET fault = ${to.fault}, next_try_at = ${to.nextTryAt}
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

export async function markGivenUp(
  tx: Transaction,
  organizationId: string,
  id: string,
  to: { fault: string; at: Date },
): Promise<void> {
  await tx`
    UPDATE letters SET given_up_at = ${to.at}, fault = ${to.fault}, sealed = ''
    WHERE organization_id = ${organizationId} AND id = ${id} AND sent_at IS NULL`;
}

/** The letter is not wanted any more (its link was withdrawn); one that already left stays as it is. */
export async function deleteWaitingLetter(tx: Transaction, organizationId: string, id: string): Promise<void> {
  await tx`
    DELETE FROM letters
    WHERE organization_id = ${organizationId} AND id = ${id} AND sent_at IS NULL AND given_up_at IS NULL`;
}

export async function findLetters(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
): Promise<Pick<LetterRow, 'id' | 'fault' | 'sent_at' | 'given_up_at'>[]> {
  if (ids.length === 0) return [];
  return tx<LetterRow[]>`
    SELECT id, fault, sent_at, given_up_at FROM letters
    WHERE organization_id = ${organizationId} AND id IN ${tx([...ids])}`;
}

/** How the mail of one organization goes, in numbers. */
export async function summarize(tx: Transaction, organizationId: string, since: Date) {
  const [row] = await tx<
    {
      waiting: number;
      oldest: Date | null;
      fault: string | null;
      sent: number;
      given_up: number;
      last_sent_at: Date | null;
    }[]
  >`
    SELECT count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL)::int AS waiting,
      min(queued_at) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL) AS oldest,
      (array_agg(fault ORDER BY id DESC) FILTER (WHERE fault IS NOT NULL))[1] AS fault,
      count(*) FILTER (WHERE sent_at > ${since})::int AS sent,
      count(*) FILTER (WHERE given_up_at > ${since})::int AS given_up,
      max(sent_at) AS last_sent_at
    FROM letters WHERE organization_id = ${organizationId}`;
  return row!;
}

/** Removes what became of letters a month ago. */
export async function sweepLetters(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  const monthAgo = new Date(now.getTime() - 30 * 24 * 3_600_000);
  await tx`
    DELETE FROM letters WHERE organization_id = ${organizationId} AND (sent_at < ${monthAgo} OR given_up_at < ${monthAgo})`;
}
