/** What an access review is made of: closed sets and the rules by which an organization reviews. */

/** Each kind of right has a file of its own in `server/protections/access/reviews/kinds`. */
export const reviewKinds = ['role', 'temporary-role', 'api-key', 'share', 'department-share'] as const;
export type ReviewKind = (typeof reviewKinds)[number];

export const reviewReasons = ['calendar', 'by-hand', 'transfer'] as const;
export type ReviewReason = (typeof reviewReasons)[number];

export const reviewAnswers = ['confirm', 'withdraw'] as const;
export type ReviewAnswer = (typeof reviewAnswers)[number];

/** `refused`: it was to be taken and a guard held it. `gone`: it had ended by itself. `moved`: another review asks about it. */
export const reviewOutcomes = ['kept', 'withdrawn', 'refused', 'gone', 'moved'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];

export const reviewIntervals = [1, 2, 3, 4, 6, 12] as const;
export const escalations = ['head-above', 'security'] as const;

export type ReviewRules = {
  /** Whether the calendar starts campaigns by itself. */
  calendar: boolean;
  /** Months; periods begin in January. */
  intervalMonths: (typeof reviewIntervals)[number];
  deadlineDays: number;
  /** Days before the deadline on which those who have not answered get a letter. */
  reminderDays: number[];
  /** Days before the deadline on which somebody else is asked, too. */
  escalateDays: number;
  escalateTo: (typeof escalations)[number];
  /** Years for which a closed campaign and its result are kept. */
  keepYears: number;
};

export const defaultReviewRules: Readonly<ReviewRules> = {
  calendar: true,
  intervalMonths: 3,
  deadlineDays: 14,
  reminderDays: [7, 3, 1],
  escalateDays: 3,
  escalateTo: 'head-above',
  keepYears: 3,
};
