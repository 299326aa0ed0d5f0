/**
 * What happens by itself, every half hour and once at start: a campaign that is due starts, letters go out, silence is escalated, a
 * deadline that has passed closes. Each step finds out by itself what is still to be done, so it may run twice, late, or on two nodes.
 */
import type { Transaction } from '#database';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { readOrganization } from '#protections/access';
import type { CampaignRow } from './campaign-store.ts';
import { forgetCampaigns, listOpenCampaigns } from './campaign-store.ts';
import type { House } from './choose-reviewer.ts';
import { chooseAbove, chooseReviewer, mayAnswerFor } from './choose-reviewer.ts';
import { closeCampaign } from './close-campaign.ts';
import type { ReviewDeps } from './deps.ts';
import { day, laterDoer, nobody } from './deps.ts';
import type { ItemRow } from './item-store.ts';
import { escalateItems, giveToReviewer, listUnanswered } from './item-store.ts';
import { duePeriod, readReviewRules } from './review-rules.ts';
import { readHouse, startCampaign } from './start-campaign.ts';
import { tellReviewers } from './tell-reviewers.ts';

export async function goOnWithReviews(deps: ReviewDeps, organizationId: string, signal?: AbortSignal): Promise<void> {
  const { database, clock } = deps;
  const seals = await deps.keyring.of(organizationId);
  const reach = systemReach(organizationId, 'all');
  await database.act(reach, (tx) => startDue(tx, deps, seals));
  const open = await database.read(reach, (tx) => listOpenCampaigns(tx, organizationId));
  for (const campaign of open) {
    signal?.throwIfAborted();
    const over = campaign.closing_at !== null || campaign.deadline_at <= clock.now();
    if (over) await closeCampaign(deps, organizationId, campaign.id, null, signal);
    else await database.act(reach, (tx) => press(tx, deps, seals, campaign));
  }
  await database.act(reach, (tx) => forgetOld(tx, deps, seals));
}

/** However many periods were missed while nothing ran, only the present one is asked about. */
async function startDue(tx: Transaction, deps: ReviewDeps, seals: OrganizationSeals): Promise<void> {
  const { rules, calendarFrom } = await readReviewRules(tx, seals.organizationId);
  const since = calendarFrom ?? new Date((await readOrganization(tx, seals)).createdAt);
  const dueOn = duePeriod(deps.clock.now(), rules, since);
  if (dueOn === null || (await isStarted(tx, seals.organizationId, dueOn))) return;
  const doer = nobody(seals.organizationId);
  await startCampaign(tx, deps, seals, { reason: 'calendar', dueOn, startedBy: null, doer, rules });
}

/** A cheap look first; what decides is the unique index. */
async function isStarted(tx: Transaction, organizationId: string, dueOn: string): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM review_campaigns WHERE organization_id = ${organizationId} AND due_on = ${dueOn}::text::date`;
  return rows.length > 0;
}

async function press(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  campaign: CampaignRow,
): Promise<void> {
  const house = await readHouse(tx, seals.organizationId, deps.clock.now());
  const doer = await laterDoer(tx, seals.organizationId, campaign);
  await reassign(tx, deps, seals, campaign, house, doer);
  await escalate(tx, deps, seals, campaign, house, doer);
  await remind(tx, deps, seals, campaign, house, doer);
}

/** Who was asked and may not answer any more (left, moved, lost the role) is not waited for. */
async function reassign(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  campaign: CampaignRow,
  house: House,
  doer: Doer,
): Promise<void> {
  const standing = new Map(house.standings.map((one) => [one.personId, one]));
  const stale = (await listUnanswered(tx, seals.organizationId, campaign.id)).filter(
    ({ reviewer_id, person_id }) =>
      reviewer_id !== null && !mayAnswerFor(standing.get(reviewer_id)!, standing.get(person_id)!),
  );
  if (stale.length === 0) return;
  const groups = Map.groupBy(stale, ({ person_id }) => chooseReviewer(house, standing.get(person_id)!));
  for (const [reviewer, items] of groups) {
    const ids = items.map(({ id }) => id);
    await giveToReviewer(tx, seals.organizationId, ids, reviewer);
    const given = items.map((item) => ({ ...item, reviewer_id: reviewer }));
    await tellReviewers(tx, deps, seals, { campaign, items: given, house, what: 'started', doer });
  }
  await deps.auditLog.record(tx, seals, doer, {
    event: 'review.reassigned',
    subjectKind: 'review',
    subjectIds: [campaign.id],
    facts: { rights: stale.length },
  });
}

async function escalate(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  campaign: CampaignRow,
  house: House,
  doer: Doer,
): Promise<void> {
  const now = deps.clock.now();
  if (campaign.escalate_at > now) return;
  const silent = (await listUnanswered(tx, seals.organizationId, campaign.id)).filter(
    // What is asked of whoever runs reviews is asked of everybody there is.
    ({ escalated_at, reviewer_id }) => escalated_at === null && reviewer_id !== null,
  );
  if (silent.length === 0) return;
  const above = ({ person_id, reviewer_id }: ItemRow) => {
    const whom = house.standings.find(({ personId }) => personId === person_id)!;
    return campaign.escalate_to === 'security' ? null : chooseAbove(house, whom, reviewer_id!);
  };
  let rights = 0;
  for (const [personId, items] of Map.groupBy(silent, above)) {
    const ids = items.map(({ id }) => id);
    rights += await escalateItems(tx, seals.organizationId, ids, { personId, at: now });
    const asked = items.map((item) => ({ ...item, escalated_at: now, escalated_to: personId }));
    await tellReviewers(tx, deps, seals, { campaign, items: asked, house, what: 'escalated', doer });
  }
  await deps.auditLog.record(tx, seals, doer, {
    event: 'review.escalated',
    subjectKind: 'review',
    subjectIds: [campaign.id],
    facts: { rights },
  });
}

async function remind(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  campaign: CampaignRow,
  house: House,
  doer: Doer,
): Promise<void> {
  const daysLeft = (campaign.deadline_at.getTime() - deps.clock.now().getTime()) / day;
  const span = (campaign.deadline_at.getTime() - campaign.started_at.getTime()) / day;
  // The nearest one whose day has come: after a long stop one letter goes out, not all that were missed.
  const due = campaign.reminder_days.filter((days) => days >= daysLeft && days < span);
  if (due.length === 0) return;
  const items = await listUnanswered(tx, seals.organizationId, campaign.id);
  const mark = `-${Math.min(...due)}`;
  await tellReviewers(tx, deps, seals, { campaign, items, house, what: 'reminder', mark, doer });
}

async function forgetOld(tx: Transaction, deps: ReviewDeps, seals: OrganizationSeals): Promise<void> {
  const { rules } = await readReviewRules(tx, seals.organizationId);
  const before = new Date(deps.clock.now().getTime() - rules.keepYears * 366 * day);
  const forgotten = await forgetCampaigns(tx, seals.organizationId, before);
  if (forgotten.length === 0) return;
  await deps.auditLog.record(tx, seals, nobody(seals.organizationId), {
    event: 'review.forgotten',
    subjectKind: 'review',
    subjectIds: forgotten,
    facts: { years: rules.keepYears },
  });
}
