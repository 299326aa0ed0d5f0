/**
 * A campaign starts: everything that everybody may do is written down as it is at this moment, with whoever answers for it. One
 * transaction, so that a crash leaves nothing behind, and a second node that starts the same period finds it taken.
 */
import type { ReviewReason, ReviewRules } from '#contract';
import type { Transaction } from '#database';
import { newId } from '#kernel';
import type { Standing } from '#protections/access';
import { listDepartments, listPeople, readHeads, readStandings } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { insertCampaign } from './campaign-store.ts';
import type { House } from './choose-reviewer.ts';
import { chooseReviewer, hasAnyReviewer, runsReviews } from './choose-reviewer.ts';
import type { ReviewDeps } from './deps.ts';
import { day } from './deps.ts';
import { hintsOf, readUse } from './gather-hints.ts';
import type { NewItem } from './item-store.ts';
import { insertItems, listPrevious, settleMoved } from './item-store.ts';
import { tellReviewers } from './tell-reviewers.ts';

export type Start = {
  reason: ReviewReason;
  /** First day of the period that the calendar asks about. */
  dueOn?: string;
  /** The only person of a review after a transfer. */
  personId?: string;
  startedBy: string | null;
  doer: Doer;
  rules: ReviewRules;
};
export type Started = { id: string | null; people: number; rights: number; reviewers: number; withoutHead: number };

/** `id` null: there is nothing to ask, or another node was faster. With `dryRun` the numbers only. */
export async function startCampaign(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  start: Start,
  dryRun = false,
): Promise<Started> {
  const { organizationId } = seals;
  const now = deps.clock.now();
  const id = newId();
  const house = await readHouse(tx, organizationId, now);
  const items = await listNewItems(tx, deps, house, { id, organizationId, now, personId: start.personId });
  const asked = items.filter(({ outcome }) => outcome === null);
  const numbers = numbersOf(house, asked);
  if (dryRun || asked.length === 0) return { id: null, ...numbers };
  const deadline = new Date(now.getTime() + start.rules.deadlineDays * day);
  const inserted = await insertCampaign(tx, organizationId, {
    id,
    reason: start.reason,
    due_on: start.dueOn ?? null,
    person_id: start.personId ?? null,
    started_by: start.startedBy,
    started_at: now,
    deadline_at: deadline,
    escalate_at: new Date(deadline.getTime() - start.rules.escalateDays * day),
    escalate_to: start.rules.escalateTo,
    reminder_days: start.rules.reminderDays,
  });
  if (!inserted) return { id: null, ...numbers };
  await insertItems(tx, organizationId, items);
  const moved =
    start.personId === undefined
      ? 0
      : await settleMoved(tx, organizationId, { personId: start.personId, butCampaignId: id, at: now });
  await deps.auditLog.record(tx, seals, start.doer, {
    event: 'review.started',
    subjectKind: 'review',
    subjectIds: [id, ...(start.personId === undefined ? [] : [start.personId])],
    facts: { reason: start.reason, ...numbers, ...(moved > 0 && { takenOver: moved }) },
  });
  await tellReviewers(tx, deps, seals, {
    campaign: { id, deadline_at: deadline },
    items: asked,
    house,
    what: 'started',
    doer: start.doer,
  });
  return { id, ...numbers };
}

export async function readHouse(tx: Transaction, organizationId: string, now: Date): Promise<House> {
  return {
    standings: await readStandings(tx, organizationId, now),
    heads: await readHeads(tx, organizationId, now),
    departments: await listDepartments(tx, organizationId),
  };
}

async function listNewItems(
  tx: Transaction,
  deps: ReviewDeps,
  house: House,
  {
    id,
    organizationId,
    now,
    personId,
  }: { id: string; organizationId: string; now: Date; personId: string | undefined },
): Promise<NewItem[]> {
  const rights = [];
  for (const kind of deps.kinds) rights.push(...(await kind.list(tx, organizationId, now, personId)));
  const use = await readUse(tx, organizationId, now, personId);
  const previous = await listPrevious(tx, organizationId);
  const people = await listPeople(tx, organizationId);
  const reviewers = new Map(house.standings.map((whom) => [whom.personId, reviewerOf(house, whom)]));
  return rights.map((right) => {
    const { reviewer, anybody } = reviewers.get(right.personId)!;
    return {
      id: newId(),
      campaign_id: id,
      person_id: right.personId,
      reviewer_id: reviewer,
      kind: right.kind,
      subject_id: right.subjectId,
      snapshot: { ...right.snapshot, hints: hintsOf(right, { house, use, people, previous, now }) },
      // There is nobody but the person: said in the result, not taken.
      outcome: anybody ? null : 'refused',
      refused: anybody ? null : 'review.own',
      settled_at: anybody ? null : now,
    };
  });
}

function reviewerOf(house: House, whom: Standing) {
  const reviewer = chooseReviewer(house, whom);
  return { reviewer, anybody: hasAnyReviewer(house, whom, reviewer) };
}

function numbersOf(house: House, items: readonly NewItem[]): Omit<Started, 'id'> {
  const named = new Set(items.map(({ reviewer_id }) => reviewer_id).filter((reviewer) => reviewer !== null));
  const pool = items.filter(({ reviewer_id }) => reviewer_id === null);
  const poolPeople = pool.length === 0 ? [] : house.standings.filter(runsReviews).map(({ personId }) => personId);
  return {
    people: new Set(items.map(({ person_id }) => person_id)).size,
    rights: items.length,
    reviewers: new Set([...named, ...poolPeople]).size,
    withoutHead: pool.length,
  };
}
