export { daysKept } from './retention-store.ts';
export { retentionPosture } from './posture.ts';
export { pruneLog } from './prune-log.ts';
export { retentionHandlers } from './routes.ts';
