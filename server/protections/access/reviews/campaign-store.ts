/** The only SQL on the tables review_campaigns and review_letters. */
import type { ReviewReason, ReviewRules } from '#contract';
import type { Reach, Transaction } from '#database';
import type { Made } from '#protections/audit-log';

export type CampaignRow = {
  id: string;
  reason: ReviewReason;
  person_id: string | null;
  started_by: string | null;
  started_at: Date;
  deadline_at: Date;
  escalate_at: Date;
  escalate_to: ReviewRules['escalateTo'];
  reminder_days: number[];
  closing_at: Date | null;
  closed_by: string | null;
  closed_at: Date | null;
  /** The transaction that started it. */
  writtenIn: string;
};
export type CampaignNumbers = { total: number; answered: number; kept: number; withdrawn: number; refused: number };

export type NewCampaign = Pick<
  CampaignRow,
  | 'id'
  | 'reason'
  | 'person_id'
  | 'started_by'
  | 'started_at'
  | 'deadline_at'
  | 'escalate_at'
  | 'escalate_to'
  | 'reminder_days'
> & { due_on: string | null };

const columns = (tx: Transaction) =>
  tx`c.id, c.reason, c.person_id, c.started_by, c.started_at, c.deadline_at, c.escalate_at, c.escalate_to, c.reminder_days,
    c.closing_at, c.closed_by, c.closed_at, c.written_in::text AS "writtenIn"`;

/** False when the calendar’s campaign of that period stands already: another node was faster, or this one before it stopped. */
export async function insertCampaign(tx: Transaction, organizationId: string, made: NewCampaign): Promise<boolean> {
  const rows = await tx`
    INSERT INTO review_campaigns (organization_id, id, reason, due_on, person_id, started_by, started_at, deadline_at, escalate_at,
      escalate_to, reminder_days)
    VALUES (${organizationId}, ${made.id}, ${made.reason}, ${made.due_on}::text::date, ${made.person_id}, ${made.started_by},
      ${made.started_at}, ${made.deadline_at}, ${made.escalate_at}, ${made.escalate_to}, ${made.reminder_days}::int[])
    ON CONFLICT (organization_id, due_on) DO NOTHING RETURNING id`;
  return rows.length === 1;
}

/** With `lock`, its end waits until this transaction is over. */
export async function findCampaign(
  tx: Transaction,
  organizationId: string,
  id: string,
  lock: 'share' | 'update' | null = null,
): Promise<CampaignRow | undefined> {
  const [row] = await tx<CampaignRow[]>`
    SELECT ${columns(tx)} FROM review_campaigns c WHERE c.organization_id = ${organizationId} AND c.id = ${id}
    ${lock === null ? tx`` : lock === 'share' ? tx`FOR SHARE` : tx`FOR UPDATE`}`;
  return row;
}

export async function listOpenCampaigns(tx: Transaction, organizationId: string): Promise<CampaignRow[]> {
  return tx<CampaignRow[]>`
    SELECT ${columns(tx)} FROM review_campaigns c
    WHERE c.organization_id = ${organizationId} AND c.closed_at IS NULL ORDER BY c.started_at, c.id`;
}

/** Which items of a campaign somebody may read: all, or those of their departments and those they are asked about. */
export const readable = (tx: Transaction, { scope, departmentIds, personId }: Reach) =>
  scope === 'all'
    ? tx`true`
    : tx`(i.reviewer_id = ${personId} OR i.escalated_to = ${personId} OR EXISTS (
        SELECT 1 FROM people p WHERE p.organization_id = i.organization_id AND p.id = i.person_id
          AND p.department_id = ANY (${[...departmentIds]}::uuid[])))`;

/** The newest campaigns in which the asker may read something. */
export async function listCampaigns(
  tx: Transaction,
  reach: Reach,
  id: string | null = null,
): Promise<(CampaignRow & CampaignNumbers)[]> {
  return tx<(CampaignRow & CampaignNumbers)[]>`
    SELECT ${columns(tx)}, n.* FROM review_campaigns c JOIN LATERAL (
      SELECT count(*)::int AS total, count(i.outcome)::int AS answered,
        count(*) FILTER (WHERE i.outcome = 'kept')::int AS kept,
        count(*) FILTER (WHERE i.outcome = 'withdrawn')::int AS withdrawn,
        count(*) FILTER (WHERE i.outcome = 'refused')::int AS refused
      FROM review_items i
      WHERE i.organization_id = c.organization_id AND i.campaign_id = c.id AND ${readable(tx, reach)}) n ON n.total > 0
    WHERE c.organization_id = ${reach.organizationId} ${id === null ? tx`` : tx`AND c.id = ${id}`}
    ORDER BY c.started_at DESC, c.id DESC LIMIT 100`;
}

/** From now on nobody answers. False when it is closed already, or its time has not come. */
export async function beginClosing(
  tx: Transaction,
  organizationId: string,
  id: string,
  { at, by }: { at: Date; by: string | null },
): Promise<Made | undefined> {
  const [row] = await tx<Made[]>`
    UPDATE review_campaigns SET closing_at = COALESCE(closing_at, ${at}), closed_by = COALESCE(closed_by, ${by})
    WHERE organization_id = ${organizationId} AND id = ${id} AND closed_at IS NULL
      AND (${by}::uuid IS NOT NULL OR closing_at IS NOT NULL OR deadline_at <= ${at})
    RETURNING id, written_in::text AS "writtenIn"`;
  return row;
}

export async function markClosed(tx: Transaction, organizationId: string, id: string, at: Date): Promise<void> {
  await tx`UPDATE review_campaigns SET closed_at = ${at} WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** Campaigns whose time of keeping is over go, with everything that hangs on them. */
export async function forgetCampaigns(tx: Transaction, organizationId: string, before: Date): Promise<string[]> {
  const rows = await tx`
    DELETE FROM review_campaigns WHERE organization_id = ${organizationId} AND closed_at < ${before} RETURNING id`;
  return rows.map((row) => row['id'] as string);
}

/** True when this letter was not sent yet: whoever is told so sends it in the same transaction. */
export async function claimLetter(
  tx: Transaction,
  organizationId: string,
  letter: { campaignId: string; personId: string; what: string; at: Date },
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO review_letters (organization_id, campaign_id, person_id, what, sent_at)
    VALUES (${organizationId}, ${letter.campaignId}, ${letter.personId}, ${letter.what}, ${letter.at})
    ON CONFLICT DO NOTHING RETURNING what`;
  return rows.length === 1;
}
