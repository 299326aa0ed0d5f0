export type { Change, Doer, Happening } from './entry.ts';
export { doerOf, systemDoer } from './entry.ts';
export { auditPosture } from './posture.ts';
export type { FindRecordSeal } from './read-entries.ts';
export type { AuditLog } from './record-entry.ts';
export { openAuditLog } from './record-entry.ts';
export { auditHandlers } from './routes.ts';
export { evidenceHandlers } from './evidence-routes.ts';
export { logTileHandlers } from './log-tile-routes.ts';
