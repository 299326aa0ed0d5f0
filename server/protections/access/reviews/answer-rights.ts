/**
 * Somebody answers for rights of others. Who may answer is judged under a lock, by the rights and the places that stand at that
 * moment; a withdrawal takes effect with the answer. What a guard holds (the last owner …) stays, and is reported as refused.
 */
import type { ErrorCode, ReviewAnswer, ReviewOutcome } from '#contract';
import type { Reach, Transaction } from '#database';
import { hasCode, LubartError } from '#kernel';
import type { Actor, LockedPerson, Self } from '#protections/access';
import { isOwner, lockPeople, may, reaches, readStandIns, selfNow } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { findCampaign } from './campaign-store.ts';
import type { ReviewDeps } from './deps.ts';
import type { ItemRow } from './item-store.ts';
import { findItems, notePlace, settleItem } from './item-store.ts';
import type { Taking } from './kinds/kind.ts';

export type Answer = { itemId: string; answer: ReviewAnswer; note?: string | undefined };
export type Answered = { itemId: string; outcome: ReviewOutcome; refused: ErrorCode | null };

/** @throws review.not_found, review.closed, review.own, review.not_asked, access.denied */
export async function answerRights(
  deps: ReviewDeps,
  actor: Actor,
  reach: Reach,
  campaignId: string,
  answers: readonly Answer[],
): Promise<Answered[]> {
  const { organizationId } = actor;
  const seals = await deps.keyring.of(organizationId);
  const answered = await deps.database.act(reach, async (tx) => {
    const now = deps.clock.now();
    const ids = answers.map(({ itemId }) => itemId);
    const seen = await findItems(tx, organizationId, campaignId, ids);
    if (seen.length !== new Set(ids).size || ids.length !== seen.length) throw new LubartError('review.not_found');
    const locked = await lockPeople(tx, organizationId, [...seen.map((one) => one.person_id), actor.personId], now);
    // People before the campaign, as whoever closes it does.
    const campaign = await findCampaign(tx, organizationId, campaignId, 'share');
    if (campaign === undefined) throw new LubartError('review.not_found');
    const places = await placesOf(tx, actor, now);
    const self = { ...(await selfNow(tx, locked, actor, 'review.answer', now)), places };
    const items = await findItems(tx, organizationId, campaignId, ids, true);
    for (const item of items) requireAsked(self, item, locked);
    // Who is not asked learns nothing of the campaign; who is, that it is too late.
    if (campaign.closing_at !== null || campaign.deadline_at <= now) throw new LubartError('review.closed');
    const list: (Answered & { answer: ReviewAnswer })[] = [];
    for (const item of items) {
      const given = answers.find(({ itemId }) => itemId === item.id)!;
      const done = await settle(tx, deps, seals, { actor, self, item, given, locked, now });
      list.push({ itemId: item.id, ...done, answer: given.answer });
    }
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'review.answered',
      subjectKind: 'review',
      subjectIds: [campaignId, ...new Set(items.map(({ person_id }) => person_id))],
      facts: {
        confirmed: list.filter(({ outcome }) => outcome === 'kept').length,
        withdrawn: list.filter(({ outcome }) => outcome === 'withdrawn').length,
        refused: list.filter(({ refused }) => refused !== null).length,
      },
    });
    return list.map(({ itemId, outcome, refused }) => ({ itemId, outcome, refused }));
  });
  deps.ties.forgetSessions();
  deps.directory.forget(organizationId);
  return answered;
}

/** `places`: oneself, and the absent heads in whose place one stands. */
type Asked = Self & { places: readonly string[] };

/** Whose questions somebody answers: one’s own, and those of the heads for whom one stands in at this moment. */
export async function placesOf(
  tx: Transaction,
  { organizationId, personId }: Pick<Actor, 'organizationId' | 'personId'>,
  now: Date,
): Promise<string[]> {
  const standing = (await readStandIns(tx, organizationId, now, personId)).get(personId) ?? [];
  return [personId, ...standing.map(({ headId }) => headId)];
}

/** @throws review.own, review.not_asked */
function requireAsked(self: Asked, item: ItemRow, locked: readonly LockedPerson[]): void {
  // Attack: one’s own rights, confirmed by oneself, in whatever place one stands.
  if (item.person_id === self.personId) throw new LubartError('review.own');
  const { department_id: departmentId } = locked.find(({ id }) => id === item.person_id)!;
  const isNamed = [item.reviewer_id, item.escalated_to].some((id) => id !== null && self.places.includes(id));
  // Attack: who was asked works elsewhere now, or the person does; the name in the row is no right by itself.
  const asHead = isNamed && reaches(self, 'review.answer', { ownerId: '', departmentId });
  const isOpenToAll = item.reviewer_id === null || (item.escalated_at !== null && item.escalated_to === null);
  if (!asHead && !(isOpenToAll && may(self, 'review.run'))) throw new LubartError('review.not_asked');
  if (item.outcome === 'moved' || item.outcome === 'gone') throw new LubartError('review.not_asked');
}

type Settling = {
  actor: Actor;
  self: Self;
  item: ItemRow;
  given: Answer;
  locked: readonly LockedPerson[];
  now: Date;
};

async function settle(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  { actor, self, item, given, locked, now }: Settling,
): Promise<Omit<Answered, 'itemId'>> {
  const taking: Taking = {
    // Two rights of one person in one answer: the second sees what the first left.
    locked: await lockPeople(tx, seals.organizationId, [item.person_id, ...locked.map(({ id }) => id)], now),
    personId: item.person_id,
    subjectId: item.subject_id,
    snapshot: item.snapshot,
    asOwner: isOwner(self),
    doer: doerOf(actor),
    at: now,
    facts: { review: item.campaign_id },
  };
  const kind = deps.kinds.find(({ name }) => name === item.kind)!;
  let outcome: ReviewOutcome = given.answer === 'confirm' ? 'kept' : 'withdrawn';
  let refused: ErrorCode | null = null;
  try {
    if (given.answer === 'withdraw' && item.outcome !== 'withdrawn') {
      if (!(await kind.withdraw(tx, seals, taking))) outcome = 'gone';
    }
    if (given.answer === 'confirm' && item.outcome === 'withdrawn') {
      // Attack: what a head took, another head gives back. Only who took it has second thoughts.
      if (item.answered_by !== actor.personId) throw new LubartError('review.changed_since');
      await kind.giveBack(tx, seals, taking);
    }
  } catch (error) {
    if (!hasCode(error)) throw error;
    refused = error.code;
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'review.withdrawal_refused',
      subjectKind: 'person',
      subjectIds: [item.person_id],
      facts: { review: item.campaign_id, kind: item.kind, reason: error.code, answer: given.answer },
    });
    // A second thought that cannot be: the right stays taken, as it was answered.
    if (given.answer === 'confirm') return { outcome: 'withdrawn', refused };
    outcome = 'refused';
  }
  const note = given.note === undefined || given.note.trim() === '' ? null : given.note.trim();
  await settleItem(tx, seals.organizationId, item.id, {
    outcome,
    refused,
    answer: given.answer,
    answered_by: actor.personId,
    note: note === null ? null : seals.seal(notePlace(item.id), note),
    at: now,
  });
  return { outcome, refused };
}
