export type { Answer, AskLimits } from './ask-outside.ts';
export { askOutside } from './ask-outside.ts';
export { ForbiddenAddress, guardedLookup, isForbidden, readOutsideAddress, requireDialled } from './outside-address.ts';
export type { PlaceTable } from './place-store.ts';
export { deletePlace, nextTryAt, saveProblem } from './place-store.ts';
