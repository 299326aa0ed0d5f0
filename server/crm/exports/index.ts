export type { ExportDeps } from './export-deps.ts';
export type { ExportHandlers } from './routes.ts';
export { exportHandlers } from './routes.ts';
export { exportPosture } from './posture.ts';
export { endExports } from './export-store.ts';
export { exportLeavingStep, sweepExports } from './sweep-exports.ts';
