export type { KitPageDeps } from './kit-page.ts';
export { kitHandlers } from './kit-page.ts';
export type { KitDeps } from './prove-kit.ts';
export { makeRecoveryKit, proveRecoveryKit } from './prove-kit.ts';
export type { Kit } from './kit.ts';
export { openKit } from './kit.ts';
export { kitPosture } from './posture.ts';
