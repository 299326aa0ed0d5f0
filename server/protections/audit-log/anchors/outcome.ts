import type { AnchorProblem } from '#contract';

/** When the head was kept outside, with the time stamp if it is one; or why it was not. */
export type Outcome = { at: Date; stamp: Buffer | null } | { problem: AnchorProblem };
