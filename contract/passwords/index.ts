export type { Strength } from './strength.ts';
export { guessesPower, guessesPowerMin, strengthOf } from './strength.ts';
