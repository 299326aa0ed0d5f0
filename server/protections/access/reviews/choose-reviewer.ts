/**
 * Whose answer counts for whom. The head of the person’s department, or the nearest one above; a head is answered for by the head
 * above, an owner by whoever runs reviews (another owner, the officer of security). Nobody answers for oneself. Pure.
 */
import type { Heads, Standing } from '#protections/access';
import { lineOf, may, reaches } from '#protections/access';

/** Everybody and everything as it stands at one moment. */
export type House = {
  standings: readonly Standing[];
  heads: Heads;
  departments: readonly { id: string; parent_id: string | null }[];
};

/** Null: whoever runs reviews. */
export type Reviewer = string | null;

export function chooseReviewer(house: House, whom: Standing): Reviewer {
  if (whom.rows.some(({ key }) => key === 'owner')) return null;
  return nearestAbove(house, whom, whom.personId);
}

/** Who is asked besides a reviewer who does not answer: the next head above that one. */
export function chooseAbove(house: House, whom: Standing, reviewer: string): Reviewer {
  return nearestAbove(house, whom, reviewer);
}

/** The nearest head above every department that `under` leads on the way up, `under` and the person excepted. */
function nearestAbove({ standings, heads, departments }: House, whom: Standing, under: string): Reviewer {
  const line = lineOf(departments, whom.departmentId);
  const leads = (id: string, personId: string) => heads.get(id)?.some((head) => head.personId === personId) === true;
  const from = line.findLastIndex((id) => leads(id, under)) + 1;
  for (const id of line.slice(from)) {
    for (const { personId } of heads.get(id) ?? []) {
      const head = standings.find((standing) => standing.personId === personId);
      if (head !== undefined && personId !== under && mayAnswerFor(head, whom)) return personId;
    }
  }
  return null;
}

/** Whether this person has the right to answer for that one, by role and by place. */
export function mayAnswerFor(head: Standing, whom: Pick<Standing, 'personId' | 'departmentId'>): boolean {
  if (!head.active || head.personId === whom.personId) return false;
  // Nobody’s id as the owner: to have something oneself is no reason to judge it.
  return reaches(head, 'review.answer', { ownerId: '', departmentId: whom.departmentId });
}

/** Who answers where no head does. */
export const runsReviews = (standing: Standing): boolean =>
  standing.active && may(standing, 'review.run') && may(standing, 'review.answer');

/** Whether anybody at all may answer for this person. */
export function hasAnyReviewer({ standings }: House, whom: Standing, reviewer: Reviewer): boolean {
  return reviewer !== null || standings.some((one) => one.personId !== whom.personId && runsReviews(one));
}
