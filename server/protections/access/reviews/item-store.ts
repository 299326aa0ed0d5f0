/** The only SQL on the table review_items. */
import type { ErrorCode, ReviewAnswer, ReviewKind, ReviewOutcome } from '#contract';
import type { Reach, Transaction } from '#database';
import { readable } from './campaign-store.ts';
import type { Hints } from './gather-hints.ts';
import type { Snapshot } from './kinds/kind.ts';

export type ItemRow = {
  id: string;
  campaign_id: string;
  person_id: string;
  reviewer_id: string | null;
  kind: ReviewKind;
  subject_id: string;
  snapshot: Snapshot & { hints: Hints };
  escalated_at: Date | null;
  escalated_to: string | null;
  answer: ReviewAnswer | null;
  answered_by: string | null;
  answered_at: Date | null;
  note: Buffer | null;
  outcome: ReviewOutcome | null;
  refused: ErrorCode | null;
  settled_at: Date | null;
};
export type NewItem = Pick<
  ItemRow,
  | 'id'
  | 'campaign_id'
  | 'person_id'
  | 'reviewer_id'
  | 'kind'
  | 'subject_id'
  | 'snapshot'
  | 'outcome'
  | 'refused'
  | 'settled_at'
>;

export const notePlace = (id: string) => `review_items/${id}/note`;

const columns = (tx: Transaction) =>
  tx`i.id, i.campaign_id, i.person_id, i.reviewer_id, i.kind, i.subject_id, i.snapshot, i.escalated_at, i.escalated_to, i.answer,
    i.answered_by, i.answered_at, i.note, i.outcome, i.refused, i.settled_at`;

const rowsPerWrite = 500;

export async function insertItems(tx: Transaction, organizationId: string, items: readonly NewItem[]): Promise<void> {
  for (let at = 0; at < items.length; at += rowsPerWrite) {
    const rows = JSON.stringify(items.slice(at, at + rowsPerWrite));
    await tx`
      INSERT INTO review_items (organization_id, id, campaign_id, person_id, reviewer_id, kind, subject_id, snapshot, outcome, refused,
        settled_at)
      SELECT ${organizationId}, id, campaign_id, person_id, reviewer_id, kind, subject_id, snapshot, outcome, refused, settled_at
      FROM jsonb_to_recordset(${rows}::text::jsonb) AS r (id uuid, campaign_id uuid, person_id uuid, reviewer_id uuid, kind text,
        subject_id uuid, snapshot jsonb, outcome text, refused text, settled_at timestamptz)`;
  }
}

/** Items of one campaign that the asker may read. */
export async function listItems(tx: Transaction, reach: Reach, campaignId: string): Promise<ItemRow[]> {
  return tx<ItemRow[]>`
    SELECT ${columns(tx)} FROM review_items i
    WHERE i.organization_id = ${reach.organizationId} AND i.campaign_id = ${campaignId} AND ${readable(tx, reach)}
    ORDER BY i.person_id, i.id`;
}

/** Nobody has answered these yet, in all open campaigns. */
export async function listUnanswered(tx: Transaction, organizationId: string, campaignId?: string): Promise<ItemRow[]> {
  return tx<ItemRow[]>`
    SELECT ${columns(tx)} FROM review_items i
    WHERE i.organization_id = ${organizationId} AND i.outcome IS NULL
      ${campaignId === undefined ? tx`` : tx`AND i.campaign_id = ${campaignId}`} ORDER BY i.id`;
}

/** What a person is asked about (in the `places` of absent heads, too) in campaigns that still take answers; `pool`: also what is asked of whoever runs reviews. */
export async function listAsked(
  tx: Transaction,
  organizationId: string,
  asked: { personId: string; places: readonly string[]; pool: boolean; now: Date },
): Promise<ItemRow[]> {
  const { personId, pool, now } = asked;
  const places = tx`${[...asked.places]}::uuid[]`;
  return tx<ItemRow[]>`
    SELECT ${columns(tx)} FROM review_items i
    JOIN review_campaigns c ON c.organization_id = i.organization_id AND c.id = i.campaign_id
      AND c.closing_at IS NULL AND c.closed_at IS NULL AND c.deadline_at > ${now}
    WHERE i.organization_id = ${organizationId} AND i.person_id <> ${personId}
      AND (i.outcome IS NULL OR i.outcome IN ('kept', 'withdrawn', 'refused'))
      AND (i.reviewer_id = ANY (${places}) OR i.escalated_to = ANY (${places})
        OR (${pool} AND (i.reviewer_id IS NULL OR (i.escalated_at IS NOT NULL AND i.escalated_to IS NULL))))
    ORDER BY i.person_id, i.id`;
}

/** With `lock`, the rows as they stand when nobody else can change them any more. */
export async function findItems(
  tx: Transaction,
  organizationId: string,
  campaignId: string,
  ids: readonly string[],
  lock = false,
): Promise<ItemRow[]> {
  return tx<ItemRow[]>`
    SELECT ${columns(tx)} FROM review_items i
    WHERE i.organization_id = ${organizationId} AND i.campaign_id = ${campaignId} AND i.id = ANY (${[...ids]}::uuid[])
    ORDER BY i.id ${lock ? tx`FOR UPDATE` : tx``}`;
}

export type Settlement = Pick<ItemRow, 'outcome' | 'refused' | 'answer' | 'answered_by' | 'note'> & { at: Date };

export async function settleItem(tx: Transaction, organizationId: string, id: string, to: Settlement): Promise<void> {
  await tx`
    UPDATE review_items SET outcome = ${to.outcome}, refused = ${to.refused}, settled_at = ${to.at}, answer = ${to.answer},
      answered_by = ${to.answered_by}, answered_at = ${to.answer === null ? null : to.at}, note = ${to.note}
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** Another review asks about this person now: what nobody answered is not asked twice. */
export async function settleMoved(
  tx: Transaction,
  organizationId: string,
  moved: { personId: string; butCampaignId: string; at: Date },
): Promise<number> {
  const rows = await tx`
    UPDATE review_items SET outcome = 'moved', settled_at = ${moved.at}
    WHERE organization_id = ${organizationId} AND person_id = ${moved.personId} AND outcome IS NULL
      AND campaign_id <> ${moved.butCampaignId} RETURNING id`;
  return rows.length;
}

export async function giveToReviewer(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
  reviewerId: string | null,
): Promise<void> {
  await tx`
    UPDATE review_items SET reviewer_id = ${reviewerId}
    WHERE organization_id = ${organizationId} AND id = ANY (${[...ids]}::uuid[]) AND outcome IS NULL`;
}

export async function escalateItems(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
  to: { personId: string | null; at: Date },
): Promise<number> {
  const rows = await tx`
    UPDATE review_items SET escalated_at = ${to.at}, escalated_to = ${to.personId}
    WHERE organization_id = ${organizationId} AND id = ANY (${[...ids]}::uuid[]) AND outcome IS NULL AND escalated_at IS NULL
    RETURNING id`;
  return rows.length;
}

export type PreviousAnswer = {
  personId: string;
  kind: ReviewKind;
  subjectId: string;
  outcome: ReviewOutcome;
  at: Date;
};

/** What the last closed review said of each right: one query for all. */
export async function listPrevious(tx: Transaction, organizationId: string): Promise<PreviousAnswer[]> {
  return tx<PreviousAnswer[]>`
    SELECT DISTINCT ON (i.person_id, i.kind, i.subject_id) i.person_id AS "personId", i.kind, i.subject_id AS "subjectId",
      i.outcome, i.settled_at AS at
    FROM review_items i JOIN review_campaigns c ON c.organization_id = i.organization_id AND c.id = i.campaign_id
    WHERE i.organization_id = ${organizationId} AND c.closed_at IS NOT NULL AND i.outcome IN ('kept', 'withdrawn', 'refused')
    ORDER BY i.person_id, i.kind, i.subject_id, i.settled_at DESC`;
}
