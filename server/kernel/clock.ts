/** Time comes in by the door, so a test can stand at any moment. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
