export { moveKeys } from './move-keys.ts';
export { beginRotation, pauseRotation } from './begin-rotation.ts';
export { goOnRotating } from './go-on.ts';
export { rotationPosture } from './posture.ts';
export type { Indexed, RotationDeps, WrappedFile } from './rotation-deps.ts';
export type { RotationKind } from './rotation-store.ts';
export { keyHandlers } from './routes.ts';
export { viewKeys } from './view-keys.ts';
export { sealedValues } from './sealed-values.ts';
