/**
 * The end of a campaign: nobody answers any more, what nobody vouched for is withdrawn, the result is signed and kept. It goes in
 * pieces, each a transaction of its own that does only what is still to be done: killed halfway, or carried out by two nodes at once,
 * it ends the same.
 */
import { hasCode } from '#kernel';
import type { Transaction } from '#database';
import type { Actor } from '#protections/access';
import { lockPeople, requireEntitledNow } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import { doerOf } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import { beginClosing, findCampaign, markClosed } from './campaign-store.ts';
import type { ReviewDeps } from './deps.ts';
import { laterDoer } from './deps.ts';
import type { ItemRow } from './item-store.ts';
import { findItems, listItems, listUnanswered, settleItem } from './item-store.ts';
import { documentOf } from './result-document.ts';
import { canonicalJson } from './canonical-json.ts';
import { insertResult } from './result-store.ts';
import { signingKey } from './sign-result.ts';

const itemsPerPiece = 50;

/** True when it was this call that closed it. `by` null: the deadline. @throws access.denied */
export async function closeCampaign(
  deps: ReviewDeps,
  organizationId: string,
  campaignId: string,
  by: Actor | null,
  signal?: AbortSignal,
): Promise<boolean> {
  const { database, clock } = deps;
  const seals = await deps.keyring.of(organizationId);
  const reach = systemReach(organizationId, 'all');
  const closer = { at: clock.now(), by: by?.personId ?? null };
  const begun = await database.act(reach, async (tx) => {
    // Attack: who lost the right a moment ago ends the review before others answer.
    if (by !== null) await requireEntitledNow(tx, by, 'review.run', closer.at);
    return beginClosing(tx, organizationId, campaignId, closer);
  });
  if (begun === undefined) return false;
  const doer = by === null ? await database.read(reach, (tx) => laterDoer(tx, organizationId, begun)) : doerOf(by);
  for (;;) {
    signal?.throwIfAborted();
    const left = await database.read(reach, (tx) => listUnanswered(tx, organizationId, campaignId));
    if (left.length === 0) break;
    const piece = left.slice(0, itemsPerPiece);
    await database.act(reach, (tx) => withdrawPiece(tx, deps, seals, doer, campaignId, piece));
    deps.ties.forgetSessions();
  }
  deps.directory.forget(organizationId);
  const people = await deps.directory.list(organizationId);
  const departments = await deps.directory.departments(organizationId);
  return database.act(reach, async (tx) => {
    const campaign = await findCampaign(tx, organizationId, campaignId, 'update');
    // Attack of two nodes: the second one waits at the row, and finds it closed.
    if (campaign === undefined || campaign.closed_at !== null) return false;
    const items = await listItems(tx, reach, campaignId);
    const at = clock.now();
    const document = await documentOf(tx, seals, { campaign, items, people, departments, closedAt: at });
    const bytes = Buffer.from(canonicalJson(document), 'utf8');
    const key = await signingKey(tx, seals, at);
    await insertResult(tx, seals, { campaignId, keyId: key.id, document: bytes, signature: key.sign(bytes), at });
    await markClosed(tx, organizationId, campaignId, at);
    const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
    await deps.auditLog.record(tx, seals, doer, {
      event: 'review.closed',
      subjectKind: 'review',
      subjectIds: [campaignId],
      facts: {
        kept: count('kept'),
        withdrawn: count('withdrawn'),
        refused: count('refused'),
        unanswered: items.filter(({ outcome, answer }) => answer === null && outcome === 'withdrawn').length,
        key: key.id,
      },
    });
    return true;
  });
}

/** What is still unanswered under the lock is taken; what a guard holds stays, and says why. */
async function withdrawPiece(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  doer: Doer,
  campaignId: string,
  piece: readonly ItemRow[],
): Promise<void> {
  const { organizationId } = seals;
  const at = deps.clock.now();
  const ids = piece.map(({ person_id }) => person_id);
  await lockPeople(tx, organizationId, ids, at);
  const rows = await findItems(
    tx,
    organizationId,
    campaignId,
    piece.map(({ id }) => id),
    true,
  );
  for (const item of rows.filter(({ outcome }) => outcome === null)) {
    const taking = {
      locked: await lockPeople(tx, organizationId, [item.person_id], at),
      personId: item.person_id,
      subjectId: item.subject_id,
      snapshot: item.snapshot,
      // Nobody vouched for it: what holds it is the last owner, not whose wish it is.
      asOwner: true,
      doer,
      at,
      facts: { review: campaignId, unanswered: true },
    };
    const settled = { answer: null, answered_by: null, note: null, at };
    try {
      const done = await deps.kinds.find(({ name }) => name === item.kind)!.withdraw(tx, seals, taking);
      await settleItem(tx, organizationId, item.id, {
        ...settled,
        outcome: done ? 'withdrawn' : 'gone',
        refused: null,
      });
    } catch (error) {
      if (!hasCode(error)) throw error;
      await settleItem(tx, organizationId, item.id, { ...settled, outcome: 'refused', refused: error.code });
      await deps.auditLog.record(tx, seals, doer, {
        event: 'review.withdrawal_refused',
        subjectKind: 'person',
        subjectIds: [item.person_id],
        facts: { review: campaignId, kind: item.kind, reason: error.code, unanswered: true },
      });
    }
  }
}
