/** Letters to those who are asked: one of each sort to each person, however many nodes remind at once. */
import type { Transaction } from '#database';
import type { PersonSecret } from '#protections/access';
import { listPeople, personPlace, readOrganization } from '#protections/access';
import type { Doer } from '#protections/audit-log';
import type { OrganizationSeals } from '#protections/encryption';
import type { CampaignRow } from './campaign-store.ts';
import { claimLetter } from './campaign-store.ts';
import type { House } from './choose-reviewer.ts';
import { runsReviews } from './choose-reviewer.ts';
import type { ReviewDeps } from './deps.ts';
import type { ItemRow } from './item-store.ts';
import type { ReviewLetter } from './letters.ts';
import { dayInWords, writeReviewLetter } from './letters.ts';

type Asked = Pick<ItemRow, 'person_id' | 'reviewer_id'> & Partial<Pick<ItemRow, 'escalated_at' | 'escalated_to'>>;
export type Telling = {
  campaign: Pick<CampaignRow, 'id' | 'deadline_at'>;
  items: readonly Asked[];
  house: House;
  what: ReviewLetter;
  doer: Doer;
  /** Tells one reminder from the next. */
  mark?: string;
};

/** How many people got a letter now. */
export async function tellReviewers(
  tx: Transaction,
  deps: ReviewDeps,
  seals: OrganizationSeals,
  { campaign, items, house, what, doer, mark = '' }: Telling,
): Promise<number> {
  if (!deps.mail.configured) return 0;
  const { organizationId } = seals;
  const counts = countByReviewer(items, house, what === 'escalated');
  const people = new Map((await listPeople(tx, organizationId)).map((person) => [person.id, person]));
  const { name: organization } = await readOrganization(tx, seals);
  const told: string[] = [];
  for (const [personId, rights] of counts) {
    const person = people.get(personId);
    if (person === undefined || person.deactivated_at !== null) continue;
    const letter = { campaignId: campaign.id, personId, what: `${what}${mark}`, at: deps.clock.now() };
    if (!(await claimLetter(tx, organizationId, letter))) continue;
    const { name, email } = seals.open<PersonSecret>(personPlace(personId), person.sealed);
    const until = dayInWords(person.language, campaign.deadline_at);
    const link = `${deps.origin()}/security/reviews/mine`;
    const written = writeReviewLetter(person.language, what, { name, organization, rights, until, link });
    await deps.mail.send(tx, { organizationId, to: email, ...written });
    told.push(personId);
  }
  if (told.length > 0) {
    await deps.auditLog.record(tx, seals, doer, {
      event: 'review.reminded',
      subjectKind: 'review',
      subjectIds: [campaign.id, ...told],
      facts: { letter: `${what}${mark}`, people: told.length },
    });
  }
  return told.length;
}

/** Whoever may answer for a right is asked about it; nobody about their own. */
function countByReviewer(items: readonly Asked[], house: House, escalatedOnly: boolean): Map<string, number> {
  const pool = house.standings.filter(runsReviews).map(({ personId }) => personId);
  const counts = new Map<string, number>();
  for (const { person_id, reviewer_id, escalated_at = null, escalated_to = null } of items) {
    const first = reviewer_id === null ? pool : [reviewer_id];
    const then = escalated_at === null ? [] : escalated_to === null ? pool : [escalated_to];
    for (const personId of new Set(escalatedOnly ? then : [...first, ...then])) {
      if (personId !== person_id) counts.set(personId, (counts.get(personId) ?? 0) + 1);
    }
  }
  return counts;
}
