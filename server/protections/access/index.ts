export type { Actor } from './actor.ts';
export { grantsOf, may, reaches, reachOf, scopeOf } from './policy.ts';
